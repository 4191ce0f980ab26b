"""The outside, in memory: fakes that remember what was done, and can fail at any call."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from panorama_guard.case import role_use
from panorama_guard.case.account import LEAST, PolicyUsers, PolicyVersion, Quotas
from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Archivable, Dossier
from panorama_guard.case.errors import ChannelError, DocumentRefusedError, StaleRecordError, WriteRefusedError
from panorama_guard.case.incident import Incident
from panorama_guard.case.member import Member
from panorama_guard.case.memory import Memory
from panorama_guard.case.order import InspectionRequest, LiftOrder, RemediationOrder, RenewalOrder
from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.pause import Pause
from panorama_guard.case.pointer import Pointer
from panorama_guard.case.resource import ResourceSnapshot, Snapshot, fold, is_resource_key
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.case.step import AttachManaged, PutOwnBoundary, SetDefaultVersion, Step, apply_step
from panorama_guard.case.sweeping import Place, Seen
from panorama_guard.case.telling import Tellable, Told, urgency
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word


class CrashError(Exception):
    """The function died at this call."""


@dataclass
class Calls:
    """Every call of every fake, in order; the one with the number `crash_at` is not carried out."""

    made: list[str] = field(default_factory=list)
    crash_at: int = 0

    def note(self, call: str) -> None:
        """Remember a call, or die at it."""
        self.made.append(call)
        if len(self.made) == self.crash_at:
            raise CrashError(call)


def outline_of(role: RoleSnapshot) -> RoleOutline:
    """Return as much of a role as its listing says."""
    return RoleOutline(role.subject.name, role.path, role.trust, tuple(policy.arn for policy in role.attached))


@dataclass
class FakeRoles:
    """IAM: roles and managed policies by name and ARN, reads that may lag, writes that may be refused.

    `versions` has the dormant ones of a policy, `strangers` who else uses one, `refusals` a message by the step's kind,
    and `malformed` words that no document may have that is put.
    """

    calls: Calls = field(default_factory=Calls)
    roles: dict[str, RoleSnapshot] = field(default_factory=dict)
    policies: dict[str, ManagedPolicy] = field(default_factory=dict)
    writes: list[tuple[str, Step]] = field(default_factory=list)
    stale: list[RoleSnapshot | None] = field(default_factory=list)  # what the next reads return instead
    refusal: str = ""
    refusals: dict[type, str] = field(default_factory=dict)
    malformed: tuple[str, ...] = ()
    quotas: Quotas = LEAST
    versions: dict[str, tuple[PolicyVersion, ...]] = field(default_factory=dict)
    strangers: dict[str, PolicyUsers] = field(default_factory=dict)

    def put(self, snapshot: RoleSnapshot) -> None:
        """Make a role, or change it, as somebody in the account does."""
        self.roles[snapshot.subject.name.lower()] = snapshot

    def read_role(self, name: str) -> RoleSnapshot | None:
        """Return the role, or what a replica that lags behind says."""
        self.calls.note(f"read_role {name}")
        return self.stale.pop(0) if self.stale else self.roles.get(name.lower())

    def read_managed_policy(self, arn: str) -> ManagedPolicy | None:
        """Return the policy."""
        self.calls.note(f"read_managed_policy {arn}")
        return self.policies.get(arn)

    def roles_using(self, policy_arn: str) -> tuple[str, ...]:
        """Return the roles that the policy is attached to or is the boundary of."""
        self.calls.note(f"roles_using {policy_arn}")
        used = ((role.subject.name, (*role.attached, *role.boundary)) for role in self.roles.values())
        return tuple(name for name, policies in used if policy_arn in [policy.arn for policy in policies])

    def read_outline(self, name: str) -> RoleOutline | None:
        """Return as much of the role as tells whether it is guarded."""
        self.calls.note(f"read_outline {name}")
        role = self.roles.get(name.lower())
        return outline_of(role) if role else None

    def role_outlines(self) -> tuple[RoleOutline, ...]:
        """Return as much of every role."""
        self.calls.note("role_outlines")
        return tuple(outline_of(role) for role in self.roles.values())

    def read_quotas(self) -> Quotas:
        """Return the account's quotas."""
        self.calls.note("read_quotas")
        return self.quotas

    def read_users(self, policy_arn: str) -> PolicyUsers:
        """Return the roles that use a policy, and the strangers."""
        self.calls.note(f"read_users {policy_arn}")
        known = self.strangers.get(policy_arn, PolicyUsers(policy_arn, exists=policy_arn in self.policies))
        roles = [role for role in self.roles.values() if policy_arn in [policy.arn for policy in role.attached]]
        bounded = [role for role in self.roles.values() if policy_arn in [policy.arn for policy in role.boundary]]
        return replace(
            known,
            exists=known.exists or bool(roles or bounded),
            attached=(*(f"role/{role.subject.name}" for role in roles), *known.attached),
            bounded=(*(f"role/{role.subject.name}" for role in bounded), *known.bounded),
        )

    def read_versions(self, policy_arn: str) -> tuple[PolicyVersion, ...]:
        """Return the versions of a policy."""
        self.calls.note(f"read_versions {policy_arn}")
        default = self.policies[policy_arn]
        return (PolicyVersion(default.version_id, default.text, is_default=True), *self.versions.get(policy_arn, ()))

    def apply(self, role_name: str, step: Step) -> None:
        """Carry out the step, or refuse it."""
        self.calls.note(f"apply {type(step).__name__}")
        if any(word in getattr(step, "text", "") for word in self.malformed):
            message = "MalformedPolicyDocument: `no`"
            raise DocumentRefusedError(message)
        refusal = self.refusal or self.refusals.get(type(step), "")
        if refusal or isinstance(step, AttachManaged):
            message = refusal or "no function may attach a policy"
            raise WriteRefusedError(message)
        self.writes.append((role_name, step))
        if isinstance(step, SetDefaultVersion):  # every role that uses the policy gets the version
            for role in list(self.roles.values()):
                self.put(apply_step(role, step))
            return
        if isinstance(step, PutOwnBoundary):
            self._write_own(step.own)
        self.put(apply_step(self.roles[role_name.lower()], step))

    def _write_own(self, own: ManagedPolicy) -> None:
        name = own.arn.rpartition("/")[2]
        if own.arn not in self.policies and name in [arn.rpartition("/")[2] for arn in self.policies]:
            message = f"EntityAlreadyExists: `{name}`"
            raise WriteRefusedError(message)
        self.policies[own.arn] = own


