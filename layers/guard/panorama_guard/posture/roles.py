"""Reviews the roles of a listing: those that are guarded, and those that are made to look like them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panorama_guard.case.finding import Finding, Kind, Reach
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.snapshot import RoleSnapshot, Subject
from panorama_guard.case.waiver import Waiver
from panorama_guard.containment import Escaped
from panorama_guard.judging.discovering import found_as
from panorama_guard.judging.likeness import Likeness, likeness_of
from panorama_guard.judging.reviewing import Unread, review_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile import Profile
from panorama_guard.profile.posture import Posture
from panorama_guard.reporting.review import PlacedFinding, ReviewedRole
from panorama_guard.reporting.simulate import show_role, simulate_role

Likened = Sequence[tuple[ListedRole, Likeness]]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The roles of a listing: those that are judged, each with the guarded role that it is like, and all others."""

    likened: tuple[tuple[ListedRole, Likeness], ...]
    others: tuple[RoleSnapshot, ...]


def sort_roles(roles: Sequence[ListedRole], profile: Profile) -> Sorted:
    """Return which roles of a listing are judged, and as which."""
    found = [(role, _likenesses(role, profile)) for role in roles]
    return Sorted(
        tuple((role, likeness) for role, likenesses in found for likeness in likenesses),
        tuple(role.snapshot for role, likenesses in found if not likenesses),
    )


def _likenesses(role: ListedRole, profile: Profile) -> tuple[Likeness, ...]:
    """Return as what a role is judged: by its name, or by what it was found to be."""
    snapshot, name = role.snapshot, role.snapshot.subject.name
    if known := likeness_of(name, snapshot.path, profile):
        return known
    attached = (*(policy.arn for policy in snapshot.attached), *role.missing)
    family = found_as(RoleOutline(name, snapshot.path, snapshot.trust, attached), profile)
    found = profile.found(family, name, snapshot.path) if family else None
    return (Likeness(found, f"found to be of the family {family}", family),) if found else ()


def review_roles(likened: Likened, posture: Posture, waivers: tuple[Waiver, ...] = ()) -> tuple[ReviewedRole, ...]:
    """Return the review of each role, those with findings first; what is waived is found all the same, and says so."""
    judged = (_judged(role, likeness, posture, waivers) for role, likeness in likened)
    return tuple(sorted(judged, key=lambda role: (not role.findings, role.arn)))


def _judged(role: ListedRole, likeness: Likeness, posture: Posture, waivers: tuple[Waiver, ...]) -> ReviewedRole:
    snapshot, subject = role.snapshot, role.snapshot.subject
    unread, own = Unread(role.missing, role.missing_boundary), waivers_of(subject, waivers)
    found = review_role(snapshot, standard_of(likeness.role, posture), unread)
    stands = review_role(snapshot, standard_of(likeness.role, posture, own), unread) if own else found
    still = [(finding.kind, finding.source) for finding, _ in stands]
    placed = (
        PlacedFinding(
            finding,
            reach,
            see_it=_see_it(snapshot, finding, reach),
            notes=() if (finding.kind, finding.source) in still else waived_by(own),
        )
        for finding, reach in found
    )
    return ReviewedRole(subject.name, subject.arn, likeness.judged_as, likeness.words, tuple(placed))


def waivers_of(subject: Subject, waivers: tuple[Waiver, ...]) -> tuple[Waiver, ...]:
    """Return the waivers that are in force for this very subject; what is around a role has the role's id."""
    own = (subject.unique_id, subject.name)
    return tuple(waiver for waiver in waivers if (waiver.subject.unique_id, waiver.subject.name) == own)


def waived_by(waivers: tuple[Waiver, ...]) -> tuple[str, ...]:
    """Return what is said of a finding that these waivers let stand."""
    return tuple(waiver.describe() for waiver in waivers)


def _see_it(snapshot: RoleSnapshot, finding: Finding, reach: Reach) -> str:
    """Return the command that shows a finding to anyone who may read the role."""
    if finding.kind is Kind.TRUST_ESCAPE or not isinstance(finding.verdict, Escaped):
        return show_role(snapshot.subject.name)
    return simulate_role(snapshot.subject.arn, finding.verdict.witness.request, dict(reach.context_types))


def notes_on_roles(judged: Sequence[ReviewedRole], others: Sequence[RoleSnapshot], profile: Profile) -> Iterator[str]:
    """Yield what is to be known of the roles that were not judged: what is not there, what has no ceiling."""
    yield from _absent(judged, profile)
    yield from _applications(others, profile)


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
