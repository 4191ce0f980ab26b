"""What the model of the protocol (docs/protocol.md) found in the code: each test is one of its counterexamples."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.incident import State
from panorama_guard.case.lifecycle import MAX_FAILED_ATTEMPTS
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.pause import Pause
from panorama_guard.case.record import dump_record
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.job import RE_READS
from tests.builders import ACCOUNT, GROUP_ROLE, IN_PATTERN, NOW, PAYROLL, snapshot_of, with_policies
from tests.unit.service.test_breaker import LIMIT, at, at_war, bring_back
from tests.unit.service.world import OPERATOR, World, event_on, recreated

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
OTHERWISE = ESCAPED.with_inline("other", IN_PATTERN)
RECHECK = dump_record(InspectionRequest(GROUP_ROLE.name, NOW, Origin.RECHECK))


def attacked() -> World:
    """Return a world in which a healthy role has just been made to escape, and a remediation is ordered."""
    world = World()
    world.change(HEALTHY, event_id="event-0")
    world.change(ESCAPED)
    return world


def before(owner: Any, name: str, happens: Callable[[], None]) -> None:
    """Have something happen once, right before a call."""
    call = getattr(owner, name)

    def instead(*arguments: Any, **named: Any) -> Any:
        setattr(owner, name, call)
        happens()
        return call(*arguments, **named)

    setattr(owner, name, instead)


def fail_to_hold(world: World) -> None:
    """Carry out what is ordered, and have every re-read show it taken back: the attacker was quick."""
    escaping = world.roles.roles[GROUP_ROLE.name.lower()]
    world.roles.stale = [escaping] * (2 + len(RE_READS)) if world.remediations.orders else []
    for order in world.remediations.orders:
        carry_out(order, world.remediator, now=world.now)
    world.remediations.orders.clear()
    world.roles.put(escaping)


@pytest.mark.parametrize("role_id", ["", "AROANEW"])
def test_an_incident_whose_order_was_lost_ends_though_its_role_was_deleted(role_id: str) -> None:
    """A crash fell between record and order, and the attacker has deleted the role, or made it again: it is told."""
    world = attacked()
    world.remediations.orders.clear()
    world.remediations.seen.clear()
    world.roles.roles.clear()
    if role_id:
        world.roles.put(recreated(HEALTHY, role_id))
    world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))
    world.remediate()
    world.notify()
    assert (world.incident.state, len(world.topic.alerts)) == (State.RESOLVED, 1)


def test_an_open_breaker_is_not_closed_by_taking_the_escape_away_for_a_moment() -> None:
    """What comes back within the window is another incident, and the same war."""
    world = at_war(LIMIT + 1)
    bring_back(world, LIMIT + 2)
    written = len(world.roles.writes)
    world.change(HEALTHY, event_id="away")
    assert world.incident.state is State.RESOLVED
    bring_back(world, LIMIT + 3)
    assert (world.incident.state, world.incident.breaker) == (State.NOT_FIXED, Breaker.OPEN)
    assert len(world.roles.writes) == written


def test_re_openings_are_counted_over_incidents_that_came_to_nothing() -> None:
    """An escape that is gone when its turn comes, and back after it, is counted like any other that comes back."""
    world = at_war(1)
    for number in range(2, LIMIT + 1):
        world.change(ESCAPED, event_id=f"event-{number}")
        world.roles.put(HEALTHY)
        world.remediate()
        assert world.incident.state is State.RESOLVED
    bring_back(world, LIMIT + 1)
    assert world.incident.breaker is Breaker.STRONGEST


def test_an_operators_word_ends_the_count() -> None:
    """What was waived and comes back later is no war."""
    world = attacked()
    world.operate(OPERATOR, "waive", incident=world.incident.id, reason="known", seconds=60)
    world.remediate()
    world.change(ESCAPED, event_id="event-2")
    world.now = at(61)
    world.message(RECHECK)
    assert (world.incident.state, world.incident.breaker) == (State.DETECTED, Breaker.CLOSED)


def test_where_the_guard_only_observes_nothing_is_counted() -> None:
    """A deployment that is set to enforce begins by the least harm."""
    world = World()
    world.ledger.pauses[ACCOUNT] = Pause(ACCOUNT, OPERATOR, NOW, at(3600), "maintenance")
    for number in range(LIMIT + 2):
        world.change(ESCAPED, event_id=f"event-{number}")
        world.remediations.orders.clear()
        world.change(HEALTHY, event_id=f"gone-{number}")
    assert world.incident.breaker is Breaker.CLOSED


def test_a_strongest_remedy_that_fails_is_not_followed_by_the_first_rung() -> None:
    """Else an attacker who is quick once keeps the breaker from ever opening."""
    world = at_war(LIMIT)
    world.now = at(LIMIT + 1)
    world.change(ESCAPED, event_id="back")
    fail_to_hold(world)
    assert (world.incident.state, world.incident.breaker) == (State.NOT_FIXED, Breaker.STRONGEST)
    world.change(OTHERWISE, event_id="otherwise")
    assert (world.incident.state, world.incident.breaker) == (State.REOPENED, Breaker.STRONGEST)


def test_a_waiver_that_comes_while_the_plan_is_made_is_heeded() -> None:
    """It is read again right before the act: the guard does not fight the operator."""
    world = attacked()

    def waive() -> None:
        world.operate(OPERATOR, "waive", incident=world.incident.id, reason="known", seconds=600)

    before(world.ledger, "put_backup", waive)
    assert world.remediate() == ["RESOLVED"]
    assert (world.roles.writes, len(world.ledger.waivers)) == ([], 1)


def test_an_undo_that_a_re_opening_overtook_is_turned_down_and_told() -> None:
    """What the guard did since is not what the operator had read; and an order that does nothing is not silent."""
    world = attacked()
    world.remediate()
    undone = {"incident": world.incident.id, "reason": "known", "seconds": 600}

    def come_back() -> None:
        world.roles.put(ESCAPED)
        world.inspect(event_on(GROUP_ROLE.name, event_id="event-2"))

    before(world.ledger, "put_undo", come_back)
    assert world.operate(OPERATOR, "undo", **undone).body["undo"] == "lifting"
    world.remediate()
    (undo,) = world.ledger.undos.values()
    assert undo.refused == "the escape came back before it was taken back, and was answered anew: undo that"


def test_what_was_taken_back_at_once_is_put_back_by_a_later_look() -> None:
    """The attacker deletes our Deny before it is verified, and the role is as it was: no change is to be waited for."""
    world = attacked()
    fail_to_hold(world)
    assert world.incident.state is State.NOT_FIXED
    world.now = at(5)
    world.message(RECHECK)
    assert world.incident.state is State.NOT_FIXED  # IAM's reads may still lag
    world.now = at(35)
    world.message(RECHECK)
    assert world.remediate()[-1] == "CONTAINED"


def test_what_is_taken_back_at_once_each_time_is_not_put_back_for_ever() -> None:
    """Each time is a failed attempt."""
    world = attacked()
    for number in range(MAX_FAILED_ATTEMPTS + 2):
        world.now = at(60 * number)
        world.message(RECHECK)
        fail_to_hold(world)
    assert (world.incident.state, world.incident.attempt) == (State.NOT_FIXED, MAX_FAILED_ATTEMPTS)


def test_a_role_that_is_back_as_it_was_after_changing_under_every_plan_is_tried_again() -> None:
    """No attempt was made on it as it is; nor does another's write in between hide that."""
    world = attacked()
    for number in range(4):
        world.roles.stale += [ESCAPED.with_inline(f"{name}{number}", IN_PATTERN) for name in "ab"]
    key = next(iter(world.ledger.incidents))

    def be_named() -> None:
        named = replace(world.incident.cause, actor="mallory")
        world.ledger.incidents[key] = replace(world.incident, cause=named, revision=world.incident.revision + 1)

    world.ledger.races.append(be_named)
    assert world.remediate() == ["NOT FIXED"]
    world.roles.stale.clear()
    world.change(ESCAPED, event_id="event-2")
    assert world.remediate()[0] == "CONTAINED"


