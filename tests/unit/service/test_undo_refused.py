"""An undo is refused before anything is written, where it would bring more back than was told, and to whom may not."""

from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.job import STEP_MICROSECONDS, Effort
from panorama_guard.service.renewing import order_renewal
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    allow,
    as_administrator,
    policy,
    trusting,
    with_policies,
)
from tests.unit.hard_questions import HARD, count_steps
from tests.unit.service.test_let_in import DOUBTFUL
from tests.unit.service.test_renewing import SOON
from tests.unit.service.undoing import CASES, HEALTHY, LATER, QUEUES, WHY, contained, live, undo
from tests.unit.service.world import ACTOR, OPERATOR, SECOND, World, recreated


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


def test_a_trust_that_was_changed_before_older_sessions_were_ended_again_is_told_and_left() -> None:
    """The renewal has a backup of the trust as somebody left it; the guard never put that one."""
    world = contained(*CASES["a trust opened"])
    theirs = policy(trusting({"Service": "greengrass.amazonaws.com"}, Sid="Theirs"))
    world.roles.put(live(world).with_trust(theirs))
    order_renewal(world.incident, world.inspector, now=SOON)
    assert carry_out(world.remediations.renewals.pop(), world.remediator, now=SOON).startswith("moved up")
    answer: Any = undo(world)
    assert answer.status == 409
    assert answer.body["details"][0].startswith("the trust policy was document ")


def test_what_others_changed_is_told_by_the_backup_of_the_repair() -> None:
    """That of a renewal has it already."""
    world = contained(*CASES["a trust opened"])
    world.roles.put(with_policies(live(world), IN_PATTERN, IN_PATTERN, IN_PATTERN))
    order_renewal(world.incident, world.inspector, now=SOON)
    carry_out(world.remediations.renewals.pop(), world.remediator, now=SOON)
    assert len(undo(world).body["notes"]) == 3  # type: ignore[arg-type]


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


def test_a_lift_that_is_too_much_work_to_judge_is_refused_and_told() -> None:
    """A function that its timeout kills says nothing, and holds up every other order of the role."""
    world = contained(HEALTHY, with_policies(HEALTHY, PAYROLL))
    assert undo(world).body["undo"] == "lifting"
    left = live(world)
    world.effort = Effort(planning=1, verifying=1)
    (told,) = world.remediate()
    assert told.startswith("refused: to judge what would be lifted is more work")
    assert (live(world), world.incident.state) == (left, State.CONTAINED)


def test_a_trust_that_is_not_understood_any_more_is_waived_by_no_statement_of_it() -> None:
    """The answer says why, and what to give."""
    world = World(Mode.OBSERVE)
    world.change(HEALTHY, event_id="event-0")
    world.change(CASES["a trust opened"][1])
    world.roles.put(live(world).with_trust(DOUBTFUL))
    answer = world.operate(OPERATOR, "waive", incident=world.incident.id, reason="x", seconds=600)
    assert (answer.status, "is not understood any more" in str(answer.body["error"])) == (409, True)


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
