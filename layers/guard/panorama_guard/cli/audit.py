"""`panorama-guard audit`: judges the guarded roles of a live account, read-only, with the caller's credentials."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.finding import Finding, Kind, Reach
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.cli.output import complain
from panorama_guard.cli.posture import Likened, Reader, write_page
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.cli.reviewed import UNREAD, exit_code, tell_review, tool_version
from panorama_guard.containment import Escaped
from panorama_guard.judging.likeness import Likeness, likeness_of
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import Posture, standard_of
from panorama_guard.profile import Profile, load_profile
from panorama_guard.reporting.page.errors import PageError
from panorama_guard.reporting.page.render import can_render
from panorama_guard.reporting.review import PlacedFinding, Review, ReviewedRole
from panorama_guard.reporting.simulate import show_role, simulate_role

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
    likenesses = [(role, likeness_of(role.snapshot.subject.name, role.snapshot.path, profile)) for role in roles]
    likened = [(role, likeness) for role, found in likenesses for likeness in found]
    others = [role.snapshot for role, found in likenesses if not found]
    judged = _reviewed(likened, Posture(asked.posture))
    who = f"account {reader.account}, {len(roles)} roles" + (f", read as {reader.arn}" if reader.arn else "")
    review = Review(
        command="audit",
        about=who,
        posture=asked.posture,
        version=tool_version(),
        roles=judged,
        notes=(*_unknown(reader), *_absent(judged, profile), *_applications(others, profile), _NOT_SEEN),
    )
    if asked.output != "html":
        return tell_review(review, asked.output, asked.fail_on)
    write_page(review, likened, reader, profile)
    return exit_code(review, asked.fail_on)


def _reader(account: OwnAccount, roles: Sequence[ListedRole]) -> Reader:
    """Return the account and who asks, as far as it is known."""
    try:
        return Reader(*account.who_asks(), len(roles))
    except UnreachableError as error:
        numbers = {role.snapshot.subject.account for role in roles} or {"not known"}
        return Reader(", ".join(sorted(numbers)), "", len(roles), str(error))


def _unknown(reader: Reader) -> Iterator[str]:
    if reader.problem:
        yield f"who asks is not known: {reader.problem}"


def _reviewed(likened: Likened, posture: Posture) -> tuple[ReviewedRole, ...]:
    judged = (_judged(role, likeness, posture) for role, likeness in likened)
    return tuple(sorted(judged, key=lambda role: (not role.findings, role.arn)))


def _judged(role: ListedRole, likeness: Likeness, posture: Posture) -> ReviewedRole:
    snapshot = role.snapshot
    found = review_role(snapshot, standard_of(likeness.role, posture), Unread(role.missing, role.missing_boundary))
    placed = (PlacedFinding(finding, reach, see_it=_see_it(snapshot, finding, reach)) for finding, reach in found)
    subject = snapshot.subject
    return ReviewedRole(subject.name, subject.arn, likeness.role.name, likeness.words, tuple(placed))


def _see_it(snapshot: RoleSnapshot, finding: Finding, reach: Reach) -> str:
    """Return the command that shows a finding to anyone who may read the role."""
    if finding.kind is Kind.TRUST_ESCAPE or not isinstance(finding.verdict, Escaped):
        return show_role(snapshot.subject.name)
    return simulate_role(snapshot.subject.arn, finding.verdict.witness.request, dict(reach.context_types))


def _absent(judged: Sequence[ReviewedRole], profile: Profile) -> Iterator[str]:
    present = {role.name.lower() for role in judged}
    absent = [role.name for role in (*profile.roles, *profile.watched) if role.name.lower() not in present]
    if absent:
        yield f"not in the account: {', '.join(absent)}"


def _applications(others: Sequence[RoleSnapshot], profile: Profile) -> Iterator[str]:
    """Yield a line for each role without a profile that names a guarded service in its trust: it is not judged."""
    services = [path.split("/")[2] for role in profile.watched for path in role.paths]
    for snapshot in others:
        if any(service in snapshot.trust for service in services):
            why = "its trust names a guarded service, and the profile has no ceiling for it"
            yield f"not judged: {snapshot.subject.arn}: {why}"


def _progress(count: int) -> None:
    show_progress(f"reading the account: {count} roles")
