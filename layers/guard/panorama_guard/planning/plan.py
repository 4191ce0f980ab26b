"""A remediation on paper: what to do, for which snapshot, and the proof that it is safe."""

from dataclasses import dataclass

from panorama_guard.case.incident import Remedy
from panorama_guard.case.step import Step, describe_step, describe_undo


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps for the snapshot with this fingerprint, each with its inverse, and the proof in one line."""

    fingerprint: str
    steps: tuple[Step, ...]
    inverses: tuple[Step, ...]
    proof: str

    def remedy(self, role_name: str) -> Remedy:
        """Return the plan as it is told to operators and kept in its incident."""
        undo = tuple(describe_undo(role_name, inverse) for inverse in self.inverses)
        return Remedy(tuple(describe_step(step) for step in self.steps), self.proof, undo)


@dataclass(frozen=True, slots=True)
class Refused:
    """No plan could be proved, and why."""

    reason: str
