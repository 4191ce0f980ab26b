"""An escape that only the guard's own containment stops is told once, as a low one, and acted on when it gets out."""

from dataclasses import replace

import pytest

from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.planning.names import own_boundary_arns
from tests.builders import (
    ADMINISTRATOR,
    ADMINISTRATOR_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    allow,
    as_administrator,
    managed,
    policy,
    snapshot_of,
)
from tests.unit.service.world import World

NAME = GROUP_ROLE.name
COMPUTE = policy(allow("ec2:*"))


def contained() -> World:
    """Return a world in which AdministratorAccess is contained by a Deny of everything outside the ceiling."""
    world = World()
    world.change(as_administrator(snapshot_of(GROUP_ROLE)))
    world.remediate()
    world.notify()
    assert world.incident.state is State.CONTAINED
    return world


def live(world: World) -> RoleSnapshot:
    """Return the role as it is."""
    return world.roles.roles[NAME.lower()]


def add(world: World, name: str, text: str, event_id: str) -> None:
    """Let somebody put an inline policy."""
    world.change(live(world).with_inline(name, text), event_id=event_id)
    world.remediate()
    world.notify()


def of(world: World, source: str) -> Incident:
    """Return the incident of one cause."""
    return next(incident for incident in world.incidents if incident.source == source)


def test_what_the_containment_in_place_stops_is_told_once_as_a_low_one() -> None:
    """Who did it is named, what stands is named, and nothing is written."""
    world = contained()
    written = len(world.roles.writes)
    add(world, "compute", COMPUTE, "event-2")
    incident = of(world, "compute")
    assert (incident.state, incident.severity, incident.attempt) == (State.CONTAINED, Severity.LOW, 0)
    assert incident.cause.event_id == "event-2"
    assert incident.evidence.action.startswith("ec2:")
    assert live(world).inline[-1].name in incident.reason
    assert (len(world.roles.writes), len(world.topic.alerts)) == (written, 2)
    assert world.subjects[1] == f"[CONTAINED] LOW {NAME}: permission left the naming pattern"
    world.change(live(world), event_id="event-3")
    world.notify()
    assert len(world.topic.alerts) == 2


def test_what_gets_out_when_the_containment_is_taken_away_is_reopened_with_its_own_severity() -> None:
    """Both are contained again; the count of what came back has them both."""
    world = contained()
    add(world, "compute", COMPUTE, "event-2")
    kept = tuple(one for one in live(world).inline if one.name == "compute")
    world.change(replace(live(world), inline=kept), event_id="event-3")
    assert of(world, "compute").state is State.REOPENED
    assert of(world, "compute").severity is not Severity.LOW
    world.remediate()
    assert {incident.state for incident in world.incidents} == {State.CONTAINED}


@pytest.mark.parametrize("text", [IN_PATTERN, policy()])
def test_a_harmless_change_beside_a_containment_is_met_with_silence(text: str) -> None:
    """It would be inside the ceiling without the guard too."""
    world = contained()
    add(world, "harmless", text, "event-2")
    assert (len(world.incidents), len(world.topic.alerts)) == (1, 1)


def test_two_escapes_that_one_containment_stops_are_both_contained() -> None:
    """The second one's order finds it stopped: it is not called taken away."""
    world = World()
    both = as_administrator(snapshot_of(GROUP_ROLE)).with_attached(managed(PAYROLL, "arn:aws:iam::aws:policy/Later"))
    world.change(both)
    world.remediate()
    assert [incident.state for incident in world.incidents] == [State.CONTAINED] * 2
    assert sum("contained together with another one" in incident.reason for incident in world.incidents) == 1


def test_what_the_guard_s_own_boundary_stops_is_told_too() -> None:
    """The boundary is the ceiling; without it the role would be an administrator's."""
    world = World()
    bare = snapshot_of(GROUP_ROLE)
    world.change(bare, event_id="healthy")
    ceiling = policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*"))
    bounded = as_administrator(bare).with_boundary((managed(ceiling, own_boundary_arns(bare)[0]),))
    world.change(bounded)
    assert (of(world, ADMINISTRATOR_ARN).state, of(world, ADMINISTRATOR_ARN).severity) == (
        State.CONTAINED,
        Severity.LOW,
    )


def test_a_policy_that_was_told_is_not_told_again_while_it_stays_stopped() -> None:
    """Whoever rewrites it as often as he likes makes one alert."""
    world = contained()
    add(world, "compute", COMPUTE, "event-2")
    add(world, "compute", ADMINISTRATOR, "event-3")
    assert len(world.topic.alerts) == 2
