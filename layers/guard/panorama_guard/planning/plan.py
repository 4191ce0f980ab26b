"""A remediation on paper: what to do, for which snapshot, and the proof that it is safe."""

from collections.abc import Iterable
from enum import Enum
from functools import reduce

from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.incident import Remedy
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import digest
from panorama_guard.case.step import (
    Changed,
    PutBoundary,
    PutTrust,
    Step,
    apply_step,
    describe_step,
    describe_undo,
    invert_step,
    timeless,
)
from panorama_guard.policy.record import record

Steps = tuple[Step, ...]


def digest_of(steps: Steps) -> str:
    """Return the hash of steps: the same for those that do the same, whenever they were planned."""
    return digest(repr(tuple(map(timeless, steps))))


def rung_of(steps: Steps) -> str:
    """Return the kind of what steps do, one of few: that of the last of them, which ends the escape, or quarantine."""
    return QUARANTINED if PutTrust(CLOSED_TRUST) in steps else type(steps[-1]).__name__


QUARANTINED = "Quarantine"


class Promise(Enum):
    """What has to be proved of a proposal before it is a plan."""

    NOTHING_LOST = "nothing granted inside the ceiling is lost"
    BOUNDARY_RESTORED = "nothing granted inside the ceiling under the remembered boundary is lost"
    BOUNDARY_CHOSEN = "nothing granted inside the ceiling under a boundary that somebody set later is lost"
    TRUST_REPAIRED = "nobody inside the profile who may become the role is shut out"
    QUARANTINE = "the role may do nothing, and nobody may become it"
    NOBODY_SHUT_OUT = "nobody inside the profile is shut out of the resource"
    TAKEN_AWAY = "nobody reaches the resource by this part any more"
    VERSION_RESTORED = "the resource is as it was when it was last judged contained"
    VERSION_CHOSEN = "the resource is as one of its earlier versions, which was never judged in force"


@record
class Proposal:
    """Steps that a rung of the ladder proposes, and what is promised of them.

    One that is `partial` leaves something out that another one has, and is taken only where that one does not fit.
    """

    steps: Steps
    promise: Promise
    is_partial: bool = False

    def states(self, snapshot: Changed) -> tuple[Changed, ...]:
        """Return the subject as it is before the first step and after each of them."""
        after = (reduce(apply_step, self.steps[:count], snapshot) for count in range(1, len(self.steps) + 1))
        return (snapshot, *after)

    def inverses(self, snapshot: Snapshot) -> Steps:
        """Return for each step, at its place, the one that takes it back."""
        return tuple(invert_step(*pair) for pair in zip(self.states(snapshot), self.steps, strict=False))

    def is_one_of(self, plans: Iterable[Steps]) -> bool:
        """Say whether it does what one of these does, whenever that was planned."""
        return digest_of(self.steps) in map(digest_of, plans)

    def describe(self) -> str:
        """Return what it does, in IAM's words."""
        return "; then ".join(map(describe_step, self.steps))


@record
class Plan:
    """Steps for the snapshot with this fingerprint, each with its inverse, and the proof in one line.

    A plan that `needs_approval` is never carried out without an operator's word, whatever the mode. The notes say what
    else there is to know: what cannot be taken back, and which rungs were passed over. `companions` are the names of
    other roles that use a policy which it sets back, with the fingerprints of which no harm was proved.
    """

    fingerprint: str
    steps: Steps
    inverses: Steps
    proof: str
    needs_approval: bool = False
    notes: tuple[str, ...] = ()
    companions: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """Return the hash of the steps: two plans with the same one do the same, whenever they were made."""
        return digest_of(self.steps)

    def is_in_force(self, snapshot: Snapshot) -> bool:
        """Say whether a subject is as several steps leave it, or as a boundary does that is put back.

        Of any other single step, what came of it says enough.
        """
        is_said = len(self.steps) == 1 and not isinstance(self.steps[0], PutBoundary)
        return is_said or reduce(apply_step, self.steps, snapshot) == snapshot

    def remedy(self, name: str) -> Remedy:
        """Return the plan as it is told to operators and kept in its incident."""
        undo = tuple(describe_undo(name, inverse) for inverse in reversed(self.inverses))
        steps = tuple(describe_step(step) for step in self.steps)
        rung = rung_of(self.steps)
        return Remedy(steps, self.proof, undo, False, self.digest, self.notes, self.needs_approval, rung)


@record
class Refused:
    """No plan could be proved, and why."""

    reason: str
