"""An operator's word has one plan carried out, once, within its time."""

import json
from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.case.memory import Memory
from panorama_guard.case.step import PutInline, PutOwnBoundary
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile.posture import Posture
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE, ONE_CHARACTER_OFF, PAYROLL, allow, policy, snapshot_of, with_policies
from tests.fakes import CrashError
from tests.unit.service.test_rechecks import recheck
from tests.unit.service.world import OPERATOR, SECOND, World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
MINUTES_LATER, LATER = "2026-11-23T15:10:00+00:00", "2026-11-23T16:00:11+00:00"


def asked() -> World:
    """Return a world in which an operator was asked."""
    world = World(Mode.APPROVE)
    world.change(with_policies(HEALTHY, PAYROLL))
    world.notify()
    return world


def approve(world: World, caller: str = OPERATOR, **fields: object) -> Any:
    """Approve the plan of the one incident."""
    return world.operate(caller, "approve", incident=world.incident.id, **fields)


def approve_waiver(world: World, document: str) -> None:
    """Have a document let stand for the one incident, by a second operator's word where it takes that."""
    word: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600, "document": document}
    answer = world.operate(OPERATOR, "waive", incident=world.incident.id, **word)
    waiver: Any = answer.body["waiver"]
    if waiver["second_because"]:
        assert world.operate(SECOND, "approve-waiver", waiver=waiver["waiver"]).status == 200


def test_the_approved_plan_is_carried_out_and_told() -> None:
    """First that it is approved, by whom and until when; then its outcome."""
    world = asked()
    plan = world.incident.remedy.plan
    answer = approve(world, plan=plan[:12])
    world.notify()
    assert answer.body == {
        "incident": world.incident.id,
        "approved_by": OPERATOR,
        "until": "2026-11-23T16:00:10+00:00",
        "state": "DETECTED",
    }
    assert f"approved by {OPERATOR}, to be done until 2026-11-23T16:00:10Z" in world.topic.alerts[-1][1]
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    assert [subject.split("]")[0] for subject in world.subjects] == ["[NEEDS APPROVAL", "[DETECTED", "[CONTAINED"]


def test_who_approves_another_plan_than_is_on_its_way_is_told() -> None:
    """Else he would believe that his is carried out."""
    world = asked()
    plan = world.incident.remedy.plan
    approve(world, plan=plan[:12])
    answer = approve(world, SECOND, plan="0123456789ab")
    assert (answer.status, plan[:12] in str(answer.body["error"])) == (409, True)
    assert approve(world, SECOND, plan=plan[:12]).status == 200


def test_an_approved_plan_is_carried_out_though_one_before_it_was_refused() -> None:
    """AWS refuses the first, the operator approves the next: he is not asked about the first once more."""
    world = asked()
    world.roles.refusals = {PutInline: "AccessDenied: `no`"}
    approve(world)
    assert world.remediate() == ["NEEDS APPROVAL"]
    assert world.incident.reason.startswith("AWS refused the step: AccessDenied: `no`; the next plan waits")
    approve(world, plan=world.incident.remedy.plan[:12])
    assert world.remediate() == ["CONTAINED"]
    assert [type(step) for _, step in world.roles.writes] == [PutOwnBoundary]


def test_approved_twice_it_is_done_once() -> None:
    """The second operator hears who was first."""
    world = asked()
    approve(world)
    assert approve(world, SECOND).body["approved_by"] == OPERATOR
    assert len(world.remediations.orders) == 1
    world.remediate()
    assert len(world.roles.writes) == 1
    assert approve(world, SECOND).status == 409


def test_who_did_not_hear_the_answer_may_ask_again_after_the_act() -> None:
    """The same operator, for the same plan: the answer says how it stands, and nothing is done anew."""
    world = asked()
    plan = world.incident.remedy.plan
    until = approve(world, plan=plan).body["until"]
    world.remediate()
    again = approve(world, plan=plan)
    assert (again.status, again.body["until"], again.body["state"]) == (200, until, "CONTAINED")
    assert (len(world.remediations.orders), len(world.roles.writes)) == (0, 1)


def test_of_two_who_approve_at_once_one_is_taken() -> None:
    """One attempt, one order."""
    world = asked()
    others: list[Any] = []
    world.ledger.races = [lambda: others.append(approve(world, SECOND))]
    assert approve(world).body["approved_by"] == others[0].body["approved_by"] == SECOND
    assert len(world.remediations.orders) == 1


def test_a_plan_that_has_changed_is_not_what_was_read() -> None:
    """The answer shows the plan as it is now, and approves nothing."""
    world = asked()
    read = world.incident.remedy.plan[:12]
    world.change(with_policies(HEALTHY, ONE_CHARACTER_OFF), event_id="event-2")
    answer = approve(world, plan=read)
    assert (answer.status, "plan has changed" in answer.body["error"]) == (409, True)
    assert answer.body["details"][0].startswith("put the inline policy")
    assert world.incident.state is State.NEEDS_APPROVAL


