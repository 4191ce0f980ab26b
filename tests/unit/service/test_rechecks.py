"""A role is looked at again later, and who brought an escape about is named when that comes to light."""

from dataclasses import replace

import pytest

from panorama_guard.case.incident import Incident, State
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from tests.builders import GROUP_ROLE, IN_PATTERN, NOW, PAYROLL, snapshot_of, with_policies
from tests.unit.service.world import World, event_on, own_event_on

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
REQUEST = InspectionRequest(GROUP_ROLE.name, NOW, Origin.RECHECK)
LATER = "2026-11-23T15:00:25+00:00"
MADE = "2026-11-23T15:00:08Z"  # shortly before NOW


def recheck(world: World) -> None:
    """Deliver a re-check."""
    world.message(dump_record(REQUEST))


def call(event_name: str = "PutRolePolicy", *, at: str = MADE, event_id: str = "late") -> dict[str, object]:
    """Return the event of a call that somebody made."""
    event = event_on(GROUP_ROLE.name, event_id=event_id)
    event["detail"] |= {"eventName": event_name, "eventTime": at}
    return event


def contained(snapshot: RoleSnapshot = ESCAPED) -> World:
    """Return a world in which an escape was contained."""
    world = World()
    world.change(snapshot)
    world.remediate()
    world.notify()
    return world


def test_a_role_that_is_judged_clean_after_a_call_is_looked_at_again() -> None:
    """The read may lag behind the call that the event tells of."""
    world = World()
    world.change(HEALTHY)
    assert world.rechecks.requests == [(REQUEST, 5), (REQUEST, 30)]


def test_a_stale_read_is_made_good_by_a_re_check() -> None:
    """The first look sees the role as it was; the escape is found without another event."""
    world = World()
    world.roles.stale = [HEALTHY]
    world.change(ESCAPED)
    assert world.incidents == []
    recheck(world)
    assert world.incident.state is State.DETECTED


def test_a_role_that_no_read_shows_yet_is_looked_at_again() -> None:
    """Who makes a role and gives it everything within seconds is seen by the re-check, and not by the next sweep."""
    world = World()
    world.inspect(call("AttachRolePolicy"))
    assert world.rechecks.requests == [(REQUEST, 5), (REQUEST, 30)]
    recheck(world)
    assert len(world.rechecks.requests) == 2
    world.roles.put(ESCAPED)
    recheck(world)
    assert world.incident.state is State.DETECTED


def test_a_re_check_asks_for_no_other() -> None:
    """Nor does a sweep: only a call makes a role worth looking at again."""
    world = World()
    world.roles.put(HEALTHY)
    recheck(world)
    world.message(dump_record(replace(REQUEST, origin=Origin.SWEEP)))
    assert world.rechecks.requests == []


def test_many_calls_in_a_row_share_their_re_checks() -> None:
    """A flood of harmless calls does not become a flood of re-checks."""
    world = World()
    for number in range(5):
        world.change(HEALTHY, event_id=f"event-{number}")
    assert len(world.rechecks.requests) == 2
    world.now = LATER
    world.change(HEALTHY, event_id="event-later")
    assert len(world.rechecks.requests) == 4


def test_what_is_ordered_is_looked_at_again_by_who_carries_it_out() -> None:
    """Not twice."""
    world = World()
    world.change(ESCAPED)
    assert world.rechecks.requests == []


def test_an_escape_that_is_back_at_a_re_check_is_contained_again() -> None:
    """The same incident, another attempt."""
    world = contained()
    world.roles.put(ESCAPED)
    recheck(world)
    assert (world.incident.state, world.incident.attempt) == (State.REOPENED, 2)
    world.remediate()
    assert world.incident.state is State.CONTAINED


def test_who_brought_an_escape_back_is_named_when_the_event_comes() -> None:
    """While the order is on its way, nothing is told twice; the alert that follows names the actor."""
    world = contained()
    world.roles.put(ESCAPED)
    recheck(world)
    assert not world.incident.cause.is_named
    world.inspect(call())
    assert world.incident.cause.event_id == "late"
    world.remediate()
    world.notify()
    assert len(world.topic.alerts) == 2
    assert world.incident.cause.actor in world.topic.alerts[-1][1]


def test_who_brought_an_escape_about_is_named_after_its_containment() -> None:
    """The event comes when the role is clean again: the operators hear who it was."""
    world = contained()
    world.roles.put(ESCAPED)
    recheck(world)
    world.remediate()
    world.notify()
    world.inspect(call())
    world.notify()
    assert world.incident.state is State.CONTAINED
    assert world.incident.cause.event_id == "late"
    assert len(world.topic.alerts) == 3


def reopened_unnamed() -> World:
    """Return a world in which a re-check found an escape."""
    world = World()
    world.roles.put(ESCAPED)
    recheck(world)
    return world


@pytest.mark.parametrize(
    "event",
    [
        call("TagRole"),
        call("UpdateAssumeRolePolicy"),
        call(at="2026-11-23T14:45:09Z"),
        call(at="2026-11-23T15:00:11Z"),
    ],
    ids=["a tag", "a trust policy", "long before", "afterwards"],
)
def test_a_call_that_cannot_have_led_to_an_escape_is_not_blamed(event: dict[str, object]) -> None:
    """Neither one of another kind, nor one of another time."""
    world = reopened_unnamed()
    world.inspect(event)
    assert not world.incident.cause.is_named


def test_the_call_that_was_blamed_first_stays() -> None:
    """A later event does not change the story."""
    world = reopened_unnamed()
    world.inspect(call(event_id="first"))
    world.inspect(call(event_id="second"))
    assert world.incident.cause.event_id == "first"


def test_the_guards_own_write_is_never_blamed() -> None:
    """Its events are an occasion to look, and no cause."""
    world = contained()
    world.roles.put(ESCAPED)  # undone before the event of our own write arrives
    world.inspect(own_event_on(GROUP_ROLE.name, event_id="own"))
    assert world.incident.state is State.REOPENED
    assert not world.incident.cause.is_named
    assert "look after the guard's own write" in world.incident.cause.actor


def test_an_in_pattern_change_is_no_incident_at_any_look() -> None:
    """However often it is looked at."""
    world = World()
    world.change(with_policies(HEALTHY, IN_PATTERN))
    for _ in range(3):
        recheck(world)
    assert world.incidents == list[Incident]()
