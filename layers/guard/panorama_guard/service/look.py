"""What inspecting works with, one look at one subject, and what came of a message."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from panorama_guard.case.dossier import Dossier
from panorama_guard.case.incident import Cause, Incident
from panorama_guard.case.member import NO_ROLE
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.waiver import Waiver
from panorama_guard.policy.record import record
from panorama_guard.profile import Guarded
from panorama_guard.service.fleet import Roll
from panorama_guard.service.ports import (
    AccountReader,
    Ledger,
    Rechecks,
    Remediations,
    ResourceReader,
    RoleReader,
    Sweeps,
)
from panorama_guard.service.settings import Policy

if TYPE_CHECKING:
    from panorama_guard.service.planner import Sight


@record
class Inspection:
    """What came of one message, for the log: roles judged, incidents written, or why nothing was done.

    `failed_by` names who made a call that AWS refused; `verdicts` has a word for each subject that is contained, and
    one for each finding of a subject that is not; `canaries` counts the canary's events: the way is open.
    `event_time` is that of the call that led to the look, unless it was replayed.
    """

    roles: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    note: str = ""
    failed_by: tuple[str, ...] = ()
    canaries: int = 0
    verdicts: tuple[str, ...] = ()
    event_id: str = ""
    event_time: str = ""


class Members(Protocol):
    """The other accounts of the organisation, whose calls come to this guard too."""

    @property
    def roll(self) -> Roll:
        """Return where it is kept how each stands."""
        ...

    def inspector_of(self, account: str) -> "Inspector":
        """Return what inspecting an account needs; raise UnreachableError where it cannot be read."""
        ...


def _has_hand() -> bool:
    """Say that there is a role to write with: in the guard's own account it is `remediate`'s."""
    return True


@record
class Inspector:
    """What inspecting needs: rules, eyes, the record and a way to ask for more.

    `has_hand` says whether the account has a role that `remediate` can write with; asked only where it would be used.
    """

    policy: Policy
    account: str
    own_role: str  # the ARN of the role that `remediate` writes with
    reader: RoleReader
    account_reader: AccountReader
    ledger: Ledger
    remediations: Remediations
    sweeps: Sweeps
    rechecks: Rechecks
    resources: ResourceReader
    canary: str  # the name of the role that sweeps change, so that an event comes
    home_region: str
    has_hand: Callable[[], bool] = _has_hand
    members: Members | None = None  # where there is no organisation, every call is the account's own

    @property
    def sight(self) -> "Sight":
        """Return what finding a plan needs."""
        from panorama_guard.service.planner import Sight  # noqa: PLC0415 - most looks find nothing to plan

        return Sight(self.policy, self.reader, self.account_reader, self.ledger)

    def why_no_hand(self) -> str:
        """Return why `remediate` cannot write in the account, or an empty text."""
        return "" if self.has_hand() else NO_ROLE


@record
class Look:
    """One look at one role or resource: what it should be, what it is, what is on record, and after which call."""

    guarded: Guarded
    snapshot: Snapshot
    dossier: Dossier
    cause: Cause
    now: str

    @property
    def memory(self) -> Memory:
        """Return what is remembered of this very subject."""
        return self.dossier.memory_of(self.snapshot.subject.unique_id)

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """Return the waivers that are in force for this very subject."""
        return self.dossier.waivers_of(self.snapshot.subject.unique_id, now=self.now)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Return the current incidents of this very subject, not of those that had its name before."""
        unique_id = self.snapshot.subject.unique_id
        return tuple(incident for incident in self.dossier.incidents if incident.subject.unique_id == unique_id)
