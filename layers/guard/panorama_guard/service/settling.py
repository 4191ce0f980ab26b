"""Brings to their end the incidents whose finding is gone: by itself, by somebody else, or because it is waived."""

from collections.abc import Iterable, Iterator

from panorama_guard.case.attribution import attribute
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.ending import close as end_incident
from panorama_guard.case.ending import doubt, left_by, let_stand, settle
from panorama_guard.case.finding import Judgement, Kind
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.order import LiftOrder, RemediationOrder
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.waiver import Waiver
from panorama_guard.judging.subject import standard_for
from panorama_guard.judging.waiving import given_for
from panorama_guard.planning.names import own_in_place
from panorama_guard.planning.trusting import for_others
from panorama_guard.policy.record import replace
from panorama_guard.service.archiving import without_the_guard
from panorama_guard.service.let_in import (
    is_told_of,
    is_undone,
    is_unseen_repair,
    last_for_others,
    lets_in_again,
    tell_after_doubt,
    tell_in_part,
    tell_reopened,
    was_doubted,
    watch_on,
)
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.stopped import stopped_findings

ORDERED_AGAIN = 25  # of what waits for `remediate` and is gone; a look ends in its time however much that is


def let_waived_stand(look: Look, judgement: Judgement, plain: Judgement, inspector: Inspector) -> tuple[str, ...]:
    """Bring to an end the incidents whose escape is there, and in force is a waiver that was given for it or since.

    `plain` is what would be found without any waiver. What was contained is not called so once it is let stand, unless
    it is watched for somebody else; who is told to be the role still is nobody whom a waiver is about, and stays told.
    """
    clean = (i for i in look.incidents if plain.of(i.kind, i.source) and judgement.is_clean_of(i.kind, i.source))
    told = [i for i in clean if i.state not in PENDING and not is_told_of(i, look, inspector)]
    waived = [(i, _waived_by(waivers, i)) for i in told if (waivers := given_for(look.waivers, i))]
    lasts = [None if is_undone(i, look) else last_for_others(i, look, inspector) for i, _ in waived]
    beside = [(i, last, why) for (i, why), last in zip(waived, lasts, strict=True) if last and i.is_open]
    for incident, last, reason in beside:
        watch_on(incident, last, look, inspector, reason=reason)
    alone = [(i, why) for (i, why), last in zip(waived, lasts, strict=True) if not last]
    ended = tuple(let_stand(i, now=look.now, reason=why) for i, why in alone)
    return (*(i.id for i, _, _ in beside), *_put_changed(tuple(i for i, _ in alone), ended, inspector))


def _waived_by(waivers: tuple[Waiver, ...], incident: Incident) -> str:
    """Return by what an escape is let stand, and that it has let in somebody else as well if it has."""
    return "; ".join(map(Waiver.describe, waivers)) + (left_by(incident) if incident.let_in.who else "")


def order_lifts(look: Look, plain: Judgement, inspector: Inspector) -> None:
    """Order again what an operator has undone and is still in place: a crash may have fallen between word and order."""
    for incident in look.incidents:
        undo = look.dossier.undo_of(incident)
        if undo is None or undo.refused or not _is_to_be_lifted(incident, plain):
            continue
        waiver = look.dossier.waiver_named(undo.waiver_id)
        is_over = look.dossier.is_too_late(undo, now=look.now)  # then it is turned down, and told
        if not undo.waiver_id or is_over or waiver in look.waivers:
            asked = LiftOrder(
                incident.account, incident.role_name, incident.slot, incident.id, incident.attempt, look.now
            )
            inspector.remediations.lift(asked)


def _is_to_be_lifted(incident: Incident, plain: Judgement) -> bool:
    is_over = incident.state in PENDING or incident.state is State.RESOLVED
    return not is_over and not plain.of(incident.kind, incident.source)


def settle_absent(
    look: Look, judgement: Judgement, plain: Judgement, written: tuple[str, ...], inspector: Inspector
) -> tuple[str, ...]:
    """Bring to an end the incidents whose finding is gone, unless a doubt may hide it.

    `plain` is what would be found without any waiver.
    """
    others = [i for i in look.incidents if i.id not in written]
    absent = [i for i in others if i.is_open and not judgement.of(i.kind, i.source)]
    _order_again(absent, inspector)  # only `remediate` knows whether it was its own doing
    gone = tuple(i for i in absent if i.kind is Kind.UNDECIDED or judgement.is_clean_of(i.kind, i.source))
    let_in = [i for i in gone if _tells_who_is_let_in(i, look, inspector)]
    rest = tuple(i for i in gone if i not in let_in)
    settled = tuple(_settled(rest, look, judgement, plain, inspector))
    return (*(i.id for i in let_in), *_put_changed(rest, settled, inspector))


