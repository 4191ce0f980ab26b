"""The rungs of a trust escape: whoever lies outside the profile is taken out, and sessions issued before are ended."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from panorama_guard.case.closing import CLOSED_TRUST
from panorama_guard.case.incident import Remedy
from panorama_guard.case.let_in import FOR_OTHERS
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutTrust, RevokeSessions, describe_step
from panorama_guard.planning.names import REVOCATION, free_name
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.situation import Situation
from panorama_guard.planning.trust_repair import repair_trust
from panorama_guard.policy.record import replace

OUTLIVED = "the trust is repaired, and the sessions that could not be ended are over: none lasts longer than 12 hours"
ENDED_LATER = "the trust is repaired, and the sessions that were issued meanwhile are ended"
PUT_AGAIN = "the trust is repaired, and the Deny for older sessions, which was taken away or changed, is put again"


def close_trust(situation: Situation) -> Iterator[Proposal]:
    """Yield what can be kept of the trust policy, then the remembered one, and at last the profile's own.

    Each comes with a Deny for the sessions that were issued before, and without it where there is no room for one.
    """
    repaired = repair_trust(situation.snapshot.trust, situation.standard.trust)
    for text in (*repaired, *situation.memory.trust, *situation.standard.trust_text):
        put = PutTrust(text)
        # The trust comes last: after a crash in between it still escapes, and the order is carried out again.
        yield Proposal((revocation(situation.snapshot, now=situation.now), put), Promise.TRUST_REPAIRED)
        yield Proposal((put,), Promise.TRUST_REPAIRED, is_partial=True)


def revocation(snapshot: RoleSnapshot, *, now: str) -> RevokeSessions:
    """Return the step that ends a role's sessions which were issued until now.

    AWS gives the time at which a session was issued in seconds: those of the second that has begun are ended too.
    """
    after = datetime.fromisoformat(now).astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
    return RevokeSessions(free_name(REVOCATION, snapshot), after.strftime("%Y-%m-%dT%H:%M:%SZ"))


def told_before(remedy: Remedy) -> str:
    """Return the time before which sessions are denied everything, as it stands among its steps, or an empty text."""
    told = [line for line in remedy.steps if line.startswith(f"put the inline policy {REVOCATION}")]
    return told[0].rpartition(" ")[2] if told else ""


def ends_sessions(remedy: Remedy) -> bool:
    """Say whether older sessions are denied by a remedy; for want of room they may not be, as its proof says."""
    return bool(told_before(remedy)) or describe_step(_CLOSED) in remedy.steps


def for_others(remedy: Remedy) -> Remedy:
    """Return the remedy with the note that its Deny is for somebody whom no trust names that was read."""
    return replace(remedy, notes=tuple(dict.fromkeys((*remedy.notes, FOR_OTHERS))))


def moved_up(remedy: Remedy, step: RevokeSessions) -> Remedy:
    """Return the remedy with the time of this step in the place of the one before."""
    others = tuple(line for line in remedy.steps if not line.startswith(f"put the inline policy {step.name},"))
    return replace(remedy, steps=(describe_step(step), *others))


_CLOSED = PutTrust(CLOSED_TRUST)  # of a quarantine, whose Deny is one of everything
