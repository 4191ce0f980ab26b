"""Judges one role or resource and brings its incidents up to date, whatever led to the look."""

from datetime import datetime, timedelta

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.finding import Finding, Judgement
from panorama_guard.case.incident import PENDING, Cause, Incident, State
from panorama_guard.case.lifecycle import Sighting, open_or_update
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.resource import Snapshot
from panorama_guard.containment import DEFAULT_BUDGET, Undecided
from panorama_guard.judging.allowance import allowing
from panorama_guard.judging.subject import judge, remember, standard_for
from panorama_guard.profile import Guarded
from panorama_guard.service.absent import remains_of
from panorama_guard.service.accepting import accept_old_changes
from panorama_guard.service.adopting import adopt
from panorama_guard.service.archiving import archive_over, forget_if_over
from panorama_guard.service.discovering import guarded_by
from panorama_guard.service.later import reach_of_delay
from panorama_guard.service.let_in import renew_taken_away
from panorama_guard.service.look import Inspection, Inspector, Look
from panorama_guard.service.predecessors import with_predecessor
from panorama_guard.service.settling import (
    attribute_absent,
    close_all,
    close_predecessors,
    doubt_contained,
    let_waived_stand,
    order,
    order_lifts,
    settle_absent,
)
from panorama_guard.service.sightings import look_after, sighting_of
from panorama_guard.service.stopped import note_stopped, stopped_findings
from panorama_guard.service.subjects import keep_on_record, keep_place, read_subject, word_for

__all__ = ["Inspection", "Inspector", "inspect_role"]

# IAM's reads may lag behind the change that an event tells of: the role is looked at again after so many seconds.
RECHECKS = (5, 30)
SPARED = timedelta(seconds=20)  # a change asks for no re-check where one is on its way that comes so much later
CONTAINED, UNDECIDED = "contained", "undecided"  # verdicts in the log, beside the kinds of findings
# Steps of the engine for what a look tells beside its verdicts: how far each finding reaches, and what would be done.
# With the verdicts, and what else is compared, a look takes half of the function's time at most, as an order does.
TELLING = 30 * DEFAULT_BUDGET
LOOKS = 4  # how often a role is looked at before a race for its record is left to the queue


def inspect_role(name: str, cause: Cause, inspector: Inspector, *, now: str) -> Inspection:
    """Judge one role or resource as it is now, write what changed of its incidents, and order what is to be done.

    Raises StaleRecordError if somebody else wrote first each time.
    """
    for _ in range(LOOKS - 1):
        try:
            return _inspect_once(name, cause, inspector, now=now)
        except StaleRecordError:
            # Another event of the same role is inspected at this moment: the queue would bring this back minutes later.
            continue
    return _inspect_once(name, cause, inspector, now=now)


def _inspect_once(name: str, cause: Cause, inspector: Inspector, *, now: str) -> Inspection:
    guarded = guarded_by(name, inspector.policy.profile, inspector)
    if guarded is None:
        return Inspection(note="not guarded")
    dossier = inspector.ledger.read(inspector.account, name)
    snapshot = _read(guarded, name, inspector)
    is_gone, snapshot = snapshot is None, snapshot or remains_of(name, dossier, cause, inspector, now=now)
    if snapshot is None:
        what = f"the {word_for(guarded)}"
        gone = close_all(dossier.incidents, inspector, now=now, reason=f"{what} no longer exists")
        archive_over(name, dossier, None, inspector, now=now)
        forget_if_over(name, dossier, inspector, now=now)
        if cause.is_named:  # what the call made may not be seen yet; no later call is spared its own re-checks for that
            inspector.rechecks.recheck(InspectionRequest(guarded.name, now, Origin.RECHECK), RECHECKS)
        return Inspection((name,), gone, f"{what} does not exist")
    adopt(guarded, snapshot, inspector, now=now)
    snapshot = with_predecessor(snapshot, dossier, now=now)
    closed = close_predecessors(snapshot, dossier, inspector, now=now, is_gone=is_gone)
    look = Look(guarded, snapshot, dossier, cause, now)
    written, verdicts = _judge(look, inspector)
    archive_over(name, dossier, look, inspector, now=now)
    return Inspection((name,), (*closed, *written), verdicts=verdicts)


def _look_again_later(look: Look, seen: list[Incident], inspector: Inspector) -> None:
    """Ask for the role to be judged again, where a call was made that this look may not yet see.

    Or where it sees what was contained, and nobody but the reading says that it came back.
    """
    last = datetime.fromisoformat(look.now) + timedelta(seconds=RECHECKS[-1])
    is_spared = look.dossier.rechecked_until >= (datetime.fromisoformat(look.now) + SPARED).isoformat()
    if not any(_was_contained(one, look) for one in seen) and (is_spared or not look.cause.is_named):
        return
    inspector.rechecks.recheck(InspectionRequest(look.guarded.name, look.now, Origin.RECHECK), RECHECKS)
    inspector.ledger.put_rechecked_until(inspector.account, look.guarded.name, last.isoformat())