def _tells_who_is_let_in(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Tell who may be the role though its trust is repaired, if somebody may, and have his sessions ended."""
    if was_doubted(incident):
        return tell_after_doubt(incident, look, inspector)
    if is_unseen_repair(incident):
        is_whole = _is_held(incident, look, inspector) and not lets_in_again(incident)
        return not is_whole and tell_in_part(incident, look, inspector)
    return tell_reopened(incident, look, inspector)


def _settled(
    gone: tuple[Incident, ...], look: Look, judgement: Judgement, plain: Judgement, inspector: Inspector
) -> Iterator[Incident]:
    """Yield incidents as they stand: held, where a lagging look had an operator asked anew about what holds.

    What only the guard's own stops is asked once for all of them: whoever writes a role's policies chooses how many of
    these are in doubt, and how hard each is to judge.
    """
    own, stopped = _stopped(look, judgement, inspector) if gone else ((), ())
    # Nothing that the guard puts in place stops a trust, which it changes itself.
    asked = (one for one in gone if one.kind is not Kind.TRUST_ESCAPE and one.state is State.NEEDS_APPROVAL)
    asked_again = [one for one in asked if one.attempt]
    standing = without_the_guard(look, inspector) if asked_again else judgement
    for incident in gone:
        cause = incident.kind, incident.source
        # A waiver of something else in the same place leaves it in what is found without one.
        is_stopped = cause in stopped or (plain.is_clean_of(*cause) and not standing.is_clean_of(*cause))
        if incident in asked_again and is_stopped:
            reason = "read again later and judged: what the guard has put in place holds it"
            yield incident.moved(State.CONTAINED, now=look.now, reason=reason)
        else:
            is_held = _is_held(incident, look, inspector)
            stopped_by = ", ".join(own) if cause in stopped else ""
            settled = settle(incident, now=look.now, is_held=is_held, stopped_by=stopped_by)
            # Who was seen when the backup was written already is in no backup's note.
            is_for_others = is_held and incident.kind is Kind.TRUST_ESCAPE and incident.let_in.is_in_no_plan
            yield replace(settled, remedy=for_others(settled.remedy)) if is_for_others else settled


def _is_held(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Say whether what the guard did about an incident, and could not verify at the time, is in place."""
    if incident.state is not State.NOT_FIXED or not incident.remedy.carried_out:
        return False
    attempts = inspector.ledger.read_attempts(incident)
    return any(backup.is_in_force(look.snapshot) for backups in attempts for backup in backups)


def _stopped(
    look: Look, judgement: Judgement, inspector: Inspector
) -> tuple[tuple[str, ...], tuple[tuple[Kind, str], ...]]:
    """Return what of the guard's own is in place, and the causes of the escapes that it alone stops."""
    own = own_in_place(look.snapshot)
    if not own:
        return (), ()
    standard = standard_for(look.guarded, inspector.policy.posture, look.waivers)
    stopped = stopped_findings(look.snapshot, look.memory, judgement, standard)
    return own, tuple((one.kind, one.source) for one in stopped)


def doubt_contained(look: Look, judgement: Judgement, inspector: Inspector) -> tuple[str, ...]:
    """Say of what was contained that it may not be any more, where it cannot be judged any more."""
    unseen = (
        i for i in look.incidents if not judgement.of(i.kind, i.source) and not _stands_in_place(i, look.snapshot)
    )
    hidden = tuple(i for i in unseen if judgement.has_doubt_about(i.kind, i.source))
    return _put_changed(hidden, tuple(doubt(incident, now=look.now) for incident in hidden), inspector)


def attribute_absent(
    look: Look, judgement: Judgement, written: tuple[str, ...], inspector: Inspector
) -> tuple[str, ...]:
    """Name who brought about what was found by a sweep or a re-check, and is contained by the time its event comes."""
    absent = tuple(i for i in look.incidents if not judgement.of(i.kind, i.source) and i.id not in written)
    named = tuple(attribute(incident, look.cause, now=look.now) for incident in absent)
    return _put_changed(absent, named, inspector)


def _stands_in_place(incident: Incident, snapshot: Snapshot) -> bool:
    """Say whether a boundary whose loss was contained is still there, whatever else is not understood."""
    return isinstance(snapshot, RoleSnapshot) and incident.source in [policy.arn for policy in snapshot.boundary]


def close_predecessors(
    snapshot: Snapshot, dossier: Dossier, inspector: Inspector, *, now: str, is_gone: bool = False
) -> tuple[str, ...]:
    """Bring to an end the incidents of roles and resources that had the name before, or of one that is gone."""
    others = tuple(i for i in dossier.incidents if i.subject.unique_id != snapshot.subject.unique_id)
    what = "role" if isinstance(snapshot, RoleSnapshot) else "resource"
    reason = f"the {what} no longer exists" if is_gone else f"the {what} was deleted; another one bears its name now"
    return close_all(others, inspector, now=now, reason=reason)


def close_all(incidents: tuple[Incident, ...], inspector: Inspector, *, now: str, reason: str) -> tuple[str, ...]:
    """Bring incidents to an end whose role is gone."""
    _order_again(incidents, inspector)  # a pending one is ended by its order, and that may have been lost
    return _put_changed(
        incidents, tuple(end_incident(incident, now=now, reason=reason) for incident in incidents), inspector
    )


def _put_changed(before: tuple[Incident, ...], after: tuple[Incident, ...], inspector: Inspector) -> tuple[str, ...]:
    changed = [incident for incident, was in zip(after, before, strict=True) if incident != was]
    for incident in changed:
        inspector.ledger.put_incident(incident)
    return tuple(incident.id for incident in changed)


def _order_again(incidents: Iterable[Incident], inspector: Inspector) -> None:
    """Order what is pending, as an order may have been lost: what waits longest first."""
    pending = [incident for incident in incidents if incident.state in PENDING]
    for incident in sorted(pending, key=lambda one: one.updated_at)[:ORDERED_AGAIN]:
        order(incident, inspector)


def order(incident: Incident, inspector: Inspector) -> None:
    """Order the remediation of an incident that waits for one."""
    if incident.state in PENDING:
        subject = incident.subject
        asked = RemediationOrder(subject.account, subject.name, incident.slot, incident.id, incident.attempt)
        inspector.remediations.remediate(asked)
