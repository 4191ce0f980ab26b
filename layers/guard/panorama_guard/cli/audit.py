"""`panorama-guard audit`: judges the guarded roles of a live account, read-only, with the caller's credentials."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.listing import ListedRole
from panorama_guard.cli.output import complain
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.cli.reviewed import UNREAD, exit_code, tell_review, tool_version
from panorama_guard.judging.standard import Posture
from panorama_guard.posture.page import Reader, page_of
from panorama_guard.posture.roles import Likened, notes_on_roles, review_roles, sort_roles
from panorama_guard.profile import Profile, load_profile
from panorama_guard.reporting.page.errors import PageError
from panorama_guard.reporting.page.render import can_render, render
from panorama_guard.reporting.review import Review

_NOT_SEEN = (
    "audit reads roles, their policies, boundaries and trust; not resource policies, service control policies, "
    "sessions, nor the waivers of a deployed guard"
)


@dataclass(frozen=True, slots=True)
class Audit:
    """What is asked: where, by which posture, and how it is to be told."""

    profile: str | None
    region: str | None
    endpoint: str | None
    posture: str
    output: str
    fail_on: str


def audit(asked: Audit) -> int:
    """Judge the account and return how it ended; what AWS does not let be read is one line."""
    try:
        if asked.output == "html":
            can_render()
        account = OwnAccount(asked.profile, asked.region, asked.endpoint)
        roles = account.read_roles(_progress)
    except (UnreachableError, PageError) as error:
        clear_progress()
        complain(str(error))
        return UNREAD
    clear_progress()
    return _tell(_reader(account, roles), roles, asked)


def _tell(reader: Reader, roles: Sequence[ListedRole], asked: Audit) -> int:
    profile = load_profile()
    found = sort_roles(roles, profile)
    judged = review_roles(found.likened, Posture(asked.posture))
    who = f"account {reader.account}, {len(roles)} roles" + (f", read as {reader.arn}" if reader.arn else "")
    review = Review(
        command="audit",
        about=who,
        posture=asked.posture,
        version=tool_version(),
        roles=judged,
        notes=(*_unknown(reader), *notes_on_roles(judged, found.others, profile), _NOT_SEEN),
    )
    if asked.output != "html":
        return tell_review(review, asked.output, asked.fail_on)
    _write_page(review, found.likened, reader, profile)
    return exit_code(review, asked.fail_on)


def _write_page(review: Review, likened: Likened, reader: Reader, profile: Profile) -> None:
    def progress(number: int) -> None:
        show_progress(f"portraying: {number} of {len(likened)} roles")

    page = page_of(review, likened, reader, profile, progress)
    clear_progress()
    sys.stdout.write(render(page))
    sys.stdout.flush()


def _reader(account: OwnAccount, roles: Sequence[ListedRole]) -> Reader:
    """Return the account and who asks, as far as it is known."""
    read_at = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
    try:
        return Reader(*account.who_asks(), len(roles), read_at)
    except UnreachableError as error:
        numbers = {role.snapshot.subject.account for role in roles} or {"not known"}
        return Reader(", ".join(sorted(numbers)), "", len(roles), read_at, str(error))


def _unknown(reader: Reader) -> Iterator[str]:
    if reader.problem:
        yield f"who asks is not known: {reader.problem}"


def _progress(count: int) -> None:
    show_progress(f"reading the account: {count} roles")
