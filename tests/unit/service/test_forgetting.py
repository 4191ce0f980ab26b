"""A resource that is gone is on record only as long as anything of it may be asked for; and no incident is hidden."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from panorama_guard.case.incident import Incident, State
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.record import dump_record
from panorama_guard.case.waiver import Waiver
from panorama_guard.service.archiving import KEPT
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, WAIVER
from tests.unit.buckets import KEY
from tests.unit.service.test_resources import CLOSED, OPENED, opened
from tests.unit.service.world import OPERATOR, SECOND, World, sample


def later(world: World, span: timedelta) -> None:
    """Let time go by."""
    world.now = (datetime.fromisoformat(world.now) + span).isoformat()


def look(world: World) -> None:
    """Look at the bucket as a sweep has it looked at, and tell what came of it."""
    world.message(dump_record(InspectionRequest(KEY, world.now, Origin.SWEEP)))
    world.notify()


def is_on_record(world: World) -> bool:
    """Say whether sweeps, reports and commands still read what there is of the bucket."""
    return KEY in world.ledger.resources_on_record(ACCOUNT)


def gone(mode: Mode = Mode.OBSERVE) -> World:
    """Return a world in which a bucket was opened, perhaps closed again, and then deleted."""
    world = opened(mode)
    world.remediate()
    world.notify()
    world.resources.resources.clear()
    look(world)
    return world


@pytest.mark.parametrize(("mode", "state"), [(Mode.OBSERVE, State.RESOLVED), (Mode.ENFORCE, State.CONTAINED)])
def test_what_is_gone_is_forgotten_when_its_incident_has_been_over_for_long(mode: Mode, state: State) -> None:
    """One look puts the incident away, the next one finds that nothing is left; whatever became of it."""
    world = gone(mode)
    incident = world.incident
    assert incident.state is state
    for span, there in ((KEPT, True), (timedelta(minutes=1), True), (timedelta(minutes=1), False)):
        later(world, span)
        look(world)
        assert is_on_record(world) is there
    assert world.ledger.history[-1] == incident
    assert len(world.subjects) == len(set(world.subjects))  # and nobody is told anything twice


def test_a_sweep_has_it_forgotten() -> None:
    """It asks for a look at all that is on record, and then asks no more."""
    world = gone()
    later(world, KEPT + timedelta(minutes=1))
    for _ in range(2):
        assert KEY in world.sweep().roles_asked_for
        look(world)
    assert KEY not in world.sweep().roles_asked_for


def test_what_was_not_told_is_not_forgotten() -> None:
    """The sweep has it told first."""
    world = gone()
    world.ledger.last_told.clear()
    for _ in range(3):
        later(world, 2 * KEPT)
        world.message(dump_record(InspectionRequest(KEY, world.now, Origin.SWEEP)))
    assert is_on_record(world)


def test_what_an_operator_let_stand_is_not_forgotten() -> None:
    """Nor what is waived once more."""
    world = gone()
    long: Waiver = replace(WAIVER, subject=world.incident.subject, incident_id="inc-other", expires_at="2099")
    world.ledger.put_waiver(long)
    for _ in range(3):
        later(world, 2 * KEPT)
        look(world)
    assert is_on_record(world)


def test_a_resource_that_is_there_stays_on_record_whatever_is_over() -> None:
    """An operator finds what was of it."""
    world = gone()
    incident: Incident = world.incident
    world.resources.put(CLOSED)
    for _ in range(3):
        later(world, 2 * KEPT)
        look(world)
    assert world.incidents == []
    assert is_on_record(world)
    assert world.operate(OPERATOR, "explain", incident=incident.id).status == 200


def test_an_incident_that_is_opened_while_its_resource_is_forgotten_is_found() -> None:
    """One worker has read that it is gone and nothing current; another one reads that it is there again, and open."""
    world = gone()
    later(world, KEPT + timedelta(minutes=1))
    look(world)
    later(world, timedelta(minutes=1))
    read = world.ledger.read

    def meanwhile(account: str, name: str) -> object:
        """Let the other one be quicker, between the first one's read and what it does."""
        world.ledger.read = read  # type: ignore[method-assign]
        dossier = read(account, name)
        world.resources.put(OPENED)
        world.inspect(sample("PutBucketPolicy"))
        world.resources.resources.clear()
        return dossier

    world.ledger.read = meanwhile  # type: ignore[assignment, method-assign]
    look(world)
    assert world.incident.is_open
    assert is_on_record(world)
    assert world.operate(OPERATOR, "explain", incident=world.incident.id).status == 200


def test_what_an_operator_brings_back_is_on_record_anew() -> None:
    """An undo makes an archived incident current again; a look that finds the bucket gone meanwhile cannot hide it."""
    world = opened(Mode.ENFORCE)
    world.remediate()
    world.notify()
    world.ledger.archive(world.incident)
    later(world, 2 * KEPT)
    (archived,) = world.ledger.history
    world.operate(OPERATOR, "undo", incident=archived.id, reason="agreed", seconds=3600)
    (waiver,) = world.ledger.waivers
    world.operate(SECOND, "approve-waiver", waiver=waiver)
    assert world.incident.id == archived.id
    world.ledger.forget_resource(ACCOUNT, KEY, before=world.now)
    assert is_on_record(world)
