"""What the ledger keeps of a role before the guard writes to it."""

from functools import reduce

from panorama_guard.case.incident import Remedy
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.step import Step, apply_step
from panorama_guard.policy.record import record


@record
class Backup:
    """A subject as it was, the steps that were about to be carried out on it, and at the same places their inverses."""

    snapshot: Snapshot
    steps: tuple[Step, ...]
    inverses: tuple[Step, ...]
    remedy: Remedy

    @property
    def outcome(self) -> Snapshot:
        """Return the subject as the steps leave it."""
        return reduce(apply_step, self.steps, self.snapshot)

    def is_in_force(self, snapshot: Snapshot) -> bool:
        """Say whether a subject is as the steps leave it: then they were carried out, whoever lived to tell."""
        return reduce(apply_step, self.steps, snapshot) == snapshot
