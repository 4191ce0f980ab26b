"""Keeps older sessions ended while one may last: whoever takes their Deny away lets a stranger be the role again."""

from panorama_guard.case.attribution import suspect
from panorama_guard.case.backup import Backup
from panorama_guard.case.breaker import Trip
from panorama_guard.case.closing import DENY_ALL
from panorama_guard.case.ending import DOUBTED, at_peace, is_let_in, tell_let_in
from panorama_guard.case.finding import Judgement, Kind
from panorama_guard.case.incident import PENDING, Incident, Remedy, State
from panorama_guard.case.let_in import FOR_OTHERS, LONGEST_SESSION, LetIn, Stranger
from panorama_guard.case.lifecycle import REMEMBERED_REOPENINGS, SPREADING
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import RevokeSessions
from panorama_guard.case.times import shown_time
from panorama_guard.containment import Grant
from panorama_guard.judging.standard import standard_of
from panorama_guard.judging.trust import judge_trust
from panorama_guard.planning.trusting import OUTLIVED, ends_sessions, told_before
from panorama_guard.policy.record import replace
from panorama_guard.profile import RoleProfile
from panorama_guard.service.later import pause_in_force
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.renewing import (
    RENEWALS,
    by_hand,
    is_repair,
    lasting_remedy,
    may_end,
    order_renewal,
    remedies_of,
    since,
)
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
    lasting = [_by_last_deny(i, look, inspector) for i in clean if i not in outlived and not is_undone(i, look)]
    others = {i: _strangers(i, look) for i in lasting}
    told = [i.id for i, strangers in others.items() if strangers and _end_again(i, strangers, look, inspector)]
    return (*(i.id for i in outlived), *told)


def _by_last_deny(incident: Incident, look: Look, inspector: Inspector) -> Incident:
    """Return a repair that had no room for a Deny as one by the last remedy that had one, if that may still matter."""
    if ends_sessions(incident.remedy):
        return incident
    last = lasting_remedy(inspector.ledger.read_attempts(incident), now=look.now)
    return replace(incident, remedy=replace(last, carried_out=True)) if last else incident


