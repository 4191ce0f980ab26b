"""What remediating works with: rules, eyes, a hand, and one order as it stands when its turn comes."""

from collections.abc import Callable
from typing import Protocol

from panorama_guard.case.backup import Backup
from panorama_guard.case.incident import NO_REMEDY, Incident, Remedy, State
from panorama_guard.case.memory import Memory
from panorama_guard.case.step import Step, describe_step
from panorama_guard.containment import DEFAULT_BUDGET
from panorama_guard.judging.subject import AnyStandard
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.policy.record import record
from panorama_guard.profile import Guarded
from panorama_guard.service.planner import Sight
from panorama_guard.service.ports import AccountReader, Ledger, Rechecks, ResourceReader, RoleReader, Writer
from panorama_guard.service.settings import Policy

# IAM is eventually consistent: a clean re-read may take a while. Seconds before each re-read.
RE_READS = (0.0, 0.5, 2.0)
# What came of an order is judged again after so many seconds: IAM spreads it, reads lag, and an attacker can undo it.
RECHECKS = (5, 30, 120)
TRIES = 3  # how often a plan is made anew because the role changed under it


@record
class Effort:
    """How many steps of the engine one order may cost: all its plans together, and then reading again what one did.

    A question that is asked again costs nothing more. One judgement of a role with as many hard policies as are judged
    takes 2.6 million, and one plan takes two: of the role as it is, and as it will be.
    """

    planning: int
    verifying: int


STEP_MICROSECONDS = 2.3  # of policies that spend it all, measured on one processor, of which the function has one
# INVARIANT: what one order asks takes half of the function's timeout at most, and the rest is for AWS's answers: 9 + 3
# million steps take 28 of 60 seconds. A function that its timeout kills says nothing, and the next delivery is killed
# as well.
EFFORT = Effort(planning=45 * DEFAULT_BUDGET, verifying=15 * DEFAULT_BUDGET)


class Members(Protocol):
    """The other accounts of the organisation, in which the guard may be let to write too."""

    @property
    def kept_off(self) -> str:
        """Return why nothing is written in any of them, or an empty text."""
        ...

    def remediator_of(self, account: str) -> "Remediator":
        """Return what remediating in an account needs; raise UnreachableError where its role cannot be assumed."""
        ...


def _told_nobody(outcome: Incident) -> None:
    """Leave an outcome to the record."""


@record
class Remediator:
    """What remediating needs: rules, eyes, a hand, the record and patience.

    `tell` is told how an order to contain left its incident, once that is on record.
    """

    policy: Policy
    account: str
    reader: RoleReader
    account_reader: AccountReader
    writer: Writer
    ledger: Ledger
    rechecks: Rechecks
    wait: Callable[[float], None]
    resources: ResourceReader
    effort: Effort = EFFORT
    members: Members | None = None  # where there is no organisation, every order is the account's own
    tell: Callable[[Incident], None] = _told_nobody

    @property
    def sight(self) -> Sight:
        """Return what finding a plan needs."""
        return Sight(self.policy, self.reader, self.account_reader, self.ledger)


@record
class Refusal:
    """What AWS refused, in which remedy, and in what words; `done` are the steps that were carried out before it."""

    refused: RefusedStep
    remedy: Remedy
    message: str
    done: tuple[Step, ...] = ()

    @property
    def told(self) -> str:
        """Return in words what was refused, and what of the same plan stands all the same."""
        done = ", ".join(map(describe_step, self.done))
        return f"{self.message}; what its plan had done before stands: {done}" if done else self.message


@record
class Job:
    """One order, as it stands when its turn comes, and what AWS has refused of it so far.

    `passed` are the steps of plans before the one that was approved: AWS refused them in an earlier order. `unused` are
    the backups of plans that were dropped before their first step.
    """

    incident: Incident
    guarded: Guarded
    standard: AnyStandard
    memory: Memory
    now: str
    refusals: tuple[Refusal, ...] = ()
    passed: tuple[tuple[Step, ...], ...] = ()
    unused: tuple[Backup, ...] = ()


def moved(job: Job, state: State, reason: str, *, remedy: Remedy = NO_REMEDY) -> Incident:
    """Return the job's incident in another state."""
    return job.incident.moved(state, now=job.now, reason=with_what_stands(job, reason, remedy), remedy=remedy)


def with_what_stands(job: Job, reason: str, remedy: Remedy = NO_REMEDY) -> str:
    """Return a reason with what refused plans had done, where neither it nor the remedy says so."""
    refused = (one for one in job.refusals if not set(map(describe_step, one.done)) <= set(remedy.steps))
    return "; ".join((reason, *(one.told for one in refused if one.told not in reason)))
