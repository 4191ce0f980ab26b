"""An undo gives back byte for byte what was there, waives what comes back, and never lets the guard bring it back."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.account import LEAST, PolicyVersion
from panorama_guard.case.incident import State
from panorama_guard.case.order import LiftOrder
from panorama_guard.case.record import load_record
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import (
    DeleteBoundary,
    DeleteInline,
    DetachManaged,
    PutBoundary,
    PutInline,
    PutOwnBoundary,
    PutTrust,
    RevokeSessions,
    SetDefaultVersion,
    apply_step,
)
from panorama_guard.case.undo import PutBack
from panorama_guard.service.job import STEP_MICROSECONDS
from panorama_guard.service.lifting import TOO_LATE, lift
from panorama_guard.service.operator import Answer
from panorama_guard.service.settings import CustomerPolicies, Mode
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    allow,
    as_administrator,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.fakes import CrashError
from tests.unit.hard_questions import HARD, count_steps
from tests.unit.service.world import ACTOR, OPERATOR, SECOND, World, event_on, recreated

HEALTHY = snapshot_of(GROUP_ROLE)
STRANGER = trusting({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"})
OPENED = HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}), STRANGER))
FREED = with_policies(HEALTHY, PAYROLL)
QUEUES = policy(allow("sqs:*"))  # nothing of it is inside the ceiling
FILLED, ROOMY = with_policies(HEALTHY, filler(10_230)), with_policies(HEALTHY, filler(10_000))


def beside(attached: ManagedPolicy) -> RoleSnapshot:
    """Return a role with a managed policy attached beside a full inline quota."""
    return replace(FILLED, attached=with_policies(HEALTHY, attached=[attached]).attached)


CASES = {
    "an inline policy": (HEALTHY, with_policies(HEALTHY, PAYROLL)),
    "a policy attached": (HEALTHY, as_administrator(HEALTHY)),
    "a trust opened": (HEALTHY, OPENED),
    "a boundary lost": (replace(FREED, boundary=(managed(IN_PATTERN, BOUNDARY_ARN),)), FREED),
    "a policy detached": (FILLED, beside(managed(QUEUES))),
    "an inline policy deleted": (ROOMY, with_policies(HEALTHY, filler(10_000), QUEUES, filler(150))),
    "a boundary of the guard's own": (FILLED, beside(managed(ADMINISTRATOR))),
}
RUNGS = {  # which step contains each
    "an inline policy": [PutInline],
    "a policy attached": [PutInline],
    "a trust opened": [RevokeSessions, PutTrust],
    "a boundary lost": [PutBoundary],
    "a policy detached": [DetachManaged],
    "an inline policy deleted": [DeleteInline],
    "a boundary of the guard's own": [PutOwnBoundary],
}
WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600}
LATER = "2026-11-23T16:00:11+00:00"


def contained(before: RoleSnapshot, after: RoleSnapshot) -> World:
    """Return a world in which an escape was contained, and the operators told."""
    world = World()
    world.roles.policies[BOUNDARY_ARN] = managed(IN_PATTERN, BOUNDARY_ARN)
    world.change(before, event_id="event-0")
    world.change(after)
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    return world


def undo(world: World, caller: str = OPERATOR, **fields: object) -> Answer:
    """Ask for an undo of the one incident."""
    return world.operate(caller, "undo", incident=world.incident.id, **{**WHY, **fields})


def put_back(world: World, answer: Answer) -> None:
    """Do the operator's half, as the command line does."""
    for step in load_record(PutBack, str(answer.body["record"])).steps:
        world.roles.put(apply_step(live(world), step))
    world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{len(world.calls.made)}"))


def live(world: World) -> RoleSnapshot:
    """Return the role as it is."""
    return world.roles.roles[GROUP_ROLE.name.lower()]


def undone(world: World) -> World:
    """Undo with a second operator's word where one is needed, both halves."""
    answer = undo(world)
    if answer.body["undo"] == "waiting":
        waiver: dict[str, Any] = dict(answer.body["waiver"])  # type: ignore[call-overload]
        assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200
        answer = undo(world)
    world.remediate()
    put_back(world, answer)
    world.remediate()
    world.notify()
    return world


Case = tuple[RoleSnapshot, RoleSnapshot]
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


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


# --- what is refused ---


