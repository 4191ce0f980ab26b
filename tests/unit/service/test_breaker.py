"""An escape that keeps coming back ends in the strongest proved remedy and one alert, not in a war."""

from dataclasses import replace
from datetime import datetime, timedelta

from panorama_guard.case.breaker import Breaker
from panorama_guard.case.incident import State
from panorama_guard.case.order import InspectionRequest
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutInline, PutOwnBoundary
from panorama_guard.planning.names import CONTAINMENT_PREFIX
from tests.builders import (
    ADMINISTRATOR,
    GROUP_ROLE,
    NOW,
    PAYROLL,
    SERVICE_ROLE,
    as_administrator,
    inline,
    managed,
    snapshot_of,
    with_policies,
)
from tests.unit.service.world import ACTOR, World, event_on

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


def latest_look(world: World) -> tuple[InspectionRequest, int]:
    """Return the look that is the furthest off."""
    return max(world.rechecks.requests, key=lambda asked: asked[1])


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


def test_the_alert_of_the_open_breaker_says_what_stays_in_place() -> None:
    """The boundary stands, and the attacker's escape is one that it does not stop any more: he has widened it."""
    world = at_war(LIMIT + 1)
    world.now = at(LIMIT + 2)
    left = world.roles.roles[GROUP_ROLE.name.lower()]
    (own,) = left.boundary
    wide = replace(left, inline=inline(PAYROLL), boundary=(replace(own, text=ADMINISTRATOR),))
    world.change(wide, event_id="widened")
    assert f"what is in place stays: the boundary {own.arn}; nothing more is tried before " in world.incident.reason


def test_the_alert_of_the_open_breaker_says_that_nothing_is_in_place() -> None:
    """The attacker has taken everything away."""
    world = at_war(LIMIT + 2)
    assert "nothing of the guard's is in place, nothing more is tried before 2026-" in world.incident.reason
    assert world.incident.in_place == ()


def test_what_was_said_to_stay_and_does_not_is_told_once() -> None:
    """The attacker widens the boundary, and takes it away only after the last alert."""
    world = at_war(LIMIT + 1)
    world.now = at(LIMIT + 2)
    left = world.roles.roles[GROUP_ROLE.name.lower()]
    world.change(replace(left, inline=inline(PAYROLL), boundary=(managed(ADMINISTRATOR, left.boundary[0].arn),)))
    world.notify()
    told, written = len(world.topic.alerts), len(world.roles.writes)
    for number in (LIMIT + 3, LIMIT + 4):
        bring_back(world, number)
    assert (len(world.topic.alerts), len(world.roles.writes)) == (told + 1, written)
    assert "nothing of the guard's is in place" in world.incident.reason


def test_the_last_attempt_says_that_it_is_the_last() -> None:
    """Whoever reads that it is contained knows what to expect; the attempts before say nothing of the kind."""
    world = at_war(LIMIT + 1)
    texts = [text for _, text, _ in world.topic.alerts]
    assert ["this is the last attempt for a time" in text for text in texts] == [False] * (LIMIT + 1) + [True]


def test_the_alert_of_a_war_says_how_to_stop_it() -> None:
    """Take the permission from whoever it is, waive, or pause."""
    world = at_war(LIMIT + 2)
    _, text, _ = world.topic.alerts[-1]
    assert f"To stop it:  take the permission to change the role from {ACTOR}" in text
    assert "To stop it:  pause the guard while you change that, which guards nothing meanwhile: " in text
    assert 'meanwhile: panorama-guard pause --reason "..." --for 1h' in text
    assert f"To waive:    panorama-guard waive {world.incident.id}" in text


def test_a_look_is_on_its_way_for_when_the_breaker_may_close() -> None:
    """A queue delays by a quarter of an hour at most; that look asks for the next one, until the window is over."""
    world = at_war(LIMIT + 2)
    request, delay = latest_look(world)
    now = LIMIT + 2
    counted = now - LIMIT  # the first of so many, one in each of the seconds before
    assert (request.inspect_role, delay) == (GROUP_ROLE.name, counted + 15 * 60 - now + 1)


def test_the_look_that_was_asked_for_is_the_attempt_after_the_window() -> None:
    """No event, no sweep: the guard acts again by itself."""
    world = at_war(LIMIT + 2)
    request, delay = latest_look(world)
    world.now = at(LIMIT + 2 + delay)
    world.message(dump_record(request))
    world.remediate()
    assert (world.incident.state, world.incident.breaker) == (State.CONTAINED, Breaker.CLOSED)


def test_after_the_window_the_guard_tries_once_more() -> None:
    """Half-open: the count of what came back within the window is down."""
    world = at_war(LIMIT + 1)
    bring_back(world, LIMIT + 2)
    bring_back(world, 15 * 60 + LIMIT + 2)
    assert (world.incident.state, world.incident.breaker) == (State.CONTAINED, Breaker.CLOSED)


def test_who_takes_the_escape_away_for_a_moment_and_brings_it_back_stays_counted() -> None:
    """However often, and also once nothing is ordered any more: each time is another incident, and it is one war."""
    world = at_war(LIMIT + 2)
    ordered, written = len(world.remediations.seen), len(world.roles.writes)
    for number in range(1, 7):
        world.now = at(LIMIT + 2 + 2 * number)
        world.change(HEALTHY, event_id=f"away-{number}")
        assert world.incident.state is State.RESOLVED
        bring_back(world, LIMIT + 3 + 2 * number)
        assert (world.incident.state, world.incident.breaker) == (State.NOT_FIXED, Breaker.OPEN)
    assert (len(world.remediations.seen), len(world.roles.writes)) == (ordered, written)


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