def test_a_pause_that_ends_while_the_outcome_is_written_is_no_reason_to_wait() -> None:
    """The look at its end may come before the outcome is on record: another comes when the worker's time is over."""
    world = attacked()
    world.ledger.pauses[ACCOUNT] = Pause(ACCOUNT, OPERATOR, NOW, at(10), "maintenance")
    world.remediate()
    assert [delay for _, delay in world.rechecks.requests][-2:] == [11, 71]


@pytest.mark.parametrize("moment", ["put_undo", "put_waiver", "put_incident", "lift"])
def test_an_undo_that_is_given_while_its_incident_is_put_away_is_carried_out(moment: str) -> None:
    """A look had read the record before the word was on it, and comes to putting it away at any time after."""
    world = attacked()
    world.remediate()
    world.notify()
    read, told = world.incident, len(world.topic.alerts)
    owner = world.remediations if moment == "lift" else world.ledger

    def put_away() -> None:
        with contextlib.suppress(StaleRecordError):
            world.ledger.archive(read)

    before(owner, moment, put_away)
    asked = {"reason": "an agreed change", "seconds": 3600}
    assert world.operate(OPERATOR, "undo", incident=read.id, **asked).body["undo"] == "lifting"
    assert world.remediate() == ["lifted"]
    assert world.roles.roles[GROUP_ROLE.name.lower()] == ESCAPED
    world.notify()
    assert [subject for subject in world.subjects[told:] if subject == world.subjects[told - 1]] == []  # told but once


def test_an_undo_of_what_is_in_the_history_is_carried_out() -> None:
    """It was put away after the order went out: the order of the slot's only incident means that one."""
    world = attacked()
    world.remediate()
    world.operate(OPERATOR, "undo", incident=world.incident.id, reason="an agreed change", seconds=3600)
    world.ledger.archive(world.incident)
    assert world.remediate() == ["lifted"]
    assert world.roles.roles[GROUP_ROLE.name.lower()] == ESCAPED
    assert world.incident.state is State.RESOLVED
