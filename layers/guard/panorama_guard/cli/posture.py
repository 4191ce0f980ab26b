"""Tells an audit as a posture page: portraits of the roles, when they were read, and what the baselines rest on."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from panorama_guard.case.listing import ListedRole
from panorama_guard.case.portrait import Portrait
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.judging.likeness import Likeness
from panorama_guard.judging.portraying import portray
from panorama_guard.judging.reviewing import Unread
from panorama_guard.judging.standard import Posture
from panorama_guard.policy import DocumentError, parse_document
from panorama_guard.profile import Profile
from panorama_guard.profile.records import PinnedPolicy
from panorama_guard.reporting.page.records import Guarded, Pin, PosturePage
from panorama_guard.reporting.page.render import render
from panorama_guard.reporting.review import Review

Likened = Sequence[tuple[ListedRole, Likeness]]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose account was read, by whom, and how many roles it has; `problem` says why it is not known who reads."""

    account: str
    arn: str
    roles: int
    problem: str = ""


def write_page(review: Review, likened: Likened, reader: Reader, profile: Profile) -> None:
    """Write the page of an audit to the standard output."""
    page = PosturePage(
        review=review,
        portraits=tuple(_portraits(review, likened)),
        account=reader.account,
        reader=reader.arn,
        read_at=f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC",
        listed=reader.roles,
        guarded=tuple(_guarded(review, profile)),
        pins=tuple(_pins(likened, profile)),
    )
    clear_progress()
    sys.stdout.write(render(page))
    sys.stdout.flush()


def _portraits(review: Review, likened: Likened) -> Iterator[Portrait]:
    findings = {role.arn: role.findings for role in review.roles}
    for number, (role, likeness) in enumerate(likened, start=1):
        show_progress(f"portraying: {number} of {len(likened)} roles")
        found = [(placed.finding, placed.reach) for placed in findings[role.snapshot.subject.arn]]
        unread = Unread(role.missing, role.missing_boundary)
        yield portray(role.snapshot, likeness.role, Posture(review.posture), unread, found)


def _guarded(review: Review, profile: Profile) -> Iterator[Guarded]:
    for role in (*profile.roles, *profile.watched):
        yield Guarded(role.name, sum(one.judged_as == role.name for one in review.roles))


def _pins(likened: Likened, profile: Profile) -> Iterator[Pin]:
    for role in (*profile.roles, *profile.watched):
        for pinned in role.policies:
            yield Pin(role.name, pinned.arn, pinned.version_id, pinned.edited, _compared(pinned, likened))


def _compared(pinned: PinnedPolicy, likened: Likened) -> str:
    """Return how a managed policy in the account compares with the pinned one: the document counts, not its version."""
    attached = (one for role, _ in likened for one in role.snapshot.attached if one.arn == pinned.arn)
    found = next(attached, None)
    if found is None:
        return "attached to none of these roles"
    try:
        is_same = parse_document(found.text, name=pinned.arn).statements == pinned.document.statements
    except DocumentError:
        return f"{found.version_id}, which is not understood"
    return f"{found.version_id}, the same document" if is_same else f"{found.version_id}, ANOTHER document"
