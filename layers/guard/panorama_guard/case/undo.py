"""An operator's word that what the guard did about an incident is taken back, and what that means on the role."""

from collections.abc import Iterable
from functools import reduce

from panorama_guard.case.backup import Backup
from panorama_guard.case.difference import describe_differences
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.step import PutTrust, RevokeSessions, Step, apply_step, describe_step
from panorama_guard.policy.record import record, replace


@record
class Undo:
    """Who undoes which attempt of an incident, and why. `waiver_id` is empty where no escape comes back by it.

    `refused` is why `remediate` could not carry its half out, or empty. `revision` counts writes.
    """

    incident_id: str
    attempt: int
    subject: Subject
    slot: str
    by: str
    at: str
    until: str
    reason: str
    waiver_id: str
    refused: str = ""
    revision: int = 1

    @property
    def id(self) -> str:
        """Return what names this undo: one for each attempt of an incident."""
        return f"{self.incident_id}-{self.attempt}"

    @property
    def account(self) -> str:
        """Return the account of the role."""
        return self.subject.account

    @property
    def role_name(self) -> str:
        """Return the name of the role."""
        return self.subject.name

    @property
    def transition(self) -> int:
        """Return the number of the last write: each is worth telling."""
        return self.revision

    def turned_down(self, why: str) -> "Undo":
        """Return the undo after its half of the guard was refused."""
        return replace(self, refused=why, revision=self.revision + 1)


@record
class Taken:
    """A step that is in place on a role, and the inverse that takes it back."""

    step: Step
    inverse: Step


@record
class Reversal:
    """What is to be taken back, in its order, and the role as it is afterwards; or what has changed meanwhile."""

    taken: tuple[Taken, ...]
    target: Snapshot
    changed: tuple[str, ...] = ()


@record
class PutBack:
    """What an operator puts back with his own credentials, and the role as it is to be when all is done."""

    steps: tuple[Step, ...]
    target: Snapshot


def describe_inverse(step: Step) -> str:
    """Return what a step does that takes another one back: a trust policy that comes back may let anybody in."""
    return "put back the trust policy as it was" if isinstance(step, PutTrust) else describe_step(step)


def reverse(snapshot: Snapshot, attempts: tuple[tuple[Backup, ...], ...]) -> Reversal:
    """Return how a role gets back to what it was before the guard's attempts, the last of which come last.

    Each step is told by itself whether it is in place (carrying it out again would change nothing) and whether it was
    taken back already: so it does not matter how often this is asked, or after which crash. What else was changed on
    the role is left as it is. Where a part that the last attempt wrote is neither as the guard left it nor as it was
    before, somebody else has written it, and nothing is taken back.
    """
    if not attempts:
        return Reversal((), snapshot)
    taken, target = _taken_back(snapshot, attempts)
    repairs = without_renewals(attempts[-1])
    if not any(_is_back(target, backup, attempts) for backup in repairs):
        return Reversal((), snapshot, _changes(repairs, snapshot))
    return Reversal(taken, target)


def without_renewals(backups: tuple[Backup, ...]) -> tuple[Backup, ...]:
    """Return the backups of an attempt without those of a Deny for older sessions alone, if there are any others.

    That is put again on whatever trust is inside the profile: it says nothing of the one that the guard repaired.
    """
    repairs = (one for one in backups if not all(isinstance(step, RevokeSessions) for step in one.steps))
    return tuple(repairs) or backups


def _taken_back(snapshot: Snapshot, attempts: tuple[tuple[Backup, ...], ...]) -> tuple[tuple[Taken, ...], Snapshot]:
    """Return the steps that are in place, the last first, and the role without them."""
    waiting = [
        (pair, attempt) for attempt in reversed(attempts) for backup in attempt for pair in reversed(_pairs(backup))
    ]
    target, taken = snapshot, list[Taken]()
    while found := next((one for one in waiting if _is_in_place(target, one[0]) and _is_due(target, *one)), None):
        waiting.remove(found)
        pair, _ = found
        taken.append(pair)
        target = apply_step(target, pair.inverse)
    return _shortest(taken, snapshot, target), target


def _pairs(backup: Backup) -> list[Taken]:
    # INVARIANT: the inverse at a place takes the step at the same place back.
    return [Taken(step, inverse) for step, inverse in zip(backup.steps, backup.inverses, strict=True)]


def _is_in_place(snapshot: Snapshot, pair: Taken) -> bool:
    is_back = apply_step(snapshot, pair.inverse) == snapshot
    return apply_step(snapshot, pair.step) == snapshot and not is_back


def _is_due(target: Snapshot, pair: Taken, attempt: tuple[Backup, ...]) -> bool:
    """Say whether a step may be taken back: a Deny for older sessions only with the trust that had let them begin.

    Else the word about one stranger would free the sessions of another one, whose trust was repaired before.
    """
    others = [one for backup in attempt for one in _pairs(backup) if not isinstance(one.step, RevokeSessions)]
    if not isinstance(pair.step, RevokeSessions) or not others:
        return True
    return any(apply_step(target, one.inverse) == target for one in others)


def _is_back(target: Snapshot, backup: Backup, attempts: tuple[tuple[Backup, ...], ...]) -> bool:
    """Say whether each part that a backup's steps wrote is what it would be, were the role as they left it."""
    would_be_taken, _ = _taken_back(backup.outcome, attempts)
    return reduce(apply_step, (pair.inverse for pair in would_be_taken), target) == target


def _changes(backups: Iterable[Backup], snapshot: Snapshot) -> tuple[str, ...]:
    """Return how the role differs from what the guard left, by the backup that it differs least from."""
    differences = [describe_differences(backup.outcome, snapshot) for backup in backups]
    return min(differences, key=len, default=("the ledger has no whole backup of the attempt",))


def _shortest(taken: list[Taken], snapshot: Snapshot, target: Snapshot) -> tuple[Taken, ...]:
    """Leave out each step that a later one makes good anyway: a containment put twice is deleted once."""
    kept = list(taken)
    for pair in taken:
        without = [one for one in kept if one is not pair]
        if reduce(apply_step, (one.inverse for one in without), snapshot) == target:
            kept = without
    return tuple(kept)