def test_an_approval_that_comes_to_its_end_before_the_act_is_asked_for_again() -> None:
    """The order was late."""
    world = asked()
    approve(world)
    world.now = LATER
    world.remediate()
    assert (world.incident.state, world.roles.writes) == (State.NEEDS_APPROVAL, [])


@pytest.mark.parametrize("mode", [Mode.OBSERVE, Mode.ENFORCE])
def test_what_does_not_wait_is_not_approved(mode: Mode) -> None:
    """The answer says how it stands."""
    world = World(mode)
    world.change(with_policies(HEALTHY, PAYROLL))
    answer = approve(world)
    assert (answer.status, world.incident.state.value in answer.body["error"]) == (409, True)


def test_an_approval_that_dies_at_any_call_and_comes_again_is_one() -> None:
    """Also where its order was lost, and nobody asks again: the next look orders it."""
    first = len(asked().calls.made)
    world = asked()
    approve(world)
    for number in range(first + 1, len(world.calls.made) + 1):
        world = asked()
        world.calls.crash_at = number
        with pytest.raises(CrashError):
            approve(world)
        if world.incident.state is State.DETECTED:
            world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
        else:
            assert approve(world).status == 200
        world.remediate()
        assert [incident.state for incident in world.incidents] == [State.CONTAINED]
        assert len(world.roles.writes) == 1


def test_a_lagging_look_at_what_was_approved_and_contained_is_made_good() -> None:
    """It sees the escape without the Deny, and asks anew; the next look is asked for, and sees that it holds."""
    world = asked()
    approve(world)
    world.remediate()
    world.rechecks.requests.clear()
    world.roles.stale = [with_policies(HEALTHY, PAYROLL)]
    states = []
    for _ in range(2):
        recheck(world)
        states.append(world.incident.state)
    assert states == [State.NEEDS_APPROVAL, State.CONTAINED]
    assert [delay for _, delay in world.rechecks.requests] == [5, 30]
    assert world.remediations.orders == []


def test_what_was_asked_anew_is_called_contained_though_it_is_waived_by_then() -> None:
    """The Deny holds it still, and an undo is to find it."""
    world = asked()
    approve(world)
    world.remediate()
    world.roles.stale = [with_policies(HEALTHY, PAYROLL)]
    recheck(world)
    approve_waiver(world, PAYROLL)
    before = world.incident.state
    recheck(world)
    assert (before, world.incident.state) == (State.NEEDS_APPROVAL, State.CONTAINED)


def test_what_was_asked_anew_is_called_contained_beside_a_waiver_of_another_part_of_its_policy() -> None:
    """The waiver is older, and of what was there before it: what holds this one is its own Deny."""
    world = asked()
    approve_waiver(world, PAYROLL)
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
    world.now = MINUTES_LATER
    wider = policy(*json.loads(PAYROLL)["Statement"], allow("s3:DeleteBucket"))
    world.change(with_policies(HEALTHY, wider), event_id="event-2")
    assert approve(world).status == 200
    assert world.remediate() == ["CONTAINED"]
    world.roles.stale = [with_policies(HEALTHY, wider)]
    recheck(world)
    before = world.incident.state
    recheck(world)
    assert (before, world.incident.state) == (State.NEEDS_APPROVAL, State.CONTAINED)


def test_what_waits_for_a_word_and_is_gone_is_not_called_contained() -> None:
    """The Deny is there still; what it was for is not."""
    world = asked()
    approve(world)
    world.remediate()
    contained = world.roles.roles[GROUP_ROLE.name.lower()]
    world.roles.stale = [with_policies(HEALTHY, PAYROLL)]
    recheck(world)
    world.roles.put(contained.without_inline(with_policies(HEALTHY, PAYROLL).inline[-1].name))
    recheck(world)
    assert world.incident.state is State.RESOLVED


def test_an_approved_plan_frees_nothing_of_an_escape_that_waits_for_its_own() -> None:
    """The containment that is renewed withholds most of the other one, and its operators were told of the rest."""
    world = World(Mode.APPROVE)
    world.change(with_policies(HEALTHY, policy(allow("cloudwatch:Put*"))))
    approve(world)
    assert world.remediate() == ["CONTAINED"]
    live = world.roles.roles[GROUP_ROLE.name.lower()]
    beside = live.with_inline("second", policy(allow(["iam:*", "s3:PutBucketAcl"])))
    world.change(beside, event_id="event-2")
    world.change(beside.with_inline("inline-0", policy(allow("s3:DeleteBucket"))), event_id="event-3")
    assert world.operate(OPERATOR, "approve", incident=world.incidents[0].id).status == 200
    assert world.remediate() == ["CONTAINED"]
    judged = judge_role(world.roles.roles[GROUP_ROLE.name.lower()], standard_of(GROUP_ROLE, Posture.ACTIVE), Memory(""))
    assert judged.findings == ()  # the one for all escapes takes the place of that which is renewed