def test_an_undo_without_a_time_is_refused_where_an_escape_comes_back() -> None:
    """Nothing is waived for ever."""
    world = contained(*CASES["an inline policy"])
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="x")
    assert (answer.status, answer.body["field"]) == (400, "seconds")
    assert str(answer.body["error"]).endswith("which has to be waived for a time")
    assert (world.ledger.waivers, world.ledger.undos) == ({}, {})


def test_an_undo_for_longer_than_the_setting_is_refused() -> None:
    """The error names the most."""
    for days in (31, 400, 999_999):
        answer = undo(contained(*CASES["an inline policy"]), seconds=days * 24 * 3600)
        assert (answer.status, answer.body["field"], answer.body["value"]) == (400, "seconds", f"{days}d")
        assert "more than 30d, the most that is set (MaximumWaiverDays)" in str(answer.body["error"])


def test_a_role_that_was_changed_since_is_told_and_left() -> None:
    """Exactly what changed."""
    world = contained(*CASES["a trust opened"])
    world.roles.put(live(world).with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}, Sid="Theirs"))))
    answer: Any = undo(world)
    assert answer.status == 409
    assert answer.body["details"][0].startswith("the trust policy was document ")
    assert (world.ledger.waivers, world.ledger.undos, world.remediations.lifts) == ({}, {}, [])


def test_the_backup_of_one_role_is_never_put_on_another() -> None:
    """It was deleted and made again."""
    world = contained(*CASES["a trust opened"])
    world.roles.put(recreated(live(world), "AROANEW"))
    answer = undo(world)
    assert (answer.status, "was deleted" in str(answer.body["error"])) == (409, True)


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (policy(allow("s3:GetObject", "arn:aws:s3:::payroll/x")), "does not cover the escape that comes back: s3:"),
        (policy(allow("s3:*", "arn:aws:s3:::payroll/*", Condition={"StringEquals": {"aws:UserAgent": "x"}})), "safe"),
        (IN_PATTERN, "waives nothing"),
        ("{", "not an IAM document"),
    ],
)
def test_a_waiver_that_does_not_do_is_refused_before_anything_is_written(document: str, why: str) -> None:
    """The guard would fight the operator, or not know what it lets stand."""
    world = contained(*CASES["an inline policy"])
    answer = undo(world, document=document)
    assert answer.status in (400, 409)
    assert why in str(answer.body["error"])
    assert (world.ledger.waivers, world.ledger.undos, world.remediations.lifts) == ({}, {}, [])


def test_an_escape_that_no_waiver_may_say_is_not_undone() -> None:
    """Everybody in the trust: its waiver would be for an attacker to use."""
    world = contained(HEALTHY, HEALTHY.with_trust(policy(trusting("*"))))
    answer = undo(world)
    assert (answer.status, "everybody may become" in str(answer.body["error"])) == (400, True)


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.APPROVE])
def test_where_the_guard_wrote_nothing_there_is_nothing_to_undo(mode: Mode) -> None:
    """The answer says how the incident stands."""
    world = World(mode)
    world.change(with_policies(HEALTHY, PAYROLL))
    answer = undo(world)
    assert (answer.status, "written nothing" in str(answer.body["error"])) == (409, True)


def test_an_incident_whose_remediation_is_on_its_way_is_not_undone() -> None:
    """Its outcome comes first."""
    world = World()
    world.change(with_policies(HEALTHY, PAYROLL))
    answer = undo(world)
    assert (answer.status, "on its way" in str(answer.body["error"])) == (409, True)


def test_a_containment_that_holds_another_escape_back_too_is_not_lifted() -> None:
    """What would escape, and through what, is named."""
    world = contained(HEALTHY, as_administrator(HEALTHY))
    world.roles.put(live(world).with_inline("second", PAYROLL.replace("payroll", "salaries")))
    answer = undo(world, document=policy(allow("s3:*", "arn:aws:s3:::payroll/*")))
    assert answer.status == 409


