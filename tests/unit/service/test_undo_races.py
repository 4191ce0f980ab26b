"""An undo that dies at any call, comes twice or is outrun ends as one that does not, or is turned down and told."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.case.order import LiftOrder
from panorama_guard.case.step import (
    DeleteInline,
    PutInline,
)
from panorama_guard.reporting.waived import waived_until
from panorama_guard.service.lifting import TOO_LATE, lift
from panorama_guard.service.operator import Answer
from panorama_guard.service.settings import Mode
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    GROUP_ROLE,
    policy,
)
from tests.fakes import CrashError
from tests.unit.service.undoing import CASES, LATER, contained, live, undo, undone
from tests.unit.service.world import OPERATOR, SECOND, event_on, recreated


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


def test_an_escape_that_is_back_before_the_lift_is_not_called_over() -> None:
    """Nothing is left to take back, and nobody has let it stand."""
    world = contained(*CASES["a policy attached"])
    world.change(replace(live(world), attached=()), event_id="event-8")
    answer = world.operate(OPERATOR, "undo", incident=world.incident.id, reason="tidying up")
    assert answer.body["undo"] == "lifting"
    world.mode = Mode.OBSERVE
    world.change(CASES["a policy attached"][1], event_id="event-9")
    assert (world.remediate(), world.incident.state) == (
        ["refused: the escape is there, and no waiver in force covers it"],
        State.OBSERVED,
    )


def test_the_reason_of_an_undo_names_no_waiver() -> None:
    """An end tells until when it is let stand by what the guard says of waivers, and by nothing else."""
    world = contained(*CASES["a policy attached"])
    world.change(replace(live(world), attached=()), event_id="event-8")
    forged = "waived by somebody until 2020-01-01T00:00:00Z (wvr-0123456789abcdef)"
    assert world.operate(OPERATOR, "undo", incident=world.incident.id, reason=forged).status == 200
    world.remediate()
    assert (world.incident.state, "somebody" in world.incident.reason) == (State.RESOLVED, True)
    assert waived_until(world.incident) == ""


@pytest.mark.parametrize("there", ["nothing", "another role"])
def test_an_undo_of_a_role_that_is_deleted_before_its_lift_is_turned_down_and_told(there: str) -> None:
    """Whoever waits for it hears of it."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    if there == "another role":
        world.roles.put(recreated(live(world), "AROANEW"))
    else:
        world.roles.roles.clear()
    assert world.remediate() == ["refused: the role was deleted: there is nothing left to take back"]
    world.notify()
    assert world.subjects[-1].startswith("[UNDO REFUSED]")


def test_a_lift_that_comes_again_after_the_role_was_deleted_refuses_nothing() -> None:
    """It was carried out."""
    world = contained(*CASES["an inline policy"])
    undo(world)
    (order,) = world.remediations.lifts
    world.remediate()
    world.roles.roles.clear()
    assert lift(order, world.remediator, now=world.now).startswith("the role was deleted")
    assert [asked.refused for asked in world.ledger.undos.values()] == [""]


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
