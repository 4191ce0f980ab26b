"""Keeps short what is on record of a subject: what is over goes to its history, where an operator still finds it.

A look reads all that is on record, and an attacker chooses how many causes there are: a policy under a new name each
second, taken away again. So each look puts away more than one call can have brought.
"""

import contextlib
from collections.abc import Iterator
from datetime import datetime, timedelta

from panorama_guard.case.dossier import Archivable, Dossier
from panorama_guard.case.ending import is_told_open
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.finding import Judgement
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.resource import is_resource_key
from panorama_guard.judging.subject import judge, standard_for
from panorama_guard.planning.names import without_own
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.renewing import keeps_sessions_ended

SETTLED = timedelta(minutes=15)  # by then the looks, orders, renewals and alerts that an outcome leads to have come
KEPT = timedelta(days=30)  # longer than a queue and then its dead letters keep a message
MANY = 200  # so many closed incidents, and marks of what was told of others, stay whatever happens
FAR_TOO_MANY = 2_000  # closed ones: from there on each goes so soon, and untold, for the stream has it all the same
HURRIED = timedelta(minutes=1)
AT_ONCE = 25  # so much is put away by one look, that it comes to its end; one call opens one incident


def archive_over(name: str, dossier: Dossier, look: Look | None, inspector: Inspector, *, now: str) -> None:
    """Put away what is over of a subject, and where there is too much of it, what has not been over for long.

    `look` is the one that has just been taken; None where the subject is gone.
    """
    over = [*_crowding(dossier, look, inspector, now=now), *_long_over(dossier, now=now, is_gone=look is None)]
    for record in list(dict.fromkeys(over))[:AT_ONCE]:
        with contextlib.suppress(StaleRecordError):  # somebody else has written it, or put it away
            inspector.ledger.archive(record)
    _forget_told(name, dossier, inspector)


def forget_if_over(name: str, dossier: Dossier, inspector: Inspector, *, now: str) -> None:
    """Take a resource that is gone off the record, once all that was on record of it is put away.

    Whoever opens an incident of it meanwhile puts it on record first, which the ledger sees: it is kept.
    """
    if is_resource_key(name) and not (dossier.incidents or dossier.waivers or dossier.undos):
        inspector.ledger.forget_resource(inspector.account, name, before=_before(now, KEPT))


def _spare(dossier: Dossier) -> int:
    return sum(not is_told_open(incident) for incident in dossier.incidents) - MANY


def without_the_guard(look: Look | None, inspector: Inspector) -> Judgement:
    """Return what would be found if the guard had put nothing in place, and nobody had waived anything."""
    if look is None:
        return Judgement(())
    standard = standard_for(look.guarded, inspector.policy.posture)
    return judge(without_own(look.snapshot, look.memory), standard, look.memory)


def _crowding(dossier: Dossier, look: Look | None, inspector: Inspector, *, now: str) -> list[Incident]:
    """Return the incidents that are too many: settled, and their cause gone; those first that matter least."""
    if _spare(dossier) <= 0:
        return []
    standing = without_the_guard(look, inspector)
    since, is_full = _before(now, inspector.policy.breaker.window), _spare(dossier) > FAR_TOO_MANY - MANY
    told = {one.id: one.transition for one in dossier.incidents} if is_full else dict(dossier.told)
    quiet = _before(now, HURRIED if is_full else SETTLED)

    def weight(incident: Incident) -> tuple[bool, bool, str]:
        is_answered = bool(incident.attempt or incident.reopenings)
        is_counted = is_answered and incident.updated_at >= since  # by the breaker, should it come back
        is_undoable = incident.state is State.CONTAINED and bool(incident.attempt)
        return is_counted, is_undoable, incident.updated_at

    settled = [
        one
        for one in dossier.incidents
        if one.updated_at < quiet and _is_done_with(one, dossier, told, now=now) and not _may_stand(one, look, standing)
        # One of a role at most: who floods its record is not let in again by that.
        if not keeps_sessions_ended(one, now=now)
    ]
    return sorted(settled, key=weight)[: _spare(dossier)]


def _is_done_with(incident: Incident, dossier: Dossier, told: dict[str, int], *, now: str) -> bool:
    """Say whether an incident is closed and told, and no operator's word is about it."""
    is_told = told.get(incident.id, 0) >= incident.transition
    return not is_told_open(incident) and is_told and not _is_spoken_of(incident, dossier, now=now)


def _is_spoken_of(incident: Incident, dossier: Dossier, *, now: str) -> bool:
    """Say whether an operator's word about an incident is in force, or has still to be carried out."""
    undo = dossier.undo_of(incident)
    is_to_be_undone = undo is not None and not undo.refused and incident.state is State.CONTAINED
    waivers = (waiver for waiver in dossier.waivers if waiver.incident_id == incident.id)
    return is_to_be_undone or any(waiver.is_alive(now=now) for waiver in waivers)


def _may_stand(incident: Incident, look: Look | None, standing: Judgement) -> bool:
    """Say whether what was contained may still be there, and only the guard's own holds it back."""
    is_here = look is not None and incident.subject.unique_id == look.snapshot.subject.unique_id
    is_held = incident.state is State.CONTAINED
    return is_here and is_held and not standing.is_clean_of(incident.kind, incident.source)


def _long_over(dossier: Dossier, *, now: str, is_gone: bool) -> Iterator[Archivable]:
    """Yield what has been over for so long that no message speaks of it any more.

    What was contained stays, for the containment is in place; unless its subject is gone.
    """
    told, before = dict(dossier.told), _before(now, KEPT)
    for incident in dossier.incidents:
        is_over = (is_gone or incident.state is State.RESOLVED) and incident.updated_at < before
        if is_over and _is_done_with(incident, dossier, told, now=now):
            yield incident
    for waiver in dossier.waivers:
        if waiver.expires_at < before and dossier.incident_named(waiver.incident_id) is None:
            yield waiver
    for undo in dossier.undos:
        if max(undo.at, undo.until) < before and dossier.incident_named(undo.incident_id) is None:
            yield undo


def _forget_told(name: str, dossier: Dossier, inspector: Inspector) -> None:
    """Forget what was told of incidents that others have replaced, where there is too much of it."""
    records: tuple[Archivable, ...] = (*dossier.incidents, *dossier.waivers, *dossier.undos)
    current = {record.id for record in records}
    former = [record_id for record_id, _ in dossier.told if record_id not in current]
    for record_id in former[MANY:][:AT_ONCE]:
        # One that is in no history may have been opened, and told, while this was read page by page.
        if inspector.ledger.recall(inspector.account, name, record_id) is not None:
            inspector.ledger.forget_told(inspector.account, name, record_id)


def _before(now: str, span: timedelta) -> str:
    return (datetime.fromisoformat(now) - span).isoformat()
