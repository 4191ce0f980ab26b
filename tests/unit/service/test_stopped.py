"""An escape that only the guard's own containment stops is told once, as a low one, and acted on when it gets out."""

from dataclasses import replace
from typing import Any

import pytest

from panorama_guard.case.finding import Judgement, Kind, Severity
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.subject import judge
from panorama_guard.planning.names import own_boundary_arns
from panorama_guard.service import stopped
from panorama_guard.service.settings import Mode
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
from tests.unit.service.world import OPERATOR, World

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


def told_of(world: World, incident_id: str) -> dict[str, Any]:
    """Return what is told of an incident, also when a later one took its place."""
    return dict(world.operate(OPERATOR, "explain", incident=incident_id).body)


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


def test_what_another_incident_s_containment_stops_is_not_told_as_gone() -> None:
    """One of two escapes is approved, and its Deny takes in the other: that one names what stops it."""
    world = World(Mode.APPROVE)
    world.change(as_administrator(snapshot_of(GROUP_ROLE)).with_inline("compute", COMPUTE))
    other = of(world, "compute").id
    assert world.operate(OPERATOR, "approve", incident=of(world, ADMINISTRATOR_ARN).id).status == 200
    world.remediate()
    ended = told_of(world, other)
    assert ended["state"] == State.RESOLVED.value
    assert "for another incident, as long as that stands: the inline policy panorama-guard-" in ended["reason"]


def test_what_is_in_place_is_judged_as_often_whatever_it_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of these may be as hard to judge as one look may be: their number is an attacker's to choose."""
    asked: list[object] = []

    def counted(*sides: Any) -> Judgement:
        asked.append(sides)
        return judge(*sides)

    role, odd = as_administrator(snapshot_of(GROUP_ROLE)), allow("sqs:*", Condition={"Odd": {"aws:userid": "x"}})
    for number in range(6):
        role = role.with_inline(f"odd-{number}", policy(odd))
    world = World()
    world.change(role)
    monkeypatch.setattr(stopped, "judge", counted)
    assert world.remediate() == ["CONTAINED"]
    assert {one.state for one in world.incidents if one.kind is Kind.UNDECIDED} == {State.RESOLVED}
    assert len(asked) == 2


def test_an_undo_says_what_stops_the_escape_all_the_same() -> None:
    """What another incident's containment denies stays denied, whatever is waived."""
    world = World()
    world.change(snapshot_of(GROUP_ROLE).with_inline("payroll", PAYROLL))
    world.remediate()
    first = of(world, "payroll")
    world.change(live(world).with_attached(managed(ADMINISTRATOR, ADMINISTRATOR_ARN)), event_id="event-2")
    world.remediate()
    assert of(world, ADMINISTRATOR_ARN).state is State.CONTAINED
    assert world.operate(OPERATOR, "undo", incident=first.id, reason="x", seconds=60).status == 200
    world.remediate()
    undone = told_of(world, first.id)
    assert undone["state"] == State.RESOLVED.value
    assert "for another incident stops it all the same, until that is undone: the inline policy" in undone["reason"]


def test_what_is_over_and_is_stopped_when_it_comes_again_is_told_on_top_of_that() -> None:
    """The look comes to its end; it is another incident, contained and low."""
    world = contained()
    add(world, "compute", COMPUTE, "event-2")
    ended = replace(of(world, "compute"), state=State.RESOLVED)
    world.ledger.put_incident(replace(ended, revision=ended.revision + 1))
    world.change(live(world), event_id="event-3")
    again = of(world, "compute")
    assert (again.state, again.severity, again.id == ended.id) == (State.CONTAINED, Severity.LOW, False)
