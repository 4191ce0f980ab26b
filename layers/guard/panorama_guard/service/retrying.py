"""Has the guard try again what it could not fix, once an operator has ended what stood in its way."""

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.caller import Caller
from panorama_guard.case.command import Retry
from panorama_guard.case.ending import at_peace, is_let_in, told_state
from panorama_guard.case.incident import Incident, State
from panorama_guard.policy.record import replace
from panorama_guard.service.errors import NotNowError
from panorama_guard.service.matters import find_matter
from panorama_guard.service.operator import Answer, Operator, ask_for_look, tell, turn_back_while_paused


def retry(command: Retry, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Have an incident that is not fixed looked at as if it had not been tried; raise NotNowError for any other.

    Whoever may give commands may say this, even who led to the incident: it takes nothing from the guard's judgement,
    and in mode approve the plan is asked for again.
    """
    matter = find_matter(command.incident_id, caller, operator, now=now)
    turn_back_while_paused(operator, now=now)
    incident = matter.incident
    if told_state(incident) is not State.NOT_FIXED:
        message = f"there is nothing to try again: it is {told_state(incident).value} ({incident.reason})"
        raise NotNowError(message)
    if incident.is_open and incident.breaker is Breaker.OPEN:
        message = f"the breaker is open, and the guard tries again by itself when it closes: {incident.reason}"
        raise NotNowError(message)
    if is_let_in(incident) and incident.let_in.left_to_operator:
        message = f"revoke the role's sessions in IAM's console, for the guard ends no more of them: {incident.reason}"
        raise NotNowError(message)
    operator.ledger.put_incident(_untried(incident) if incident.is_open else _counted_anew(incident))
    text = f"{incident.id} on {incident.role_name}: {incident.reason}"
    title = "the guard was asked to try again what it could not fix"
    tell(title, text, caller.arn, operator, now=now, about=incident.id)
    ask_for_look(matter.guarded.name, now, operator, now=now)
    return Answer(202, {"incident": incident.id, "retry": "asked for"})


def _counted_anew(incident: Incident) -> Incident:
    """Return an incident whose Deny is put again at the next look, whatever the breaker has counted."""
    return replace(at_peace(incident), revision=incident.revision + 1)


def _untried(incident: Incident) -> Incident:
    """Return an incident that is not fixed as if nothing had been tried on the role as it is: the next look tries."""
    return replace(incident, fingerprint="", failures=0, revision=incident.revision + 1)
