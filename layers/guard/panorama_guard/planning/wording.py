"""Says what was proved of a plan, and what else there is to know of it."""

from collections.abc import Iterator
from typing import assert_never

from panorama_guard.case.step import DetachManaged, PutOwnBoundary, RevokeSessions, SetDefaultVersion
from panorama_guard.containment import DEFAULT_BUDGET, Grant
from panorama_guard.containment.areas import allowed_areas
from panorama_guard.containment.budget import BudgetSpentError
from panorama_guard.containment.elements import is_everything
from panorama_guard.containment.grouping import spellings
from panorama_guard.judging.allowance import charged
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.situation import Situation

MOST_LISTED = 12  # actions that a quarantine takes, told by name
RESOURCE_PROOFS = {
    Promise.NOBODY_SHUT_OUT: (
        "decided over all requests: after the step this is gone, nothing is opened that was not before, and everybody "
        "inside the profile who could reach the resource by this part still can"
    ),
    Promise.TAKEN_AWAY: (
        "decided over all requests: after the step this is gone, and nothing is opened that was not before; whoever "
        "inside the profile reached the resource by this part alone cannot any more"
    ),
    Promise.VERSION_RESTORED: (
        "decided over all requests: after the step everything that is allowed is inside the profile, and all of it was "
        "allowed when the policy was last judged contained; what only a later version had given is withdrawn"
    ),
    Promise.VERSION_CHOSEN: (
        "decided over all requests: after the step everything that is allowed is inside the profile; what only the "
        "version that escapes had given is withdrawn, and nobody has seen the earlier one in force"
    ),
}
_GONE = "decided over all requests: after the step this escape is gone, and everything granted inside the ceiling"


def describe_proof(proposal: Proposal, situation: Situation) -> str:
    """Return what is proved of a proposal once it is proved."""
    match proposal.promise:
        case Promise.NOTHING_LOST:
            return f"{_GONE} before is granted after"
        case Promise.BOUNDARY_RESTORED:
            return f"{_GONE} under that boundary is granted again; what only its loss had given is withdrawn"
        case Promise.BOUNDARY_CHOSEN:
            return (
                f"{_GONE} under that boundary is granted again; whatever else is inside the ceiling it withholds, and "
                "somebody set it after the guard first saw the role"
            )
        case Promise.TRUST_REPAIRED:
            return (
                "decided over all principals: after the step nobody outside the profile may become the role, and "
                f"whoever the profile lets in and could become it before still can; {_sessions(proposal)}"
            )
        case Promise.QUARANTINE:
            return (
                "decided over all requests and principals: after the steps the role may do nothing and nobody may "
                f"become it; lost inside the ceiling: {_lost(situation)}"
            )
        case Promise.NOBODY_SHUT_OUT | Promise.TAKEN_AWAY | Promise.VERSION_RESTORED | Promise.VERSION_CHOSEN:
            return RESOURCE_PROOFS[proposal.promise]
    assert_never(proposal.promise)


def _sessions(proposal: Proposal) -> str:
    if not any(isinstance(step, RevokeSessions) for step in proposal.steps):
        return "sessions issued before are not ended by it, for want of room for another inline policy"
    return (
        "sessions issued before are denied everything, which ends sessions and takes no permission; the time is moved "
        "up after 30 s and 2 min, for those issued while IAM spreads the change"
    )


def _lost(situation: Situation) -> str:
    """Return the actions of what the role is granted inside its ceiling."""
    granted, ceiling = read_permissions(situation.snapshot).grant, situation.standard.permissions
    inside = Grant(granted.policies, (*granted.boundaries, *ceiling.layers))
    try:
        with charged(DEFAULT_BUDGET) as work:
            areas = [area for each in allowed_areas(inside, work) for area in each.areas]
    except BudgetSpentError:
        return "more than can be listed"
    if any(is_everything(area.actions) or area.actions.negated for area in areas):
        return "every action that the role is granted there"
    spelled = spellings(granted, ceiling)
    names = sorted({spelled.get(glob, glob) for area in areas for glob in area.actions.globs})
    more = len(names) - MOST_LISTED
    return (", ".join(names[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")) or "nothing"


def notes_on(proposal: Proposal) -> Iterator[str]:
    """Yield what an operator should know who takes a plan back, or relies on it."""
    for step in proposal.steps:
        match step:
            case DetachManaged(arn) if ":iam::aws:" in arn:
                yield (
                    "AWS does not let a policy of its own that it has deprecated be attached again, and IAM does not "
                    f"say which are: {arn} may be gone for good"
                )
            case SetDefaultVersion(arn):
                yield f"the version of {arn} that escapes stays, and grants nothing while it is not the default"
            case PutOwnBoundary(own):
                yield (
                    f"{own.arn} is the guard's own policy, and stays in the account, used by nobody, when this is "
                    "undone; a boundary does not limit what a resource's policy grants to a session of the role"
                )
            case _:
                pass
