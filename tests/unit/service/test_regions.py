"""What happens in another region is judged there: by the key of its region, which the event names and nothing else."""

from dataclasses import replace

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import State
from panorama_guard.case.region import in_region
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.reporting.showing import by_hand, see_it
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, INCIDENT, NOW
from tests.unit.named_secrets import ARN, KEY, OTHERS, a_secret, lets
from tests.unit.service.world import World, sample

REGION = "eu-west-1"
THERE = in_region(KEY, REGION)
OPENED = a_secret(lets({"AWS": ACCOUNT}), lets({"AWS": OTHERS}))


def elsewhere(snapshot: ResourceSnapshot = OPENED) -> ResourceSnapshot:
    """Return the secret of the same name in another region."""
    subject = replace(snapshot.subject, name=THERE, arn=ARN.replace("us-east-1", REGION), unique_id=REGION)
    return replace(snapshot, subject=subject)


def event_in(region: str) -> dict[str, object]:
    """Return the event that somebody put the policy of a secret, in a region."""
    event = sample("secretsmanager-PutResourcePolicy-by-name")
    event["region"] = event["detail"]["awsRegion"] = region
    return event


def world_of(*snapshots: ResourceSnapshot, mode: Mode = Mode.ENFORCE) -> World:
    """Return a world with these resources."""
    world = World(mode)
    for snapshot in snapshots:
        world.resources.put(snapshot)
    return world


def test_a_call_in_another_region_leads_to_the_resource_there() -> None:
    """The one of its name at home is not looked at, and nothing is written to it."""
    world = world_of(elsewhere(), OPENED)
    done = world.inspect(event_in(REGION))
    assert done.roles == (THERE,)
    assert world.remediate() == ["CONTAINED"]
    assert [key for key, _ in world.resources.writes] == [THERE]
    assert (world.incident.subject.name, world.incident.role_name) == (THERE, THERE)


def test_a_call_at_home_leads_to_the_resource_at_home() -> None:
    """By the bare key, as it is on record since the guard looked nowhere else."""
    world = world_of(elsewhere(), OPENED)
    assert world.inspect(event_in("us-east-1")).roles == (KEY,)
    assert world.remediate() == ["CONTAINED"]
    assert [key for key, _ in world.resources.writes] == [KEY]


@pytest.mark.parametrize("region", ["eu-west-1.evil.example", "evil", "EU-WEST-1"])
def test_what_is_no_region_s_name_becomes_part_of_no_address(region: str) -> None:
    """The look is at home."""
    assert world_of(OPENED).inspect(event_in(region)).roles == (KEY,)


def test_a_bucket_s_call_in_another_region_leads_to_the_one_bucket() -> None:
    """Its name is one in all regions."""
    event = sample("PutBucketPolicy")
    event["region"] = event["detail"]["awsRegion"] = REGION
    (asked,) = {one for one in World(Mode.ENFORCE).inspect(event).roles if one.startswith("s3-bucket")}
    assert REGION not in asked


def test_both_of_a_name_have_records_of_their_own() -> None:
    """Two incidents, on two subjects."""
    world = world_of(elsewhere(), OPENED)
    world.inspect(event_in(REGION))
    world.inspect(event_in("us-east-1"))
    assert world.remediate() == ["CONTAINED", "CONTAINED"]
    world.notify()
    assert sorted(world.subjects) == [f"[CONTAINED] HIGH {key}: opened to others" for key in sorted((KEY, THERE))]


def test_a_sweep_keeps_what_is_on_record_of_another_region() -> None:
    """What was found there is judged again, whatever the listing says."""
    world = world_of(elsewhere())
    world.inspect(event_in(REGION))
    assert THERE in world.sweep().roles_asked_for


def test_a_command_of_an_alert_is_for_the_region() -> None:
    """It would read or end the other one otherwise."""
    plain = replace(INCIDENT, subject=elsewhere().subject, kind=Kind.RESOURCE_ESCAPE, source="resource policy")
    incident = plain.moved(State.NOT_FIXED, now=NOW, reason="", remedy=INCIDENT.remedy)
    assert see_it(incident).endswith(f" --region {REGION}")
    assert all(command.endswith(f" --region {REGION}") for command in by_hand(incident))
