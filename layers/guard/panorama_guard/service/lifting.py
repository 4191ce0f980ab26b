"""The guard's half of an undo: takes back what it put in place itself, once nothing escapes without it."""

from functools import reduce

from panorama_guard.case.dossier import Dossier
from panorama_guard.case.ending import let_stand
from panorama_guard.case.errors import StaleRecordError, WriteRefusedError
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.order import InspectionRequest, LiftOrder, Origin
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.step import Step, apply_step
from panorama_guard.case.undo import Reversal, Undo, reverse
from panorama_guard.case.waiver import Waiver
from panorama_guard.judging.allowance import OverworkedError, allowing
from panorama_guard.judging.subject import judge, standard_for
from panorama_guard.judging.waiving import of_scope
from panorama_guard.planning.freeing import why_more_escapes
from panorama_guard.planning.hands import Hand, by_hand_of, why_not_lifted
from panorama_guard.planning.names import own_in_place
from panorama_guard.policy.record import record
from panorama_guard.profile import Guarded
from panorama_guard.service.job import RE_READS, RECHECKS, TRIES, Remediator
from panorama_guard.service.later import look_after_pause, pause_in_force
from panorama_guard.service.stopped import stopped_findings
from panorama_guard.service.subjects import is_enrolled, read_subject, word_for

TOO_LATE = "the waiver of what comes back was over before anything was taken back: ask for the undo again"


@record
class _Lift:
    """One order to lift, as it stands when its turn comes."""

    incident: Incident
    undo: Undo
    dossier: Dossier
    guarded: Guarded
    now: str


def lift(order: LiftOrder, remediator: Remediator, *, now: str) -> str:
    """Carry out the guard's half of an undo, and return what came of it; done again, it does nothing."""
    for _ in range(TRIES - 1):
        try:
            return _lift_once(order, remediator, now=now)
        except StaleRecordError:
            continue  # the role is inspected at this moment; what was lifted is seen to be lifted
    return _lift_once(order, remediator, now=now)


def _lift_once(order: LiftOrder, remediator: Remediator, *, now: str) -> str:
    dossier = remediator.ledger.read(remediator.account, order.role_name)
    # One that was archived while the word was given is brought back by then, or in moments.
    current, ledger = dossier.incident_in(order.slot), remediator.ledger
    incident = current or ledger.recall(remediator.account, order.role_name, order.undone_incident)
    guarded = remediator.policy.profile.guarded(order.role_name)
    undo = dossier.undo_of(incident) if incident else None
    if order.account != remediator.account or incident is None or guarded is None:
        return "no such undo"
    if (incident.id, incident.attempt) != (order.undone_incident, order.undone_attempt):
        return _turn_down(order, dossier, remediator)
    if undo is None:
        return "no such undo"
    if incident.state in PENDING or undo.refused:
        return f"not to be lifted: {undo.refused or incident.state.value}"
    waiver = dossier.waiver_named(undo.waiver_id)
    if undo.waiver_id and (waiver is None or not waiver.is_in_force(now=now)):
        is_over = dossier.is_too_late(undo, now=now) and incident.state is not State.RESOLVED
        return _refuse(undo, TOO_LATE, remediator) if is_over else "the waiver is not in force"
    return _carry_out(_Lift(incident, undo, dossier, guarded, now), remediator)


def _turn_down(order: LiftOrder, dossier: Dossier, remediator: Remediator) -> str:
    """Say of an undo that the escape was quicker: nobody would hear of it else, and the operator waits."""
    asked = (order.undone_incident, order.undone_attempt)
    overtaken = next((undo for undo in dossier.undos if (undo.incident_id, undo.attempt) == asked), None)
    if overtaken is None or overtaken.refused:
        return "an undo of something else took its place"
    return _refuse(
        overtaken, "the escape came back before it was taken back, and was answered anew: undo that", remediator
    )


def _carry_out(job: _Lift, remediator: Remediator) -> str:
    snapshot = read_subject(job.incident.role_name, job.guarded, remediator)
    if snapshot is None or snapshot.subject.unique_id != job.incident.subject.unique_id:
        gone = f"the {word_for(job.guarded)} was deleted: there is nothing left to take back"
        return gone if job.incident.state is State.RESOLVED else _refuse(job.undo, gone, remediator)
    reversal = reverse(snapshot, remediator.ledger.read_attempts(job.incident))
    lifts = by_hand_of(Hand.GUARD, reversal)
    try:
        with allowing(remediator.effort.planning):
            why = "; ".join(reversal.changed) or _why_not(lifts, snapshot, job, remediator)
            reason = "" if why else _reason(lifts, snapshot, reversal, job, remediator)
    except OverworkedError:
        why, reason = "to judge what would be lifted is more work than one order may cost: undo it by hand", ""
    if why:
        return _refuse(job.undo, why, remediator)
    try:
        for step in lifts:
            if pause := pause_in_force(remediator.ledger, remediator.account, remediator.policy.hub, now=job.now):
                look_after_pause(pause, job.guarded.name, remediator.rechecks, now=job.now)
                return f"not lifted: {pause.describe()}"  # the look at its end orders it again
            remediator.writer.apply(job.incident.role_name, step)
    except WriteRefusedError as error:
        return _refuse(job.undo, f"AWS refused it: {error}", remediator)
    return _record(lifts, reason, job, remediator)


