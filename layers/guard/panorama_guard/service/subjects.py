"""Whatever is guarded, a role or a resource: how it is read, and whether the guard may write to it."""

from typing import Protocol

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot, Snapshot, is_resource_key
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.waiver import Waiver
from panorama_guard.profile import Certainty, Guarded, GuardedResource, RoleProfile
from panorama_guard.service.ports import Ledger, ResourceReader, RoleReader
from panorama_guard.service.settings import Policy


class Eyes(Protocol):
    """What reads roles, and what reads resources."""

    @property
    def reader(self) -> RoleReader:
        """Return what reads roles."""
        ...

    @property
    def resources(self) -> ResourceReader:
        """Return what reads resources."""
        ...


def read_subject(name: str, guarded: Guarded, eyes: Eyes) -> Snapshot | None:
    """Return a role by this name, or a resource by this key, as it is now; None if there is none."""
    if isinstance(guarded, GuardedResource):
        return eyes.resources.read_resource(name)
    return eyes.reader.read_role(name)


def word_for(guarded: Guarded) -> str:
    """Return what a subject is called in a sentence."""
    return "resource" if isinstance(guarded, GuardedResource) else "role"


def is_enrolled(guarded: Guarded, snapshot: Snapshot) -> bool:
    """Say whether the guard may write to a subject.

    INVARIANT: a role by exact name and path, or a resource inside the naming pattern, and nothing else, in every mode
    and posture. That a resource is the account's own is what its reader has seen.
    """
    match guarded, snapshot:
        case RoleProfile(), RoleSnapshot():
            return guarded.is_enrolled(snapshot.subject.name, snapshot.path)
        case GuardedResource(), ResourceSnapshot():
            return guarded.is_enrolled and guarded.name == snapshot.subject.name
        case _:
            return False


def is_confirmed(kind: Kind, guarded: Guarded, memory: Memory) -> bool:
    """Say whether it is known well enough what a subject should be for the guard to act on a finding of this kind."""
    if kind is not Kind.TRUST_ESCAPE or not isinstance(guarded, RoleProfile):
        return True
    return guarded.trust_certainty is Certainty.DOCUMENTED or memory.trust_confirmed


def keep_place(record: Incident | Waiver, policy: Policy, ledger: Ledger) -> None:
    """Keep where a record is found by its id alone, unless that is in the guard's own account by a name of the profile.

    An operator's command looks through these few. Whoever makes resources by the thousand would have it look for long.
    """
    if policy.hub or not policy.profile.role_named(record.role_name):
        ledger.put_place_of(record.id, record.account, record.role_name)


def keep_on_record(name: str, account: str, ledger: Ledger, *, now: str) -> None:
    """Put a resource on record of which an incident is about to be written: after a crash it is found again."""
    if is_resource_key(name):
        ledger.put_resource(account, name, at=now)
