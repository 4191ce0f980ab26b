"""What becomes of an order for a member account in which the guard cannot write: it is on record, and told."""

from typing import assert_never

from panorama_guard.case.ending import is_let_in
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.order import LiftOrder, Order, RemediationOrder, RenewalOrder
from panorama_guard.policy.record import record, replace
from panorama_guard.service.job import Remediator
from panorama_guard.service.ports import Ledger
from panorama_guard.service.renewing import not_renewed


def incident_behind(order: Order, ledger: Ledger) -> Incident | None:
    """Return the very incident that an order is about, current or of the history, or None."""
    current = ledger.read(order.account, order.role_name).incident_in(order.slot)
    if current is not None and current.id == order.incident:
        return current
    return ledger.recall(order.account, order.role_name, order.incident)


@record
class Obstacle:
    """What stands in the way of an order, and the state in which it leaves an escape."""

    why: str
    state: State


def give_up(order: Order, incident: Incident, obstacle: Obstacle, hub: Remediator, *, now: str) -> str:
    """Write why an order is not carried out, on its incident or on its undo, and return what came of it."""
    match order:
        case RemediationOrder():
            return _leave(order, incident, obstacle, hub, now=now)
        case RenewalOrder():
            return _renew_nothing(order, incident, obstacle.why, hub.ledger, now=now)
        case LiftOrder():
            return _lift_nothing(incident, obstacle.why, hub.ledger)
    assert_never(order)


def _leave(order: RemediationOrder, incident: Incident, obstacle: Obstacle, hub: Remediator, *, now: str) -> str:
    if incident.attempt != order.attempt or incident.state not in PENDING:
        return f"already handled: {incident.state.value}"
    # No attempt was made on the subject as it is: the next look orders another, be it back as it was or not.
    untouched = replace(incident, fingerprint="")
    outcome = untouched.moved(obstacle.state, now=now, reason=obstacle.why)
    hub.ledger.put_incident(outcome)
    hub.tell(outcome)
    return obstacle.state.value


def _renew_nothing(order: RenewalOrder, incident: Incident, why: str, ledger: Ledger, *, now: str) -> str:
    if incident.attempt != order.renewed_attempt or incident.state is not State.CONTAINED:
        return "another attempt was made since"
    if order.is_put_again and not is_let_in(incident):
        return "put again already"
    told = not_renewed(order, incident, why, now=now)
    if told.reason != incident.reason:
        ledger.put_incident(told)
    return f"refused: {why}"


def _lift_nothing(incident: Incident, why: str, ledger: Ledger) -> str:
    undo = ledger.read(incident.account, incident.role_name).undo_of(incident)
    if undo is None or undo.refused:
        return "no such undo"
    ledger.put_undo(undo.turned_down(why))
    return f"refused: {why}"
