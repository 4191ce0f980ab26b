"""An undo gives back byte for byte what was there, waives what comes back, and never lets the guard bring it back."""

import json
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.account import LEAST, PolicyVersion
from panorama_guard.case.incident import State
from panorama_guard.case.record import load_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import (
    DeleteBoundary,
    DeleteInline,
    PutTrust,
    SetDefaultVersion,
)
from panorama_guard.case.undo import PutBack
from panorama_guard.service.settings import CustomerPolicies
from tests.builders import (
    ACCOUNT,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    allow,
    filler,
    managed,
    policy,
    trusting,
    with_policies,
)
from tests.unit.service.undoing import (
    CASES,
    FILLED,
    FREED,
    HEALTHY,
    LATER,
    OPENED,
    RUNGS,
    WHY,
    Case,
    beside,
    contained,
    each_case,
    live,
    put_back,
    undo,
    undone,
)
from tests.unit.service.world import OPERATOR, SECOND, World, event_on


@each_case
def test_the_role_is_byte_for_byte_what_it_was(case: Case) -> None:
    """And stays so: the guard finds nothing that is not waived."""
    world = undone(contained(*case))
    assert live(world) == case[1]
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.message(
        '{"form":1,"inspect_role":"AWSPanoramaGreengrassGroupRole","requested_at":"2026-11-23T15:00:10Z","origin":"sweep"}'
    )
    assert (live(world), world.remediations.orders) == (case[1], [])
    assert world.incident.state is State.RESOLVED
    assert f"undone by {OPERATOR} (an agreed change)" in world.incident.reason
    assert f"waived by {OPERATOR} until 2026-11-23T16:00:10Z" in world.incident.reason


@pytest.mark.parametrize("name", CASES)
def test_each_case_is_contained_by_its_rung(name: str) -> None:
    """So that every step of the ladder that needs no operator's word is undone here."""
    world = contained(*CASES[name])
    assert [type(step) for _, step in world.roles.writes] == RUNGS[name]


def test_a_version_that_was_set_back_is_put_back_by_the_operator() -> None:
    """The guard's half is nothing; the policy has its escaping version as the default again."""
    world = World(customer_policies=CustomerPolicies.REVERT)
    kept = allow("iot:UpdateThing", "arn:aws:iot:*:*:thing/panorama-1")
    escaping = managed(policy(kept, allow("sqs:*")), version_id="v2")
    world.roles.policies[escaping.arn] = escaping
    world.roles.versions[escaping.arn] = (PolicyVersion("v1", policy(kept), is_default=False),)
    after = beside(escaping)
    world.change(FILLED, event_id="event-0")
    world.change(after)
    assert world.remediate() == ["CONTAINED"]
    assert [type(step) for _, step in world.roles.writes] == [SetDefaultVersion]
    answer: Any = undo(world)
    assert answer.body["by_guard"] == []
    assert answer.body["by_operator"] == [f"make v2 the default version of {escaping.arn}"]
    assert answer.body["notes"][-1].startswith(f"v2 of {escaping.arn} becomes the default for every role that uses it")
    assert live(undone(world)) == after


def test_a_quarantine_is_undone_by_both_hands() -> None:
    """The guard lifts its Deny of everything; who may become the role is the operator's to put back."""
    world = World()
    world.roles.quotas = replace(LEAST, spare_policies=0)
    after = with_policies(HEALTHY, filler(10_150), attached=[managed(policy(allow("s3:*")))])
    world.change(after)
    assert world.remediate() == ["NEEDS APPROVAL"]
    assert world.operate(SECOND, "approve", incident=world.incident.id, plan=world.incident.remedy.plan).status == 200
    assert world.remediate() == ["CONTAINED"]
    answer = undo(world)
    assert answer.body["by_guard"] == ["delete the inline policy panorama-guard-quarantine"]
    assert answer.body["by_operator"] == ["put back the trust policy as it was"]
    assert live(undone(world)) == after
    assert world.incident.state is State.RESOLVED


@each_case
def test_the_escape_is_contained_again_when_the_waiver_expires(case: Case) -> None:
    """By an incident of its own, at the look that is on its way for that time."""
    world = undone(contained(*case))
    first = world.incident.id
    world.now = LATER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.remediate()
    assert world.incident.state is State.CONTAINED
    assert world.incident.id != first
    assert live(world) != case[1]


@each_case
def test_a_second_undo_says_that_it_is_done(case: Case) -> None:
    """And writes and orders nothing."""
    world = undone(contained(*case))
    waivers, undos = dict(world.ledger.waivers), dict(world.ledger.undos)
    assert undo(world).body["undo"] == "done"
    assert (world.ledger.waivers, world.ledger.undos) == (waivers, undos)
    assert world.remediations.lifts == []
    assert live(world) == case[1]


