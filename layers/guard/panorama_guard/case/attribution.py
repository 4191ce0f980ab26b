"""Which call an incident is put down to, where that comes to light only after the finding was seen."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from panorama_guard.case.ending import is_let_in, tell_let_in
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import PENDING, Cause, Incident, Suspect
from panorama_guard.case.routes import IAM, ROUTES
from panorama_guard.policy.record import replace

DELIVERY_TAKES = timedelta(minutes=15)  # CloudTrail delivers within minutes; a call that is older led to nothing new
MOST_SUSPECTS = 50  # that there may be more is a reason for a second operator
_ROLE_MADE = frozenset({"CreateRole", "AcquireRole"})
_PERMISSION = _ROLE_MADE | {
    "PutRolePolicy",
    "DeleteRolePolicy",
    "AttachRolePolicy",
    "DetachRolePolicy",
    "PutRolePermissionsBoundary",
    "DeleteRolePermissionsBoundary",
    "CreatePolicyVersion",
    "SetDefaultPolicyVersion",
}
_OF_RESOURCES = frozenset(name for source, name in ROUTES if source != IAM)  # the event is about this very resource
LEADS_TO: Mapping[Kind, frozenset[str]] = {  # which calls can bring a finding of a kind about
    Kind.PERMISSION_ESCAPE: _PERMISSION,
    Kind.BOUNDARY_ESCAPE: _PERMISSION,
    Kind.TRUST_ESCAPE: _ROLE_MADE | {"UpdateAssumeRolePolicy"},
    Kind.RESOURCE_ESCAPE: _OF_RESOURCES,
    Kind.SAFEGUARD_LOST: _OF_RESOURCES,
    Kind.WEAKNESS: _OF_RESOURCES,
    Kind.UNDECIDED: _PERMISSION | _OF_RESOURCES | {"UpdateAssumeRolePolicy"},
}


def suspect(incident: Incident, cause: Cause) -> Incident:
    """Return the incident with whoever made a call among those who may have led to it; nobody is ever taken off.

    Else he who led to it is rid of it by the next call of somebody else, or by a look that names nobody.
    """
    one = Suspect(cause.actor, cause.session_issuer)
    if not cause.is_named or one in incident.suspects or len(incident.suspects) >= MOST_SUSPECTS:
        return incident
    return replace(incident, suspects=(*incident.suspects, one))


def suspect_late(incident: Incident, cause: Cause) -> Incident:
    """Return the incident, to be written, with whoever made a call that may have led to it and is told of only now."""
    # What it was when it was last told may be another one's doing than what it was at first.
    is_one = _may_have_led_to(incident, cause, until=max(incident.seen_at, incident.updated_at))
    suspected = suspect(incident, cause) if is_one else incident
    return incident if suspected == incident else replace(suspected, revision=incident.revision + 1)


def attribute(incident: Incident, cause: Cause, *, now: str) -> Incident:
    """Return the incident with the call that led to it, where that comes to light only after the finding was seen.

    A sweep or a re-check finds what is, not who did it; CloudTrail's event may come later. Of several calls that could
    have led to it, the one that is read first is taken; all who made one are suspects.
    """
    if incident.cause.is_named or not _may_have_led_to(incident, cause, until=incident.seen_at):
        return suspect_late(incident, cause)
    named = suspect(replace(incident, cause=cause), cause)
    if incident.state in PENDING:  # nothing was told of it yet
        return replace(named, revision=incident.revision + 1)
    if is_let_in(incident):
        return tell_let_in(named, incident.let_in, now=now, reason=incident.reason)
    return named.moved(incident.state, now=now, reason=incident.reason, let_in=incident.let_in)


def _may_have_led_to(incident: Incident, cause: Cause, *, until: str) -> bool:
    if not cause.is_named or cause.event_name not in LEADS_TO[incident.kind]:
        return False
    made, seen = datetime.fromisoformat(cause.event_time), datetime.fromisoformat(incident.seen_at)
    return seen - DELIVERY_TAKES <= made <= datetime.fromisoformat(until)