@dataclass
class FakeResources:
    """Resources by key. `names` has what is behind an access point or the account; reads may lag, writes be refused."""

    calls: Calls = field(default_factory=Calls)
    resources: dict[str, ResourceSnapshot] = field(default_factory=dict)
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    writes: list[tuple[str, Step]] = field(default_factory=list)
    stale: list[ResourceSnapshot | None] = field(default_factory=list)  # what the next reads return instead
    refusals: dict[type, str] = field(default_factory=dict)
    malformed: tuple[str, ...] = ()  # words for which AWS refuses a document

    def put(self, snapshot: ResourceSnapshot) -> None:
        """Make a resource, or change it, as somebody in the account does."""
        self.resources[snapshot.subject.name] = snapshot

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the resource, or what a replica that lags behind says."""
        self.calls.note(f"read_resource {key}")
        return self.stale.pop(0) if self.stale else self.resources.get(key)

    def behind(self, key: str) -> tuple[str, ...]:
        """Return what is behind a name."""
        self.calls.note(f"behind {key}")
        return self.names.get(key, tuple(self.resources))

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return every key of a type; of what is around roles none, for a sweep has the roles themselves."""
        self.calls.note(f"resource_keys {kind}")
        if kind == role_use.TYPE:
            return ()
        return tuple(key for key, resource in self.resources.items() if resource.type == kind)

    def walk(self, kind: str, after: str) -> Iterator[Seen]:
        """Yield every resource after a key, and whether it is of the type."""
        self.calls.note(f"walk {kind} {after}")
        keys = self.resource_keys(kind)
        yield from (Seen(key, is_there=key in keys) for key in sorted(self.resources) if key > after)

    def apply(self, key: str, step: Step) -> None:
        """Carry out the step, or refuse it."""
        self.calls.note(f"apply {type(step).__name__}")
        if any(word in getattr(step, "text", "") for word in self.malformed):
            message = "MalformedPolicy: `Invalid principal in policy`"
            raise DocumentRefusedError(message)
        if refusal := self.refusals.get(type(step), ""):
            raise WriteRefusedError(refusal)
        self.writes.append((key, step))
        self.put(apply_step(self.resources[key], step))


