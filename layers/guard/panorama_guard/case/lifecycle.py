"""How an incident goes from state to state: pure, so that a redelivered or reordered message leads to the same end."""

from datetime import datetime, timedelta

from panorama_guard.case.approval import Approval
from panorama_guard.case.attribution import attribute, suspect, suspect_late
from panorama_guard.case.breaker import Breaker, Trip
from panorama_guard.case.ending import let_in_by, seen_while_pending
from panorama_guard.case.evidence import describe_evidence
from panorama_guard.case.finding import NO_REACH, Finding, Reach
from panorama_guard.case.incident import (
    NO_REMEDY,
    PENDING,
    Cause,
    Evidence,
    Incident,
    Remedy,
    State,
    incident_id,
    slot_of,
)
from panorama_guard.case.resource import Snapshot
from panorama_guard.policy.record import record, replace

REMEDIATION_PATIENCE = timedelta(minutes=15)  # longer than the remediations queue may retry a message
ASKING = "mode approve: the guard waits for an operator's word, and acts on it"
ASKED = frozenset({State.NEEDS_APPROVAL, State.NOT_FIXED})  # the operators have been asked, or told that they must act
REMEMBERED_REOPENINGS = 20  # more than any limit of the breaker
MAX_FAILED_ATTEMPTS = 5  # a role that changes at every failed attempt would otherwise be tried for ever
WORN_OUT = timedelta(minutes=15)  # after the last of so many failures, until one more attempt is worth it
SPREADING = timedelta(seconds=6)  # IAM may take so long to show what was written; less than until the first re-check


@record
class Sighting:
    """A finding as it was seen: on what, after which call, when.

    `alert_only_because` says why the guard may not act on it, or is empty; `would_do` is the plan it may not carry out.
    With `needs_approval` it is what an operator is asked to approve. `reach` is how far the escape reaches.
    `trip` is the breaker's, where escapes of this kind came back to the role too often; `in_place` is what of the
    guard's own stands on the role all the same; `because` is why an escape is one, where its witness does not say it.
    """

    finding: Finding
    snapshot: Snapshot
    cause: Cause
    now: str
    alert_only_because: str
    would_do: Remedy = NO_REMEDY
    trip: Trip | None = None
    needs_approval: bool = False
    reach: Reach = NO_REACH
    in_place: tuple[str, ...] = ()
    because: str = ""

    @property
    def slot(self) -> str:
        """Return the place in the ledger that this sighting belongs to."""
        return slot_of(self.snapshot.subject.unique_id, self.finding.kind, self.finding.source)

    @property
    def evidence(self) -> Evidence:
        """Return what is told of the finding."""
        return describe_evidence(self.finding, self.snapshot, self.reach, self.because)


def open_or_update(existing: Incident | None, sighting: Sighting) -> Incident:
    """Return the incident that the sighting opens, reopens or updates; the same one if it says nothing new."""
    if existing is None:
        return _begun(_opened(sighting), sighting)
    if existing.state is State.RESOLVED:
        return _opened_again(existing, sighting)
    if existing.state in PENDING:
        return _still_pending(existing, sighting)
    if existing.state is State.CONTAINED or _was_taken_back(existing, sighting):
        return _reopened(_come_back(existing, sighting), sighting, pending=State.REOPENED)
    if _may_act_now(existing, sighting):
        return _sent_on(_by_count(_seen_again(existing, sighting), sighting), sighting, pending=State.REOPENED)
    return _updated(existing, sighting)


def _opened(sighting: Sighting, *, revision: int = 0) -> Incident:
    finding = sighting.finding
    opened = Incident(
        id=incident_id(sighting.slot, sighting.cause.event_id or sighting.snapshot.fingerprint, sighting.now, revision),
        subject=sighting.snapshot.subject,
        kind=finding.kind,
        source=finding.source,
        severity=finding.severity,
        state=State.DETECTED,
        cause=sighting.cause,
        evidence=sighting.evidence,
        remedy=NO_REMEDY,
        reason="",
        fingerprint=sighting.snapshot.fingerprint,
        opened_at=sighting.now,
        seen_at=sighting.now,
        updated_at=sighting.now,
        revision=revision,
    )
    return suspect(opened, sighting.cause)


