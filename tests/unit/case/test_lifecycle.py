"""An incident goes from state to state by what is seen, and by nothing that only happens twice."""

from dataclasses import replace

import pytest

from panorama_guard.case.breaker import Breaker, Trip
from panorama_guard.case.ending import close, doubt, let_stand, settle
from panorama_guard.case.evidence import LONGEST_REASON, describe_evidence
from panorama_guard.case.finding import Deviation, Finding, Kind, Severity
from panorama_guard.case.incident import NO_REMEDY, Cause, Incident, Remedy, State
from panorama_guard.case.lifecycle import (
    MAX_FAILED_ATTEMPTS,
    Sighting,
    open_or_update,
)
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Escaped, Reading, StatementRef, Witness
from tests.builders import BOUNDARY_ARN, DOUBT, ESCAPE, ESCAPED, INCIDENT, NOW, SIGHTING, SNAPSHOT, managed

LATER = "2026-11-23T15:10:00+00:00"
MUCH_LATER = "2026-11-23T15:15:11+00:00"
WOULD_DO = Remedy(("put the inline policy x",), "decided", ("aws iam delete-role-policy",))
OBSERVING = replace(SIGHTING, alert_only_because="mode observe", would_do=WOULD_DO)
TRIP = Trip("3 re-openings within 15 minutes", MUCH_LATER)
CHANGED = replace(SIGHTING, now=LATER, snapshot=SNAPSHOT.with_inline("another", "{}"))
ASKING = replace(SIGHTING, needs_approval=True, would_do=WOULD_DO)


def in_state(state: State, *, remedy: Remedy = NO_REMEDY) -> Incident:
    """Return the sample incident after it moved on to a state."""
    return INCIDENT.moved(state, now=NOW, reason="because", remedy=remedy)


def test_a_first_sighting_opens_an_incident_and_orders_one_attempt() -> None:
    """What may be acted on is detected, with attempt 1, revision 1 and transition 1."""
    assert INCIDENT.state is State.DETECTED
    assert (INCIDENT.attempt, INCIDENT.revision, INCIDENT.transition) == (1, 1, 1)
    assert (INCIDENT.cause, INCIDENT.fingerprint) == (SIGHTING.cause, SNAPSHOT.fingerprint)


def test_a_first_sighting_that_may_not_be_acted_on_is_observed_with_what_would_be_done() -> None:
    """No attempt is ordered; the reason and the plan stand in the incident."""
    incident = open_or_update(None, OBSERVING)
    assert (incident.state, incident.attempt, incident.reason) == (State.OBSERVED, 0, "mode observe")
    assert incident.remedy == WOULD_DO


def test_the_same_event_twice_makes_the_same_incident() -> None:
    """Two workers that race with one event come to equal incidents; one of them loses the conditional write."""
    assert open_or_update(None, SIGHTING) == INCIDENT


@pytest.mark.parametrize("state", [State.DETECTED, State.OBSERVED, State.NOT_FIXED, State.REOPENED])
def test_a_redelivered_event_changes_nothing(state: State) -> None:
    """An open incident that is seen again just as it was stays the same, so nothing is written or told."""
    incident = in_state(state, remedy=WOULD_DO)
    sighting = OBSERVING if state is State.OBSERVED else SIGHTING
    assert open_or_update(incident, sighting) == incident


def test_an_escape_that_comes_back_after_containment_reopens_its_incident() -> None:
    """The incident keeps its id, gets another attempt, and forgets the remedy that did not hold."""
    contained = in_state(State.CONTAINED, remedy=replace(WOULD_DO, carried_out=True))
    reopened = open_or_update(contained, CHANGED)
    assert (reopened.id, reopened.state, reopened.attempt) == (INCIDENT.id, State.REOPENED, 2)
    assert reopened.remedy == NO_REMEDY
    assert reopened.revision == contained.revision + 1


def test_an_escape_that_comes_back_after_containment_is_observed_where_the_guard_may_not_act() -> None:
    """A deployment that was set back to observe tells, and orders nothing."""
    reopened = open_or_update(in_state(State.CONTAINED), OBSERVING)
    assert (reopened.state, reopened.attempt) == (State.OBSERVED, 1)


