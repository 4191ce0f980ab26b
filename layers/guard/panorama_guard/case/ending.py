"""How an incident ends, or what was contained is doubted, where its finding is not seen any more."""

from datetime import datetime

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.finding import TRUST_SOURCE, Kind
from panorama_guard.case.incident import PENDING, Evidence, Incident, State
from panorama_guard.case.let_in import FOR_OTHERS, LONGEST_SESSION, LetIn, Stranger
from panorama_guard.policy.record import replace


def close(incident: Incident, *, now: str, reason: str) -> Incident:
    """Return the incident as it stands once its finding is gone, or its subject."""
    if not is_told_open(incident) or incident.state in PENDING:
        return incident
    return incident.moved(State.RESOLVED, now=now, reason=reason)


def settle(incident: Incident, *, now: str, is_held: bool = False, stopped_by: str = "") -> Incident:
    """Return the incident as it stands once its finding is read to be gone from the subject.

    A change that the guard made and could not verify at the time, because IAM's reads lag behind, is verified by this,
    if it `is_held`: what the guard did is in place. Who took that away may have taken the escape away too.
    `stopped_by` says what the guard had put in place for another incident, where that alone is why it is gone.
    """
    if is_held and incident.state is State.NOT_FIXED:
        return incident.moved(State.CONTAINED, now=now, reason="read again later and judged: this escape is gone")
    if stopped_by:
        reason = (
            f"it is stopped by what the guard put in place for another incident, as long as that stands: {stopped_by}"
        )
        return close(incident, now=now, reason=reason)
    reason = f"the escape, or the doubt, is gone, without the guard's doing{left_by(incident)}"
    return close(incident, now=now, reason=reason)


def left_by(incident: Incident) -> str:
    """Return what an escape leaves behind that is gone without the guard's doing, or an empty text."""
    if incident.kind is Kind.UNDECIDED and incident.source == TRUST_SOURCE:
        return _PERHAPS
    return _SESSIONS if incident.kind is Kind.TRUST_ESCAPE else ""


def is_let_in(incident: Incident) -> bool:
    """Say whether a trust is repaired, and a session of somebody outside the profile may be the role all the same."""
    return incident.state is State.CONTAINED and incident.let_in.who != ()


def tell_let_in(incident: Incident, let_in: LetIn, *, now: str, reason: str) -> Incident:
    """Return a repaired trust as it stands once there is something to tell of who is let in.

    Since when it stands so is what it was if that was told before: by that time is known until when sessions are to be
    ended, and after which none of them can last.
    """
    told = incident.moved(State.CONTAINED, now=now, reason=reason, let_in=let_in)
    return replace(told, updated_at=incident.updated_at) if is_let_in(incident) else told


def let_in_by(incident: Incident, evidence: Evidence, *, now: str) -> LetIn:
    """Return who may be a role once it is seen to escape by this: whom a doubt let in before, and another trust.

    A repair that was for others too is known by its note alone, which the next remedy replaces.
    """
    is_open = incident.is_open and incident.kind is Kind.TRUST_ESCAPE
    others = [Stranger.WHILE_OPEN] if evidence.document != incident.evidence.document else []
    doubted = [Stranger.IN_DOUBT] if incident.reason == DOUBTED else []
    may_last = datetime.fromisoformat(now) - datetime.fromisoformat(incident.updated_at) <= LONGEST_SESSION
    noted = [Stranger.WHILE_OPEN] if FOR_OTHERS in incident.remedy.notes and may_last else []
    return incident.let_in.joined_by([*noted, *([*doubted, *others] if is_open else [])])


def seen_while_pending(before: Incident, named: Incident, evidence: Evidence, *, now: str) -> Incident:
    """Return an incident that waits for its order with whoever came in by another trust, which may be put back."""
    let_in = let_in_by(before, evidence, now=now)
    return named if let_in.who == before.let_in.who else replace(named, let_in=let_in, revision=before.revision + 1)


def told_state(incident: Incident) -> State:
    """Return how operators are told that it stands: what is contained of the trust alone is not fixed."""
    return State.NOT_FIXED if is_let_in(incident) else incident.state


def is_told_open(incident: Incident) -> bool:
    """Say whether operators are told that something of it may still stand: the escape, the doubt, or who was let in."""
    return incident.is_open or is_let_in(incident)


_SESSIONS = "; sessions of whoever was let in are not ended by that, and last for up to 12 hours: end them by hand"

_PERHAPS = "; it may have let somebody in, whose sessions are not ended by that, and last for up to 12 hours"


def let_stand(incident: Incident, *, now: str, reason: str) -> Incident:
    """Return the incident as it stands once its escape is waived, whatever was done about it before."""
    if incident.state is State.RESOLVED or incident.state in PENDING:
        return incident
    return waived(incident, now=now, reason=reason)


def waived(incident: Incident, *, now: str, reason: str) -> Incident:
    """Return the incident as it stands once its escape is waived; a pending one when its order comes to that."""
    is_done = incident.remedy.carried_out or incident.attempt > 1  # an attempt before this one may have put a Deny
    is_shared = incident.kind is Kind.TRUST_ESCAPE and is_done  # by whoever was put out before him
    return at_peace(incident).moved(State.RESOLVED, now=now, reason=f"{reason}{_UNWATCHED if is_shared else ''}")


_UNWATCHED = "; the guard watches no longer that a Deny for older sessions stays: whose they are, it may not tell apart"


def at_peace(incident: Incident) -> Incident:
    """Return the incident as if its escape had never come back: an operator's word is the end of a war."""
    return replace(incident, reopenings=(), breaker=Breaker.CLOSED)


DOUBTED = "the guard acted on it, and cannot judge it any more: the escape may be back"


def doubt(incident: Incident, *, now: str) -> Incident:
    """Return the incident as it stands once its finding can neither be seen nor be proved to be gone.

    What was contained is not called so any longer; once the role can be judged again, either way, it is. A trust whose
    repair was not seen to hold is doubted too: who comes in meanwhile is to be known when it reads as repaired, and who
    was let in before; so is who comes in while a trust is open, or an order waits.
    """
    if incident.state is State.CONTAINED or _is_unseen_repair(incident):
        return replace(incident, fingerprint="").moved(State.NOT_FIXED, now=now, reason=DOUBTED)
    if incident.kind is not Kind.TRUST_ESCAPE or not incident.is_open or incident.reason == DOUBTED:
        return incident
    let_in = incident.let_in.joined_by([Stranger.IN_DOUBT])
    is_known = let_in.who == incident.let_in.who
    return incident if is_known else replace(incident, let_in=let_in, revision=incident.revision + 1)


def _is_unseen_repair(incident: Incident) -> bool:
    is_repair = incident.kind is Kind.TRUST_ESCAPE and incident.state is State.NOT_FIXED and incident.remedy.carried_out
    return is_repair and incident.reason != DOUBTED
