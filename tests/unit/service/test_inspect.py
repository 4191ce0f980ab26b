"""An event leads to the roles that it may have changed; what is true of them is read, not believed."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST
from panorama_guard.case.errors import EventError, RecordError, StaleRecordError
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.memory import Memory
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.profile import Certainty, RoleProfile
from panorama_guard.profile.posture import Posture
from panorama_guard.service.authority import OBSERVING
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    BOUNDARY_ARN,
    CUSTOMER_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    NOW,
    ONE_CHARACTER_OFF,
    PAYROLL,
    PROFILE,
    ROLES,
    SERVICE_ROLE,
    allow,
    as_administrator,
    deny,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.service.world import World, event_on, recreated, sample

OPENED = policy(trusting({"Service": "panorama.amazonaws.com"}), trusting({"AWS": "999999999999"}))
LATER = "2026-11-23T15:30:00+00:00"


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
@pytest.mark.parametrize("mode", Mode)
def test_a_role_as_aws_makes_it_is_silent(role: RoleProfile, mode: Mode) -> None:
    """No incident, no order; what was judged contained is remembered."""
    world = World(mode)
    inspection = world.change(snapshot_of(role))
    assert (inspection.roles, inspection.incidents) == ((role.name,), ())
    assert (world.incidents, world.remediations.orders, world.ledger.stream) == ([], [], [])


def test_an_in_pattern_change_is_silent() -> None:
    """Inside the naming pattern nothing is told."""
    world = World()
    assert world.change(with_policies(snapshot_of(), IN_PATTERN)).incidents == ()


def test_an_escape_opens_one_incident_and_orders_one_remediation() -> None:
    """The incident holds who did what; the order holds the incident's attempt."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    incident = world.incident
    assert (incident.kind, incident.state) == (Kind.PERMISSION_ESCAPE, State.DETECTED)
    assert incident.cause.event_name == "PutRolePolicy"
    assert incident.cause.actor == f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice"
    (order,) = world.remediations.orders
    assert (order.incident_id, order.attempt, order.slot) == (incident.id, 1, incident.slot)


def test_an_incident_keeps_how_far_its_escape_reaches() -> None:
    """As the statements of a policy, for the alert."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    reach = world.incident.evidence.reach
    assert reach.precision == "exactly"
    assert json.loads(reach.document)["Statement"][0] == allow("*")


def test_a_redelivered_event_changes_nothing() -> None:
    """The same message again: the same record, the same one order, nothing more on the stream."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    before = (world.incidents, list(world.remediations.orders), list(world.ledger.stream))
    assert world.inspect(event_on(SERVICE_ROLE.name)).incidents == ()
    assert (world.incidents, world.remediations.orders, world.ledger.stream) == before


def test_what_is_logged_of_a_look_names_the_event_and_the_verdicts() -> None:
    """By the finding's kind; where all is well, that it is."""
    world = World()
    world.roles.put(snapshot_of())
    event = sample("AttachRolePolicy")
    assert (world.inspect(event).verdicts, world.inspect(event).event_id) == (
        ("contained",),
        event["detail"]["eventID"],
    )
    world.roles.put(as_administrator(snapshot_of()))
    assert world.inspect(event).verdicts == ("permission-escape",)


def test_the_event_is_named_in_the_log_where_nothing_is_judged() -> None:
    """A call that failed, that says too little, or that is nobody's business here."""
    for name in ("failed/denied-with-parameters", "unreadable/parameters-null", "PutRolePolicy-on-another-role"):
        event = sample(name)
        inspection = World().inspect(event)
        assert (inspection.event_id, inspection.verdicts) == (event["detail"]["eventID"], ())


def test_an_event_about_something_that_was_undone_already_is_silent() -> None:
    """The event says AdministratorAccess; the role says nothing of it; the role is right."""
    world = World()
    world.roles.put(snapshot_of())
    assert world.inspect(sample("AttachRolePolicy")).incidents == ()


@pytest.mark.parametrize(
    "name", ["denied-with-parameters", "denied-without-parameters", "no-such-entity", "temporarily-unmodifiable"]
)
def test_a_failed_call_leads_to_no_look(name: str) -> None:
    """It changed nothing; it is noted for the log, with who tried."""
    world = World()
    world.roles.put(as_administrator(snapshot_of()))
    event = sample(f"failed/{name}")
    inspection = world.inspect(event)
    assert "changed nothing" in inspection.note
    assert inspection.failed_by == (event["detail"]["userIdentity"]["arn"],)
    assert world.calls.made == []