def test_an_undo_of_a_role_with_many_hard_policies_is_answered_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may write to the role chooses how many these are; the function has 30 seconds."""
    world = contained(HEALTHY, with_policies(HEALTHY, QUEUES))
    for number in range(20):
        world.roles.put(live(world).with_inline(f"hard-{number}", policy(allow("ec2:*", Condition=HARD))))
    taken = count_steps(monkeypatch)
    assert undo(world).status == 200
    assert sum(taken) * STEP_MICROSECONDS < 27 * 1_000_000


def held_twice() -> World:
    """Return a world in which a containment also holds back most of another escape, which nobody has answered yet."""
    world = World(Mode.APPROVE)
    world.change(HEALTHY, event_id="event-0")
    world.change(with_policies(HEALTHY, policy(allow("cloudwatch:Put*"))))
    world.operate(SECOND, "approve", incident=world.incident.id)
    assert world.remediate() == ["CONTAINED"]
    return world


OTHER = policy(allow(["iam:*", "s3:PutBucketAcl"]))


def test_a_containment_that_holds_back_more_of_what_escapes_already_is_not_lifted() -> None:
    """The other escape was told without what the containment withholds of it, and nobody waives that."""
    world = held_twice()
    first = world.incident.id
    world.change(live(world).with_inline("second", OTHER), event_id="event-2")
    answer = world.operate(OPERATOR, "undo", incident=first, **WHY)
    assert (answer.status, "more would escape than does already" in str(answer.body["error"])) == (409, True)
    assert str(answer.body["error"]).endswith("covers that: second")
    world.operate(OPERATOR, "waive", incident=world.incidents[1].id, document=OTHER, **WHY)
    for waiver in list(world.ledger.waivers):
        world.operate(SECOND, "approve-waiver", waiver=waiver)
    assert world.operate(OPERATOR, "undo", incident=first, **WHY).body["undo"] == "lifting"


def test_nor_where_the_other_escape_comes_between_word_and_lift() -> None:
    """The functions judge once more before they take anything away."""
    world = held_twice()
    assert undo(world).body["undo"] == "lifting"
    world.change(live(world).with_inline("second", OTHER), event_id="event-2")
    attacked = live(world)
    (told,) = set(world.remediate())
    assert told.startswith("refused: more would escape than does already")
    assert live(world) == attacked


# --- who has to agree ---


def test_what_manages_permissions_waits_for_a_second_operator() -> None:
    """The role stays contained, and the operators are asked."""
    world = contained(*CASES["a policy attached"])
    attacked = live(world)
    answer: Any = undo(world)
    world.remediate()
    world.notify()
    assert answer.body["undo"] == "waiting"
    assert (live(world), world.incident.state) == (attacked, State.CONTAINED)
    assert any("NEEDS A SECOND OPERATOR" in subject for subject in world.subjects)
    assert f"approve-waiver {answer.body['waiver']['waiver']}" in world.topic.alerts[-1][1]


@pytest.mark.parametrize(
    "fields", [{"seconds": 7200}, {"seconds": 600}, {"document": policy(allow("*", "arn:aws:s3:::payroll/x"))}]
)
def test_an_undo_that_is_asked_for_anew_otherwise_is_refused(fields: dict[str, object]) -> None:
    """It would go on with the first time and document, and say nothing of the other; with the same it goes on."""
    world = contained(*CASES["a policy attached"])
    answer: Any = undo(world)
    again: Any = undo(world, OPERATOR, **fields)
    end = f"panorama-guard end-waiver {answer.body['waiver']['waiver']}"
    assert (again.status, "for 1h until" in again.body["error"], end in again.body["error"]) == (409, True, True)
    assert undo(world).body["undo"] == "waiting"


@pytest.mark.parametrize(
    ("caller", "why"),
    [
        (OPERATOR, "this one is yours"),
        (OPERATOR.replace("carol", "another-name"), "this one is yours"),
        (ACTOR, "a call of your own"),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/{GROUP_ROLE.name}/x", "a guarded role"),
    ],
)
def test_neither_the_owner_nor_the_actor_is_the_second_operator(caller: str, why: str) -> None:
    """Under whatever session name."""
    world = contained(*CASES["a policy attached"])
    answer: Any = undo(world)
    second = world.operate(caller, "approve-waiver", waiver=answer.body["waiver"]["waiver"])
    assert (second.status, why in str(second.body["error"])) == (403, True)
    assert world.remediations.lifts == []


def test_the_second_word_has_the_undo_carried_out() -> None:
    """Once, however often it is given."""
    world = contained(*CASES["a policy attached"])
    answer: Any = undo(world)
    for _ in range(2):
        assert world.operate(SECOND, "approve-waiver", waiver=answer.body["waiver"]["waiver"]).status == 200
    world.remediate()
    assert live(world) == CASES["a policy attached"][1]
    world.notify()
    assert sum(subject.startswith("[WAIVED]") for subject in world.subjects) == 1


def test_a_second_word_comes_too_late_once_the_waiver_has_expired() -> None:
    """The role stays contained."""
    world = contained(*CASES["a policy attached"])
    answer: Any = undo(world)
    world.now = LATER
    second = world.operate(SECOND, "approve-waiver", waiver=answer.body["waiver"]["waiver"])
    assert (second.status, "expired" in str(second.body["error"])) == (409, True)


# --- crashes, races, stale reads ---


def crash_points(case: str) -> Iterator[int]:
    """Yield the number of each call of an undo, from the command to the end of the guard's half."""
    world = contained(*CASES[case])
    first = len(world.calls.made)
    undone(world)
    yield from range(first + 1, len(world.calls.made) + 1)


