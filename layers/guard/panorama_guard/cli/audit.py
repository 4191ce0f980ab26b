"""`panorama-guard audit`: judges what is guarded in a live account, read-only, with the caller's credentials."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.listing import ListedRole
from panorama_guard.cli.audited_resources import Audited, Eyes, audit_resources
from panorama_guard.cli.output import complain
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.cli.reviewed import UNREAD, end_review, tell_review, tool_version
from panorama_guard.posture.page import Reader, page_of
from panorama_guard.posture.roles import Likened, notes_on_roles, review_roles, sort_roles
from panorama_guard.profile import Profile, load_profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.page.errors import PageError
from panorama_guard.reporting.page.render import can_render, render
from panorama_guard.reporting.review import Review, ReviewedRole

_NOT_SEEN = "service control policies, session policies, and the waivers of a deployed guard are not read"
_ROLES_ONLY = "--roles-only: resources, and what is around roles, were not looked at"


@dataclass(frozen=True, slots=True)
class Audit:
    """What is asked: where, by which posture, and how it is to be told. `stack` is the guard's own, if there is one."""

    profile: str | None
    region: str | None
    endpoint: str | None
    stack: str
    roles_only: bool
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
    return _tell(account, roles, asked)


def _tell(account: OwnAccount, roles: Sequence[ListedRole], asked: Audit) -> int:
    profile, reader = load_profile(own=f"{asked.stack}-"), _reader(account, roles)
    found = sort_roles(roles, profile)
    judged = review_roles(found.likened, Posture(asked.posture))
    seen = _resources(account, reader, judged, profile, asked)
    who = f"account {reader.account}, {len(roles)} roles" + (f", read as {reader.arn}" if reader.arn else "")
    review = Review(
        command="audit",
        about=who,
        posture=asked.posture,
        version=tool_version(),
        roles=judged,
        unread=seen.unread,
        notes=(*_unknown(reader), *notes_on_roles(judged, found.others, profile), *_left_out(asked), _NOT_SEEN),
        resources=seen.resources,
    )
    if asked.output != "html":
        return tell_review(review, asked.output, asked.fail_on)
    _write_page(review, found.likened, reader, profile)
    return end_review(review, asked.output, asked.fail_on)


def _resources(
    account: OwnAccount, reader: Reader, judged: Sequence[ReviewedRole], profile: Profile, asked: Audit
) -> Audited:
    """Return what was found on resources; without knowing whose account it is, nothing can be said of any."""
    if asked.roles_only:
        return Audited()
    if reader.problem:
        return Audited(unread=(f"resources: {reader.problem}",))
    eyes = Eyes(OwnSubjects(profile, account.client, stack=asked.stack), reader.account)
    return audit_resources(eyes, [role.name for role in judged], profile, Posture(asked.posture))


def _left_out(asked: Audit) -> Iterator[str]:
    if asked.roles_only:
        yield _ROLES_ONLY


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
