"""Judges one role and brings its incidents up to date, whatever led to the look."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from panorama_guard.case.attribution import attribute
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.finding import Finding, Judgement, Kind
from panorama_guard.case.incident import NO_REMEDY, PENDING, Cause, Incident, Remedy
from panorama_guard.case.lifecycle import Sighting, close, doubt, open_or_update, settle
from panorama_guard.case.memory import Memory
from panorama_guard.case.order import InspectionRequest, Origin, RemediationOrder
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.measuring import reach_of
from panorama_guard.judging.remembering import remember
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.profile import RoleProfile
from panorama_guard.service.authority import OBSERVING, why_alert_only
from panorama_guard.service.planner import Sight, Wanted, find_plan
from panorama_guard.service.ports import AccountReader, Ledger, Rechecks, Remediations, RoleReader, Sweeps
from panorama_guard.service.settings import Mode, Policy

# IAM's reads may lag behind the change that an event tells of: the role is looked at again after so many seconds.
RECHECKS = (5, 30)
SPARED = timedelta(seconds=20)  # a change asks for no re-check where one is on its way that comes so much later
LOOKS = 4  # how often a role is looked at before a race for its record is left to the queue


@dataclass(frozen=True, slots=True)
class Inspection:
    """What came of one message, for the log: roles judged, incidents written, or why nothing was done.

    `failed_by` names who made a call that AWS refused.
    """

    roles: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()
    note: str = ""
    failed_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspector:
    """What inspecting needs: rules, eyes, the record and a way to ask for more."""

    policy: Policy
    account: str
    own_role: str  # the ARN of the role that `remediate` writes with
    reader: RoleReader
    account_reader: AccountReader
    ledger: Ledger
    remediations: Remediations
    sweeps: Sweeps
    rechecks: Rechecks

    @property
    def sight(self) -> Sight:
        """Return what finding a plan needs."""
        return Sight(self.policy, self.reader, self.account_reader)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one role: what it should be, what it is, what is on record, and after which call."""

    role: RoleProfile
    snapshot: RoleSnapshot
    dossier: Dossier
    cause: Cause
    now: str


def inspect_role(name: str, cause: Cause, inspector: Inspector, *, now: str) -> Inspection:
    """Judge one role as it is now, write what changed of its incidents, and order what is to be done.

    Raises StaleRecordError if somebody else wrote first each time.
    """
    for _ in range(LOOKS - 1):
        try:
            return _inspect_once(name, cause, inspector, now=now)
        except StaleRecordError:
            # Another event of the same role is inspected at this moment. Look again now: the queue would bring the
            # message back only after its visibility timeout, minutes later.
            continue
    return _inspect_once(name, cause, inspector, now=now)


def _inspect_once(name: str, cause: Cause, inspector: Inspector, *, now: str) -> Inspection:
    role = inspector.policy.profile.role_named(name)
    if role is None:
        return Inspection(note="not a guarded role")
    dossier = inspector.ledger.read(inspector.account, name)
    snapshot = _read(role, name, inspector.reader)
    if snapshot is None:
        gone = _close(dossier.incidents, inspector, now=now, reason="the role no longer exists")
        return Inspection((name,), gone, "the role does not exist")
    closed = _close_predecessors(snapshot, dossier, inspector, now=now)
    written = _judge(Look(role, snapshot, dossier, cause, now), inspector)
    return Inspection((name,), (*closed, *written))


def _look_again_later(look: Look, inspector: Inspector) -> None:
    """Ask for the role to be judged again, where a call was made that this look may not yet see."""
    last = datetime.fromisoformat(look.now) + timedelta(seconds=RECHECKS[-1])
    is_spared = look.dossier.rechecked_until >= (datetime.fromisoformat(look.now) + SPARED).isoformat()
    if is_spared or not look.cause.is_named:
        return
    inspector.rechecks.recheck(InspectionRequest(look.role.name, look.now, Origin.RECHECK), RECHECKS)
    inspector.ledger.put_rechecked_until(inspector.account, look.role.name, last.isoformat())


def _read(role: RoleProfile, name: str, reader: RoleReader) -> RoleSnapshot | None:
    """Read a role by the profile's name for it, and if there is none, as the call wrote it.

    IAM lets only one role bear a name in any case, and does not say in which case it looks a name up: a call may have
    written the real role's name in another case, or a look-alike may stand where the real one was.
    """
    return reader.read_role(role.name) or (None if name == role.name else reader.read_role(name))


def _judge(look: Look, inspector: Inspector) -> tuple[str, ...]:
    memory = look.dossier.memory_of(look.snapshot.subject.unique_id)
    standard = standard_of(look.role, inspector.policy.posture)
    judgement = judge_role(look.snapshot, standard, memory)
    seen = []
    for finding in judgement.findings:
        alert_only = why_alert_only(finding, look.snapshot, look.role, memory, inspector.policy)
        asks = not alert_only and inspector.policy.modes.of(finding.kind) is Mode.APPROVE
        tripped = _tripped(look, finding.kind, inspector)
        is_wanted = asks or alert_only == OBSERVING
        would_do = _would_do(look, finding, memory, inspector, strongest=bool(tripped)) if is_wanted else NO_REMEDY
        reach = reach_of(finding, look.snapshot, standard)
        sighting = Sighting(finding, look.snapshot, look.cause, look.now, alert_only, would_do, tripped, asks, reach)
        seen.append(_update(sighting, look.dossier, inspector))
    if not any(incident.state in PENDING for incident in seen):  # whoever carries out an order looks again by himself
        _look_again_later(look, inspector)
    written = [incident.id for incident in seen if incident not in look.dossier.incidents]
    written += _settle_absent(look, judgement, inspector)
    written += _doubt_contained(look, judgement, inspector)
    written += _attribute_absent(look, judgement, tuple(written), inspector)
    learnt = remember(look.snapshot, judgement, memory, standard)
    if learnt != memory:
        inspector.ledger.put_memory(inspector.account, look.snapshot.subject.name, learnt)
    return tuple(written)