@pytest.mark.parametrize("name", ["unreadable/parameters-null", "unreadable/role-name-starred", "PutAccountProperties"])
def test_a_call_that_does_not_say_whom_it_was_done_to_asks_for_a_sweep(name: str) -> None:
    """Everything has to be looked at; nothing is guessed."""
    world = World()
    assert world.inspect(sample(name)).note.startswith("a sweep was requested")
    assert world.sweeps.requests == [NOW]
    assert world.calls.made == ["sweep"]


def test_a_role_that_is_not_guarded_costs_no_call_of_iam() -> None:
    """Most IAM events of an account are about other roles; whether one was found before is on record."""
    world = World()
    world.roles.put(replace(snapshot_of(), subject=replace(snapshot_of().subject, name="Payroll")))
    assert world.inspect(event_on("Payroll")).note == "nothing guarded is concerned"
    assert world.calls.made == ["resources_on_record"]


def test_a_role_name_in_another_case_is_the_same_role() -> None:
    """IAM compares names without case; the incident bears the role's own name."""
    world = World()
    world.roles.put(as_administrator(snapshot_of()))
    world.inspect(event_on("awspanoramaSERVICErole"))
    assert world.incident.subject.name == SERVICE_ROLE.name


@pytest.mark.parametrize("usage", ["attached", "boundary"])
def test_a_new_version_of_a_customer_policy_is_judged_on_every_guarded_role_that_uses_it(usage: str) -> None:
    """Attached or as boundary; other roles that use it are left alone."""
    world = World()
    used = [managed(IN_PATTERN, CUSTOMER_ARN)]
    role = with_policies(snapshot_of(), **{usage: used})
    world.roles.put(role)
    world.roles.put(replace(role, subject=replace(role.subject, name="Payroll")))
    event = sample("CreatePolicyVersion")
    event["detail"]["requestParameters"]["policyArn"] = CUSTOMER_ARN
    assert world.inspect(event).roles == (SERVICE_ROLE.name,)


def test_a_look_that_another_one_was_quicker_than_is_taken_again_at_once() -> None:
    """Two events of one role are inspected together; the queue would bring the loser back only minutes later."""
    world = World()
    put = world.ledger.put_incident

    def lose_once(incident: Incident, *, replaced: str = "") -> None:
        world.ledger.put_incident = put  # type: ignore[method-assign] # the race is over
        put(incident, replaced=replaced)
        put(incident, replaced=replaced)

    world.ledger.put_incident = lose_once  # type: ignore[method-assign] # somebody writes at the worst moment
    inspection = world.change(with_policies(snapshot_of(), PAYROLL, ONE_CHARACTER_OFF))
    assert {incident.source for incident in world.incidents} == {"inline-0", "inline-1"}
    assert len(inspection.incidents) == 1
    assert len(world.remediations.orders) == 2


def test_a_race_that_is_lost_again_and_again_is_left_to_the_queue() -> None:
    """The message is delivered again, and in the end kept as a dead letter: nothing is lost."""
    world = World()

    def lose(incident: Incident, *, replaced: str = "") -> None:
        assert not replaced
        raise StaleRecordError(incident.slot)

    world.ledger.put_incident = lose  # type: ignore[method-assign] # somebody always writes first
    with pytest.raises(StaleRecordError):
        world.change(as_administrator(snapshot_of()))


@pytest.mark.parametrize("owner", ["999999999999", "aws"])
def test_a_policy_that_is_not_of_this_account_concerns_nobody(owner: str) -> None:
    """Nobody here can change one, so such an event is forged or misdirected; IAM would refuse to say who uses it."""
    world = World()
    event = sample("CreatePolicyVersion")
    event["detail"]["requestParameters"]["policyArn"] = CUSTOMER_ARN.replace(ACCOUNT, owner)
    assert world.inspect(event).note == "nothing guarded is concerned"
    assert world.calls.made == []


def test_a_service_linked_role_is_found_by_its_service() -> None:
    """CreateServiceLinkedRole may name only the service; such a role is judged, and never written to."""
    world = World()
    (linked,) = PROFILE.watched
    world.roles.put(as_administrator(snapshot_of(linked)))
    world.inspect(sample("CreateServiceLinkedRole-without-response"))
    assert world.incident.state is State.OBSERVED
    assert world.incident.reason.startswith("not enrolled")


