"""What a plan is made for: the finding, the role, what it is judged by, and what of the account decides what fits."""

from panorama_guard.case.account import LEAST, PolicyVersion, Quotas
from panorama_guard.case.finding import Finding
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import Step
from panorama_guard.judging.standard import Standard
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.policy.record import record


@record
class Companion:
    """Another guarded role that uses a policy which may be changed."""

    snapshot: RoleSnapshot
    standard: Standard
    memory: Memory


@record
class Revertible:
    """A customer's policy that guarded roles alone use, and that this deployment may set back to another version."""

    arn: str
    versions: tuple[PolicyVersion, ...]
    companions: tuple[Companion, ...]


@record
class Surroundings:
    """What was read of the account. `own_boundaries` are the ARNs at which a policy of the guard's own may be put.

    `unavailable` says why something of these could not be offered, for the refusal to tell.
    """

    quotas: Quotas
    own_boundaries: tuple[str, ...]
    revertible: tuple[Revertible, ...]
    unavailable: tuple[str, ...] = ()


UNREAD = Surroundings(LEAST, (), ())  # what holds in every account


@record
class Situation:
    """What a plan is made for. `live_boundary` is the remembered boundary's policy as it is now, if it still is.

    `refused` is what AWS has refused already; `passed` are the steps of plans that are not what was approved. In a
    retired service everything that a role has is too much.
    """

    finding: Finding
    snapshot: RoleSnapshot
    standard: Standard
    memory: Memory
    live_boundary: tuple[ManagedPolicy, ...]
    now: str
    around: Surroundings = UNREAD
    is_retired: bool = False
    refused: tuple[RefusedStep, ...] = ()
    passed: tuple[tuple[Step, ...], ...] = ()