@dataclass
class FakeSubjects:
    """Roles and resources together, as `remediate` writes to them, and as an operator's own hand does."""

    roles: FakeRoles
    resources: FakeResources = field(default_factory=FakeResources)

    def apply(self, name: str, step: Step) -> None:
        """Carry out the step on the one or the other."""
        (self.resources if is_resource_key(name) else self.roles).apply(name, step)


@dataclass
class OwnHand:
    """An operator's own hand on roles and resources."""

    subjects: FakeSubjects
    of: str = "111122223333"

    def account(self) -> str:
        """Return the account that it is of."""
        return self.of

    def read_subject(self, subject: Subject) -> Snapshot | None:
        """Return the role or the resource."""
        if is_resource_key(subject.name):
            return self.subjects.resources.read_resource(subject.name)
        return self.subjects.roles.read_role(subject.name)

    def apply(self, subject: Subject, step: Step) -> None:
        """Carry out the step."""
        self.subjects.apply(subject.name, step)


@dataclass
class FakeLedger:
    """The ledger; `stream` holds what its stream would wake `notify` with, `races` what others write just before.

    `hub` is empty without an organisation; `pointing` has of each incident what points to it, its revision, and whether
    it is open.
    """

    calls: Calls = field(default_factory=Calls)
    hub: str = ""
    pointing: dict[tuple[str, str], tuple[Pointer, int, bool]] = field(default_factory=dict)
    incidents: dict[tuple[str, str, str], Incident] = field(default_factory=dict)
    history: list[Incident] = field(default_factory=list)
    archived: list[Waiver | Undo] = field(default_factory=list)
    memories: dict[tuple[str, str], Memory] = field(default_factory=dict)
    backups: dict[tuple[str, int], list[Backup]] = field(default_factory=dict)
    last_told: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)
    last_relayed: dict[tuple[str, str, str, str], int] = field(default_factory=dict)
    stream: list[Told] = field(default_factory=list)
    rechecked: dict[tuple[str, str], str] = field(default_factory=dict)
    later: dict[tuple[str, str], str] = field(default_factory=dict)
    waivers: dict[str, Waiver] = field(default_factory=dict)
    undos: dict[str, Undo] = field(default_factory=dict)
    pauses: dict[str, Pause] = field(default_factory=dict)
    words: dict[str, Word] = field(default_factory=dict)
    known: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    races: list[Callable[[], None]] = field(default_factory=list)

    def read(self, account: str, role_name: str) -> Dossier:
        """Return what is on record of a name."""
        self.calls.note(f"read {role_name}")
        key = (account, fold(role_name))
        memory = self.memories.get(key)
        return Dossier(
            tuple(incident for (*owner, _), incident in self.incidents.items() if tuple(owner) == key),
            (memory,) if memory else (),
            tuple(self.last_told.get(key, {}).items()),
            self.rechecked.get(key, ""),
            tuple(one for one in self.waivers.values() if _owner(one) == key),
            tuple(one for one in self.undos.values() if _owner(one) == key),
            self.later.get(key, ""),
        )

    def put_incident(self, incident: Incident, *, replaced: str = "") -> None:
        """Store the incident if its revision follows that of the stored one, which is it or the replaced one."""
        if incident.is_open:
            self.point_to(incident)
        self._store(incident, replaced)
        if not incident.is_open:
            self.point_to(incident)

    def point_to(self, incident: Incident) -> None:
        """Remember where a member's incident is, unless a later revision of it is."""
        if self.hub in ("", incident.account):
            return
        self.calls.note(f"point_to {incident.id}")
        key = (incident.account, incident.id)
        if key not in self.pointing or self.pointing[key][1] <= incident.revision:
            pointer = Pointer(incident.account, incident.role_name, "".join(map(str, urgency(incident))))
            self.pointing[key] = (pointer, incident.revision, incident.is_open)

    def pointers(self) -> tuple[Pointer, ...]:
        """Return what points to incidents that may be open."""
        if self.hub:
            self.calls.note("pointers")
        return tuple(pointer for pointer, _, is_open in self.pointing.values() if is_open)

    def _store(self, incident: Incident, replaced: str) -> None:
        self.calls.note(f"put_incident {incident.state.value}")
        self._race()
        key = (*_owner(incident), incident.slot)
        existing = self.incidents.get(key)
        if existing and (existing.revision != incident.revision - 1 or existing.id not in (incident.id, replaced)):
            raise StaleRecordError(incident.slot)
        self.incidents[key] = incident
        self.stream.append(incident)

    def put_history(self, incident: Incident) -> None:
        """Keep the incident, unless a later revision of it is kept."""
        self.calls.note("put_history")
        if all(kept.revision <= incident.revision for kept in self.history if kept.id == incident.id):
            self.history[:] = [*(kept for kept in self.history if kept.id != incident.id), incident]

    def archive(self, record: Archivable) -> None:
        """Keep the record, delete it if it is still the one that was read, and forget that it was told."""
        if isinstance(record, Incident):
            self.put_history(record)
        else:
            self.calls.note("put_history")
            self.archived.append(record)
        self.calls.note("delete_record")
        self._race()
        kept, key = self._place_of(record)
        existing = kept.get(key)
        if existing is None or (existing.id, existing.revision) != (record.id, record.revision):
            raise StaleRecordError(record.id)
        del kept[key]
        self.forget_told(record.account, record.role_name, record.id)

    def _place_of(self, record: Archivable) -> tuple[dict[Any, Any], Any]:
        match record:
            case Incident():
                return self.incidents, (*_owner(record), record.slot)
            case Waiver():
                return self.waivers, record.id
            case Undo():
                return self.undos, record.id

    def recall(self, account: str, role_name: str, incident_id: str) -> Incident | None:
        """Return an incident of the history."""
        self.calls.note("recall")
        key = (account, fold(role_name))
        return next((one for one in self.history if _owner(one) == key and one.id == incident_id), None)

    def forget_told(self, account: str, role_name: str, record_id: str) -> None:
        """Forget that a record was told."""
        self.calls.note("forget_told")
        self.last_told.get((account, fold(role_name)), {}).pop(record_id, None)

    def put_place_of(self, record_id: str, account: str, name: str) -> None:
        """Keep the account of a record, and whose it is."""
        self.calls.note(f"put_place_of {record_id}")
        self.places[record_id] = (account, name)

    def place_of(self, record_id: str) -> tuple[str, str]:
        """Return them."""
        self.calls.note(f"place_of {record_id}")
        return self.places.get(record_id, ("", ""))

    def put_memory(self, account: str, role_name: str, memory: Memory) -> None:
        """Store the memory."""
        self.calls.note("put_memory")
        self.memories[account, fold(role_name)] = memory

    def put_backup(self, incident: Incident, backup: Backup) -> None:
        """Store the backup beside the others of its attempt, once."""
        self.calls.note("put_backup")
        kept = self.backups.setdefault((incident.id, incident.attempt), [])
        kept += [] if backup in kept else [backup]

    def read_attempts(self, incident: Incident) -> tuple[tuple[Backup, ...], ...]:
        """Return the backups of every attempt."""
        self.calls.note("read_attempts")
        own = sorted((attempt, kept) for (name, attempt), kept in self.backups.items() if name == incident.id)
        return tuple(tuple(kept) for _, kept in own)

    def put_waiver(self, waiver: Waiver) -> None:
        """Store the waiver if its revision follows the stored one's."""
        self.calls.note("put_waiver")
        self._put_next(self.waivers, waiver.id, waiver)

    def put_undo(self, undo: Undo) -> None:
        """Store the undo if its revision follows the stored one's."""
        self.calls.note("put_undo")
        self._put_next(self.undos, undo.id, undo)

    def read_pause(self, account: str) -> Pause | None:
        """Return the last pause."""
        self.calls.note("read_pause")
        return self.pauses.get(account)

    def put_pause(self, pause: Pause) -> None:
        """Store the pause if its revision follows the stored one's."""
        self.calls.note("put_pause")
        self._put_next(self.pauses, pause.account, pause)

    def put_word(self, word: Word) -> None:
        """Store a word that is not there yet."""
        self.calls.note("put_word")
        if word.id not in self.words:
            self.words[word.id] = word
            self.stream.append(word)

    def resources_on_record(self, account: str) -> tuple[str, ...]:
        """Return the keys of resources that have a record."""
        self.calls.note("resources_on_record")
        return tuple(self.known.get(account, {}))

    def put_resource(self, account: str, key: str, *, at: str) -> None:
        """Put a resource on record as of a time."""
        self.calls.note("put_resource")
        self.known.setdefault(account, {})[key] = at

    def forget_resource(self, account: str, key: str, *, before: str) -> None:
        """Take a resource off the record, unless it was put there at that time or later."""
        self.calls.note("forget_resource")
        known = self.known.get(account, {})
        if key in known and known[key] < before:
            del known[key]

    def put_looked_at_after(self, account: str, role_name: str, until: str) -> None:
        """Remember when a role is looked at because something ends."""
        self.calls.note("put_looked_at_after")
        self.later[account, fold(role_name)] = until

    def _put_next(self, kept: dict[str, Any], key: str, record: Waiver | Undo | Pause) -> None:
        self._race()
        existing = kept.get(key)
        if existing is not None and existing.revision != record.revision - 1:
            raise StaleRecordError(key)
        kept[key] = record
        self.stream.append(record)

    def _race(self) -> None:
        if self.races:
            self.races.pop(0)()

    def put_rechecked_until(self, account: str, role_name: str, until: str) -> None:
        """Remember until when a role is looked at again."""
        self.calls.note("put_rechecked_until")
        self.rechecked[account, fold(role_name)] = until

    def told(self, record: Tellable, channel: str = "") -> int:
        """Return the last transition told."""
        self.calls.note(f"told {channel}".strip())
        if channel:
            return self.last_relayed.get((*_owner(record), channel, record.id), 0)
        return self.last_told.get(_owner(record), {}).get(record.id, 0)

    def put_told(self, record: Tellable, channel: str = "") -> None:
        """Remember what was told."""
        self.calls.note(f"put_told {channel}".strip())
        if channel:
            key = (*_owner(record), channel, record.id)
            self.last_relayed[key] = max(record.transition, self.last_relayed.get(key, 0))
            return
        marks = self.last_told.setdefault(_owner(record), {})
        marks[record.id] = max(record.transition, marks.get(record.id, 0))