def test_an_escape_that_comes_back_after_its_end_is_another_incident() -> None:
    """Even by the same event and on the same snapshot it has another id: its orders and alerts are not dropped."""
    again = open_or_update(in_state(State.RESOLVED), SIGHTING)
    assert again.id != INCIDENT.id
    assert (again.state, again.attempt, again.transition) == (State.DETECTED, 1, 1)


def test_another_incident_of_a_slot_follows_the_revision_of_the_one_before() -> None:
    """The conditional write compares revisions, so they go on counting."""
    resolved = in_state(State.RESOLVED)
    assert open_or_update(resolved, SIGHTING).revision == resolved.revision + 1


def test_a_sweep_names_an_incident_after_the_snapshot() -> None:
    """Without an event the fingerprint tells one opening from another."""
    sweep = replace(SIGHTING, cause=Cause.unnamed("sweep", NOW))
    other = replace(sweep, snapshot=CHANGED.snapshot)
    assert open_or_update(None, sweep) == open_or_update(None, sweep)
    assert open_or_update(None, sweep).id != open_or_update(None, other).id


def test_a_pending_incident_waits_for_its_remediation() -> None:
    """Within the patience, further sightings change nothing, whatever they show."""
    assert open_or_update(INCIDENT, CHANGED) == INCIDENT


@pytest.mark.parametrize("state", [State.DETECTED, State.REOPENED])
def test_a_remediation_that_never_reports_back_is_not_fixed(state: State) -> None:
    """After a quarter of an hour the incident says so, and how long it waited."""
    incident = in_state(state)
    after = open_or_update(incident, replace(SIGHTING, now=MUCH_LATER))
    assert after.state is State.NOT_FIXED
    assert after.reason == "no remediation reported back for 0:15:01"


def test_an_observed_escape_is_sent_on_once_the_guard_may_act() -> None:
    """A deployment that is set to enforce acts on what it had observed."""
    observed = open_or_update(None, OBSERVING)
    acting = open_or_update(observed, replace(SIGHTING, now=LATER))
    assert (acting.state, acting.attempt, acting.remedy) == (State.REOPENED, 1, NO_REMEDY)


def test_a_failed_attempt_is_tried_again_when_the_role_has_changed() -> None:
    """Another snapshot may have a plan."""
    after = open_or_update(in_state(State.NOT_FIXED), CHANGED)
    assert (after.state, after.attempt) == (State.REOPENED, 2)


def test_what_is_not_fixed_is_critical_and_stays_so() -> None:
    """Seeing the same escape again neither grades it down nor tells it again."""
    failed = in_state(State.NOT_FIXED)
    assert failed.severity is Severity.CRITICAL
    assert open_or_update(failed, SIGHTING) is failed


def test_a_failed_attempt_is_not_tried_for_ever() -> None:
    """After the last allowed attempt a change of the role leads to no further one."""
    worn = replace(in_state(State.NOT_FIXED), failures=MAX_FAILED_ATTEMPTS)
    assert open_or_update(worn, CHANGED) == worn


def test_only_failures_in_a_row_are_counted() -> None:
    """A containment starts the count anew, however many attempts there were; an update of a failure is none."""
    failed = in_state(State.NOT_FIXED)
    assert failed.failures == 1
    assert failed.moved(State.NOT_FIXED, now=LATER, reason="updated").failures == 1
    pending = open_or_update(failed, CHANGED)
    assert pending.moved(State.NOT_FIXED, now=LATER, reason="again").failures == 2
    assert pending.moved(State.CONTAINED, now=LATER, reason="done").failures == 0


def test_many_containments_do_not_keep_a_failure_from_being_tried_again() -> None:
    """An attacker who flaps five times has not worn the guard out."""
    flapped = replace(in_state(State.NOT_FIXED), attempt=50)
    assert open_or_update(flapped, CHANGED).state is State.REOPENED


def test_a_worn_out_guard_tries_again_after_a_while() -> None:
    """Whoever has made it fail five times has not won for ever."""
    worn = replace(in_state(State.NOT_FIXED), failures=MAX_FAILED_ATTEMPTS)
    assert open_or_update(worn, replace(CHANGED, now=MUCH_LATER)).state is State.REOPENED