@pytest.mark.parametrize(
    ("after", "writes"),
    [(with_policies(HEALTHY, PAYROLL), [DeleteInline]), (OPENED, [DeleteInline]), (FREED, [DeleteBoundary])],
    ids=["permission", "trust", "boundary"],
)
def test_the_guard_lifts_its_own_and_the_operator_puts_back_the_rest(after: RoleSnapshot, writes: list[type]) -> None:
    """A foreign trust is written by nobody's hand but the operator's."""
    before = replace(FREED, boundary=(managed(IN_PATTERN, BOUNDARY_ARN),)) if after is FREED else HEALTHY
    world = contained(before, after)
    world.roles.writes.clear()
    answer = undo(world)
    world.remediate()
    assert [type(step) for _, step in world.roles.writes] == writes
    own = load_record(PutBack, str(answer.body["record"])).steps
    assert own == ((PutTrust(OPENED.trust),) if after is OPENED else ())


def test_the_operators_hear_of_the_undo_and_of_its_end() -> None:
    """Who, why, until when; then that it is over. The waiver is no message of its own."""
    world = contained(*CASES["an inline policy"])
    world.subjects.clear()
    told = len(world.topic.alerts)
    undone(world)
    subjects = [subject for subject, _, _ in world.topic.alerts[told:]]
    assert [subject.split("]")[0] for subject in subjects] == ["[UNDO ASKED FOR", "[RESOLVED"]
    text = world.topic.alerts[told][1]
    assert all(word in text for word in (OPERATOR, "an agreed change", "2026-11-23T16:00:10Z", "end-waiver wvr-"))


def test_what_was_waived_before_the_undo_is_not_told_to_be_gone() -> None:
    """The escape stands by a waiver of its own command: the end names it, and until when."""
    world = contained(*CASES["an inline policy"])
    assert world.operate(OPERATOR, "waive", incident=world.incident.id, document=PAYROLL, **WHY).status == 200
    undone(world)
    assert (world.incident.state, "waived by" in world.incident.reason) == (State.RESOLVED, True)
    assert "waived until 2026-11-23T16:00:10Z" in world.subjects[-1]


def test_a_waiver_of_what_did_not_escape_is_not_named_at_the_end() -> None:
    """The attacker's policy is gone by then: nothing is let stand."""
    world = contained(*CASES["a policy attached"])
    world.operate(OPERATOR, "waive", incident=world.incident.id, document=PAYROLL, **WHY)
    world.roles.put(replace(live(world), attached=HEALTHY.attached))
    undone(world)
    assert (world.incident.state, "waived by" in world.incident.reason) == (State.RESOLVED, False)


def test_a_trust_that_iam_keeps_in_an_order_of_its_own_is_contained_and_undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what the guard has put: the order of keys, and white space, are nobody's change."""
    both = trusting({"Service": "greengrass.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"})
    world, opened = World(), HEALTHY.with_trust(as_iam_keeps_it(policy(both)))
    put = world.roles.put
    monkeypatch.setattr(world.roles, "put", lambda role: put(role.with_trust(as_iam_keeps_it(role.trust))))
    world.change(HEALTHY, event_id="event-0")
    world.change(opened)
    assert world.remediate() == ["CONTAINED"]
    assert undo(world).status == 200
    assert live(undone(world)) == opened


def as_iam_keeps_it(text: str) -> str:
    """Return a policy in another order, without white space."""
    return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


# --- what needs no waiver, and what is done by hand ---


def test_a_containment_without_an_escape_is_lifted_without_a_waiver() -> None:
    """The attacker's policy is gone; what is left is to tidy up."""
    world = contained(*CASES["a policy attached"])
    world.roles.put(replace(live(world), attached=HEALTHY.attached))
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="tidying up")
    assert (answer.body["undo"], answer.body["waiver"]) == ("lifting", None)
    world.remediate()
    assert live(world) == HEALTHY
    assert (world.incident.state, world.ledger.waivers) == (State.RESOLVED, {})


def test_by_hand_the_operator_gets_every_step_while_the_guard_rests() -> None:
    """For what may not be waived: nothing is waived, nothing is ordered, and the operators are told."""
    after = HEALTHY.with_trust(policy(trusting("*")))
    world = contained(HEALTHY, after)
    assert undo(world, by_hand=True).status == 409
    world.operate(OPERATOR, "pause", reason="restoring by hand")
    answer = undo(world, by_hand=True)
    assert answer.body["undo"] == "by hand"
    put_back(world, answer)
    assert live(world) == after
    assert (world.ledger.waivers, world.ledger.undos, world.remediations.lifts) == ({}, {}, [])
    world.notify()
    assert any(f"{world.incident.id} is being undone by hand" in subject for subject in world.subjects)