def _begun(opened: Incident, sighting: Sighting) -> Incident:
    return _sent_on(_by_count(opened, sighting), sighting, pending=State.DETECTED)


def _opened_again(ended: Incident, sighting: Sighting) -> Incident:
    """Return the incident that follows one in its slot. To the breaker it is the same one, if anything was ordered.

    Else whoever takes an escape away for a moment, before or after it is contained, is never counted.
    """
    opened = suspect(replace(_opened(sighting, revision=ended.revision), suspects=ended.suspects), sighting.cause)
    if not (ended.attempt or ended.reopenings):  # one that found the breaker open has the count alone
        return _begun(opened, sighting)
    counted = replace(opened, reopenings=_counted(ended, sighting), breaker=ended.breaker)
    return _reopened(counted, sighting, pending=State.DETECTED)


def _by_count(incident: Incident, sighting: Sighting) -> Incident:
    """Return an incident that is acted on by the rung that the count of what came back calls for."""
    return replace(incident, breaker=Breaker.STRONGEST if sighting.trip else Breaker.CLOSED)


def _sent_on(incident: Incident, sighting: Sighting, *, pending: State) -> Incident:
    if sighting.alert_only_because:
        reason = sighting.alert_only_because
        return incident.moved(State.OBSERVED, now=sighting.now, reason=reason, remedy=sighting.would_do)
    if sighting.needs_approval:
        return _ask(incident, sighting)
    ordered = replace(incident, attempt=incident.attempt + 1)
    return ordered.moved(pending, now=sighting.now, reason="a remediation is on its way")


def _ask(incident: Incident, sighting: Sighting) -> Incident:
    """Return the incident as it waits for an operator's word; where there is no plan, there is nothing to approve."""
    plan = sighting.would_do
    # What is approved is carried out: the plan is made anew then, and the breaker decides from which end of the ladder.
    asked = _by_count(incident, sighting)
    state, reason = (State.NEEDS_APPROVAL, ASKING) if plan.steps else (State.NOT_FIXED, plan.proof)
    return asked.moved(state, now=sighting.now, reason=reason, remedy=plan if plan.steps else NO_REMEDY)


def approve(incident: Incident, approval: Approval) -> Incident:
    """Return the incident as it stands once its plan is approved: a remediation is on its way."""
    ordered = replace(incident, approval=(approval,), attempt=incident.attempt + 1)
    return ordered.moved(State.DETECTED, now=approval.at, reason=approval.describe())


def _seen_again(incident: Incident, sighting: Sighting) -> Incident:
    return replace(
        suspect(incident, sighting.cause),
        cause=sighting.cause,
        evidence=sighting.evidence,
        severity=sighting.finding.severity,
        fingerprint=sighting.snapshot.fingerprint,
        remedy=NO_REMEDY,
        approval=(),
        let_in=let_in_by(incident, sighting.evidence, now=sighting.now),
    )


def _come_back(existing: Incident, sighting: Sighting) -> Incident:
    return replace(_seen_again(existing, sighting), seen_at=sighting.now, reopenings=_counted(existing, sighting))


def _counted(existing: Incident, sighting: Sighting) -> tuple[str, ...]:
    return (*existing.reopenings, sighting.now)[-REMEMBERED_REOPENINGS:]


def _reopened(incident: Incident, sighting: Sighting, *, pending: State) -> Incident:
    """Order another attempt; the strongest, once the breaker has tripped; and none while that one fails to hold."""
    if sighting.trip is None or sighting.alert_only_because:
        return _sent_on(replace(incident, breaker=Breaker.CLOSED), sighting, pending=pending)
    if incident.breaker is Breaker.CLOSED:
        return _sent_on(replace(incident, breaker=Breaker.STRONGEST), sighting, pending=pending)
    return _left_open(incident, sighting, sighting.trip)


