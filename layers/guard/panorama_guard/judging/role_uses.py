"""What is around a role: another role under its name, EC2 holding it, a version of a policy that waits, who vouches."""

import json
from collections.abc import Iterator

from panorama_guard.case import role_use
from panorama_guard.case.errors import RecordError
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.record import load_record
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.containment import Contained, Escaped, Verdict
from panorama_guard.judging.decide import decide
from panorama_guard.judging.likeness import likeness_of
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.profile import Profile, ResourceProfile, RoleProfile


def compare(snapshot: ResourceSnapshot, resource: ResourceProfile) -> Iterator[Finding]:
    """Yield what is otherwise than it should be around a role."""
    yield from _identity(snapshot, resource.of)
    for part in snapshot.parts:
        yield from _held(part)
        yield from _waiting(part, snapshot, resource.of)


def retired(snapshot: ResourceSnapshot, resource: ResourceProfile) -> Iterator[Finding]:
    """Yield that a role was used after its service ended."""
    day = (snapshot.text_of(role_use.LAST_USE) or "")[:10]
    named = (role for profile in resource.of if (role := profile.role_named(snapshot.name)))
    ended = next((role.ended for role in named), max((profile.ended for profile in resource.of), default=""))
    if ended and day > ended:
        yield _told(role_use.LAST_USE, f"it was used on {day}, and the service ended on {ended}", Severity.HIGH)


def _identity(snapshot: ResourceSnapshot, of: tuple[Profile, ...]) -> Iterator[Finding]:
    if snapshot.text_of(role_use.EXISTENCE) is not None:
        reason = "it was deleted; who makes another one of its name is trusted by whatever goes by that name"
        yield _told(role_use.EXISTENCE, reason, Severity.LOW)
        return
    if (before := snapshot.text_of(role_use.MADE_AGAIN)) is not None:
        reason = f"it is another role than the one before, whose id was {before}; its name is taken for that one"
        yield _told(role_use.MADE_AGAIN, reason, Severity.MEDIUM)
    for profile in of:
        for likeness in likeness_of(snapshot.name, snapshot.fact(role_use.PATH), profile):
            if likeness.words:
                yield _told("name and path", likeness.words, Severity.MEDIUM)


def _held(part: Part) -> Iterator[Finding]:
    """Yield who else holds the role, or vouches for those who become it."""
    if part.name == role_use.PROFILES:
        names = ", ".join(json.loads(part.text))
        reason = f"EC2 hands it to its instances through {names}, as soon as its trust lets EC2 in"
        yield _told(part.name, reason, Severity.MEDIUM)
    if arn := role_use.provider_of(part.name):
        if json.loads(part.text):
            reason = f"its trust lets in whomever {arn} vouches for: {part.text}"
            yield _told(part.name, reason, Severity.MEDIUM)
        else:
            reason = f"its trust names {arn}, which does not exist: who makes a provider of that name lets himself in"
            yield _told(part.name, reason, Severity.HIGH)


def _waiting(part: Part, snapshot: ResourceSnapshot, of: tuple[Profile, ...]) -> Iterator[Finding]:
    """Yield that a version that is not in force would let permission escape: one call, and no change of the role."""
    version_id, arn = role_use.version_of(part.name)
    role = next((one for profile in of if (one := profile.role_named(snapshot.name))), None)
    if not arn or role is None:
        return
    verdict = _under(ManagedPolicy(arn, version_id, part.text), _role_in(snapshot), role)
    if isinstance(verdict, Escaped):
        what = f"{verdict.witness.action} on {verdict.witness.resource}"
        reason = f"who makes version {version_id} of {arn} the default lets the role do {what}"
        yield _told(part.name, reason, Severity.LOW)


def _under(version: ManagedPolicy, role: RoleSnapshot, profile: RoleProfile) -> Verdict:
    """Return what would be judged under another default version; contained where permission has escaped already."""
    if not isinstance(decide(read_permissions(role).grant, profile.ceiling), Contained):
        return Contained()  # that is told of the role itself, and a version that waits is no news beside it
    return decide(read_permissions(role.with_default(version)).grant, profile.ceiling)


def _role_in(snapshot: ResourceSnapshot) -> RoleSnapshot:
    """Return the role as it was read; raise ValueError where it was not."""
    try:
        return load_record(RoleSnapshot, snapshot.fact(role_use.ROLE))
    except RecordError as error:
        raise ValueError(str(error)) from error


def _told(source: str, reason: str, severity: Severity) -> Finding:
    return Finding(Kind.WEAKNESS, severity, source, Deviation(reason))
