"""A sweep asks for every guarded role, and sends what was not told."""

from dataclasses import dataclass, replace

import pytest

from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.incident import State
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.service.errors import BrokenGuardError
from panorama_guard.service.settings import Mode
from panorama_guard.service.sweep import sweep
from tests.builders import NOW, PROFILE, ROLES, SERVICE_ROLE, as_administrator, policy, snapshot_of, trusting
from tests.fakes import FakeResources, FakeRules
from tests.unit.named_secrets import a_secret
from tests.unit.service.world import World

SOON = "2026-11-23T15:05:10+00:00"
LATER = "2026-11-23T15:05:11+00:00"
GUARDED = sorted(role.name for role in (*PROFILE.roles, *PROFILE.watched))
AROUND = [f"iam-role:{SERVICE_ROLE.name}"]


def test_every_guarded_role_is_asked_for() -> None:
    """Those that exist, and those that do not: their incidents may be open. And what is around those that do."""
    world = World()
    world.roles.put(snapshot_of())
    payroll = policy(trusting({"Service": "ec2.amazonaws.com"}))
    stranger = replace(snapshot_of(), trust=payroll, attached=())
    world.roles.put(replace(stranger, subject=replace(snapshot_of().subject, name="Payroll")))
    result = world.sweep()
    assert world.inspections.requests == [InspectionRequest(name, NOW, Origin.SWEEP) for name in GUARDED + AROUND]
    assert (result.roles_read, list(result.roles_asked_for)) == (2, GUARDED + AROUND)


def test_a_role_whose_name_differs_in_case_is_asked_for_as_it_is_written() -> None:
    """It stands where the guarded role was."""
    world = World()
    shouting = SERVICE_ROLE.name.upper()
    world.roles.put(replace(snapshot_of(), subject=replace(snapshot_of().subject, name=shouting)))
    asked = world.sweep().roles_asked_for
    assert shouting in asked
    assert SERVICE_ROLE.name not in asked


def test_what_a_sweep_asks_for_finds_what_no_event_said() -> None:
    """The event was lost; the sweep's request leads to the incident."""
    world = World(Mode.OBSERVE)
    world.roles.put(as_administrator(snapshot_of()))
    world.sweep()
    for request in world.inspections.requests:
        world.message(dump_record(request))
    assert world.incident.state is State.OBSERVED


def test_an_alert_that_the_stream_missed_is_sent() -> None:
    """The incident is written once more, so that the stream carries it once more; its state stays."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.ledger.stream.clear()
    world.now = LATER
    assert world.sweep().alerts_sent_again == (world.incident.id,)
    assert world.notify() == ["told"]
    assert len(world.subjects) == 1


def test_a_sweep_goes_on_where_an_incident_is_written_at_the_same_moment() -> None:
    """Whoever has written it has put it on the stream; a sweep that failed would hold the next one back."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.ledger.stream.clear()
    world.now = LATER
    other = replace(world.incident, revision=world.incident.revision + 1)
    world.ledger.races.append(lambda: world.ledger.put_incident(other))
    assert world.sweep().alerts_sent_again == ()
    assert world.notify() == ["told"]


def test_an_alert_that_is_on_its_way_is_not_sent_again() -> None:
    """Telling may take some minutes."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.now = SOON
    assert world.sweep().alerts_sent_again == ()


def test_an_alert_that_was_sent_is_not_sent_again() -> None:
    """The ledger holds what was told."""
    world = World(Mode.OBSERVE)
    world.change(as_administrator(snapshot_of()))
    world.notify()
    world.now = LATER
    assert world.sweep().alerts_sent_again == ()


def test_a_pending_remediation_is_not_told_by_a_sweep() -> None:
    """Its outcome will be."""
    world = World()
    world.change(as_administrator(snapshot_of()))
    world.now = LATER
    assert world.sweep().alerts_sent_again == ()


def test_a_sweep_of_a_quiet_account_writes_nothing() -> None:
    """It reads, and asks for the roles to be judged."""
    world = World()
    for role in ROLES:
        world.roles.put(snapshot_of(role))
    world.sweep()
    assert [call for call in world.calls.made if call.startswith("put_")] == []


@dataclass
class PartlyListed(FakeResources):
    """Resources of which those of one type cannot be listed."""

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of a type, or say that AWS does not let them be listed."""
        if kind == "iot-policy":
            message = "AWS does not let the guard list what is of type `iot-policy`"
            raise UnlistedError(message)
        return super().resource_keys(kind)


def test_what_cannot_be_listed_holds_up_nothing_else_and_ends_in_an_error() -> None:
    """The request is delivered again, and in the end tells operators by the dead letters' alarm."""
    world = World()
    resources = PartlyListed(world.calls)
    resources.put(a_secret())
    sweeper = replace(world.sweeper, ground=replace(world.sweeper.ground, resources=resources))
    with pytest.raises(UnlistedError, match="`iot-policy`"):
        sweep(sweeper, now=NOW)
    asked = [request.inspect_role for request in world.inspections.requests]
    assert asked == [*GUARDED, a_secret().subject.name]


def test_a_rule_of_the_guard_that_is_disabled_is_enabled_before_anything_is_read() -> None:
    """Whatever happens meanwhile comes by it again."""
    world = World()
    world.rules = FakeRules({"IamChangesRule": False, "S3ChangesRule": True})
    assert world.sweep().rules_enabled == ("IamChangesRule",)
    assert world.rules.states == {"IamChangesRule": True, "S3ChangesRule": True}
    assert world.sweep().rules_enabled == ()


def test_a_rule_that_stays_disabled_holds_up_nothing_else_and_ends_in_an_error() -> None:
    """It was looked at again after it was enabled, and the dead letters' alarm tells of it."""
    world = World()
    world.rules = FakeRules({"IamChangesRule": False}, frozenset({"IamChangesRule"}))
    with pytest.raises(BrokenGuardError, match="gone or disabled: `IamChangesRule`"):
        world.sweep()
    assert [request.inspect_role for request in world.inspections.requests] == GUARDED
