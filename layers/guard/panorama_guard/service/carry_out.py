"""Carries out what the remediations queue orders: an escape contained, younger sessions ended, a containment lifted."""

from typing import assert_never

from panorama_guard.case.order import LiftOrder, Order, RemediationOrder, RenewalOrder
from panorama_guard.service.job import Remediator
from panorama_guard.service.lifting import lift
from panorama_guard.service.remediate import remediate
from panorama_guard.service.revoking import renew


def carry_out(order: Order, remediator: Remediator, *, now: str) -> str:
    """Carry out one order and return what came of it."""
    match order:
        case RemediationOrder():
            return remediate(order, remediator, now=now)
        case RenewalOrder():
            return renew(order, remediator, now=now)
        case LiftOrder():
            return lift(order, remediator, now=now)
    assert_never(order)