def test_who_changes_the_escape_again_and_again_does_not_keep_the_guard_from_trying() -> None:
    """The wait is from the last failure on, not from the last word about it."""
    worn = replace(in_state(State.NOT_FIXED), failures=MAX_FAILED_ATTEMPTS)
    worse = replace(CHANGED, finding=replace(ESCAPE, severity=Severity.CRITICAL), now=LATER)
    updated = open_or_update(replace(worn, severity=Severity.HIGH), worse)
    assert (updated.state, updated.updated_at) == (State.NOT_FIXED, LATER)
    again = replace(CHANGED, snapshot=SNAPSHOT.with_inline("a-third", "{}"), now=MUCH_LATER)
    assert open_or_update(updated, again).state is State.REOPENED
    assert open_or_update(updated, replace(worse, now=MUCH_LATER)).state is State.REOPENED


def test_a_worn_out_guard_asks_an_operator_once() -> None:
    """Whose mode was set to approve after attempts of which nothing was tried on the role as it is."""
    worn = replace(in_state(State.NOT_FIXED), failures=MAX_FAILED_ATTEMPTS, fingerprint="")
    asked = open_or_update(worn, ASKING)
    assert asked.state is State.NEEDS_APPROVAL
    assert open_or_update(asked, ASKING) is asked


UNVERIFIED = in_state(State.NOT_FIXED, remedy=replace(WOULD_DO, carried_out=True))


def test_a_change_that_was_taken_back_before_it_was_verified_came_back() -> None:
    """The role is just as it was at the first attempt; that is counted, and answered."""
    again = open_or_update(UNVERIFIED, replace(SIGHTING, now=LATER))
    assert (again.state, again.attempt, again.reopenings) == (State.REOPENED, 2, (LATER,))


def test_a_change_that_iam_may_still_spread_is_waited_for() -> None:
    """A reading right after the write says nothing."""
    assert open_or_update(UNVERIFIED, SIGHTING) is UNVERIFIED


def test_an_attempt_after_the_breaker_has_tripped_is_never_one_of_the_first_rung() -> None:
    """The one before failed, and the role has changed since."""
    failed = replace(in_state(State.NOT_FIXED), breaker=Breaker.STRONGEST)
    assert open_or_update(failed, replace(CHANGED, trip=TRIP)).breaker is Breaker.STRONGEST


def test_the_strongest_remedy_that_was_taken_back_before_it_was_verified_opens_the_breaker() -> None:
    """As one that was."""
    left = open_or_update(replace(UNVERIFIED, breaker=Breaker.STRONGEST), replace(SIGHTING, now=LATER, trip=TRIP))
    assert (left.state, left.breaker, left.attempt) == (State.NOT_FIXED, Breaker.OPEN, 1)
    assert open_or_update(left, replace(SIGHTING, now=MUCH_LATER, trip=TRIP)) is left


def test_an_order_that_was_lost_is_ordered_again_though_the_role_is_the_same() -> None:
    """Nothing was tried on the role as it is."""
    lost = open_or_update(INCIDENT, replace(SIGHTING, now=MUCH_LATER))
    again = open_or_update(lost, replace(SIGHTING, now=MUCH_LATER))
    assert (again.state, again.attempt) == (State.REOPENED, 2)


def test_a_lost_order_is_not_ordered_for_ever() -> None:
    """Each loss is a failure."""
    lost = open_or_update(replace(INCIDENT, failures=MAX_FAILED_ATTEMPTS - 1), replace(SIGHTING, now=MUCH_LATER))
    assert open_or_update(lost, replace(SIGHTING, now=MUCH_LATER)) == lost


def test_what_was_contained_and_cannot_be_judged_any_more_is_not_fixed() -> None:
    """It is told once, as critical; the remedy stays on record, so that a clean reading makes it contained again."""
    contained = in_state(State.CONTAINED, remedy=replace(WOULD_DO, carried_out=True))
    doubted = doubt(contained, now=LATER)
    assert (doubted.state, doubted.severity) == (State.NOT_FIXED, Severity.CRITICAL)
    assert doubted.transition == contained.transition + 1
    assert doubt(doubted, now=LATER) is doubted
    assert settle(doubted, now=LATER, is_held=True).state is State.CONTAINED