@pytest.mark.parametrize("case_name", ["an inline policy", "a policy attached", "a trust opened", "a boundary lost"])
def test_an_undo_that_dies_at_any_call_and_is_asked_for_again_ends_the_same(case_name: str) -> None:
    """One waiver, one undo, the role as it was, the incident resolved, and never more than was asked for."""
    after = CASES[case_name][1]
    for number in crash_points(case_name):
        world = contained(*CASES[case_name])
        world.calls.crash_at = number
        for _ in range(2):
            try:
                undone(world)
            except CrashError:
                continue
        assert live(world) == after, world.calls.made[number - 1]
        assert world.incident.state is State.RESOLVED, world.calls.made[number - 1]
        assert (len(world.ledger.waivers), len(world.ledger.undos)) == (1, 1), world.calls.made[number - 1]
        assert len(world.ledger.incidents) == 1


@pytest.mark.parametrize("case_name", ["an inline policy", "a boundary lost"])
def test_an_undo_whose_order_was_lost_is_carried_out_at_the_next_look(case_name: str) -> None:
    """Nobody asks again: the ledger alone says that it is due."""
    world = contained(*CASES[case_name])
    undo(world)
    world.remediations.lifts.clear()
    world.remediations.seen.clear()
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.remediate()
    assert live(world) == CASES[case_name][1]
    assert world.incident.state is State.RESOLVED


def test_a_lift_that_is_delivered_again_does_nothing() -> None:
    """Nor after its incident is over."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    (order,) = world.remediations.lifts
    world.remediate()
    writes = list(world.roles.writes)
    assert lift(order, world.remediator, now=world.now) == "lifted"
    assert (world.roles.writes, world.incident.state) == (writes, State.RESOLVED)


def test_a_lift_that_is_not_read_to_be_done_is_looked_after_later() -> None:
    """IAM's reads lag behind: nothing is said until it shows."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    (order,) = world.remediations.lifts
    world.remediations.lifts.clear()
    world.roles.stale = [live(world)] * 4
    assert "not seen to be yet" in lift(order, world.remediator, now=world.now)
    assert world.incident.state is State.CONTAINED
    assert [delay for _, delay in world.rechecks.requests[-3:]] == [5, 30, 120]
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert [incident.state for incident in world.incidents] == [State.RESOLVED]


def test_two_operators_who_undo_at_once_undo_once() -> None:
    """The second finds what the first has written."""
    world = contained(*CASES["an inline policy"])
    others = list[Answer]()
    world.ledger.races = [lambda: others.append(undo(world, SECOND))]
    assert [undo(world).status, *[answer.status for answer in others]] == [200, 200]
    assert (len(world.ledger.undos), len(world.ledger.waivers)) == (1, 1)
    world.remediate()
    assert live(world) == CASES["an inline policy"][1]