def test_the_change_that_a_sweep_found_has_no_actor() -> None:
    """A request to judge a role names no call; the incident says that a sweep found it."""
    world = World()
    world.roles.put(as_administrator(snapshot_of()))
    world.message(dump_record(InspectionRequest(SERVICE_ROLE.name, NOW, Origin.SWEEP)))
    assert (world.incident.cause.event_name, world.incident.cause.event_id) == ("sweep", "")


@pytest.mark.parametrize("body", ["", "no JSON", "[]", "{}", "null", '{"detail": 7}'])
def test_a_message_that_is_no_event_is_an_error(body: str) -> None:
    """It goes back to the queue and in the end to the dead letters."""
    world = World()
    with pytest.raises(EventError):
        world.message(body)
    assert world.calls.made == []


@pytest.mark.parametrize("body", ['{"inspect_role": 7}', '{"inspect_role": "R", "requested_at": null}'])
def test_a_request_of_a_wrong_form_is_an_error(body: str) -> None:
    """It names the field's fault and does nothing."""
    world = World()
    with pytest.raises(RecordError):
        world.message(body)
    assert world.calls.made == []


# --- mode observe ---


def test_mode_observe_tells_what_it_would_do_and_orders_nothing() -> None:
    """The plan stands in the incident as one that was not carried out."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    assert (world.incident.state, world.incident.reason) == (State.OBSERVED, OBSERVING)
    assert world.incident.remedy.steps[0].startswith("put the inline policy panorama-guard-containment-")
    assert not world.incident.remedy.carried_out
    assert world.remediations.orders == []


def test_mode_observe_says_why_a_rung_was_passed_over() -> None:
    """And what would be done only with an operator's word."""
    world = World(Mode.OBSERVE)
    world.roles.quotas = replace(LEAST, policy=1_000)
    world.change(with_policies(snapshot_of(), filler(10_100), PAYROLL))
    notes = " ".join(world.incident.remedy.notes)
    assert "characters of the 10240 that IAM allows" in notes
    assert "characters of the 1000 that IAM allows" in notes
    assert world.incident.remedy.needs_approval


def test_an_observed_escape_is_acted_on_when_the_mode_changes() -> None:
    """The next look after the switch orders it."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.mode = Mode.ENFORCE
    world.inspect(event_on(SERVICE_ROLE.name, event_id="event-2"))
    assert (world.incident.state, len(world.remediations.orders)) == (State.REOPENED, 1)


# --- whom the guard may write to ---

LOOK_ALIKE = as_administrator(snapshot_of(path="/application/"))


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("posture", Posture)
def test_a_look_alike_path_is_never_written_to(mode: Mode, posture: Posture) -> None:
    """The name alone does not enrol a role, in any mode and posture."""
    world = World(mode, posture)
    world.change(replace(LOOK_ALIKE, trust=OPENED))
    world.remediate()
    assert {incident.state for incident in world.incidents} == {State.OBSERVED}
    assert world.roles.writes == []


@pytest.mark.parametrize("posture", Posture)
def test_a_look_alike_name_is_never_written_to(posture: Posture) -> None:
    """A role whose name differs in case is told of and left alone."""
    world = World(posture=posture)
    role = as_administrator(snapshot_of())
    world.change(replace(role, subject=replace(role.subject, name=SERVICE_ROLE.name.upper())))
    world.remediate()
    assert {incident.state for incident in world.incidents} == {State.OBSERVED}
    assert world.roles.writes == []


def test_an_inferred_trust_that_was_never_seen_is_told_only() -> None:
    """The profile does not know for sure who may become this role, so nothing is taken away."""
    assert SERVICE_ROLE.trust_certainty is Certainty.INFERRED
    world = World()
    world.change(replace(snapshot_of(), trust=OPENED))
    assert (world.incident.kind, world.incident.state) == (Kind.TRUST_ESCAPE, State.OBSERVED)
    assert world.remediations.orders == []


def test_an_inferred_trust_that_was_seen_before_is_enforced() -> None:
    """The role once had exactly the trust that the profile infers."""
    world = World()
    world.change(snapshot_of())
    world.change(replace(snapshot_of(), trust=OPENED), event_id="event-2")
    assert (world.incident.state, len(world.remediations.orders)) == (State.DETECTED, 1)


def test_a_documented_trust_is_enforced_at_first_sight() -> None:
    """AWS's guide says who may become this role."""
    world = World()
    world.change(replace(snapshot_of(GROUP_ROLE), trust=policy(trusting("*"))))
    assert world.incident.state is State.DETECTED