def test_what_a_later_incident_has_taken_the_place_of_is_undone_by_hand() -> None:
    """The backup is still on record under its id."""
    before, after = CASES["a policy detached"]
    world = contained(before, after)
    first = world.incident.id
    assert undo(world).body["undo"] == "waiting"
    (waiver,) = [one.id for one in world.ledger.waivers.values()]
    assert world.operate(SECOND, "approve-waiver", waiver=waiver).status == 200
    world.remediate()  # the guard's half; the operator's was not done when his waiver was ended
    assert world.operate(OPERATOR, "end-waiver", waiver=waiver).status == 200
    world.now = LATER
    world.change(after, event_id="event-again")
    world.remediate()
    assert (world.incident.id == first, live(world) == before) == (False, True)
    answer = world.operate(OPERATOR, "undo", incident=first, **WHY)
    assert (answer.status, "is undone by hand alone" in str(answer.body["error"])) == (404, True)
    world.operate(OPERATOR, "pause", reason="restoring by hand")
    answer = world.operate(OPERATOR, "undo", incident=first, by_hand=True, **WHY)
    assert answer.body["undo"] == "by hand"
    put_back(world, answer)
    assert live(world) == after


def test_what_was_put_back_by_hand_is_contained_when_the_pause_ends() -> None:
    """Nobody has waived it."""
    world = contained(*CASES["an inline policy"])
    world.operate(OPERATOR, "pause", reason="restoring by hand")
    put_back(world, undo(world, by_hand=True))
    world.remediate()
    assert live(world) == CASES["an inline policy"][1]
    assert (world.incident.state, "paused by" in world.incident.reason) == (State.OBSERVED, True)
    world.now = LATER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.remediate()
    assert world.incident.state is State.CONTAINED


def test_what_others_did_to_the_role_meanwhile_is_noted_and_left() -> None:
    """The answer says how the role will differ from the backup."""
    world = contained(*CASES["an inline policy"])
    world.roles.put(live(world).with_inline("theirs", IN_PATTERN))
    answer = undo(world)
    assert answer.body["notes"] == ["inline policy theirs has come"]
    world.remediate()
    assert live(world) == CASES["an inline policy"][1].with_inline("theirs", IN_PATTERN)


@each_case
def test_what_is_in_place_is_told_to_whoever_asks(case: Case) -> None:
    """What an undo would take back, before it and after; who does not ask costs nobody a reading of the role."""
    world = contained(*case)
    told: Any = world.operate(OPERATOR, "explain", incident=world.incident.id, in_place=True).body["in_place"]
    assert (bool(told["steps"]), told["changed"]) == (True, [])
    assert "in_place" not in world.operate(OPERATOR, "explain", incident=world.incident.id).body
    undone(world)
    told = world.operate(OPERATOR, "explain", incident=world.incident.id, in_place=True).body["in_place"]
    assert (told["steps"], told["changed"]) == ([], [])


def test_nothing_is_in_place_on_a_role_that_was_deleted() -> None:
    """Nor is anything told of the next one of its name."""
    world = contained(*CASES["an inline policy"])
    del world.roles.roles[GROUP_ROLE.name.lower()]
    answer: Any = world.operate(OPERATOR, "explain", incident=world.incident.id, in_place=True)
    assert answer.body["in_place"] == {"steps": [], "changed": []}


def test_what_keeps_an_undo_from_it_is_told_with_what_is_in_place() -> None:
    """Somebody has changed what the guard wrote."""
    world = contained(*CASES["a trust opened"])
    world.roles.put(HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}, Sid="Theirs"))))
    answer: Any = world.operate(OPERATOR, "explain", incident=world.incident.id, in_place=True)
    assert answer.body["in_place"]["changed"]


def test_an_undo_and_a_waiver_that_the_stream_lost_are_told_after_a_sweep() -> None:
    """As incidents are; not the waiver that its undo tells of."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    world.ledger.stream.clear()
    world.now = "2026-11-23T15:10:10+00:00"
    (asked,) = world.ledger.undos.values()
    assert world.sweep().alerts_sent_again == (asked.id,)
    world.notify()
    assert [subject.partition("]")[0] for subject in world.subjects[1:]] == ["[UNDO ASKED FOR"]
    (waiver,) = world.ledger.waivers
    world.operate(SECOND, "end-waiver", waiver=waiver)
    world.ledger.stream.clear()
    assert world.sweep().alerts_sent_again == (waiver,)
    world.notify()
    assert [subject.partition("]")[0] for subject in world.subjects[2:]] == ["[WAIVER ENDED"]
    assert world.sweep().alerts_sent_again == ()
