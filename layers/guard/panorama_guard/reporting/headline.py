"""Says in one line what is wrong with whom, and how it stands."""

from collections.abc import Mapping

from panorama_guard.case.ending import is_let_in, told_state
from panorama_guard.case.finding import RETIRED, Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.reporting.plain import plain, subject_line
from panorama_guard.reporting.waived import waived_until

_WHAT = {
    Kind.PERMISSION_ESCAPE: "permission left the naming pattern",
    Kind.TRUST_ESCAPE: "somebody outside the profile may become the role",
    Kind.BOUNDARY_ESCAPE: "permission left the naming pattern when the boundary was lost",
    Kind.RESOURCE_ESCAPE: "opened to somebody outside the profile",
    Kind.SAFEGUARD_LOST: "a safeguard is missing",
    Kind.WEAKNESS: "a setting weakens it",
    Kind.UNDECIDED: "it could not be judged",
}
_WHAT_RETIRED = {
    Kind.PERMISSION_ESCAPE: "the service is retired, and the role may still do something",
    Kind.TRUST_ESCAPE: "the service is retired, and somebody may still become the role",
    Kind.BOUNDARY_ESCAPE: "the service is retired, and the role may do more since its boundary was lost",
}
_IN_SHORT = {  # beside the longest role name, within a subject's length
    Kind.PERMISSION_ESCAPE: "permission left the naming pattern",
    Kind.TRUST_ESCAPE: "trust reaches outside the profile",
    Kind.BOUNDARY_ESCAPE: "boundary lost, permission escapes",
    Kind.RESOURCE_ESCAPE: "opened to others",
    Kind.SAFEGUARD_LOST: "safeguard missing",
    Kind.WEAKNESS: "weak setting",
    Kind.UNDECIDED: "it could not be judged",
}
_IN_SHORT_RETIRED = {
    Kind.PERMISSION_ESCAPE: "retired, has permission still",
    Kind.TRUST_ESCAPE: "retired, may be assumed still",
    Kind.BOUNDARY_ESCAPE: "retired, boundary lost",
}
_HOW_IT_STANDS = {
    State.DETECTED: "A remediation is on its way.",
    State.NEEDS_APPROVAL: "It waits for an operator's approval.",
    State.CONTAINED: "Contained, read again and verified.",
    State.NOT_FIXED: "NOT FIXED. The escape may still be open.",
    State.OBSERVED: "The guard changes nothing.",
    State.RESOLVED: "It is over.",
    State.REOPENED: "It came back; a remediation is on its way.",
}


def alert_subject(incident: Incident) -> str:
    """Return the subject line: how it stands, how bad it is, which role, what; ASCII, under 100 characters."""
    until = waived_until(incident)
    what = f"waived until {until}" if until else _of_posture(incident, _IN_SHORT_RETIRED, _IN_SHORT)
    return subject_line(
        f"[{told_state(incident).value}] {incident.severity.value} ", incident.subject.name, f": {what}"
    )


def headline(incident: Incident) -> str:
    """Return in one sentence each what is wrong with whom, and how it stands; of an attacker's is the name alone."""
    until = waived_until(incident)
    stands = f"It is let stand by a waiver until {until}." if until else _HOW_IT_STANDS[incident.state]
    if is_let_in(incident):
        stands = "NOT FIXED. The trust is repaired, and sessions from before may still be the role."
    return f"{plain(incident.subject.name)}: {_of_posture(incident, _WHAT_RETIRED, _WHAT)}. {stands}"


def _of_posture(incident: Incident, retired: Mapping[Kind, str], active: Mapping[Kind, str]) -> str:
    is_retired = incident.evidence.reason == RETIRED
    return retired.get(incident.kind, active[incident.kind]) if is_retired else active[incident.kind]