def test_mode_observe_promises_no_trust_repair_that_it_would_not_do() -> None:
    """Without a confirmed trust there is nothing it would do in mode enforce either."""
    world = World(Mode.OBSERVE)
    world.change(replace(snapshot_of(), trust=OPENED))
    assert world.incident.remedy.steps == ()
    assert world.incident.reason != OBSERVING


def test_a_doubt_is_told_and_nothing_is_done() -> None:
    """A document that cannot be read is a finding of its own."""
    world = World()
    world.change(with_policies(snapshot_of(), '{"Statement": 1, "Statement": 2}'))
    assert (world.incident.kind, world.incident.state) == (Kind.UNDECIDED, State.OBSERVED)
    assert "duplicate key" in world.incident.evidence.reason


# --- the ends of incidents ---


def test_an_observed_escape_that_goes_away_is_resolved() -> None:
    """The next look finds it gone."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.change(snapshot_of(), event_id="event-2")
    assert world.incident.state is State.RESOLVED
    assert not world.incident.remedy.carried_out


def test_an_escape_hidden_by_a_doubt_is_not_resolved() -> None:
    """The policy that let permission out cannot be read any more: nothing is known."""
    world = World(Mode.OBSERVE)
    world.change(with_policies(snapshot_of(), PAYROLL))
    world.change(with_policies(snapshot_of(), "{"), event_id="event-2")
    assert {incident.kind: incident.state for incident in world.incidents} == {
        Kind.PERMISSION_ESCAPE: State.OBSERVED,
        Kind.UNDECIDED: State.OBSERVED,
    }


def test_a_doubt_that_turns_out_to_be_an_escape_ends_in_it() -> None:
    """The doubt is resolved, the escape opens."""
    world = World(Mode.OBSERVE)
    world.change(with_policies(snapshot_of(), "{"))
    world.change(with_policies(snapshot_of(), PAYROLL), event_id="event-2")
    assert {incident.kind: incident.state for incident in world.incidents} == {
        Kind.PERMISSION_ESCAPE: State.OBSERVED,
        Kind.UNDECIDED: State.RESOLVED,
    }


def test_an_incident_of_a_deleted_role_is_resolved() -> None:
    """There is nothing left to contain."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.roles.roles.clear()
    world.inspect(event_on(SERVICE_ROLE.name, event_id="event-2"))
    assert (world.incident.state, world.incident.reason) == (State.RESOLVED, "the role no longer exists")


def test_a_role_made_again_has_incidents_of_its_own() -> None:
    """The old one's end; the new one is judged like any other."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.change(recreated(as_administrator(snapshot_of()), "AROANEW"), event_id="event-2")
    assert {incident.subject.unique_id: incident.state for incident in world.incidents} == {
        snapshot_of().subject.unique_id: State.RESOLVED,
        "AROANEW": State.OBSERVED,
    }


def test_an_incident_that_is_replaced_is_kept() -> None:
    """A slot has one current incident; those before it are history."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    first = world.incident
    world.change(snapshot_of(), event_id="event-2")
    world.change(as_administrator(snapshot_of()), event_id="event-3")
    assert [incident.id for incident in world.ledger.history] == [first.id]
    assert world.incident.id != first.id


def test_an_order_that_was_lost_is_sent_again() -> None:
    """A crash fell between record and order: the redelivered event orders what is pending."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    world.remediations.orders.clear()
    world.remediations.seen.clear()
    world.inspect(event_on(SERVICE_ROLE.name))
    assert len(world.remediations.orders) == 1


def test_an_order_that_is_lost_for_good_is_told() -> None:
    """The next look after the patience says NOT FIXED."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    world.now = LATER
    world.inspect(event_on(SERVICE_ROLE.name, event_id="event-2"))
    assert world.incident.state is State.NOT_FIXED


