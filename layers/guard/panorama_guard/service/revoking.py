"""Ends the sessions of a role too that were issued between the repair of its trust and now."""

from panorama_guard.case.backup import Backup
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.ending import is_let_in
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.lifecycle import REMEMBERED_REOPENINGS
from panorama_guard.case.order import InspectionRequest, Origin, RenewalOrder
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import RevokeSessions, apply_step, invert_step
from panorama_guard.planning.quotas import over_quota
from panorama_guard.planning.situation import UNREAD
from panorama_guard.planning.trusting import (
    ENDED_LATER,
    PUT_AGAIN,
    for_others,
    moved_up,
    revocation,
    told_before,
)
from panorama_guard.policy.record import replace
from panorama_guard.service.job import RE_READS, RECHECKS, Remediator
from panorama_guard.service.later import look_after_pause, pause_in_force
from panorama_guard.service.renewing import by_hand, is_repair, may_end, moved_up_to, not_renewed
from panorama_guard.service.sightings import trip_of


def renew(order: RenewalOrder, remediator: Remediator, *, now: str) -> str:
    """Move the time up before which a role's sessions are denied everything, and return what came of it."""
    dossier = remediator.ledger.read(remediator.account, order.role_name)
    incident = dossier.incident_in(order.slot)
    if order.account != remediator.account or incident is None:
        return "no such incident"
    if word := _why_not_now(order, incident, dossier, remediator, now=now):
        return word
    snapshot = remediator.reader.read_role(incident.subject.name)
    if snapshot is None or not _may_renew(incident, snapshot, remediator):
        return "nothing to renew"
    if not may_end(incident.let_in, mode := remediator.policy.modes.of(incident.kind)):
        return _leave_to_operator(order, incident, f"by mode {mode.value}", remediator, now=now)
    step = revocation(snapshot, now=moved_up_to(incident, now=now))
    if order.is_put_again and incident.let_in.is_as_it_was:  # whoever came since the repair is inside the profile
        step = replace(step, before=told_before(incident.remedy) or step.before)
    # The look has seen it in place. Who has it there for each look is not helped to: it is only read.
    is_halted = order.is_put_again and trip_of(dossier.incidents, incident.kind, remediator.policy, now=now) is not None
    try:
        if not is_halted:
            _carry_out(incident, snapshot, step, remediator)
    except WriteRefusedError as error:
        return _tell_refused(order, incident, str(error), remediator, now=now)
    return _record(incident, step, remediator, now=now, is_written=not is_halted)


def _why_not_now(order: RenewalOrder, incident: Incident, dossier: Dossier, remediator: Remediator, *, now: str) -> str:
    """Return what stands against a renewal, or an empty text: it is done, or not wanted, or an operator's word."""
    if (incident.id, incident.attempt) != (order.renewed_incident, order.renewed_attempt):
        return "another attempt was made since"
    if order.is_put_again and not is_let_in(incident):
        return "put again already"
    if undo := dossier.undo_in_force(incident, now=now):
        return f"undone by {undo.by}"
    pause = pause_in_force(remediator.ledger, remediator.account, remediator.policy.hub, now=now)
    if pause is None:
        return ""
    look_after_pause(pause, incident.subject.name, remediator.rechecks, now=now)
    if is_repair(incident) and not order.is_put_again:  # told, it is ended when the pause is over
        _put_if_new(not_renewed(order, incident, pause.describe(), now=now), incident, remediator)
    return pause.describe()


def _may_renew(incident: Incident, snapshot: RoleSnapshot, remediator: Remediator) -> bool:
    """Say whether the trust is on record as repaired, of a role that the guard may write to.

    INVARIANT: only an enrolled role, by exact name and path, is ever written to.
    """
    role = remediator.policy.profile.role_named(incident.subject.name)
    is_repair = incident.kind is Kind.TRUST_ESCAPE and incident.state is State.CONTAINED and incident.remedy.carried_out
    is_same = snapshot.subject.unique_id == incident.subject.unique_id
    return role is not None and is_repair and is_same and role.is_enrolled(role.name, snapshot.path)


def _carry_out(incident: Incident, snapshot: RoleSnapshot, step: RevokeSessions, remediator: Remediator) -> None:
    """Write the Deny; raise WriteRefusedError where there is no room for it, or AWS refuses it."""
    if over_quota(snapshot, apply_step(snapshot, step), UNREAD.quotas):
        raise WriteRefusedError(_NO_ROOM)
    remedy = moved_up(incident.remedy, step)
    noted = for_others(remedy) if incident.let_in.is_in_no_plan else remedy
    # INVARIANT: no write without a whole backup of the role before it.
    remediator.ledger.put_backup(incident, Backup(snapshot, (step,), (invert_step(snapshot, step),), noted))
    remediator.writer.apply(incident.subject.name, step)


def _leave_to_operator(order: RenewalOrder, incident: Incident, why: str, remediator: Remediator, *, now: str) -> str:
    """Tell whoever came in while IAM spread the repair, once; of what is put again the next look tells."""
    if not (order.is_put_again or incident.let_in.is_operators):
        told = not_renewed(order, incident, by_hand(why), now=now)
        told = replace(told, let_in=replace(told.let_in, left_to_operator=True))
        _put_if_new(told, incident, remediator)
    return f"nothing to renew {why}"


_NO_ROOM = "no room for a Deny for older sessions"


def _tell_refused(order: RenewalOrder, incident: Incident, why: str, remediator: Remediator, *, now: str) -> str:
    """Tell why no session is ended, unless that was told already: there was no room for a Deny from the first."""
    is_known = why == _NO_ROOM and not order.is_put_again and not told_before(incident.remedy)
    if not is_known:
        _put_if_new(not_renewed(order, incident, why, now=now), incident, remediator)
    return f"refused: {why}"


def _put_if_new(told: Incident, before: Incident, remediator: Remediator) -> None:
    if told.reason != before.reason:
        remediator.ledger.put_incident(told)


def _record(
    incident: Incident, step: RevokeSessions, remediator: Remediator, *, now: str, is_written: bool = True
) -> str:
    """Write what came of a step that was written, or was only to be read, and return it."""
    remedy = moved_up(incident.remedy, step) if is_written else incident.remedy
    # Nothing new is told: the alert has said that the time is moved up.
    done = replace(incident, remedy=remedy, revision=incident.revision + 1)
    if is_let_in(incident):  # that was told as not fixed
        if not _is_seen(step, incident, remediator):
            # Whoever takes it away before it is read is counted: he would have it put again for ever.
            times = (*incident.reopenings, *([now] if is_written else []))[-REMEMBERED_REOPENINGS:]
            remediator.ledger.put_incident(replace(done, reopenings=times))
            again = InspectionRequest(incident.subject.name, now, Origin.RECHECK)  # the look orders it again
            remediator.rechecks.recheck(again, RECHECKS[1:2])
            return f"{'put again, and ' if is_written else ''}not seen to be yet: IAM's reads lag behind"
        reason = PUT_AGAIN if incident.let_in.is_as_it_was else ENDED_LATER
        done = replace(incident, remedy=remedy).moved(State.CONTAINED, now=now, reason=reason)
    remediator.ledger.put_incident(done)
    return f"moved up to {step.before}"


def _is_seen(step: RevokeSessions, incident: Incident, remediator: Remediator) -> bool:
    """Say whether the Deny is read back from the role."""
    for seconds in RE_READS:
        remediator.wait(seconds)
        role = remediator.reader.read_role(incident.subject.name)
        if role is not None and apply_step(role, step) == role:
            return True
    return False
