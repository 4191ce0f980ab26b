"""What the service needs from the outside, as the service says it. `aws/` fulfils it; the tests' fakes do too."""

from collections.abc import Iterable
from typing import Protocol

from panorama_guard.case.account import PolicyUsers, PolicyVersion, Quotas
from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Archivable, Dossier
from panorama_guard.case.incident import Incident
from panorama_guard.case.memory import Memory
from panorama_guard.case.order import InspectionRequest, LiftOrder, RemediationOrder, RenewalOrder
from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.pause import Pause
from panorama_guard.case.pointer import Pointer
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import Step
from panorama_guard.case.telling import Tellable
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word


class RoleReader(Protocol):
    """Reads roles as they are now."""

    def read_role(self, name: str) -> RoleSnapshot | None:
        """Return the role of this name, or None if there is none."""
        ...

    def read_managed_policy(self, arn: str) -> ManagedPolicy | None:
        """Return a managed policy with the text of its default version, or None if there is none."""
        ...

    def roles_using(self, policy_arn: str) -> tuple[str, ...]:
        """Return the names of the roles that a managed policy is attached to or is the boundary of."""
        ...

    def read_outline(self, name: str) -> RoleOutline | None:
        """Return as much of a role as tells whether it is guarded, or None if there is none."""
        ...

    def role_outlines(self) -> Iterable[RoleOutline]:
        """Return as much of every role of the account."""
        ...


class ResourceReader(Protocol):
    """Reads resources as they are now, each by its key, `type:name`."""

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the resource of this key, or None if the account has none."""
        ...

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the keys of the resources that a call names by something else: an access point, the account."""
        ...

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all resources of a type that the account has."""
        ...


class AccountReader(Protocol):
    """Reads what of the account, beside a role, decides what can be done about it."""

    def read_quotas(self) -> Quotas:
        """Return how much IAM takes in this account."""
        ...

    def read_users(self, policy_arn: str) -> PolicyUsers:
        """Return who uses a managed policy, in either way; nobody, where there is no such policy."""
        ...

    def read_versions(self, policy_arn: str) -> tuple[PolicyVersion, ...]:
        """Return every version of a managed policy."""
        ...


class Writer(Protocol):
    """Changes roles and resources. Raises `WriteRefusedError` where AWS says no; throttling and timeouts propagate."""

    def apply(self, name: str, step: Step) -> None:
        """Carry out one step on the role of this name, or the resource of this key."""
        ...


class Ledger(Protocol):
    """The durable record. Every write is conditional; a lost race raises `StaleRecordError`."""

    def read(self, account: str, role_name: str) -> Dossier:
        """Return what is on record of the roles that had this name, compared without case."""
        ...

    def put_incident(self, incident: Incident, *, replaced: str = "") -> None:
        """Store an incident if it, or the one that it replaces, is stored one revision before, or nothing is."""
        ...

    def point_to(self, incident: Incident) -> None:
        """Have an incident of a member account found, or no longer: whoever puts it need not say so beside."""
        ...

    def pointers(self) -> tuple[Pointer, ...]:
        """Return what points to incidents of member accounts that may be open; nothing, without an organisation."""
        ...

    def put_history(self, incident: Incident) -> None:
        """Keep an incident that another one of its slot is about to replace; a later revision of it is left."""
        ...

    def archive(self, record: Archivable) -> None:
        """Move what is over to the history, and forget that it was told, if its revision is the stored one."""
        ...

    def recall(self, account: str, role_name: str, incident_id: str) -> Incident | None:
        """Return an incident of the history, or None."""
        ...

    def forget_told(self, account: str, role_name: str, record_id: str) -> None:
        """Forget that operators were told of a record."""
        ...

    def put_place_of(self, record_id: str, account: str, name: str) -> None:
        """Keep in which account the subject of an incident or a waiver is, and its name or key."""
        ...

    def place_of(self, record_id: str) -> tuple[str, str]:
        """Return the account, and the name or key of the subject, of an incident or a waiver; empty where unknown."""
        ...

    def put_memory(self, account: str, role_name: str, memory: Memory) -> None:
        """Store what is remembered of a role."""
        ...

    def put_backup(self, incident: Incident, backup: Backup) -> None:
        """Store a role as it was before a write of the incident's attempt, beside every other backup of it."""
        ...

    def read_attempts(self, incident: Incident) -> tuple[tuple[Backup, ...], ...]:
        """Return the whole backups of each attempt that has some, in the order of the attempts."""
        ...

    def put_waiver(self, waiver: Waiver) -> None:
        """Store a waiver if the stored revision is the one before it."""
        ...

    def put_undo(self, undo: Undo) -> None:
        """Store an undo if the stored revision is the one before it."""
        ...

    def read_pause(self, account: str) -> Pause | None:
        """Return the last pause of the guard, in force or not, as it is at this moment."""
        ...

    def put_pause(self, pause: Pause) -> None:
        """Store the pause if the stored revision is the one before it."""
        ...

    def put_word(self, word: Word) -> None:
        """Store a word that is not there yet, to be forgotten when it says."""
        ...

    def put_rechecked_until(self, account: str, role_name: str, until: str) -> None:
        """Record that re-checks of a role are on their way, the last of them at this time."""
        ...

    def resources_on_record(self, account: str) -> tuple[str, ...]:
        """Return the keys of the resources on record: there is no list of them elsewhere, once one is deleted."""
        ...

    def put_resource(self, account: str, key: str, *, at: str) -> None:
        """Put a resource on record, as of a time."""
        ...

    def forget_resource(self, account: str, key: str, *, before: str) -> None:
        """Take a resource, or a role that was found, off the record, unless it was put there at this time or later."""
        ...

    def put_looked_at_after(self, account: str, role_name: str, until: str) -> None:
        """Record that a role is looked at at this time, because a pause or a waiver ends."""
        ...

    def told(self, record: Tellable, channel: str = "") -> int:
        """Return the last transition of the record that operators were told of, or a channel had; 0 for none."""
        ...

    def put_told(self, record: Tellable, channel: str = "") -> None:
        """Record that operators were told of the record's transition, or that a channel had it."""
        ...


class Remediations(Protocol):
    """Takes orders for `remediate`."""

    def remediate(self, order: RemediationOrder) -> None:
        """Ask for a remediation."""
        ...

    def renew(self, order: RenewalOrder) -> None:
        """Ask for the sessions to be ended too that were issued since a trust was repaired."""
        ...

    def lift(self, order: LiftOrder) -> None:
        """Ask for a containment to be taken back."""
        ...


class Sweeps(Protocol):
    """Takes requests for `sweep`."""

    def sweep(self, requested_at: str) -> None:
        """Ask for a sweep; requests within one window become one sweep."""
        ...


class Inspections(Protocol):
    """Takes requests for `inspect`."""

    def inspect(self, requests: tuple[InspectionRequest, ...]) -> None:
        """Ask for roles to be judged."""
        ...


class Rechecks(Protocol):
    """Takes requests for `inspect` that are delivered later."""

    def recheck(self, request: InspectionRequest, delays: tuple[int, ...]) -> None:
        """Ask for a role to be judged again after each of these seconds."""
        ...


class Topic(Protocol):
    """Tells the operators."""

    def publish(self, subject: str, message: str, attributes: tuple[tuple[str, str | tuple[str, ...]], ...]) -> None:
        """Publish one alert."""
        ...
