"""In which account a command is carried out: the one that it names, or else the one whose incident it is about."""

from panorama_guard.case.command import Approve, ApproveWaiver, Command, EndWaiver, Explain, Retry, TakeBack, Waive
from panorama_guard.service.errors import NotFoundError
from panorama_guard.service.operator import Operator


def operator_for(command: Command, operator: Operator) -> Operator:
    """Return what a command works with; raise NotFoundError for a member account where there is no organisation."""
    elsewhere = operator.elsewhere
    account = command.account or (operator.ledger.place_of(_about(command))[0] if elsewhere else "")
    if account in ("", operator.account):
        return operator
    if elsewhere is None:
        message = f"this guard has no member accounts: `{account}`"
        raise NotFoundError(message)
    return elsewhere.operator_of(account)


def _about(command: Command) -> str:
    """Return the id of the record that a command is about, empty where it is about none."""
    match command:
        case Approve() | Waive() | TakeBack() | Retry() | Explain():
            return command.incident_id
        case ApproveWaiver() | EndWaiver():
            return command.waiver_id
        case _:
            return ""