def _owner(record: Tellable) -> tuple[str, str]:
    return record.account, fold(record.role_name)


@dataclass
class FakeAlerts:
    """Counts alerts by the minute, and holds them."""

    calls: Calls = field(default_factory=Calls)
    counts: dict[str, int] = field(default_factory=dict)
    kept: dict[tuple[tuple[int, int], str, str, int], Told] = field(default_factory=dict)

    def count_alert(self, now: str) -> int:
        """Count one alert more."""
        self.calls.note("count_alert")
        self.counts[now[:16]] = self.counts.get(now[:16], 0) + 1
        return self.counts[now[:16]]

    def hold(self, record: Told) -> None:
        """Hold an alert."""
        self.calls.note("hold")
        self.kept[_place(record)] = record

    def held(self, most: int) -> tuple[Told, ...]:
        """Return what is held, the most urgent first."""
        self.calls.note("held")
        return tuple(record for _, record in sorted(self.kept.items(), key=lambda one: one[0])[:most])

    def release(self, record: Told) -> None:
        """Hold an alert no longer."""
        self.calls.note("release")
        self.kept.pop(_place(record), None)


def _place(record: Told) -> tuple[tuple[int, int], str, str, int]:
    return urgency(record), record.account, record.id, record.transition


@dataclass
class FakeSummaries:
    """A FIFO queue: a second request of one minute is dropped; what waits has the minute after which it comes."""

    calls: Calls = field(default_factory=Calls)
    waiting: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def ask_for_summary(self, now: str) -> None:
        """Take a request."""
        self.calls.note("ask_for_summary")
        if now[:16] not in self.seen:
            self.seen.add(now[:16])
            self.waiting.append(now[:16])


