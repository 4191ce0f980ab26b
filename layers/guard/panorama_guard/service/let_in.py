"""Keeps older sessions ended while one may last: whoever takes their Deny away lets a stranger be the role again."""

from panorama_guard.case.attribution import suspect
from panorama_guard.case.breaker import Trip
from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.ending import DOUBTED, is_let_in, still_let_in
from panorama_guard.case.finding import Judgement, Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.lifecycle import REMEMBERED_REOPENINGS, SPREADING
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutTrust, RevokeSessions, describe_step
from panorama_guard.case.times import shown_time
from panorama_guard.planning.trusting import (
    AFTER_DOUBT,
    BY_HAND,
    OUTLIVED,
    TAKEN_AWAY,
    told_before,
    why_let_in,
)
from panorama_guard.policy.record import replace
from panorama_guard.service.later import pause_in_force
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.renewing import LONGEST_SESSION, RENEWALS, is_repair, may_end, order_renewal, since
from panorama_guard.service.sightings import look_after, trip_of


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
    return tuple(i.id for i in (*outlived, *(i for i in gone if _put_again(i, look, inspector))))


def tell_after_doubt(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Tell, of a trust that could not be judged for a time, that somebody may have come in; have his sessions ended.

    What it was meanwhile nobody knows; that it is as it was again, or otherwise inside the profile, ends no session.
    """
    return not _is_undone(incident, look) and _put_again(incident, look, inspector, why=AFTER_DOUBT)


def was_doubted(incident: Incident) -> bool:
    """Say whether a trust was repaired by the guard, and could not be judged any more after that."""
    is_done = incident.kind is Kind.TRUST_ESCAPE and incident.state is State.NOT_FIXED and incident.remedy.carried_out
    return is_done and incident.reason == DOUBTED


def _put_again(incident: Incident, look: Look, inspector: Inspector, *, why: str = TAKEN_AWAY) -> bool:
    """Order it, if the breaker lets that be, and return whether anything was told: once, until it is put again.

    To the breaker it is the escape itself that comes back.
    """
    is_new = not is_let_in(incident)
    told = why if is_new else incident.reason
    counted = (*incident.reopenings, *([look.now] if is_new else []))[-REMEMBERED_REOPENINGS:]
    suspected = replace(suspect(incident, look.cause), reopenings=counted)
    others = (i for i in look.incidents if i.id != incident.id)
    is_there = told.startswith(TAKEN_AWAY) and _is_in_place(incident, look)  # then it is only to be read once more
    trip = None if is_there else trip_of((suspected, *others), incident.kind, inspector.policy, now=look.now)
    by_hand = _why_by_hand(told, incident.kind, inspector)
    is_open_to_all = (
        by_hand and told.startswith(AFTER_DOUBT) and _had_deny(incident) and not _is_in_place(incident, look)
    )
    what_now = f"{_OLDER_TOO if is_open_to_all else ''}{by_hand or _what_now(trip)}"
    is_news = is_new or any(
        mark in what_now and mark not in incident.reason for mark in (BY_HAND, _BREAKER, _OLDER_TOO)
    )
    if is_news:
        reason = f"{why_let_in(told)}; seen after a call by {look.cause.by_whom}; {what_now}"
        inspector.ledger.put_incident(still_let_in(suspected, now=look.now, reason=reason))
    if by_hand:
        return is_news
    if trip is not None:
        look_after(trip.until, look, inspector)
    elif pause := pause_in_force(inspector.ledger, inspector.account, inspector.policy.hub, now=look.now):
        look_after(pause.until, look, inspector)
    else:
        order_renewal(incident, inspector, now=look.now, is_put_again=True)
        if is_new and why == AFTER_DOUBT:  # IAM spreads the trust that is as it was: meanwhile the other one lets in
            inspector.rechecks.recheck(InspectionRequest(look.guarded.name, look.now, Origin.RENEWAL), RENEWALS)
    return is_news


def _why_by_hand(told: str, kind: Kind, inspector: Inspector) -> str:
    """Return what an operator is to do because the guard ends no session, or an empty text."""
    mode = inspector.policy.modes.of(kind)
    if not may_end(told, mode):
        return f"{BY_HAND}, by mode {mode.value}: revoke the role's sessions in IAM's console"
    if why_not := inspector.why_no_hand():
        return f"{BY_HAND}, {why_not}: revoke the role's sessions in IAM's console"
    return ""


_BREAKER = "the breaker is open after"
_OLDER_TOO = "the Deny for older sessions is gone as well: whoever was the role before the repair is it again; "


def _what_now(trip: Trip | None) -> str:
    if trip is None:
        return "it is put again where the guard may write and has room"
    until = shown_time(trip.until)
    return f"{_BREAKER} {trip.limit}: it is not put again before {until}; stop who takes it away"


def _is_gone(incident: Incident, look: Look) -> bool:
    """Say whether the role has lost the Deny that was put for an incident, or was told to have, and nobody undid it."""
    if _is_undone(incident, look) or incident.reason == OUTLIVED or not isinstance(look.snapshot, RoleSnapshot):
        return False
    if is_let_in(incident):
        return True  # whoever put it has not seen it yet, or could not: he is to look once more
    if not _had_deny(incident) or _is_in_place(incident, look):
        return False
    ago = since(told_before(incident.remedy) or incident.updated_at, look.now)
    return min(ago, since(incident.updated_at, look.now)) > SPREADING and ago <= LONGEST_SESSION


def _had_deny(incident: Incident) -> bool:
    """Say whether a Deny was put; for want of room there may have been none, as the alert said."""
    return bool(told_before(incident.remedy)) or describe_step(_CLOSED) in incident.remedy.steps


def _is_in_place(incident: Incident, look: Look) -> bool:
    if not isinstance(look.snapshot, RoleSnapshot):
        return False
    before, role = told_before(incident.remedy), look.snapshot
    denied = RevokeSessions("", before).text if before else DENY_ALL
    return denied in [*(policy.text for policy in role.inline), *(policy.text for policy in role.boundary)]


def _is_undone(incident: Incident, look: Look) -> bool:
    return look.dossier.undo_in_force(incident, now=look.now) is not None


_CLOSED = PutTrust(CLOSED_TRUST)  # of a quarantine, whose Deny is one of everything
