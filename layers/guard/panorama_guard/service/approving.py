"""Lets the guard carry out a plan that waits for an operator's word."""

from panorama_guard.case.approval import Approval
from panorama_guard.case.caller import Caller
from panorama_guard.case.command import Approve
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.lifecycle import approve
from panorama_guard.case.order import RemediationOrder
from panorama_guard.service.errors import NotNowError
from panorama_guard.service.matters import find_matter
from panorama_guard.service.operator import Answer, Matter, Operator, end_of, turn_actor_away, turn_back_while_paused


def approve_plan(command: Approve, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Approve the plan that an incident has now, and order it; said twice, it is ordered once."""
    matter = find_matter(command.incident_id, caller, operator, now=now)
    turn_actor_away(matter, operator)
    turn_back_while_paused(operator, now=now)
    incident = matter.incident
    if _is_approved(incident):
        _check_same(incident, command)
    elif not _was_acted_upon(incident, command, caller):
        _check(incident, command)
        incident = approve(incident, _approval(matter, operator))
        operator.ledger.put_incident(incident)
    if incident.state in PENDING:
        # It goes out again for one that was approved before: a crash may have fallen between record and order.
        order = RemediationOrder(incident.account, incident.role_name, incident.slot, incident.id, incident.attempt)
        operator.remediations.remediate(order)
    (approval,) = incident.approval
    said = {"incident": incident.id, "approved_by": approval.by, "until": approval.until}
    return Answer(200, {**said, "state": incident.state.value})


def _is_approved(incident: Incident) -> bool:
    return incident.state in PENDING and bool(incident.approval)


def _was_acted_upon(incident: Incident, command: Approve, caller: Caller) -> bool:
    """Say whether what the caller asks for was approved by the same caller, and done: the answer may have been lost."""
    approved = [one for one in incident.approval if one.by == caller.arn and one.plan.startswith(command.plan)]
    return bool(approved) and incident.state is not State.NEEDS_APPROVAL


def _check(incident: Incident, command: Approve) -> None:
    if incident.state is not State.NEEDS_APPROVAL:
        message = f"it does not wait for an approval: it is {incident.state.value} ({incident.reason})"
        raise NotNowError(message)
    if not incident.remedy.plan.startswith(command.plan):
        message = f"the plan has changed, it is now {incident.remedy.plan[:12]}; read it before you approve it"
        raise NotNowError(message, incident.remedy.steps)


def _check_same(incident: Incident, command: Approve) -> None:
    (approval,) = incident.approval
    if not approval.plan.startswith(command.plan):
        message = f"another plan is on its way: {approval.plan[:12]}, which {approval.by} approved"
        raise NotNowError(message)


def _approval(matter: Matter, operator: Operator) -> Approval:
    seconds = int(operator.limits.approval.total_seconds())
    until = end_of(seconds, operator.limits.approval, "ApprovalMinutes", now=matter.now)
    return Approval(matter.caller.arn, matter.now, until, matter.incident.remedy.plan)