@dataclass
class FakeRemediations:
    """A FIFO queue: an order whose deduplication id was seen is dropped."""

    calls: Calls = field(default_factory=Calls)
    orders: list[RemediationOrder] = field(default_factory=list)
    renewals: list[RenewalOrder] = field(default_factory=list)
    lifts: list[LiftOrder] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def renew(self, order: RenewalOrder) -> None:
        """Take an order for older sessions."""
        self.calls.note("renew")
        if order.deduplication_id not in self.seen:
            self.seen.add(order.deduplication_id)
            self.renewals.append(order)

    def remediate(self, order: RemediationOrder) -> None:
        """Take an order."""
        self.calls.note("remediate")
        self._take(order, self.orders)

    def lift(self, order: LiftOrder) -> None:
        """Take an order to lift."""
        self.calls.note("lift")
        self._take(order, self.lifts)

    def _take(self, order: Any, taken: list[Any]) -> None:
        if order.deduplication_id not in self.seen:
            self.seen.add(order.deduplication_id)
            taken.append(order)


@dataclass
class FakeSweeps:
    """Remembers every request for a sweep."""

    calls: Calls = field(default_factory=Calls)
    requests: list[str] = field(default_factory=list)
    rests: list[Place] = field(default_factory=list)

    def sweep(self, requested_at: str) -> None:
        """Take a request."""
        self.calls.note("sweep")
        self.requests.append(requested_at)

    def go_on(self, place: Place, requested_at: str) -> None:
        """Take a request for the rest of a sweep."""
        self.calls.note(f"go_on {requested_at}")
        self.rests.append(place)


