"""The rungs that set a permissions boundary: the one that was lost, or one of the guard's own that is the ceiling.

A boundary is weaker than a Deny in one thing: what a resource's policy grants to a session of the role, by the
session's own ARN, no boundary limits. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from collections.abc import Iterable, Iterator

from panorama_guard.case.closing import DENY_ALL
from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.case.step import PutBoundary, PutOwnBoundary
from panorama_guard.containment import DEFAULT_BUDGET, Grant
from panorama_guard.containment.areas import Area, allowed_areas, denied_areas
from panorama_guard.containment.budget import BudgetSpentError
from panorama_guard.containment.grouping import as_statements, grouped, spellings
from panorama_guard.judging.allowance import charged
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.situation import Situation
from panorama_guard.policy import Effect
from panorama_guard.policy.write import write_document


def restore_boundary(situation: Situation) -> Iterator[Proposal]:
    """Yield the remembered boundary, if its policy still says what it said when the role was judged contained.

    One that somebody set later may be there for what it withholds: it is put back where it withholds nothing inside.
    """
    is_confirmed = situation.memory.boundary_confirmed
    yield from _remembered(situation, Promise.BOUNDARY_RESTORED if is_confirmed else Promise.NOTHING_LOST)


def restore_any_boundary(situation: Situation) -> Iterator[Proposal]:
    """Yield the remembered boundary whatever it withholds and whoever set it: with an operator's word for that."""
    if not situation.memory.boundary_confirmed:
        yield from _remembered(situation, Promise.BOUNDARY_CHOSEN)


def _remembered(situation: Situation, promise: Promise) -> Iterator[Proposal]:
    hashes = {policy.digest for policy in situation.memory.boundary}
    live = (policy for policy in situation.live_boundary if policy.digest in hashes)
    yield from (Proposal((PutBoundary(policy),), promise) for policy in live)


def bound_to_ceiling(situation: Situation) -> Iterator[Proposal]:
    """Yield the ceiling as a boundary of the guard's own, first all of it, then what of it the role is granted at all.

    It is cut to the boundary that the role has already, whose place it takes.
    """
    texts = tuple(dict.fromkeys(_boundaries(situation)))
    for arn in situation.around.own_boundaries:
        steps = (PutOwnBoundary(ManagedPolicy(arn, "", text)) for text in texts)
        yield from (Proposal((step,), Promise.NOTHING_LOST) for step in steps)


def _boundaries(situation: Situation) -> Iterator[str]:
    granted = read_permissions(situation.snapshot).grant
    limit = Grant(
        situation.standard.permissions.policies, (*situation.standard.permissions.boundaries, *granted.boundaries)
    )
    try:
        with charged(DEFAULT_BUDGET) as work:
            rules = [area for each in allowed_areas(limit, work) for area in each.areas]
            own = [area for each in allowed_areas(Grant(granted.policies), work) for area in each.areas]
    except BudgetSpentError:
        return
    denied = denied_areas(limit)
    yield _document(rules, denied, limit)
    yield _document((rule for rule in rules if any(map(rule.may_meet, own))), denied, limit)


def _document(allowed: Iterable[Area], denied: Iterable[Area], limit: Grant) -> str:
    spelled = spellings(limit)
    allows = as_statements(grouped(allowed), Effect.ALLOW, spelled)
    return write_document((*allows, *as_statements(grouped(denied), Effect.DENY, spelled))) if allows else DENY_ALL