def test_what_comes_out_of_a_doubt_as_it_was_is_ordered_again() -> None:
    """The role is the same as at the first attempt, which had succeeded."""
    doubted = doubt(in_state(State.CONTAINED), now=LATER)
    assert open_or_update(doubted, SIGHTING).state is State.REOPENED


def test_other_evidence_updates_an_open_incident_in_its_state() -> None:
    """Another witness is one more transition: told as an update, not as another incident."""
    observed = open_or_update(None, OBSERVING)
    verdict = Escaped(Witness("iam:CreateUser", "*"), ESCAPED.statement, tuple(Reading))
    worse = replace(OBSERVING, finding=replace(ESCAPE, verdict=verdict, severity=Severity.CRITICAL), now=LATER)
    updated = open_or_update(observed, worse)
    assert (updated.id, updated.state, updated.severity) == (observed.id, State.OBSERVED, Severity.CRITICAL)
    assert updated.evidence.action == "iam:CreateUser"
    assert updated.transition == observed.transition + 1
    assert updated.remedy == WOULD_DO


@pytest.mark.parametrize("state", [State.OBSERVED, State.NOT_FIXED, State.NEEDS_APPROVAL])
def test_an_open_incident_is_resolved_when_its_finding_is_gone(state: State) -> None:
    """The reason is kept, and the end is one more transition."""
    incident = in_state(state)
    closed = close(incident, now=LATER, reason="gone")
    assert (closed.state, closed.reason, closed.updated_at) == (State.RESOLVED, "gone", LATER)
    assert closed.transition == incident.transition + 1


@pytest.mark.parametrize("state", [State.DETECTED, State.REOPENED, State.CONTAINED, State.RESOLVED])
def test_closing_leaves_alone_what_is_pending_or_closed(state: State) -> None:
    """Only `remediate` knows the outcome of what is on its way, and an end is told once."""
    assert close(in_state(state), now=LATER, reason="gone") == in_state(state)


def test_a_change_that_shows_late_is_the_guards_own() -> None:
    """What could not be verified at the time is contained once a reading shows it, and not where it does not."""
    unverified = in_state(State.NOT_FIXED, remedy=replace(WOULD_DO, carried_out=True))
    assert settle(unverified, now=LATER, is_held=True).state is State.CONTAINED
    assert settle(unverified, now=LATER).state is State.RESOLVED


@pytest.mark.parametrize("state", [State.NOT_FIXED, State.OBSERVED])
def test_what_the_guard_did_not_do_is_resolved_without_its_doing(state: State) -> None:
    """A plan that was refused or never allowed contains nothing."""
    settled = settle(in_state(state, remedy=WOULD_DO), now=LATER)
    assert settled.state is State.RESOLVED
    assert "without the guard's doing" in settled.reason


def test_the_evidence_of_an_escape_is_its_witness_and_the_statement() -> None:
    """Statements are counted from 1 for people, and named where they have a name."""
    evidence = describe_evidence(ESCAPE, SNAPSHOT)
    assert (evidence.action, evidence.resource) == ("s3:GetObject", "arn:aws:s3:::payroll/example")
    assert evidence.statement == "inline-0, statement 1 (Payroll)"


def test_the_evidence_of_a_trust_escape_names_the_principal() -> None:
    """The engine's way of writing principals is not shown to people."""
    context = (("principal", ("service::::ec2.amazonaws.com",)), ("sts:ExternalId", ("x",)))
    verdict = Escaped(
        Witness("sts:AssumeRole", "arn:aws:iam::111122223333:role/App", context),
        StatementRef("trust policy", None, 1),
        (),
    )
    evidence = describe_evidence(replace(ESCAPE, kind=Kind.TRUST_ESCAPE, verdict=verdict), SNAPSHOT)
    assert (evidence.resource, evidence.statement) == ("Service ec2.amazonaws.com", "trust policy, statement 2")
    assert evidence.context == (("sts:ExternalId", ("x",)),)