def _left_open(incident: Incident, sighting: Sighting, trip: Trip) -> Incident:
    """Return the incident as the guard leaves it: who brings the escape back, and what of ours is still in place."""
    left = replace(incident, breaker=Breaker.OPEN, in_place=sighting.in_place)
    return left.moved(State.NOT_FIXED, now=sighting.now, reason=trip.describe(left.cause.by_whom, left.in_place))


def _still_pending(existing: Incident, sighting: Sighting) -> Incident:
    if (waited := _since(existing.updated_at, sighting)) <= REMEDIATION_PATIENCE:
        named = attribute(existing, sighting.cause, now=sighting.now)
        return seen_while_pending(existing, named, sighting.evidence, now=sighting.now)
    # The order may have been lost: no attempt was made on this role as it is, so the next look orders another.
    lost = replace(existing, fingerprint="", let_in=let_in_by(existing, sighting.evidence, now=sighting.now))
    return lost.moved(State.NOT_FIXED, now=sighting.now, reason=f"no remediation reported back for {waited}")


def _updated(existing: Incident, sighting: Sighting) -> Incident:
    """Return an open incident with other evidence, in the state in which it is; the same one if nothing is new."""
    again = replace(_seen_again(existing, sighting), remedy=existing.remedy)
    if sighting.needs_approval and existing.state in ASKED:
        is_asked = _is_asked_already(existing, sighting)
        return suspect_late(existing, sighting.cause) if is_asked else _ask(again, sighting)
    if existing.failures >= MAX_FAILED_ATTEMPTS:  # the role as it is now is tried later
        again = replace(again, fingerprint=existing.fingerprint)
    if sighting.trip and existing.breaker is Breaker.OPEN and not set(existing.in_place) <= set(sighting.in_place):
        return _left_open(again, sighting, sighting.trip)  # what was said to stay does not
    updated = again.moved(existing.state, now=sighting.now, reason=existing.reason, remedy=sighting.would_do)
    is_new = (updated.evidence, updated.severity) != (existing.evidence, existing.severity)
    return updated if is_new else suspect_late(existing, sighting.cause)


def _is_asked_already(existing: Incident, sighting: Sighting) -> bool:
    asked = existing.evidence, existing.remedy.plan
    return bool(existing.fingerprint) and asked == (sighting.evidence, sighting.would_do.plan)


def _waits_for_the_mode(existing: Incident) -> bool:
    """Say whether an operator was asked because of the mode alone, which may have changed; not about a last resort."""
    return existing.state is State.NEEDS_APPROVAL and not existing.remedy.needs_approval


def _may_act_now(existing: Incident, sighting: Sighting) -> bool:
    """Say whether an open incident may be acted on: the mode has changed, or the role since, or no attempt was made."""
    if sighting.alert_only_because or (sighting.needs_approval and existing.state in ASKED):
        return False
    if existing.state is State.OBSERVED or _waits_for_the_mode(existing):
        return True
    if _would_end_as_it_did(existing, sighting):
        return False
    if existing.breaker is Breaker.OPEN:
        return sighting.trip is None  # half-open: one more attempt, and if that does not hold, the count goes on
    is_fresh = existing.failures < MAX_FAILED_ATTEMPTS or _since(existing.failed_at, sighting) > WORN_OUT
    return existing.fingerprint != sighting.snapshot.fingerprint and is_fresh


def _would_end_as_it_did(existing: Incident, sighting: Sighting) -> bool:
    """Say whether another attempt would ask the operators again what they were asked, whatever else has changed."""
    is_planned = bool(sighting.would_do.steps) or existing.reason == sighting.would_do.proof != ""
    return existing.waits_for_somebody and is_planned and _is_asked_already(existing, sighting)


def _was_taken_back(existing: Incident, sighting: Sighting) -> bool:
    """Say whether a change that the guard made, and could not verify, is gone: somebody was quicker than the re-read.

    The role may then be just as it was before: that is no reason to leave it at that.
    """
    is_done = existing.state is State.NOT_FIXED and existing.remedy.carried_out
    return is_done and existing.breaker is not Breaker.OPEN and _since(existing.updated_at, sighting) >= SPREADING


def _since(then: str, sighting: Sighting) -> timedelta:
    return datetime.fromisoformat(sighting.now) - datetime.fromisoformat(then)