def tell_after_doubt(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Tell, of a trust that could not be judged for a time, that somebody may have come in; have his sessions ended.

    What it was meanwhile nobody knows; that it is as it was again, or otherwise inside the profile, ends no session.
    """
    strangers = (*_strangers(incident, look), Stranger.IN_DOUBT)
    return not is_undone(incident, look) and _end_again(incident, strangers, look, inspector)


def tell_in_part(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Tell, of a repair of which the trust alone is seen, who is the role by what is not; have his sessions ended."""
    is_deny_gone = ends_sessions(incident.remedy) and not _is_in_place(incident, look)
    other = Stranger.WHILE_OPEN if lets_in_again(incident) else Stranger.IN_SPREAD
    stranger = Stranger.BEFORE if is_deny_gone else other
    return not is_undone(incident, look) and _end_again(incident, (stranger,), look, inspector)


def lets_in_again(incident: Incident) -> bool:
    """Say whether a trust came back, or somebody was told to be let in by it, and its repair had no room for a Deny."""
    return not ends_sessions(incident.remedy) and bool(incident.let_in.who or incident.reopenings)


def tell_reopened(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Tell, of a trust that was open again and is not any more, who may be the role; have his sessions ended.

    Whom an earlier repair had put out may be it too, once the Deny for him is gone: it is watched over as before.
    """
    was_open = incident.is_open and incident.state not in PENDING and not incident.remedy.carried_out
    if incident.kind is not Kind.TRUST_ESCAPE or not was_open or is_undone(incident, look):
        return False
    attempts = inspector.ledger.read_attempts(incident)
    lasting = lasting_remedy(attempts, now=look.now)
    # Of a repair whose sessions are over, whoever was let in after it may be the role still.
    last = lasting or (next(reversed(remedies_of(attempts)), None) if incident.let_in.who else None)
    if last is None:
        return False
    repaired = replace(incident, remedy=replace(last, carried_out=True))
    before = [Stranger.BEFORE] if lasting and not _is_in_place(repaired, look) else []
    return _end_again(repaired, (*before, Stranger.WHILE_OPEN), look, inspector)


def is_told_of(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Say whether somebody is told, or is to be told, to be the role by a trust that was acted on: no waiver unsays it.

    What an operator has undone he has answered for.
    """
    if is_undone(incident, look):
        return False
    return is_unseen_repair(incident) or bool(incident.let_in.who and inspector.ledger.read_attempts(incident))


def last_for_others(incident: Incident, look: Look, inspector: Inspector) -> Remedy | None:
    """Return the last remedy of a trust with a Deny for somebody else than whom the waivers in force let in, or None.

    All whom a trust ever let in share one incident. As long as his session may last, no waiver of another ends it.
    """
    if incident.kind is not Kind.TRUST_ESCAPE or not incident.attempt or not isinstance(look.guarded, RoleProfile):
        return None
    attempts = inspector.ledger.read_attempts(incident)
    ceiling = standard_of(look.guarded, inspector.policy.posture, look.waivers).trust
    lasting = [one for one in attempts if lasting_remedy((one,), now=look.now)]
    is_noted = FOR_OTHERS in incident.remedy.notes  # he was seen after the backup was written
    is_owed = is_noted or any(_is_for_others(backups, ceiling) for backups in lasting)
    return lasting_remedy(attempts, now=look.now) if is_owed else None


def _is_for_others(backups: tuple[Backup, ...], ceiling: Grant) -> bool:
    """Say whether an attempt put somebody out whom a ceiling does not let in, or whom no trust that was read names."""
    trusts = {one.snapshot.trust for one in backups if isinstance(one.snapshot, RoleSnapshot)}
    is_noted = any(FOR_OTHERS in one.remedy.notes for one in backups)
    return is_noted or any(judge_trust(trust, ceiling) for trust in trusts)


def watch_on(incident: Incident, last: Remedy, look: Look, inspector: Inspector, *, reason: str) -> None:
    """Have an escape stand that was open and is waived, and what was put for others before it watched over."""
    kept = replace(at_peace(incident), remedy=replace(last, carried_out=True))
    if not _is_in_place(kept, look) and _end_again(kept, (Stranger.BEFORE,), look, inspector):
        return
    stands = f"{reason}; the Deny for older sessions of others stays, and is watched over"
    inspector.ledger.put_incident(kept.moved(State.CONTAINED, now=look.now, reason=stands))


def is_unseen_repair(incident: Incident) -> bool:
    """Say whether the guard has repaired a trust, and did not see all of it to hold."""
    return incident.kind is Kind.TRUST_ESCAPE and incident.state is State.NOT_FIXED and incident.remedy.carried_out


def was_doubted(incident: Incident) -> bool:
    """Say whether a trust was repaired by the guard, and could not be judged any more after that."""
    return is_unseen_repair(incident) and incident.reason == DOUBTED


def _strangers(incident: Incident, look: Look) -> tuple[Stranger, ...]:
    """Return who may be the role: who was let in already, and who is it again as the role has lost the Deny for him."""
    return (*incident.let_in.who, *([Stranger.BEFORE] if _is_deny_lost(incident, look) else []))


def _end_again(incident: Incident, strangers: tuple[Stranger, ...], look: Look, inspector: Inspector) -> bool:
    """Order it, if the breaker lets that be, and return whether anything was told: once, until it is done.

    To the breaker it is the escape itself that comes back. What was ordered and is not seen yet is ordered once more.
    """
    let_in = incident.let_in.joined_by(strangers)
    is_spreading = not is_let_in(incident) and let_in.is_in_no_plan
    is_back = not is_let_in(incident) or let_in.who != incident.let_in.who
    counted = (*incident.reopenings, *([look.now] if is_back else []))[-REMEMBERED_REOPENINGS:]
    suspected = replace(suspect(incident, look.cause), reopenings=counted)
    others = (i for i in look.incidents if i.id != incident.id)
    is_there = let_in.is_as_it_was and _is_in_place(incident, look)  # then it is only to be read once more
    trip = None if is_there else trip_of((suspected, *others), incident.kind, inspector.policy, now=look.now)
    why_by_hand = _why_by_hand(let_in, incident.kind, inspector)
    told = LetIn(let_in.who, left_to_operator=bool(why_by_hand), halted=not why_by_hand and trip is not None)
    is_news = is_back or told.is_news_after(incident.let_in)
    if is_spreading and not why_by_hand:  # IAM spreads the trust that is as it was: meanwhile the other one lets in
        inspector.rechecks.recheck(InspectionRequest(look.guarded.name, look.now, Origin.RENEWAL), RENEWALS)
    if is_news:
        reason = f"{told.describe()}; seen after a call by {look.cause.by_whom}; {why_by_hand or _what_now(trip)}"
        inspector.ledger.put_incident(tell_let_in(suspected, told, now=look.now, reason=reason))
    if why_by_hand:
        return is_news
    if trip is not None:
        look_after(trip.until, look, inspector)
    elif pause := pause_in_force(inspector.ledger, inspector.account, inspector.policy.hub, now=look.now):
        look_after(pause.until, look, inspector)
    else:
        order_renewal(incident, inspector, now=look.now, is_put_again=True)
    return is_news


def _why_by_hand(let_in: LetIn, kind: Kind, inspector: Inspector) -> str:
    """Return what an operator is to do because the guard ends no session, or an empty text."""
    mode = inspector.policy.modes.of(kind)
    why_not = inspector.why_no_hand() if may_end(let_in, mode) else f"by mode {mode.value}"
    if let_in.is_operators:
        why_not = "as it was left to an operator"
    return by_hand(why_not) if why_not else ""


def _what_now(trip: Trip | None) -> str:
    if trip is None:
        return "it is put again where the guard may write and has room"
    until = shown_time(trip.until)
    return f"the breaker is open after {trip.limit}: it is not put again before {until}; stop who takes it away"


def _is_deny_lost(incident: Incident, look: Look) -> bool:
    """Say whether the role has lost the Deny that was put for an incident while a session before it may last."""
    if not isinstance(look.snapshot, RoleSnapshot) or incident.reason == OUTLIVED:
        return False
    if not ends_sessions(incident.remedy) or _is_in_place(incident, look):
        return False
    ago = since(told_before(incident.remedy) or incident.updated_at, look.now)
    is_as_put = incident.state is State.CONTAINED and not is_let_in(incident)  # else nothing was put at that time
    lately = min(ago, since(incident.updated_at, look.now)) if is_as_put else ago
    return lately > SPREADING and ago <= LONGEST_SESSION


def _is_in_place(incident: Incident, look: Look) -> bool:
    if not isinstance(look.snapshot, RoleSnapshot):
        return False
    before, role = told_before(incident.remedy), look.snapshot
    denied = RevokeSessions("", before).text if before else DENY_ALL
    return denied in [*(policy.text for policy in role.inline), *(policy.text for policy in role.boundary)]


def is_undone(incident: Incident, look: Look) -> bool:
    """Say whether an operator's word that takes an incident's last attempt back is in force."""
    return look.dossier.undo_in_force(incident, now=look.now) is not None