def test_a_role_that_changes_between_word_and_lift_is_left_and_told() -> None:
    """The undo is refused, the waiver is named, and it can be asked for anew."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    (name,) = (one.name for one in live(world).inline if one.name.startswith("panorama-guard"))
    world.roles.put(live(world).with_inline(name, policy()))
    world.remediate()
    world.notify()
    (asked,) = world.ledger.undos.values()
    assert asked.refused.startswith(f"inline policy {name} was document")
    assert world.subjects[-1].startswith("[UNDO REFUSED]")
    assert f"end-waiver {asked.waiver_id}" in world.topic.alerts[-1][1]
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert world.remediations.lifts == []


def test_a_write_that_aws_refuses_is_told() -> None:
    """And tried again when the operator asks again."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    world.roles.refusal = "AccessDenied: `iam:DeleteRolePolicy`"
    world.remediate()
    (asked,) = world.ledger.undos.values()
    assert "iam:DeleteRolePolicy" in asked.refused
    world.roles.refusal, world.now = "", "2026-11-23T15:05:10+00:00"
    undone(world)
    assert live(world) == CASES["an inline policy"][1]


@pytest.mark.parametrize("change", ["expired", "ended"])
def test_a_waiver_that_is_over_before_the_lift_keeps_the_containment(change: str) -> None:
    """The functions never bring an escape back."""
    world = contained(*CASES["an inline policy"])
    attacked = live(world)
    answer: Any = undo(world)
    if change == "ended":
        assert world.operate(SECOND, "end-waiver", waiver=answer.body["waiver"]["waiver"]).status == 200
    else:
        world.now = LATER
    assert world.remediate() == [f"refused: {TOO_LATE}"]
    assert live(world) == attacked
    world.notify()
    assert world.subjects[-1].startswith("[UNDO REFUSED]")


@pytest.mark.parametrize("case", ["an inline policy", "a policy attached"])
def test_an_undo_whose_waiver_ends_before_anything_was_lifted_is_turned_down(case: str) -> None:
    """A pause lasted for longer, or no second operator came: whoever waits for it hears that it is not undone."""
    world = contained(*CASES[case])
    attacked = live(world)
    undo(world)
    world.remediations.lifts.clear()  # put off by a pause, say
    world.now = LATER
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    assert world.remediate() == [f"refused: {TOO_LATE}"]
    world.notify()
    assert (live(world), world.subjects[-1].startswith("[UNDO REFUSED]")) == (attacked, True)
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-10"))
    assert world.remediations.lifts == []
    world.now = "2026-11-23T16:05:11+00:00"
    undone(world)
    assert live(world) == CASES[case][1]


def test_an_undo_whose_waiver_was_never_put_is_turned_down_in_the_end() -> None:
    """A crash fell between the two, and nobody asked again; until then somebody may."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    world.ledger.waivers.clear()
    world.remediations.lifts.clear()
    for now, lifts in (("2026-11-23T15:30:00+00:00", []), (LATER, [f"refused: {TOO_LATE}"])):
        world.now = now
        world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{now}"))
        assert world.remediate() == lifts


def test_an_undo_that_was_carried_out_is_not_turned_down_once_its_waiver_is_over() -> None:
    """Its order is delivered twice, the second time late."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    (order,) = world.remediations.lifts
    world.remediate()
    world.now = LATER
    assert lift(order, world.remediator, now=world.now) == "the waiver is not in force"


def test_an_order_to_lift_what_nobody_undid_lifts_nothing() -> None:
    """Whoever can write to the queue cannot lift a containment."""
    world = contained(*CASES["an inline policy"])
    attacked, incident = live(world), world.incident
    forged = LiftOrder(ACCOUNT, GROUP_ROLE.name, incident.slot, incident.id, incident.attempt, world.now)
    assert lift(forged, world.remediator, now=world.now) == "no such undo"
    assert live(world) == attacked


def test_a_ledger_that_says_a_foreign_policy_was_ours_does_not_have_it_deleted() -> None:
    """Only what bears the guard's prefix and denies is lifted by the functions."""
    world = contained(*CASES["an inline policy"])
    key = (world.incident.id, world.incident.attempt)
    (kept,) = world.ledger.backups[key]
    (name,) = (step.name for step in kept.inverses if isinstance(step, DeleteInline))
    forged = replace(kept, steps=(PutInline(name, ADMINISTRATOR),))
    world.ledger.backups[key] = [forged]
    world.roles.put(live(world).with_inline(name, ADMINISTRATOR))
    undo(world, document=ADMINISTRATOR)
    for waiver in list(world.ledger.waivers):
        world.operate(SECOND, "approve-waiver", waiver=waiver)
    world.roles.writes.clear()
    world.remediate()
    assert world.roles.writes == []


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