@dataclass
class FakeMembers:
    """How the member accounts stand, and every request for a sweep of some."""

    calls: Calls = field(default_factory=Calls)
    members: dict[str, Member] = field(default_factory=dict)
    all_requests: list[str] = field(default_factory=list)
    requests: list[tuple[str, ...]] = field(default_factory=list)
    rests: list[tuple[str, Place, str]] = field(default_factory=list)

    def read_members(self, hub: str) -> tuple[Member, ...]:
        """Return all that are on record."""
        self.calls.note(f"read_members {hub}")
        return tuple(self.members[account] for account in sorted(self.members))

    def read_member(self, hub: str, account: str) -> Member | None:
        """Return one."""
        self.calls.note(f"read_member {hub} {account}")
        return self.members.get(account)

    def put_member(self, hub: str, member: Member) -> None:
        """Store it, or say that somebody was quicker."""
        self.calls.note(f"put_member {hub} {member.account}")
        known = self.members.get(member.account)
        if known is not None and known.revision != member.revision - 1:
            raise StaleRecordError(member.account)
        self.members[member.account] = member

    def forget_member(self, hub: str, account: str) -> None:
        """Take one off."""
        self.calls.note(f"forget_member {hub} {account}")
        self.members.pop(account, None)

    def sweep_all(self, requested_at: str) -> None:
        """Take a request for all."""
        self.calls.note("sweep_all")
        self.all_requests.append(requested_at)

    def sweep_each(self, accounts: tuple[str, ...], _requested_at: str) -> None:
        """Take a request for each of some."""
        self.calls.note("sweep_each")
        self.requests.append(accounts)

    def go_on(self, account: str, place: Place, unlisted: str, _requested_at: str) -> None:
        """Take a request for the rest of a sweep."""
        self.calls.note(f"go_on {account}")
        self.rests.append((account, place, unlisted))


