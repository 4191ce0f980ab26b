"""An escape that keeps coming back ends in the strongest proved remedy and one alert, not in a war."""

from dataclasses import replace
from datetime import datetime, timedelta

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.incident import State
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutInline, PutOwnBoundary
from panorama_guard.planning.names import CONTAINMENT_PREFIX
from tests.builders import GROUP_ROLE, NOW, PAYROLL, SERVICE_ROLE, as_administrator, snapshot_of, with_policies
from tests.unit.service.world import World, event_on

HEALTHY = snapshot_of(GROUP_ROLE)
ESCAPED = with_policies(HEALTHY, PAYROLL)
LIMIT = 3  # of the world that the tests run in


def at(seconds: int) -> str:
    """Return a time so many seconds after the beginning."""
    return (datetime.fromisoformat(NOW) + timedelta(seconds=seconds)).isoformat()


def bring_back(world: World, number: int, escaped: RoleSnapshot = ESCAPED) -> None:
    """Put the role back as the attacker wants it, without our containment, and let the guard answer."""
    world.now = at(number)
    world.change(escaped, event_id=f"event-{number}")
    world.remediate()
    world.notify()


def at_war(times: int) -> World:
    """Return a world in which an escape was contained, and came back so many times."""
    world = World()
    for number in range(times + 1):
        bring_back(world, number)
    return world


def test_below_the_limit_an_escape_that_comes_back_is_contained_as_before() -> None:
    """Each time, by the least harm."""
    world = at_war(LIMIT)
    assert (world.incident.state, world.incident.breaker, world.incident.attempt) == (
        State.CONTAINED,
        Breaker.CLOSED,
        4,
    )


def test_at_the_limit_the_strongest_proved_remedy_is_taken() -> None:
    """The ceiling as boundary, not the Deny of this escape alone."""
    world = at_war(LIMIT + 1)
    assert (world.incident.state, world.incident.breaker) == (State.CONTAINED, Breaker.STRONGEST)
    assert [type(step) for _, step in world.roles.writes[-2:]] == [PutInline, PutOwnBoundary]


def test_past_the_strongest_remedy_nothing_is_written_and_one_alert_names_who_it_was() -> None:
    """The last containment stays where it is, if it is there; the operators are told once."""
    world = at_war(LIMIT + 1)
    written, told = len(world.roles.writes), len(world.topic.alerts)
    bring_back(world, LIMIT + 2)
    assert (world.incident.state, world.incident.breaker) == (State.NOT_FIXED, Breaker.OPEN)
    assert "the breaker is open after 3 re-openings within 15 minutes, the last by " in world.incident.reason
    assert world.incident.cause.actor in world.incident.reason
    bring_back(world, LIMIT + 3)
    bring_back(world, LIMIT + 4)
    assert (len(world.roles.writes), len(world.topic.alerts)) == (written, told + 1)


def test_the_service_through_which_it_was_done_is_named() -> None:
    """CloudFormation that applies its template again says so in its calls."""
    world = at_war(LIMIT + 1)
    world.now = at(LIMIT + 2)
    world.roles.put(ESCAPED)
    event = event_on(GROUP_ROLE.name, event_id="template")
    event["detail"]["userIdentity"]["invokedBy"] = "cloudformation.amazonaws.com"
    world.inspect(event)
    assert f"the last by {world.incident.cause.actor} through cloudformation.amazonaws.com:" in world.incident.reason


def test_after_the_window_the_guard_tries_once_more() -> None:
    """Half-open: the count of what came back within the window is down."""
    world = at_war(LIMIT + 1)
    bring_back(world, LIMIT + 2)
    bring_back(world, 15 * 60 + LIMIT + 2)
    assert (world.incident.state, world.incident.breaker) == (State.CONTAINED, Breaker.CLOSED)


def test_a_war_on_one_role_keeps_no_other_role_from_being_contained() -> None:
    """The count is of one role."""
    world = at_war(LIMIT + 2)
    bring_back(world, LIMIT + 3, as_administrator(snapshot_of(SERVICE_ROLE)))
    (other,) = (incident for incident in world.incidents if incident.subject.name == SERVICE_ROLE.name)
    assert (other.state, other.breaker) == (State.CONTAINED, Breaker.CLOSED)


def test_another_escape_of_the_same_kind_is_contained_by_the_strongest_remedy_at_once() -> None:
    """A new name for the same war is no way round the count, and no first containment is refused."""
    world = at_war(LIMIT + 1)
    world.now = at(LIMIT + 2)
    contained = world.roles.roles[GROUP_ROLE.name.lower()]
    kept = tuple(policy for policy in contained.inline if not policy.name.startswith(CONTAINMENT_PREFIX))
    world.change(as_administrator(replace(contained, inline=kept, boundary=())), event_id="other")
    world.remediate()
    other = next(incident for incident in world.incidents if "Administrator" in incident.source)
    assert (other.state, other.breaker) == (State.CONTAINED, Breaker.STRONGEST)
