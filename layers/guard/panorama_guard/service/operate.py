"""From a request to an answer: who calls, what he asks, whether he may, and what comes of it."""

from collections.abc import Callable, Mapping
from typing import Any

from panorama_guard.case.caller import Caller, parse_caller
from panorama_guard.case.command import (
    Approve,
    ApproveWaiver,
    Command,
    EndWaiver,
    Explain,
    ListIncidents,
    PauseGuard,
    Resume,
    Retry,
    Status,
    SweepNow,
    TakeBack,
    Waive,
    parse_command,
)
from panorama_guard.case.errors import CallerError, CommandError, StaleRecordError
from panorama_guard.case.member import READ_ROLE, REMEDIATION_ROLE
from panorama_guard.service.approving import approve_plan
from panorama_guard.service.errors import NotNowError, OperateError, TurnedAwayError
from panorama_guard.service.matters import found_role
from panorama_guard.service.operator import TRIES, Answer, Operator, tell
from panorama_guard.service.pausing import pause_guard, resume_guard
from panorama_guard.service.retrying import retry
from panorama_guard.service.telling import explain_incident, list_incidents, sweep_now, tell_status
from panorama_guard.service.undoing import undo
from panorama_guard.service.waiving import approve_waiver, end_waiver, waive
from panorama_guard.service.whose import operator_for

_RUN: Mapping[type, Callable[..., Answer]] = {
    Approve: approve_plan,
    TakeBack: undo,
    Waive: waive,
    ApproveWaiver: approve_waiver,
    EndWaiver: end_waiver,
    PauseGuard: pause_guard,
    Resume: resume_guard,
    Retry: retry,
    SweepNow: sweep_now,
    Explain: explain_incident,
    ListIncidents: list_incidents,
    Status: tell_status,
}


def operate(event: Mapping[str, Any], operator: Operator, *, now: str) -> Answer:
    """Carry out what a request asks, as far as whoever sent it may; whoever is turned away is told of."""
    try:
        caller = parse_caller(event)
    except CallerError as error:
        tell("a request without a proved identity was turned away", str(error), "nobody known", operator, now=now)
        return Answer(403, {"error": str(error)})
    try:
        _turn_away(caller, operator)
        return _run(parse_command(event), caller, operator, now=now)
    except CommandError as error:
        return Answer(400, {"error": str(error), "field": error.field, "value": error.value})
    except TurnedAwayError as error:
        title, about = "an operator's command was turned away", str(error).replace(caller.arn, "")
        tell(title, str(error), caller.arn, operator, now=now, about=about)
        return Answer(error.status, {"error": str(error)})
    except OperateError as error:
        return Answer(error.status, {"error": str(error), "details": list(error.details)})


_ROLES_THERE = tuple(role.rpartition("/")[2] for role in (READ_ROLE, REMEDIATION_ROLE))


def _turn_away(caller: Caller, operator: Operator) -> None:
    """Raise TurnedAwayError for whoever may give no command at all."""
    if caller.account not in (operator.account, *operator.limits.other_accounts):
        message = f"the commands are for account {operator.account} alone: `{caller.account}`"
        raise TurnedAwayError(message)
    if caller.is_federated:
        message = f"whoever asks for a federated session chooses its name; call as the user himself: `{caller.arn}`"
        raise TurnedAwayError(message)
    if _is_guarded(caller, operator):
        message = f"a guarded role gives the guard no commands: `{caller.arn}`"
        raise TurnedAwayError(message)
    if any(caller.is_same_role_as(arn) for arn in operator.guard_roles) or caller.role_name in _ROLES_THERE:
        message = f"a role of the guard's own functions gives it no commands: `{caller.arn}`"
        raise TurnedAwayError(message)


def _is_guarded(caller: Caller, operator: Operator) -> bool:
    """Say whether a guarded role calls: one that the profile names, or of any name that was found."""
    there = operator
    if caller.account != operator.account:
        if operator.elsewhere is None:
            return False
        there = operator.elsewhere.operator_of(caller.account)
    name = caller.role_name
    return bool(name) and bool(operator.policy.profile.role_named(name) or found_role(name, there))


def _run(command: Command, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Carry out a command, anew where somebody else wrote meanwhile."""
    for _ in range(TRIES):
        try:
            return _RUN[type(command)](command, caller, operator_for(command, operator), now=now)
        except StaleRecordError:
            continue
    message = f"somebody else wrote at the same moment, {TRIES} times; try again"
    raise NotNowError(message)
