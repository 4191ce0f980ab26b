"""Carries out what the remediations queue orders: an escape contained, or a containment lifted."""

from typing import assert_never

from panorama_guard.case.order import LiftOrder, RemediationOrder
from panorama_guard.service.lifting import lift
from panorama_guard.service.remediate import Remediator, remediate


def carry_out(order: RemediationOrder | LiftOrder, remediator: Remediator, *, now: str) -> str:
    """Carry out one order and return what came of it."""
    match order:
        case RemediationOrder():
            return remediate(order, remediator, now=now)
        case LiftOrder():
            return lift(order, remediator, now=now)
    assert_never(order)