def _tripped(look: Look, kind: Kind, inspector: Inspector) -> str:
    """Return the breaker's limit in words, where escapes of a kind came back to this role too often, else nothing."""
    unique_id, limit = look.snapshot.subject.unique_id, inspector.policy.breaker
    same = (i for i in look.dossier.incidents if (i.subject.unique_id, i.kind) == (unique_id, kind))
    times = [time for incident in same for time in incident.reopenings]
    return limit.describe() if limit.is_tripped(times, now=look.now) else ""


def _would_do(look: Look, finding: Finding, memory: Memory, inspector: Inspector, *, strongest: bool) -> Remedy:
    """Return the plan that enforcing would carry out; where none is proved, why."""
    standard = standard_of(look.role, inspector.policy.posture)
    wanted = Wanted(finding, look.snapshot, standard, memory, look.now)
    match find_plan(wanted, inspector.sight, strongest=strongest):
        case Plan() as plan:
            return plan.remedy(look.snapshot.subject.name)
        case Refused(reason):
            return Remedy(proof=reason)


def _update(sighting: Sighting, dossier: Dossier, inspector: Inspector) -> Incident:
    """Write the incident of a sighting if it says anything new, order its remediation if one is due, and return it."""
    existing = dossier.incident_in(sighting.slot)
    incident = open_or_update(existing, sighting)
    if existing is not None and existing.id != incident.id:
        inspector.ledger.put_history(existing)
    if incident != existing:
        inspector.ledger.put_incident(incident)
    # The order goes out again for an incident that is still pending: a crash may have fallen between record and
    # order, and the queue drops a repeated one by its deduplication id.
    _order(incident, inspector)
    return incident


def _settle_absent(look: Look, judgement: Judgement, inspector: Inspector) -> list[str]:
    """Bring to an end the incidents whose finding is gone, unless a doubt may hide it."""
    current = [i for i in look.dossier.incidents if i.subject.unique_id == look.snapshot.subject.unique_id]
    absent = [i for i in current if i.is_open and not judgement.of(i.kind, i.source)]
    for incident in absent:
        _order(incident, inspector)  # only `remediate` knows whether it was its own doing
    gone = tuple(i for i in absent if i.kind is Kind.UNDECIDED or judgement.is_clean_of(i.kind, i.source))
    return list(_put_changed(gone, tuple(settle(incident, now=look.now) for incident in gone), inspector))


def _doubt_contained(look: Look, judgement: Judgement, inspector: Inspector) -> tuple[str, ...]:
    """Say of what was contained that it may not be any more, where it cannot be judged any more."""
    current = (i for i in look.dossier.incidents if i.subject.unique_id == look.snapshot.subject.unique_id)
    unseen = (i for i in current if not judgement.of(i.kind, i.source) and not _stands_in_place(i, look.snapshot))
    hidden = tuple(i for i in unseen if judgement.has_doubt_about(i.kind, i.source))
    return _put_changed(hidden, tuple(doubt(incident, now=look.now) for incident in hidden), inspector)


def _attribute_absent(
    look: Look, judgement: Judgement, written: tuple[str, ...], inspector: Inspector
) -> tuple[str, ...]:
    """Name who brought about what was found by a sweep or a re-check, and is contained by the time its event comes."""
    current = (i for i in look.dossier.incidents if i.subject.unique_id == look.snapshot.subject.unique_id)
    absent = tuple(i for i in current if not judgement.of(i.kind, i.source) and i.id not in written)
    named = tuple(attribute(incident, look.cause, now=look.now) for incident in absent)
    return _put_changed(absent, named, inspector)


def _stands_in_place(incident: Incident, snapshot: RoleSnapshot) -> bool:
    """Say whether a boundary whose loss was contained is still there, whatever else is not understood."""
    return incident.source in [policy.arn for policy in snapshot.boundary]


def _close_predecessors(snapshot: RoleSnapshot, dossier: Dossier, inspector: Inspector, *, now: str) -> tuple[str, ...]:
    others = tuple(i for i in dossier.incidents if i.subject.unique_id != snapshot.subject.unique_id)
    return _close(others, inspector, now=now, reason="the role was deleted; another one bears its name now")


def _close(incidents: tuple[Incident, ...], inspector: Inspector, *, now: str, reason: str) -> tuple[str, ...]:
    return _put_changed(incidents, tuple(close(incident, now=now, reason=reason) for incident in incidents), inspector)


def _put_changed(before: tuple[Incident, ...], after: tuple[Incident, ...], inspector: Inspector) -> tuple[str, ...]:
    changed = [incident for incident, was in zip(after, before, strict=True) if incident != was]
    for incident in changed:
        inspector.ledger.put_incident(incident)
    return tuple(incident.id for incident in changed)


def _order(incident: Incident, inspector: Inspector) -> None:
    if incident.state in PENDING:
        subject = incident.subject
        order = RemediationOrder(subject.account, subject.name, incident.slot, incident.id, incident.attempt)
        inspector.remediations.remediate(order)
