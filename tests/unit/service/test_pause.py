"""While the guard is paused it writes nothing and says so; what waited is done when the pause ends."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.approval import Approval
from panorama_guard.case.incident import State
from panorama_guard.case.lifecycle import approve
from panorama_guard.case.pause import Pause
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutInline
from panorama_guard.case.times import shown_time
from panorama_guard.planning.plan import Plan
from panorama_guard.service import approved
from panorama_guard.service import remediate as remediating
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, GROUP_ROLE, NOW, PAYROLL, deny, policy, snapshot_of, with_policies
from tests.unit.service.world import ACTOR, OPERATOR, SECOND, World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
DENIES = policy(deny("iam:*"))
HOUR_LATER = "2026-11-23T16:00:10+00:00"
AFTER_THE_PAUSE = "2026-11-23T16:00:11+00:00"
PAUSE = Pause(ACCOUNT, OPERATOR, NOW, HOUR_LATER, "maintenance")


def paused(mode: Mode = Mode.ENFORCE) -> World:
    """Return a world in which an operator has paused the guard, and then a role escapes."""
    world = World(mode)
    world.change(HEALTHY, event_id="event-0")
    assert world.operate(OPERATOR, "pause", reason="maintenance").status == 200
    world.change(ESCAPED)
    world.remediate()
    return world


def look(world: World, number: int = 9) -> None:
    """Look at the role again."""
    world.inspect(event_on(GROUP_ROLE.name, event_id=f"event-{number}"))


def live(world: World) -> RoleSnapshot:
    """Return the role as it is."""
    return world.roles.roles[GROUP_ROLE.name.lower()]


def test_nothing_is_written_and_the_incident_says_why() -> None:
    """By whom the guard is paused, until when, and what it would do."""
    world = paused()
    world.notify()
    assert (world.roles.writes, world.incident.state) == ([], State.OBSERVED)
    assert world.incident.reason.startswith(f"paused by {OPERATOR} until {shown_time(HOUR_LATER)}")
    assert world.incident.remedy.steps
    assert "\nWould do:" in world.topic.alerts[-1][1]


def test_a_pause_holds_as_long_as_the_setting_lets_it_unless_it_is_said() -> None:
    """And is told once: who, why, until when."""
    world = World()
    answer = world.operate(OPERATOR, "pause", reason="maintenance")
    world.notify()
    assert (answer.body["until"], answer.body["by"]) == (HOUR_LATER, OPERATOR)
    ((subject, text, _),) = world.topic.alerts
    assert subject.startswith(f"[PAUSED] account {ACCOUNT}: the guard changes nothing until 2026-11-23T16:00:10")
    assert all(word in text for word in (OPERATOR, "maintenance", f"panorama-guard resume --account {ACCOUNT}"))
    assert world.operate(OPERATOR, "pause", reason="again", seconds=60).body["until"] == HOUR_LATER
    world.notify()
    assert len(world.topic.alerts) == 1


def test_longer_than_the_setting_it_cannot_be() -> None:
    """The error names the most."""
    answer = World().operate(OPERATOR, "pause", reason="maintenance", seconds=3601)
    assert (answer.status, answer.body["field"], answer.body["value"]) == (400, "seconds", "3601s")


def test_later_looks_say_nothing_new_and_order_nothing() -> None:
    """One alert, not one for each look."""
    world = paused()
    world.notify()
    told = len(world.topic.alerts)
    for number in range(9, 13):
        look(world, number)
        world.notify()
    assert (world.remediations.orders, len(world.topic.alerts)) == ([], told)


def test_the_role_is_looked_at_when_the_pause_ends_and_contained() -> None:
    """By messages that hop as far as a queue can delay them."""
    world = paused()
    assert world.rechecks.requests[-1][1] == 900
    look(world)
    look(world, 10)
    assert [delay for _, delay in world.rechecks.requests if delay > 30] == [900, 900]
    world.now = "2026-11-23T15:50:10+00:00"
    look(world, 11)
    assert [delay for _, delay in world.rechecks.requests if delay > 30] == [900, 900, 601]
    world.now = "2026-11-23T16:00:11+00:00"
    look(world, 12)
    world.remediate()
    assert world.incident.state is State.CONTAINED


def test_resumed_the_guard_sweeps_and_acts() -> None:
    """Who resumed it is told."""
    world = paused()
    assert world.operate(SECOND, "resume").body == {"account": ACCOUNT, "paused": False, "was_paused_by": OPERATOR}
    assert world.sweeps.requests == [NOW]
    look(world)
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    (told,) = [text for subject, text, _ in world.topic.alerts if subject.startswith("[RESUMED]")]
    assert SECOND in told
    assert world.operate(SECOND, "resume").body["was_paused_by"] == ""


def test_a_pause_between_order_and_act_is_seen() -> None:
    """It is read right before each write."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(ESCAPED)
    world.ledger.pauses[ACCOUNT] = PAUSE
    world.remediate()
    assert (world.roles.writes, world.incident.state) == ([], State.OBSERVED)


