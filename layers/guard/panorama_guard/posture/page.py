"""Makes a posture page of a review: portraits of the roles, when they were read, and what the baselines rest on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from panorama_guard.case.portrait import Portrait
from panorama_guard.judging.portraying import portray
from panorama_guard.judging.reviewing import Unread
from panorama_guard.policy import DocumentError, parse_document
from panorama_guard.posture.roles import Likened
from panorama_guard.profile import Profile
from panorama_guard.profile.posture import Posture
from panorama_guard.profile.records import PinnedPolicy
from panorama_guard.reporting.page.records import Guarded, Pin, PosturePage
from panorama_guard.reporting.review import Review


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose account was read, by whom, when, and how many roles it has.

    `problem` says why it is not known who reads.
    """

    account: str
    arn: str
    roles: int
    read_at: str
    problem: str = ""


def nobody_waits(_: int) -> None:
    """Tell nobody how many roles have been portrayed."""


def page_of(
    review: Review,
    likened: Likened,
    reader: Reader,
    profile: Profile,
    progress: Callable[[int], None] = nobody_waits,
) -> PosturePage:
    """Return the page of a review; `progress` hears how many roles are portrayed."""
    return PosturePage(
        review=review,
        portraits=tuple(_portraits(review, likened, progress)),
        account=reader.account,
        reader=reader.arn,
        read_at=reader.read_at,
        listed=reader.roles,
        guarded=tuple(_guarded(review, profile)),
        pins=tuple(_pins(likened, profile)),
    )


def _portraits(review: Review, likened: Likened, progress: Callable[[int], None]) -> Iterator[Portrait]:
    findings = {role.arn: role.findings for role in review.roles}
    for number, (role, likeness) in enumerate(likened, start=1):
        progress(number)
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
