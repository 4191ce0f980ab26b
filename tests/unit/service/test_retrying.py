"""An operator has the guard try again what it could not fix."""

from typing import Any

import pytest

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.incident import State
from panorama_guard.policy.record import replace
from panorama_guard.service.settings import Mode
from tests.builders import GROUP_ROLE, PAYROLL, SERVICE_ROLE, snapshot_of, with_policies
from tests.fakes import CrashError
from tests.unit.service.test_rechecks import recheck
from tests.unit.service.world import ACTOR, OPERATOR, World, event_on

ESCAPED = with_policies(snapshot_of(GROUP_ROLE), PAYROLL)
REFUSAL = "AccessDenied: `a service control policy`"


def refused(mode: Mode = Mode.ENFORCE) -> World:
    """Return a world in which AWS refused what the guard wanted to do, and where that is told and over."""
    world = World(mode)
    world.change(ESCAPED)
    world.roles.refusal = REFUSAL
    while world.incident.state is not State.NOT_FIXED:  # in mode approve each rung of the ladder is asked for
        world.operate(OPERATOR, "approve", incident=world.incident.id)
        world.remediate()
    world.notify()
    assert world.incident.state is State.NOT_FIXED
    world.roles.refusal = ""
    return world


def retry(world: World, caller: str = OPERATOR) -> Any:
    """Give the word about the one incident."""
    return world.operate(caller, "retry", incident=world.incident.id)


def test_what_aws_refused_is_tried_again() -> None:
    """At the operator's word, and not before: the role is as it was."""
    world = refused()
    recheck(world)
    assert world.remediate() == []
    assert (retry(world).status, world.incident.state) == (202, State.NOT_FIXED)
    recheck(world)
    assert world.remediate() == ["CONTAINED"]


def test_each_incident_that_is_tried_again_is_told_of() -> None:
    """Two words within the hour, about two incidents."""
    world = refused()
    world.roles.refusal = REFUSAL
    world.change(with_policies(snapshot_of(SERVICE_ROLE), PAYROLL), event_id="event-2")
    while any(one.state is not State.NOT_FIXED for one in world.incidents):
        world.remediate()
    world.notify()
    told = len(world.topic.alerts)
    for incident in world.incidents:
        assert world.operate(OPERATOR, "retry", incident=incident.id).status == 202
    world.notify()
    texts = [text for _, text, _ in world.topic.alerts[told:]]
    assert [[one.id in text for one in world.incidents] for text in texts] == [[True, False], [False, True]]


def test_the_operators_hear_who_asked_and_nothing_twice() -> None:
    """The incident is not told again before something comes of it."""
    world = refused()
    told = len(world.topic.alerts)
    retry(world)
    world.notify()
    ((subject, text, _),) = world.topic.alerts[told:]
    assert subject.startswith("[OPERATOR] the guard was asked to try again")
    assert OPERATOR in text
    assert world.incident.id in text


def test_a_role_is_looked_at_at_once() -> None:
    """By a request that says that an operator asked."""
    world = refused()
    world.rechecks.requests.clear()
    retry(world)
    (request,) = world.rechecks.requests
    assert (request[0].inspect_role, request[1]) == (GROUP_ROLE.name, 0)


def test_it_is_tried_again_after_many_failures_too() -> None:
    """The pause after the fifth is for roles that change at each attempt."""
    world = refused()
    world.ledger.put_incident(replace(world.incident, failures=9, revision=world.incident.revision + 1))
    retry(world)
    recheck(world)
    assert world.remediate() == ["CONTAINED"]


def test_where_operators_approve_the_plan_is_asked_for_again() -> None:
    """The word that had it carried out was for the attempt that failed."""
    world = refused(Mode.APPROVE)
    retry(world)
    recheck(world)
    assert (world.incident.state, world.roles.writes) == (State.NEEDS_APPROVAL, [])
    assert world.operate(OPERATOR, "approve", incident=world.incident.id).status == 200
    assert world.remediate() == ["CONTAINED"]


def test_what_is_contained_is_not_tried_again() -> None:
    """The answer says how it stands."""
    world = World()
    world.change(ESCAPED)
    world.remediate()
    answer = retry(world)
    assert (answer.status, "it is CONTAINED" in answer.body["error"]) == (409, True)


def test_an_open_breaker_is_not_closed_by_it() -> None:
    """A war ends by the one who wages it."""
    world = refused()
    tripped = replace(world.incident, breaker=Breaker.OPEN, revision=world.incident.revision + 1)
    world.ledger.put_incident(tripped)
    answer = retry(world)
    assert (answer.status, "the breaker is open" in answer.body["error"]) == (409, True)
    assert world.incident == tripped


def test_nothing_is_tried_while_the_guard_is_paused() -> None:
    """The pause has to end first."""
    world = refused()
    world.operate(OPERATOR, "pause", reason="maintenance")
    answer = retry(world)
    assert (answer.status, "resume it first" in answer.body["error"]) == (409, True)
    assert world.incident.fingerprint


def test_who_led_to_it_may_say_it_too() -> None:
    """It lets nothing stand, and leaves the judgement where it is."""
    assert retry(refused(), ACTOR).status == 202


def test_a_word_that_dies_at_any_call_and_comes_again_is_one() -> None:
    """One attempt, whatever was lost."""
    first = len(refused().calls.made)
    world = refused()
    retry(world)
    for number in range(first + 1, len(world.calls.made) + 1):
        world = refused()
        world.calls.crash_at = number
        with pytest.raises(CrashError):
            retry(world)
        assert retry(world).status == 202
        world.inspect(event_on(GROUP_ROLE.name, event_id="event-9"))
        assert world.remediate() == ["CONTAINED"]
        assert len(world.roles.writes) == 1
