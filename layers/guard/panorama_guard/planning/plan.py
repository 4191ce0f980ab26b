"""A remediation on paper: what to do, for which snapshot, and the proof that it is safe."""

from dataclasses import dataclass

from panorama_guard.case.incident import Remedy
from panorama_guard.case.snapshot import digest
from panorama_guard.case.step import Step, describe_step, describe_undo


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps for the snapshot with this fingerprint, each with its inverse, and the proof in one line.

    A plan that `needs_approval` is never carried out without an operator's word, whatever the mode.
    """

    fingerprint: str
    steps: tuple[Step, ...]
    inverses: tuple[Step, ...]
    proof: str
    needs_approval: bool = False

    @property
    def digest(self) -> str:
        """Return the hash of the steps: two plans with the same one do the same."""
        return digest(repr(self.steps))

    def remedy(self, role_name: str) -> Remedy:
        """Return the plan as it is told to operators and kept in its incident."""
        undo = tuple(describe_undo(role_name, inverse) for inverse in self.inverses)
        steps = tuple(describe_step(step) for step in self.steps)
        return Remedy(steps, self.proof, undo, plan=self.digest)


@dataclass(frozen=True, slots=True)
class Refused:
    """No plan could be proved, and why."""

    reason: str
