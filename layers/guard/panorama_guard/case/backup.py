"""What the ledger keeps of a role before the guard writes to it."""

from dataclasses import dataclass
from functools import reduce

from panorama_guard.case.incident import Remedy
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import Step, apply_step


@dataclass(frozen=True, slots=True)
class Backup:
    """A role as it was, the steps that were about to be carried out on it, and at the same places their inverses."""

    snapshot: RoleSnapshot
    steps: tuple[Step, ...]
    inverses: tuple[Step, ...]
    remedy: Remedy

    @property
    def outcome(self) -> RoleSnapshot:
        """Return the role as the steps leave it."""
        return reduce(apply_step, self.steps, self.snapshot)

    def is_in_force(self, snapshot: RoleSnapshot) -> bool:
        """Say whether a role is as the steps leave it: then they were carried out, whoever lived to tell."""
        return reduce(apply_step, self.steps, snapshot) == snapshot