def test_a_pause_between_two_steps_stops_the_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is half done is not fixed, and is gone on with after the pause."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(ESCAPED)

    def two_steps(wanted: Any, *_: object, **__: object) -> Plan:
        steps = (PutInline("first", DENIES), PutInline("second", DENIES))
        return Plan(wanted.snapshot.fingerprint, steps, (), "proved")

    apply = world.roles.apply

    def pausing(name: str, step: Any) -> None:
        apply(name, step)
        world.ledger.pauses[ACCOUNT] = PAUSE

    with monkeypatch.context() as patched:
        patched.setattr(approved, "find_plan", two_steps)
        patched.setattr(world.roles, "apply", pausing)
        remediating.remediate(world.remediations.orders[0], world.remediator, now=NOW)
    assert [step.name for _, step in world.roles.writes if isinstance(step, PutInline)] == ["first"]
    assert (world.incident.state, "after 1 of" in world.incident.reason) == (State.NOT_FIXED, True)
    world.remediations.orders.clear()
    world.now = AFTER_THE_PAUSE
    world.change(ESCAPED, event_id="event-2")  # somebody has taken the first step back: it is as it was seen
    assert world.remediate() == ["CONTAINED"]


def test_an_approval_is_not_given_while_nothing_may_be_written() -> None:
    """It would have run out."""
    world = paused(Mode.APPROVE)
    assert world.incident.state is State.NEEDS_APPROVAL
    answer = world.operate(SECOND, "approve", incident=world.incident.id)
    assert (answer.status, "resume it first" in str(answer.body["error"])) == (409, True)


def test_an_approved_order_that_meets_a_pause_asks_again() -> None:
    """The plan is still there to be approved."""
    world = paused(Mode.APPROVE)
    incident = world.incident
    word = Approval(SECOND, NOW, HOUR_LATER, incident.remedy.plan)
    world.ledger.put_incident(approve(incident, word))
    look(world)
    world.remediate()
    assert (world.incident.state, world.roles.writes) == (State.NEEDS_APPROVAL, [])
    assert world.incident.reason.startswith("paused by")


def test_an_undo_waits_for_the_pauses_end() -> None:
    """A new one is refused; one that is on its way is carried out after it."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(ESCAPED)
    world.remediate()
    contained = live(world)
    fields = {"incident": world.incident.id, "reason": "agreed", "seconds": 3000}
    assert world.operate(OPERATOR, "undo", **fields).status == 200
    world.operate(SECOND, "pause", reason="maintenance", seconds=600)
    world.remediate()
    assert live(world) == contained
    assert world.operate(OPERATOR, "undo", **fields).status == 409
    assert [delay for _, delay in world.rechecks.requests[-2:]] == [601, 661]
    world.now = "2026-11-23T15:10:11+00:00"
    look(world)
    world.remediate()
    assert live(world) == ESCAPED


def test_the_pause_is_read_as_it_is_at_each_act() -> None:
    """An expired one, or one that was resumed, stops nothing."""
    for over in (replace(PAUSE, until=NOW), PAUSE.ended(SECOND, now=NOW)):
        world = World()
        world.ledger.pauses[ACCOUNT] = over
        world.change(HEALTHY, event_id="event-0")
        world.change(ESCAPED)
        world.remediate()
        assert world.incident.state is State.CONTAINED


def test_of_two_who_pause_at_once_the_longer_pause_holds() -> None:
    """Whoever comes second."""
    world = World()
    others: list[Any] = []
    world.ledger.races = [lambda: others.append(world.operate(SECOND, "pause", reason="short", seconds=60))]
    assert world.operate(OPERATOR, "pause", reason="long").body["until"] == HOUR_LATER
    assert world.ledger.pauses[ACCOUNT].until == HOUR_LATER


def test_anybody_who_may_give_commands_may_pause() -> None:
    """Also the actor of an incident: he gains nothing by it that is not told at once, and ends by itself."""
    world = World()
    assert world.operate(ACTOR, "pause", reason="hm").status == 200
