"""What an operator may type about an incident as it stands."""

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State

PLAN_SHOWN = 12  # characters of a plan's hash
_STANDS = frozenset({State.OBSERVED, State.NEEDS_APPROVAL, State.NOT_FIXED})
_WHY = '--reason "..." --for 7d'


def operator_commands(incident: Incident) -> tuple[tuple[str, str], ...]:
    """Return the commands, each with what it is for: approve what is planned, undo what was done, waive what stands."""
    commands = []
    if incident.state is State.NEEDS_APPROVAL and incident.remedy.plan:
        plan = incident.remedy.plan[:PLAN_SHOWN]
        commands.append(("To approve", f"panorama-guard approve {incident.id} --plan {plan}"))
    if incident.remedy.carried_out and incident.state is not State.RESOLVED:
        commands.append(("To undo", f"panorama-guard undo {incident.id} {_WHY}"))
    if incident.state in _STANDS and incident.kind is not Kind.UNDECIDED:
        commands.append(("To waive", f"panorama-guard waive {incident.id} {_WHY}"))
    return tuple(commands)
