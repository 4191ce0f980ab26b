"""Climbs a ladder: rung by rung, proposal by proposal, to the first one that is proved."""

from collections.abc import Callable, Iterable

from panorama_guard.planning.plan import Proposal, Refused
from panorama_guard.policy.record import record


@record
class Found:
    """The first proposal that is proved, and why those of the rungs below are not, one of each rung."""

    proposal: Proposal
    passed_over: tuple[str, ...]


def climb(
    rungs: Iterable[Iterable[Proposal]], why_not: Callable[[Proposal], str], unavailable: tuple[str, ...] = ()
) -> Found | Refused:
    """Return the first proposal for which nothing stands against it, or Refused with what stands against each."""
    refusals: list[str] = []
    passed_over: list[str] = []
    for proposals in rungs:
        first = len(refusals)
        for proposal in proposals:
            refusal = why_not(proposal)
            if not refusal:
                return Found(proposal, tuple(passed_over))
            refusals.append(f"{proposal.describe()}: {refusal}")
        passed_over += refusals[first : first + 1]
    refusals += unavailable
    return Refused("no plan could be proved: " + ("; ".join(dict.fromkeys(refusals)) or "no rung applies"))
