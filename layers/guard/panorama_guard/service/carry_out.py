"""Carries out what the remediations queue orders: an escape contained, younger sessions ended, a containment lifted.

An order for a member account is carried out there, as the role that its template makes for that.
"""

from typing import assert_never

from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.incident import State
from panorama_guard.case.order import LiftOrder, Order, RemediationOrder, RenewalOrder
from panorama_guard.policy.record import replace
from panorama_guard.service.given_up import Obstacle, give_up, incident_behind
from panorama_guard.service.job import Members, Remediator
from panorama_guard.service.lifting import lift
from panorama_guard.service.remediate import remediate
from panorama_guard.service.revoking import renew


def carry_out(order: Order, remediator: Remediator, *, now: str) -> str:
    """Carry out one order and return what came of it."""
    if order.account == remediator.account or remediator.members is None:
        return _carry_out(order, remediator, now=now)
    return _carry_out_there(order, remediator, remediator.members, now=now)


def _carry_out(order: Order, remediator: Remediator, *, now: str) -> str:
    match order:
        case RemediationOrder():
            return remediate(order, remediator, now=now)
        case RenewalOrder():
            return renew(order, remediator, now=now)
        case LiftOrder():
            return lift(order, remediator, now=now)
    assert_never(order)


def _carry_out_there(order: Order, hub: Remediator, members: Members, *, now: str) -> str:
    """Carry out an order in a member account, or say on record why not.

    INVARIANT: no role of an account is assumed for an order that no incident stands behind.
    """
    incident = incident_behind(order, hub.ledger)
    if incident is None:
        return "no such incident"
    if members.kept_off:
        return give_up(order, incident, Obstacle(members.kept_off, State.OBSERVED), hub, now=now)
    try:
        return _carry_out(order, replace(members.remediator_of(order.account), tell=hub.tell), now=now)
    except UnreachableError as error:
        obstacle = Obstacle(str(error), State.NOT_FIXED)
    behind = incident_behind(
        order, hub.ledger
    )  # the role may be assumed and not let read: some of it is on record then
    return give_up(order, behind or incident, obstacle, hub, now=now)
