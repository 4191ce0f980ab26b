"""Keeps older sessions ended while one may last: whoever takes their Deny away lets a stranger be the role again."""

from datetime import timedelta

from panorama_guard.case.attribution import suspect
from panorama_guard.case.breaker import Trip
from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.ending import is_let_in
from panorama_guard.case.finding import Judgement, Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.lifecycle import REMEMBERED_REOPENINGS, SPREADING
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutTrust, RevokeSessions, apply_step, describe_step
from panorama_guard.case.times import shown_time
from panorama_guard.planning.trusting import OUTLIVED, TAKEN_AWAY, told_before
from panorama_guard.policy.record import replace
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.renewing import is_repair, order_renewal, since
from panorama_guard.service.sightings import look_after, trip_of

LONGEST_SESSION = timedelta(hours=12)  # of a role


def renew_taken_away(
    look: Look, judgement: Judgement, written: tuple[str, ...], inspector: Inspector
) -> tuple[str, ...]:
    """Tell, and order to be put again, the Deny for older sessions that is gone while one of these may still last.

    No finding shows it: the role is inside its profile, and a stranger is it. Once none can last, that is told too.
    """
    repairs = [i for i in look.incidents if is_repair(i) and i.id not in written]
    clean = [i for i in repairs if judgement.is_clean_of(i.kind, i.source)]
    outlived = [i for i in clean if is_let_in(i) and since(i.updated_at, look.now) > LONGEST_SESSION]
    for incident in outlived:
        inspector.ledger.put_incident(incident.moved(State.CONTAINED, now=look.now, reason=OUTLIVED))
    gone = [i for i in clean if i not in outlived and _is_gone(i, look)]
    return tuple(i.id for i in (*outlived, *(i for i in gone if put_again(i, look, inspector))))


def is_repaired_still(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Say whether the trust is as the guard had repaired it, where a doubt has passed that hid it for a time."""
    before, role = told_before(incident.remedy), look.snapshot
    is_done = incident.kind is Kind.TRUST_ESCAPE and incident.state is State.NOT_FIXED and incident.remedy.carried_out
    if not is_done or not before or since(before, look.now) > LONGEST_SESSION or not isinstance(role, RoleSnapshot):
        return False
    if _is_undone(incident, look):
        return False
    steps = (step for backups in inspector.ledger.read_attempts(incident) for one in backups for step in one.steps)
    return any(isinstance(step, PutTrust) and apply_step(role, step) == role for step in steps)


def put_again(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Order it, if the breaker lets that be, and return whether anything was told: once, until it is put again.

    To the breaker it is the escape itself that comes back.
    """
    is_news = not incident.reason.startswith(TAKEN_AWAY)
    counted = (*incident.reopenings, *([look.now] if is_news else []))[-REMEMBERED_REOPENINGS:]
    suspected = replace(suspect(incident, look.cause), reopenings=counted)
    others = (i for i in look.incidents if i.id != incident.id)
    trip = trip_of((suspected, *others), incident.kind, inspector, now=look.now)
    if is_news:
        reason = f"{TAKEN_AWAY}; seen after a call by {look.cause.by_whom}; {_what_now(trip)}"
        inspector.ledger.put_incident(suspected.moved(State.CONTAINED, now=look.now, reason=reason))
    if trip is None:
        order_renewal(incident, inspector, now=look.now, is_put_again=True)
    else:
        look_after(trip.until, look, inspector)
    return is_news


def _what_now(trip: Trip | None) -> str:
    if trip is None:
        return "it is put again where the guard may write and has room"
    until = shown_time(trip.until)
    return f"the breaker is open after {trip.limit}: it is not put again before {until}; stop who takes it away"


def _is_gone(incident: Incident, look: Look) -> bool:
    """Say whether the role has lost the Deny that was put for an incident, or was told to have, and nobody undid it."""
    before = told_before(incident.remedy)
    if _is_undone(incident, look) or incident.reason == OUTLIVED or not isinstance(look.snapshot, RoleSnapshot):
        return False
    if not before and not any(line == describe_step(_CLOSED) for line in incident.remedy.steps):
        return False  # there was no room for a Deny, as the alert said
    denied = RevokeSessions("", before).text if before else DENY_ALL
    role = look.snapshot
    if denied in [*(policy.text for policy in role.inline), *(policy.text for policy in role.boundary)]:
        return incident.reason.startswith(TAKEN_AWAY)  # whoever put it again has not seen it: he is to look once more
    ago = since(before or incident.updated_at, look.now)
    return min(ago, since(incident.updated_at, look.now)) > SPREADING and ago <= LONGEST_SESSION


def _is_undone(incident: Incident, look: Look) -> bool:
    undo = look.dossier.undo_of(incident)
    return undo is not None and not undo.refused


_CLOSED = PutTrust(CLOSED_TRUST)  # of a quarantine, whose Deny is one of everything