def test_the_evidence_of_a_doubt_is_its_reason() -> None:
    """There is no witness to show."""
    assert describe_evidence(DOUBT, SNAPSHOT).reason == "a condition is not understood"


def test_a_reason_that_names_something_very_long_is_cut() -> None:
    """What a dashboard calls, or the profiles that hand out a role: the incident could not be written, nor told."""
    finding = replace(DOUBT, verdict=Deviation(f"it calls {'x' * 500_000}"))
    reason = describe_evidence(finding, SNAPSHOT).reason
    assert reason.startswith("it calls xxx")
    assert reason.endswith("xxx... (500009 characters)")
    assert len(reason) < LONGEST_REASON + 100


BOUNDED = SNAPSHOT.with_boundary((managed("{}", BOUNDARY_ARN),))


@pytest.mark.parametrize(
    ("finding", "changed"),
    [
        (ESCAPE, SNAPSHOT.with_inline("inline-0", "{}")),
        (DOUBT, SNAPSHOT.with_inline("inline-0", "{}")),
        (ESCAPE, BOUNDED),
        (replace(ESCAPE, kind=Kind.TRUST_ESCAPE, source="trust policy"), SNAPSHOT.with_trust("{}")),
        (replace(DOUBT, source="trust policy"), SNAPSHOT.with_trust("{}")),
        (replace(ESCAPE, kind=Kind.BOUNDARY_ESCAPE, source=BOUNDARY_ARN), BOUNDED),
        (replace(ESCAPE, kind=Kind.BOUNDARY_ESCAPE, source=BOUNDARY_ARN), SNAPSHOT.with_inline("another", "{}")),
    ],
)
@pytest.mark.parametrize("state", [State.OBSERVED, State.NOT_FIXED])
def test_a_document_that_was_widened_behind_the_same_witness_is_told_again(
    finding: Finding, changed: RoleSnapshot, state: State
) -> None:
    """The first witness, or the reason of a doubt, may stay the same while much more is allowed."""
    before = open_or_update(None, replace(OBSERVING, finding=finding)).moved(state, now=NOW, reason="because")
    after = open_or_update(before, replace(OBSERVING, finding=finding, snapshot=changed, now=LATER))
    assert (after.state, after.transition) == (state, before.transition + 1)


def test_a_change_of_another_policy_is_not_told_again() -> None:
    """What it lets through has a finding of its own."""
    observed = open_or_update(None, OBSERVING)
    assert open_or_update(observed, replace(OBSERVING, snapshot=CHANGED.snapshot, now=LATER)) == observed


def test_a_sighting_belongs_to_the_slot_of_its_role_kind_and_source() -> None:
    """Another RoleId, kind or source is another slot; another event or time is not."""
    recreated = replace(SNAPSHOT, subject=replace(SNAPSHOT.subject, unique_id="AROAOTHER"))
    others = [
        replace(SIGHTING, snapshot=recreated),
        replace(SIGHTING, finding=DOUBT),
        replace(SIGHTING, finding=replace(ESCAPE, source="inline-1")),
    ]
    assert len({SIGHTING.slot, *(other.slot for other in others)}) == 4
    assert Sighting(ESCAPE, CHANGED.snapshot, Cause.unnamed("sweep", LATER), LATER, "").slot == SIGHTING.slot


@pytest.mark.parametrize("state", [State.OBSERVED, State.NEEDS_APPROVAL, State.CONTAINED, State.NOT_FIXED])
def test_what_is_waived_is_over_whatever_was_done_about_it(state: State) -> None:
    """By whom and until when is its reason; what comes after the waiver's end is another incident."""
    waived = let_stand(in_state(state), now=LATER, reason="waived by alice until tomorrow")
    assert (waived.state, waived.reason, waived.transition) == (State.RESOLVED, "waived by alice until tomorrow", 3)
    assert open_or_update(waived, SIGHTING).id != waived.id


@pytest.mark.parametrize("state", [State.DETECTED, State.REOPENED, State.RESOLVED])
def test_what_is_on_its_way_or_over_is_not_waived(state: State) -> None:
    """The outcome of a remediation comes first."""
    incident = in_state(state)
    assert let_stand(incident, now=LATER, reason="waived") == incident
