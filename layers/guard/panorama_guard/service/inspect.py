"""From an event, or a request, to the roles and resources to judge: what `inspect` does with one message."""

from collections.abc import Iterator

from panorama_guard.case import role_use
from panorama_guard.case.change import (
    Change,
    Failed,
    Ignored,
    NeedsSweep,
    PolicyNamed,
    ResourceNamed,
    ResourcesBehind,
    RoleNamed,
    ServiceNamed,
    Subject,
    decode_event,
    parse_change,
)
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.incident import Cause
from panorama_guard.case.order import Origin, addressed
from panorama_guard.case.region import in_region, is_region
from panorama_guard.case.resource import is_resource_key
from panorama_guard.case.routes import SURROUNDING
from panorama_guard.containment.budget import DEFAULT_BUDGET
from panorama_guard.judging.allowance import allowing, spent
from panorama_guard.policy.record import replace
from panorama_guard.profile import Guarded, RoleProfile
from panorama_guard.service.discovering import GIVE_A_SIGN, guarded_by, put_on_record
from panorama_guard.service.look import Inspection, Inspector
from panorama_guard.service.members import member_of, tell_unreached
from panorama_guard.service.renewing import order_renewals

MOST_AT_ONCE = 10  # what one message may judge within the function's time: a call may concern every bucket

HARD = 12 * DEFAULT_BUDGET  # steps of the engine after which a message judges nothing more: what is left is swept


def inspect_message(body: str, inspector: Inspector, *, now: str) -> Inspection:
    """Judge what a message of the changes or rechecks queue names: an event, or a role that is asked for.

    Raises EventError if it is neither.
    """
    value = decode_event(body)
    account = member_of(value, inspector)
    if not account or inspector.members is None:
        return _inspect(value, inspector, now=now)
    try:
        return _inspect(value, inspector.members.inspector_of(account), now=now)
    except UnreachableError as error:
        return tell_unreached(account, str(error), inspector.members.roll, now=now)


def _inspect(value: object, inspector: Inspector, *, now: str) -> Inspection:
    if isinstance(value, dict) and "inspect_role" in value:
        _, request = addressed(value)
        cause = Cause.unnamed(request.origin.value, request.requested_at)
        done = _judged(request.inspect_role, cause, inspector, now=now)
        if request.origin is Origin.RENEWAL:
            order_renewals(request, inspector, now=now)
        return done
    return inspect_event(value, inspector, now=now)


def _judged(name: str, cause: Cause, inspector: Inspector, *, now: str) -> Inspection:
    # Most events concern nothing that is guarded: their cold starts wait for no judge and no planner.
    from panorama_guard.service.inspector import inspect_role  # noqa: PLC0415

    return inspect_role(name, cause, inspector, now=now)


def inspect_event(event: object, inspector: Inspector, *, now: str) -> Inspection:
    """Judge every guarded role and resource that an event may have changed; raise EventError if it is no event.

    The event only says where to look. A forged, repeated, late or reordered one can cause a look, and nothing else.
    """
    match parse_change(event):
        case Ignored(reason):
            return Inspection(note=reason)
        case Failed(change, code):
            note = f"{change.event_name} failed with {code} and changed nothing"
            return Inspection(note=note, failed_by=(change.actor.name,), event_id=change.event_id)
        case NeedsSweep(change, reason):
            inspector.sweeps.sweep(now)
            return Inspection(note=f"a sweep was requested: {reason}", event_id=change.event_id)
        case Change() as change:
            time = "" if change.replay else change.event_time
            return replace(_inspect_change(change, inspector, now=now), event_id=change.event_id, event_time=time)