def test_an_order_that_was_lost_is_sent_again_by_a_later_sweep() -> None:
    """The role need not have changed for that."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    world.remediations.orders.clear()
    world.now = LATER
    for _ in range(2):
        world.message(dump_record(InspectionRequest(SERVICE_ROLE.name, LATER, Origin.SWEEP)))
    assert world.incident.state is State.REOPENED
    assert world.remediate() == ["CONTAINED"]


UNKNOWN = {"Unheard": {"aws:x": "y"}}


def test_a_contained_escape_that_cannot_be_judged_any_more_is_not_called_contained() -> None:
    """The containment was deleted and the policy rewritten so that nothing can be said of it: told, as critical."""
    world = World()
    world.change(with_policies(snapshot_of(), PAYROLL))
    world.remediate()
    world.change(with_policies(snapshot_of(), policy(allow("*", Condition=UNKNOWN))), event_id="event-2")
    states = {incident.kind: incident.state for incident in world.incidents}
    assert states == {Kind.PERMISSION_ESCAPE: State.NOT_FIXED, Kind.UNDECIDED: State.OBSERVED}
    world.notify()
    assert "[NOT FIXED] CRITICAL" in " ".join(world.subjects)
    world.change(snapshot_of(), event_id="event-3")
    assert {incident.state for incident in world.incidents} == {State.RESOLVED}


def test_a_doubt_about_another_policy_leaves_a_containment_alone() -> None:
    """A policy that is not understood hides nothing of another; nor does it take a boundary away."""
    world = World()
    bounded = replace(as_administrator(snapshot_of()), boundary=(managed(IN_PATTERN, BOUNDARY_ARN),))
    world.roles.policies[BOUNDARY_ARN] = bounded.boundary[0]
    world.change(bounded)
    world.change(replace(bounded, boundary=()), event_id="event-2")
    assert world.remediate() == ["CONTAINED"]
    world.change(bounded.with_inline("odd", "{"), event_id="event-3")
    states = {incident.kind: incident.state for incident in world.incidents}
    assert states == {Kind.BOUNDARY_ESCAPE: State.CONTAINED, Kind.UNDECIDED: State.OBSERVED}


def test_a_doubt_that_is_widened_behind_the_same_reason_is_told_again() -> None:
    """A harmless doubt today covers for no `Allow *` tomorrow."""
    world = World()
    world.change(with_policies(snapshot_of(), policy(allow("s3:GetObject", "arn:aws:s3:::a/*", Condition=UNKNOWN))))
    world.change(with_policies(snapshot_of(), policy(allow("*", Condition=UNKNOWN))), event_id="event-2")
    world.notify()
    assert len(world.subjects) == 2


def test_an_observed_escape_that_is_widened_behind_the_same_witness_is_told_again() -> None:
    """The first witness may be the same while much more escapes."""
    world = World(Mode.OBSERVE)
    world.change(with_policies(snapshot_of(), policy(allow("s3:GetObject"))))
    world.change(with_policies(snapshot_of(), policy(allow("s3:GetObject"), allow("kms:*"))), event_id="event-2")
    world.notify()
    assert len(world.subjects) == 2


def test_an_escape_too_long_to_be_kept_that_is_widened_behind_the_same_length_is_told_again() -> None:
    """One Deny gives way to another of as many characters, and what it denied is free."""

    def but_for(queue: str) -> RoleSnapshot:
        start = f"arn:aws:sqs:us-east-1:{ACCOUNT}:"
        denied = [[f"{start}{part}-{number:04}{'x' * 200}" for number in range(22)] for part in range(8)]
        denied[0].append(start + queue)
        denies = [managed(policy(deny("sqs:*", each)), CUSTOMER_ARN + str(part)) for part, each in enumerate(denied)]
        return with_policies(snapshot_of(), policy(allow("sqs:*", f"{start}*")), attached=denies)

    world = World(Mode.OBSERVE)
    world.change(but_for("payroll"))
    world.change(but_for("nothing"), event_id="event-2")
    world.notify()
    assert len(world.subjects) == 2


def test_a_doubt_that_another_policy_denies_no_more_is_told_again() -> None:
    """What is not understood may have been held back by that Deny alone, however its effect is spelt."""
    odd, denied = policy(allow("*", Condition=UNKNOWN)), policy(deny("kms:*")).replace("Deny", r"\u0044eny")
    world = World()
    world.change(with_policies(snapshot_of(), odd, denied))
    world.change(with_policies(snapshot_of(), odd), event_id="event-2")
    world.notify()
    assert len(world.subjects) == 2


def test_a_doubt_is_not_told_again_for_what_another_policy_allows() -> None:
    """That takes no part in what the doubt is about."""
    odd = policy(allow("*", Condition=UNKNOWN))
    world = World()
    world.change(with_policies(snapshot_of(), odd, policy(deny("kms:*"))))
    world.change(with_policies(snapshot_of(), odd, policy(deny("kms:*"), *json.loads(IN_PATTERN)["Statement"])))
    world.notify()
    assert len(world.subjects) == 1


# --- what is remembered ---


def test_the_trust_of_a_judged_role_is_remembered() -> None:
    """It is what a repair may put back."""
    world = World()
    world.change(snapshot_of())
    (memory,) = world.ledger.memories.values()
    owner = snapshot_of().subject.unique_id
    assert memory == Memory(owner, (snapshot_of().trust,), (), trust_confirmed=True, is_acquainted=True)


def test_an_escaping_trust_is_not_remembered() -> None:
    """The trust from before the escape stays."""
    world = World()
    world.change(snapshot_of())
    world.change(replace(snapshot_of(), trust=OPENED), event_id="event-2")
    (memory,) = world.ledger.memories.values()
    assert memory.trust == (snapshot_of().trust,)


def test_what_is_known_already_is_not_written_again() -> None:
    """A look at an unchanged role writes nothing."""
    world = World()
    world.change(snapshot_of())
    world.calls.made.clear()
    world.inspect(event_on(SERVICE_ROLE.name, event_id="event-2"))
    assert [call for call in world.calls.made if call.startswith("put_")] == []


def test_a_lost_boundary_is_the_finding_where_it_held_the_escape_back() -> None:
    """AdministratorAccess under a boundary was contained; without it, the boundary is what is wrong."""
    world = World()
    bounded = replace(as_administrator(snapshot_of()), boundary=(managed(IN_PATTERN, BOUNDARY_ARN),))
    world.change(bounded)
    assert world.incidents == []
    world.change(replace(bounded, boundary=()), event_id="event-2")
    assert (world.incident.kind, world.incident.source) == (Kind.BOUNDARY_ESCAPE, BOUNDARY_ARN)


def test_posture_retired_makes_every_permission_and_every_trust_a_finding() -> None:
    """The guarded service is no more: nothing of the role is needed."""
    world = World(Mode.OBSERVE, Posture.RETIRED)
    world.change(snapshot_of(GROUP_ROLE))
    assert {incident.kind for incident in world.incidents} == {Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE}


def test_the_retired_role_that_may_do_nothing_is_silent() -> None:
    """No Allow and nobody in it: compliant."""
    world = World(Mode.OBSERVE, Posture.RETIRED)
    nobody = policy({**trusting({"AWS": "*"}), "Effect": "Deny"})
    world.change(replace(snapshot_of(), attached=(), trust=nobody))
    assert world.incidents == []


def test_json_of_an_event_may_come_as_text() -> None:
    """The queue's messages are text."""
    world = World()
    world.roles.put(as_administrator(snapshot_of()))
    assert ADMINISTRATOR not in world.message(json.dumps(event_on(SERVICE_ROLE.name))).note
    assert len(world.incidents) == 1


def test_a_replayed_call_is_an_occasion_to_look_and_names_nobody() -> None:
    """Whoever may start replays could else put an escape of his own down to the caller of any earlier day."""
    world = World()
    world.roles.put(as_administrator(snapshot_of(SERVICE_ROLE)))
    world.inspect(event_on(SERVICE_ROLE.name) | {"replay-name": "of-last-month"})
    assert (world.incident.kind, world.incident.cause.is_named) == (Kind.PERMISSION_ESCAPE, False)
    assert not world.incident.suspects
    world.inspect(event_on(SERVICE_ROLE.name, event_id="attackers-own"))
    assert world.incident.cause.event_id == "attackers-own"


def test_a_replayed_canary_counts_for_nothing() -> None:
    """It would say that the trail still tells of calls."""
    world = World()
    event = event_on(world.inspector.canary)
    event["detail"]["eventName"] = "TagRole"
    assert world.inspect(event).canaries == 1
    assert world.inspect(event | {"replay-name": "of-last-month"}).canaries == 0
