"""What an operator may type about an incident as it stands: none of it would be refused, as far as that can be told."""

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.member import IN_A_MEMBER
from panorama_guard.case.resource import is_resource_key
from panorama_guard.case.waivable import may_be_waived
from panorama_guard.case.waiver import Scope

APPROVE, UNDO = "To approve", "To undo"
PLAN_SHOWN = 12  # characters of a plan's hash
_STANDS = frozenset({State.OBSERVED, State.NEEDS_APPROVAL, State.NOT_FIXED})
_REASON = '--reason "..."'
_WHY = f"{_REASON} --for 1d"  # longer than a day is for settings, and never for every action


def operator_commands(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Return the commands, each with what it is for: approve what is planned, undo what was done, waive what stands.

    Of an incident of a member account there are none: commands are for the hub's own.
    """
    if incident.reason.endswith(IN_A_MEMBER):
        return ()
    commands = []
    if incident.state is State.NEEDS_APPROVAL and incident.remedy.plan:
        plan = incident.remedy.plan[:PLAN_SHOWN]
        commands.append((APPROVE, f"panorama-guard approve {incident.id} --plan {plan}"))
    if incident.remedy.carried_out and incident.state is not State.RESOLVED:
        commands.append((UNDO, _undo(incident)))
    if incident.state in _STANDS and _may_be_waived(incident):
        commands.append(("To waive", f"panorama-guard waive {incident.id} {_WHY}"))
    return tuple(commands)


def _undo(incident: Incident) -> str:
    """Return how what was done is undone: with a waiver of what comes back, or by hand where none may say it."""
    if _may_be_waived(incident):
        return f"panorama-guard undo {incident.id} {_WHY}"
    return f"panorama-guard pause {_REASON} && panorama-guard undo {incident.id} {_REASON} --by-hand"


def _may_be_waived(incident: Incident) -> bool:
    """Say whether a waiver may say what escapes; of a resource, what no statement says has none."""
    if incident.kind in (Kind.UNDECIDED, Kind.SAFEGUARD_LOST):
        return False
    escape = incident.evidence.reach.document
    if not escape:
        return not is_resource_key(incident.role_name)
    return may_be_waived(escape, _scope(incident))


def _scope(incident: Incident) -> Scope:
    if is_resource_key(incident.role_name):
        return Scope.RESOURCE
    return Scope.TRUST if incident.kind is Kind.TRUST_ESCAPE else Scope.PERMISSIONS