@dataclass
class FakeRules:
    """The guard's own rules, by whether each is enabled; `stuck` ones cannot be."""

    states: dict[str, bool] = field(default_factory=dict)
    stuck: frozenset[str] = frozenset()

    def enable(self) -> tuple[str, ...]:
        """Enable what is disabled."""
        found = tuple(name for name, is_enabled in self.states.items() if not is_enabled)
        self.states |= {name: name not in self.stuck for name in found}
        return found

    def broken(self) -> tuple[str, ...]:
        """Return what is not enabled."""
        return tuple(name for name, is_enabled in self.states.items() if not is_enabled)


@dataclass
class FakeInspections:
    """Remembers every request to judge a role."""

    calls: Calls = field(default_factory=Calls)
    requests: list[InspectionRequest] = field(default_factory=list)

    def inspect(self, requests: tuple[InspectionRequest, ...]) -> None:
        """Take requests."""
        self.calls.note("inspect")
        self.requests.extend(requests)


@dataclass
class FakeCanary:
    """Remembers when it was sent."""

    calls: Calls = field(default_factory=Calls)
    sent: list[str] = field(default_factory=list)

    def send(self, at: str) -> None:
        """Take a time."""
        self.calls.note("canary")
        self.sent.append(at)


@dataclass
class FakeReports:
    """Remembers every request for a report."""

    calls: Calls = field(default_factory=Calls)
    requests: list[str] = field(default_factory=list)

    def report(self, requested_at: str) -> None:
        """Take a request."""
        self.calls.note("report")
        self.requests.append(requested_at)


@dataclass
class FakeRechecks:
    """Remembers every request to judge a role later, and after how many seconds."""

    calls: Calls = field(default_factory=Calls)
    requests: list[tuple[InspectionRequest, int]] = field(default_factory=list)

    def recheck(self, request: InspectionRequest, delays: tuple[int, ...]) -> None:
        """Take a request."""
        self.calls.note("recheck")
        self.requests += [(request, delay) for delay in delays]


@dataclass
class FakeTopic:
    """Remembers every alert."""

    calls: Calls = field(default_factory=Calls)
    alerts: list[tuple[str, str, dict[str, str | tuple[str, ...]]]] = field(default_factory=list)
    confirmed: int = 1

    def subscribers(self) -> int:
        """Return how many hear it."""
        self.calls.note("subscribers")
        return self.confirmed

    def publish(self, subject: str, message: str, attributes: tuple[tuple[str, str | tuple[str, ...]], ...]) -> None:
        """Take an alert."""
        self.calls.note("publish")
        self.alerts.append((subject, message, dict(attributes)))


@dataclass
class FakeChannels:
    """The channels beside the topic, each with what it took; those named in `refusing` take nothing."""

    product_arn: str = "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default"
    calls: Calls = field(default_factory=Calls)
    posts: list[str] = field(default_factory=list)
    events: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    refusing: set[str] = field(default_factory=set)

    def post(self, notification: str) -> None:
        """Take a notification."""
        self._take("post")
        self.posts.append(notification)

    def put_event(self, detail_type: str, detail: str, resources: tuple[str, ...]) -> None:
        """Take an event."""
        self._take("put_event")
        self.events.append((detail_type, detail, resources))

    def import_finding(self, finding: Mapping[str, object]) -> None:
        """Take a finding."""
        self._take("import_finding")
        self.findings.append(dict(finding))

    def _take(self, call: str) -> None:
        self.calls.note(call)
        if call in self.refusing:
            raise ChannelError(call)