def _inspect_change(change: Change, inspector: Inspector, *, now: str) -> Inspection:
    if change.event_name == "TagRole" and change.subjects == (RoleNamed(inspector.canary),):
        if change.replay:  # it would count for a trail that tells nothing any more
            return Inspection(note="a canary of earlier was replayed")
        return Inspection(note="the canary has come", canaries=1)
    done: list[Inspection] = []
    cause, note = _cause_of(change, inspector, now=now), ""
    with allowing():
        for name in _concerned(change, inspector, now=now):
            if len(done) == MOST_AT_ONCE or spent() > HARD:
                inspector.sweeps.sweep(now)
                note = f"a sweep was requested: {change.event_name} concerns more than can be judged at once"
                break
            done.append(_judged(name, cause, inspector, now=now))
    judged = tuple(role for inspection in done for role in inspection.roles)
    if not judged:
        return Inspection(note="nothing guarded is concerned")
    incidents = tuple(incident for inspection in done for incident in inspection.incidents)
    verdicts = tuple(word for inspection in done for word in inspection.verdicts)
    return Inspection(judged, incidents, note, verdicts=verdicts)


def _concerned(change: Change, inspector: Inspector, *, now: str) -> Iterator[str]:
    """Yield what a call may have changed, each once: first the roles that the profile names, which may be written to.

    Else whoever gives many roles the policy by which one of them escapes would have the guard come to that one last.
    """
    where, profile, seen = _elsewhere(change, inspector), inspector.policy.profile, set[str]()
    named = dict.fromkeys(name for subject in change.subjects for name in _names(subject, where, inspector))
    for name in sorted(named, key=lambda one: profile.role_named(one) is None):
        guarded = _guarded(name, change, inspector, now=now)  # most are nobody's business
        around = _around(name, guarded, change) if guarded else ()
        found = (name, *(one for one in around if profile.guarded(one))) if guarded else ()
        yield from (one for one in found if one not in seen)
        seen.update(found)


def _guarded(name: str, change: Change, inspector: Inspector, *, now: str) -> Guarded | None:
    """Return what is guarded by a name; a role that nobody knew is looked at where the call may have made it one."""
    profile = inspector.policy.profile
    if role := role_use.role_of(name):
        return profile.guarded(name) if guarded_by(role, profile, inspector) else None
    known = guarded_by(name, profile, inspector)
    if known is not None or is_resource_key(name):
        return known
    if not profile.families or change.event_name not in GIVE_A_SIGN:
        return None
    outline = inspector.reader.read_outline(name)
    return put_on_record(outline, profile, inspector, now=now) if outline else None


def _around(name: str, guarded: Guarded, change: Change) -> tuple[str, ...]:
    """Return the keys of what is around a role, where a call may have changed that."""
    if not isinstance(guarded, RoleProfile) or change.event_name not in SURROUNDING:
        return ()
    return tuple(dict.fromkeys(role_use.key_of(one) for one in (guarded.name, name)))


def _cause_of(change: Change, inspector: Inspector, *, now: str) -> Cause:
    """Return what an incident keeps of the call; the guard's own write is no cause, only an occasion to look.

    Nor is a call of long ago that is replayed: what is seen now may be another's doing, whose own event names him.
    """
    if change.replay:
        return Cause.unnamed("look after a replayed event", now)
    if change.actor.session_issuer_arn == inspector.own_role:
        return Cause.unnamed("look after the guard's own write", change.event_time)
    return Cause.of(change)


def _elsewhere(change: Change, inspector: Inspector) -> str:
    """Return the region of a call that was made in another one than the guard's own, else an empty text."""
    return change.region if change.region != inspector.home_region and is_region(change.region) else ""


def _names(subject: Subject, region: str, inspector: Inspector) -> tuple[str, ...]:
    match subject:
        case RoleNamed(name):
            return (name,)
        case PolicyNamed(arn) if subject.account == inspector.account:
            return inspector.reader.roles_using(arn)
        case PolicyNamed():
            return ()  # nobody here can change it, and IAM does not say who uses it
        case ServiceNamed(service):
            role = inspector.policy.profile.role_of_service(service)
            return (role.name,) if role else ()
        case ResourceNamed(key):
            return (in_region(key, region),)
        case ResourcesBehind(key):
            is_of_others = role_use.policy_of(key).split(":")[4:5] not in ([], [inspector.account])
            return () if is_of_others else inspector.resources.behind(in_region(key, region))