def _why_not(lifts: tuple[Step, ...], snapshot: Snapshot, job: _Lift, remediator: Remediator) -> str:
    """Return why the guard may not lift this, or an empty text.

    INVARIANT: only an enrolled subject is written to, and never so that more escapes than before.
    """
    if lifts and not is_enrolled(job.guarded, snapshot):
        return f"not enrolled: the guard never writes to {snapshot.subject.arn}"
    unique_id = snapshot.subject.unique_id
    standard = standard_for(job.guarded, remediator.policy.posture, job.dossier.waivers_of(unique_id, now=job.now))
    memory = job.dossier.memory_of(unique_id)
    after = reduce(apply_step, lifts, snapshot)
    judged = judge(after, standard, memory)
    if judged.of(job.incident.kind, job.incident.source):
        return "the escape is there, and no waiver in force covers it"
    found = why_not_lifted(judge(snapshot, standard, memory), judged)
    return found or why_more_escapes(snapshot, after, standard)


def _record(lifts: tuple[Step, ...], reason: str, job: _Lift, remediator: Remediator) -> str:
    # Before it is on record: after a crash in between, the order comes again and finds nothing left to lift.
    remediator.rechecks.recheck(InspectionRequest(job.guarded.name, job.now, Origin.RECHECK), RECHECKS)
    if not _is_lifted(lifts, job, remediator):
        return "lifted, and not seen to be yet: IAM's reads lag behind"
    done = let_stand(job.incident, now=job.now, reason=reason)
    if done != job.incident:
        remediator.ledger.put_incident(done)
    return "lifted"


def _is_lifted(lifts: tuple[Step, ...], job: _Lift, remediator: Remediator) -> bool:
    for seconds in RE_READS:
        remediator.wait(seconds)
        snapshot = read_subject(job.incident.role_name, job.guarded, remediator)
        if snapshot is None or all(apply_step(snapshot, step) == snapshot for step in lifts):
            return True
    return False


def _refuse(undo: Undo, why: str, remediator: Remediator) -> str:
    remediator.ledger.put_undo(undo.turned_down(why))
    return f"refused: {why}"


def _what_stops_it_still(lifts: tuple[Step, ...], snapshot: Snapshot, job: _Lift, remediator: Remediator) -> str:
    """Return what of the guard's own, put in place for another incident, stops the escape also once it is lifted."""
    after, memory = reduce(apply_step, lifts, snapshot), job.dossier.memory_of(snapshot.subject.unique_id)
    standard = standard_for(job.guarded, remediator.policy.posture)
    stopped = stopped_findings(after, memory, judge(after, standard, memory), standard)
    is_stopped = (job.incident.kind, job.incident.source) in [(one.kind, one.source) for one in stopped]
    return ", ".join(own_in_place(after)) if is_stopped else ""


def _waivers_of(reversal: Reversal, job: _Lift, remediator: Remediator) -> tuple[Waiver, ...]:
    """Return what lets the escape stand that comes back: the undo's own waiver, or those given before it."""
    if own := job.dossier.waiver_named(job.undo.waiver_id):
        return (own,)
    incident, unique_id = job.incident, reversal.target.subject.unique_id
    plain = standard_for(job.guarded, remediator.policy.posture)
    comes_back = judge(reversal.target, plain, job.dossier.memory_of(unique_id)).of(incident.kind, incident.source)
    in_force = job.dossier.waivers_of(unique_id, now=job.now) if comes_back else ()
    return of_scope(in_force, incident.kind)


def _reason(lifts: tuple[Step, ...], snapshot: Snapshot, reversal: Reversal, job: _Lift, remediator: Remediator) -> str:
    """Return what is told once all is lifted: it is judged on paper, before anything is written."""
    undo, stopped_by = job.undo, _what_stops_it_still(lifts, snapshot, job, remediator)
    # Whoever asked chose these words; what lets the escape stand is read from the names of waivers in brackets.
    why = undo.reason.replace("(wvr-", "(waiver wvr-")
    told = [f"undone by {undo.by} ({why}): what the guard had put in place is taken back"]
    if by_hand_of(Hand.OPERATOR, reversal):
        told.append("the rest is put back with the operator's own credentials")
    if stopped_by:
        told.append(f"what stands for another incident stops it all the same, until that is undone: {stopped_by}")
    if job.incident.let_in.is_in_no_plan:
        told.append("who else became the role may still be it: revoke its sessions in IAM's console to end theirs")
    waivers = _waivers_of(reversal, job, remediator)
    return "; ".join([*told, *(waiver.describe() for waiver in waivers)])
