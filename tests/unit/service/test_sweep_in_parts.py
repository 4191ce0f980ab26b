"""A sweep that runs out of time goes on where it was, and comes to the same as one that had the time."""

from dataclasses import replace

import pytest

from panorama_guard.case import bucket
from panorama_guard.case.incident import State
from panorama_guard.case.record import dump_record
from panorama_guard.case.resource import ResourceSnapshot, resource_key
from panorama_guard.case.sweeping import ON_RECORD, ROLES, Place, Stretch
from panorama_guard.service.settings import Mode
from panorama_guard.service.sweep import SweepResult, sweep, sweep_for
from panorama_guard.service.sweeper import Pace
from panorama_guard.service.walking import STRIDE, kinds_of
from tests.builders import ACCOUNT, NOW, PROFILE, as_administrator, snapshot_of
from tests.unit.buckets import OTHERS, a_bucket, lets, text
from tests.unit.named_secrets import a_secret
from tests.unit.service.world import World

SCHEDULED = '{"reason": "schedule"}'


def called(number: int) -> ResourceSnapshot:
    """Return a bucket of the pattern with a name of its own."""
    one = a_bucket()
    return replace(one, subject=replace(one.subject, name=resource_key(one.type, f"aws-panorama-{number:04}")))


def a_world(buckets: int = 3 * STRIDE + 1) -> World:
    """Return an account with a role, more buckets than are looked at together, a secret, and a bucket that is gone."""
    world = World(Mode.OBSERVE)
    world.roles.put(snapshot_of())
    for number in range(buckets):
        world.resources.put(called(number))
    world.resources.put(a_secret())
    world.ledger.put_resource(ACCOUNT, "s3-bucket:aws-panorama-gone", at=NOW)
    return world


def whole_sweep() -> list[str]:
    """Return what a sweep asks for that has the time."""
    return sorted(a_world().sweep().roles_asked_for)


class Timer:
    """A clock by which the time is up after so many stretches."""

    def __init__(self, stretches: int) -> None:
        """Take after how many."""
        self._left = stretches
        self.heard: list[Stretch] = []

    @property
    def pace(self) -> Pace:
        """Return the pace that it sets."""
        return Pace(lambda: self._left <= 0, self._count)

    def _count(self, stretch: Stretch) -> None:
        self._left -= 1
        self.heard.append(stretch)


def in_parts(world: World, *, stretches: int) -> list[SweepResult]:
    """Sweep until the end, a few stretches at a time, each time with what the last one has sent to the queue."""
    parts = [sweep_for([SCHEDULED], world.sweeper, now=NOW, pace=Timer(stretches).pace)]
    while parts[-1].rest:
        body = dump_record(world.sweeps.rests[-1])
        parts.append(sweep_for([body], world.sweeper, now=NOW, pace=Timer(stretches).pace))
    return parts


@pytest.mark.parametrize("stretches", [1, 2, 3, 5, 100])
def test_its_parts_are_the_whole_and_nothing_is_asked_for_twice(stretches: int) -> None:
    """Wherever the time is up."""
    world = a_world()
    parts = in_parts(world, stretches=stretches)
    assert sorted(name for part in parts for name in part.roles_asked_for) == whole_sweep()
    assert len(parts) == 1 + len(world.sweeps.rests)
    assert (len(parts) > 1) is (stretches < 100)


def test_only_the_last_part_asks_for_the_report_and_sends_the_canary() -> None:
    """What comes of a half is no posture, and the silence of a sweep that never ends is heard."""
    world = a_world()
    sweep(world.sweeper, now=NOW, pace=Timer(1).pace)
    assert [call for call in world.calls.made if call.startswith(("report", "canary"))] == []
    in_parts(world, stretches=1)
    assert [call.partition(" ")[0] for call in world.calls.made if call.startswith(("report", "canary"))] == [
        "report",
        "canary",
    ]


def test_an_escape_in_the_last_part_is_found() -> None:
    """Of a bucket that no event told of."""
    world = a_world()
    lent = called(3 * STRIDE)
    world.resources.put(lent.with_part(bucket.POLICY, text(lets({"AWS": OTHERS}))))
    in_parts(world, stretches=1)
    for request in world.inspections.requests:
        world.message(dump_record(request))
    assert {incident.role_name for incident in world.incidents} >= {lent.subject.name}


def test_who_asks_for_a_sweep_while_one_goes_on_is_not_forgotten() -> None:
    """The rest of an earlier one looks at nothing that it has passed."""
    world = a_world()
    rest = dump_record(Place("secret", ""))
    done = sweep_for([SCHEDULED, rest], world.sweeper, now=NOW, pace=Timer(100).pace)
    assert world.sweeps.requests == [NOW]
    assert done.roles_asked_for == (a_secret().subject.name,)


def test_requests_for_sweeps_alone_are_one_sweep() -> None:
    """And none is asked for again."""
    world = a_world()
    sweep_for([SCHEDULED, SCHEDULED], world.sweeper, now=NOW, pace=Timer(100).pace)
    assert world.sweeps.requests == []


def test_a_place_that_this_version_does_not_know_is_a_sweep_from_the_beginning() -> None:
    """The profile may have changed meanwhile."""
    world = a_world()
    done = sweep_for([dump_record(Place("s3-bottle", "x"))], world.sweeper, now=NOW, pace=Timer(100).pace)
    assert sorted(done.roles_asked_for) == whole_sweep()


def test_how_far_it_has_come_is_heard_stretch_by_stretch() -> None:
    """And no stretch holds more than it may."""
    world, timer = a_world(), Timer(10_000)
    sweep(world.sweeper, now=NOW, pace=timer.pace)
    kinds = list(dict.fromkeys(stretch.kind for stretch in timer.heard))
    assert kinds[:2] == [ROLES, ON_RECORD]
    assert [kind for kind in kinds_of(PROFILE) if kind in kinds] == kinds
    resources = [stretch for stretch in timer.heard if stretch.kind != ROLES]
    assert max(len(stretch.names) for stretch in resources) == STRIDE
    assert max(stretch.looked_at for stretch in resources) == STRIDE


def test_an_alert_that_was_missed_is_sent_whichever_part_comes_to_it() -> None:
    """Of a role, and of a resource that is on record."""
    world = a_world(1)
    world.change(as_administrator(snapshot_of()))
    assert world.incident.state is State.OBSERVED
    world.ledger.stream.clear()
    world.now = "2026-11-23T15:30:00+00:00"
    parts = [sweep_for([SCHEDULED], world.sweeper, now=world.now, pace=Timer(1).pace)]
    assert parts[0].alerts_sent_again == (world.incident.id,)
