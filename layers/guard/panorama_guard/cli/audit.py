"""`panorama-guard audit`: judges the guarded roles of a live account, read-only, with the caller's credentials."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panorama_guard.aws.own_account import OwnAccount
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.finding import Finding, Kind, Reach
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.cli.output import complain
from panorama_guard.cli.progress import clear_progress, show_progress
from panorama_guard.cli.reviewed import UNREAD, tell_review, tool_version
from panorama_guard.containment import Escaped
from panorama_guard.judging.likeness import Likeness, likeness_of
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import Posture, standard_of
from panorama_guard.profile import Profile, load_profile
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
        account = OwnAccount(asked.profile, asked.region, asked.endpoint)
        roles = account.read_roles(_progress)
    except UnreachableError as error:
        clear_progress()
        complain(str(error))
        return UNREAD
    clear_progress()
    return tell_review(_review(account, roles, asked), asked.output, asked.fail_on)


def _review(account: OwnAccount, roles: Sequence[ListedRole], asked: Audit) -> Review:
    profile, posture = load_profile(), Posture(asked.posture)
    who, notes = _who_asks(account, roles)
    likenesses = [(role, likeness_of(role.snapshot.subject.name, role.snapshot.path, profile)) for role in roles]
    judged = [_judged(role, likeness, posture) for role, found in likenesses for likeness in found]
    others = [role.snapshot for role, found in likenesses if not found]
    return Review(
        command="audit",
        about=who,
        posture=posture.value,
        version=tool_version(),
        roles=tuple(sorted(judged, key=lambda role: (not role.findings, role.arn))),
        notes=(*notes, *_absent(judged, profile), *_applications(others, profile), _NOT_SEEN),
    )


def _who_asks(account: OwnAccount, roles: Sequence[ListedRole]) -> tuple[str, tuple[str, ...]]:
    """Return the account and who asks, as far as it is known."""
    try:
        number, arn = account.who_asks()
    except UnreachableError as error:
        numbers = {role.snapshot.subject.account for role in roles} or {"not known"}
        return f"account {', '.join(sorted(numbers))}, {len(roles)} roles", (f"who asks is not known: {error}",)
    return f"account {number}, {len(roles)} roles, read as {arn}", ()


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
