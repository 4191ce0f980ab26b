"""Keeps older sessions ended while one may last: whoever takes their Deny away lets a stranger be the role again."""

from datetime import timedelta

from panorama_guard.case.attribution import suspect
from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.finding import Judgement
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.lifecycle import SPREADING
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutTrust, RevokeSessions, describe_step
from panorama_guard.planning.trusting import TAKEN_AWAY, told_before
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.renewing import is_repair, order_renewal, since

LONGEST_SESSION = timedelta(hours=12)  # of a role


def renew_taken_away(
    look: Look, judgement: Judgement, written: tuple[str, ...], inspector: Inspector
) -> tuple[str, ...]:
    """Tell, and order to be put again, the Deny for older sessions that is gone while one of these may still last.

    No finding shows it: the role is inside its profile, and a stranger is it.
    """
    repairs = (i for i in look.incidents if is_repair(i) and i.id not in written)
    gone = [i for i in repairs if judgement.is_clean_of(i.kind, i.source) and _is_let_in(i, look)]
    return tuple(incident.id for incident in gone if _put_again(incident, look, inspector))


def _put_again(incident: Incident, look: Look, inspector: Inspector) -> bool:
    """Order it, and return whether that was told: once, until it is put again."""
    is_news = not incident.reason.startswith(TAKEN_AWAY)
    if is_news:
        seen = f"seen after a call by {look.cause.by_whom}"
        reason = f"{TAKEN_AWAY}; {seen}; it is put again where the guard may write and has room"
        suspected = suspect(incident, look.cause)
        inspector.ledger.put_incident(suspected.moved(State.CONTAINED, now=look.now, reason=reason))
    order_renewal(incident, inspector, now=look.now, is_put_again=True)
    return is_news


def _is_let_in(incident: Incident, look: Look) -> bool:
    """Say whether the role has lost the Deny that was put for an incident, or was told to have, and nobody undid it."""
    undo, before = look.dossier.undo_of(incident), told_before(incident.remedy)
    if (undo is not None and not undo.refused) or not isinstance(look.snapshot, RoleSnapshot):
        return False
    if not before and not any(line == describe_step(_CLOSED) for line in incident.remedy.steps):
        return False  # there was no room for a Deny, as the alert said
    denied = RevokeSessions("", before).text if before else DENY_ALL
    role = look.snapshot
    if denied in [*(policy.text for policy in role.inline), *(policy.text for policy in role.boundary)]:
        return incident.reason.startswith(TAKEN_AWAY)  # whoever put it again has not seen it: he is to look once more
    ago = since(before or incident.updated_at, look.now)
    return min(ago, since(incident.updated_at, look.now)) > SPREADING and ago <= LONGEST_SESSION


_CLOSED = PutTrust(CLOSED_TRUST)  # of a quarantine, whose Deny is one of everything