def _was_contained(incident: Incident, look: Look) -> bool:
    before = look.dossier.incident_named(incident.id)
    return before is not None and before.state is State.CONTAINED


def _read(guarded: Guarded, name: str, inspector: Inspector) -> Snapshot | None:
    """Read a resource by its key, a role by the profile's name for it, and if there is none, as the call wrote it.

    IAM lets only one role bear a name in any case, and does not say in which case it looks a name up: a call may have
    written the real role's name in another case, or a look-alike may stand where the real one was.
    """
    found = read_subject(guarded.name, guarded, inspector)
    return found or (None if name == guarded.name else read_subject(name, guarded, inspector))


def _judge(look: Look, inspector: Inspector) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the incidents that were written, and the verdicts in words."""
    with allowing():  # a look asks much more than once
        return _told(look, inspector)


def _told(look: Look, inspector: Inspector) -> tuple[tuple[str, ...], tuple[str, ...]]:
    standard = standard_for(look.guarded, inspector.policy.posture, look.waivers)
    judgement = judge(look.snapshot, standard, look.memory)
    held_back = stopped_findings(look.snapshot, look.memory, judgement, standard)
    with allowing(TELLING):
        sightings = (sighting_of(finding, look, standard, inspector) for finding in judgement.findings)
        seen = [_update(sighting, look, inspector) for sighting in sightings]
        stopped = note_stopped(held_back, look, standard, inspector)
    if not any(incident.state in PENDING for incident in seen):  # whoever carries out an order looks again by himself
        _look_again_later(look, seen, inspector)
    written = tuple(incident.id for incident in seen if incident not in look.dossier.incidents)
    brought = _bring_up_to_date(look, judgement, (*written, *stopped), inspector)
    return (*written, *stopped, *brought), tuple(map(_verdict_word, judgement.findings)) or (CONTAINED,)


def _verdict_word(finding: Finding) -> str:
    return UNDECIDED if isinstance(finding.verdict, Undecided) else finding.kind.value


def _bring_up_to_date(
    look: Look, judgement: Judgement, written: tuple[str, ...], inspector: Inspector
) -> tuple[str, ...]:
    """Write what else the look says: of incidents that are not seen any more, of what is waived, and what is learnt."""
    plain_standard = standard_for(look.guarded, inspector.policy.posture)
    plain = judge(look.snapshot, plain_standard, look.memory) if look.waivers else judgement
    waived = let_waived_stand(look, judgement, plain, inspector) if look.waivers else ()
    order_lifts(look, plain, inspector)
    settled = settle_absent(look, judgement, plain, waived, inspector)
    doubted = doubt_contained(look, judgement, inspector)
    renewed = renew_taken_away(look, judgement, waived, inspector)
    told = (*written, *waived, *settled, *doubted, *renewed)
    for waiver in look.waivers:
        if waiver.expires_at <= reach_of_delay(look.now):  # one that lasts longer ends before a sweep, at the latest
            look_after(waiver.expires_at, look, inspector)
    # What a waiver lets stand is not what a role goes back to.
    learnt = accept_old_changes(look, remember(look.snapshot, plain, look.memory, plain_standard))
    if learnt != look.memory:
        inspector.ledger.put_memory(inspector.account, look.snapshot.subject.name, learnt)
    return (*waived, *settled, *doubted, *renewed, *attribute_absent(look, judgement, told, inspector))


def _update(sighting: Sighting, look: Look, inspector: Inspector) -> Incident:
    """Write the incident of a sighting if it says anything new, order its remediation if one is due, and return it."""
    existing = look.dossier.incident_in(sighting.slot)
    incident = open_or_update(existing, sighting)
    if existing is not None and existing.id != incident.id:
        inspector.ledger.put_history(existing)
    if existing is None or not existing.is_open:
        keep_on_record(incident.role_name, incident.account, inspector.ledger, now=look.now)
    if incident != existing:
        if existing is None or existing.id != incident.id:  # first: whoever hears of it may answer by its id alone
            keep_place(incident, inspector.policy, inspector.ledger)
        inspector.ledger.put_incident(incident, replaced=existing.id if existing else "")
    # It goes out again for one that is pending: a crash may have fallen in between, and the queue drops a repeated one.
    order(incident, inspector)
    if sighting.trip and incident.breaker is Breaker.OPEN:
        look_after(sighting.trip.until, look, inspector)  # half-open, whether or not anything happens until then
    return incident
