"""Carries out what the remediations queue orders: an escape contained, or younger sessions ended too."""

from typing import assert_never

from panorama_guard.case.order import RemediationOrder, RenewalOrder
from panorama_guard.service.remediate import Remediator, remediate
from panorama_guard.service.revoking import renew


def carry_out(order: RemediationOrder | RenewalOrder, remediator: Remediator, *, now: str) -> str:
    """Carry out one order and return what came of it."""
    match order:
        case RemediationOrder():
            return remediate(order, remediator, now=now)
        case RenewalOrder():
            return renew(order, remediator, now=now)
    assert_never(order)
