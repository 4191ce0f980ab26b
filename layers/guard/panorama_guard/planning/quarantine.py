"""The last rung: the role may do nothing, and nobody may become it."""

from collections.abc import Iterator

from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.finding import Kind
from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.case.step import PutInline, PutOwnBoundary, PutTrust, Step
from panorama_guard.planning.names import QUARANTINE, free_name
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.situation import Situation


def quarantine(situation: Situation) -> Iterator[Proposal]:
    """Yield a Deny of everything with a trust that lets nobody in; where no inline policy fits, the Deny as a boundary.

    What ends the finding comes last: if the guard dies between the two, the finding is still there to be acted on.
    """
    closed, is_trust = PutTrust(CLOSED_TRUST), situation.finding.kind is Kind.TRUST_ESCAPE
    for denied in _denials(situation):
        steps = (denied, closed) if is_trust else (closed, denied)
        yield Proposal(steps, Promise.QUARANTINE, is_partial=isinstance(denied, PutOwnBoundary))


def _denials(situation: Situation) -> Iterator[Step]:
    yield PutInline(free_name(QUARANTINE, situation.snapshot), DENY_ALL)
    for arn in situation.around.own_boundaries:
        yield PutOwnBoundary(ManagedPolicy(arn, "", DENY_ALL))
