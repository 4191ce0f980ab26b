"""Another service's roles are guarded by one more file, and by no other line of code."""

from dataclasses import replace
from pathlib import Path

import pytest

from panorama_guard.case import log_group
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import State
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.snapshot import Subject
from panorama_guard.profile import Profile, load_profile, parse_profile
from panorama_guard.profile.loader import join_profiles
from panorama_guard.profile.posture import Posture
from panorama_guard.service.settings import Mode
from tests.builders import ACCOUNT, PAYROLL, SERVICE_ROLE, allow, policy, snapshot_of, trusting, with_policies
from tests.unit.service.world import World, event_on, sample

FILE = Path(__file__).parents[3] / "docs/examples/greengrass.json"
GREENGRASS = parse_profile(FILE.read_text(encoding="utf-8"))
(ROLE,) = GREENGRASS.roles
INSIDE = policy(allow("s3:GetObject", "arn:aws:s3:::my-greengrass-updates/*"))
GROUP = "/aws/greengrass/Lambda/us-east-1/counter"

either = pytest.mark.parametrize(
    "profile", [GREENGRASS, join_profiles((load_profile(), GREENGRASS))], ids=["alone", "beside Panorama's"]
)


@either
def test_its_role_as_aws_makes_it_and_inside_its_pattern_is_silent(profile: Profile) -> None:
    """Its own naming pattern counts, and not another service's."""
    world = World(profile=profile)
    world.change(with_policies(snapshot_of(ROLE), INSIDE))
    assert world.incidents == []


@either
def test_an_escape_of_its_role_is_contained_and_undoing_it_is_offered(profile: Profile) -> None:
    """By the same Deny, proved against its own ceiling."""
    world = World(profile=profile)
    world.change(with_policies(snapshot_of(ROLE), PAYROLL, INSIDE))
    assert world.remediate() == ["CONTAINED"]
    assert world.incident.subject.name == "Greengrass_ServiceRole"
    assert world.incident.remedy.undo


def test_what_is_inside_another_service_s_pattern_is_outside_its_own() -> None:
    """Each role has the pattern of its own file, even where both are used together."""
    world = World(Mode.OBSERVE, profile=join_profiles((load_profile(), GREENGRASS)))
    world.change(with_policies(snapshot_of(SERVICE_ROLE), INSIDE))
    assert world.incident.kind is Kind.PERMISSION_ESCAPE


@either
def test_a_role_of_its_family_is_found_and_only_told(profile: Profile) -> None:
    """By its name and its trust together."""
    role = snapshot_of(ROLE, path="/")
    found = role.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"})))
    subject = Subject(ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/my-greengrass-group", "my-greengrass-group", "AROAGROUP")
    world = World(profile=profile)
    world.roles.put(replace(found, subject=subject))
    event = event_on("my-greengrass-group")
    event["detail"]["eventName"] = "CreateRole"
    world.inspect(event)
    assert {one.subject.name for one in world.incidents} == {"my-greengrass-group"}
    assert {one.state for one in world.incidents} == {State.OBSERVED}


@either
def test_a_resource_of_its_pattern_is_contained(profile: Profile) -> None:
    """Events of a log group that go to another account."""
    key = f"log-group:{GROUP}"
    arn = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}"
    entry = {"destinationArn": "arn:aws:logs:us-east-1:999999999999:destination:theirs", "filterName": "all"}
    part = Part(log_group.filter_part("all"), canonical({"Filters": [entry]}))
    world = World(profile=profile)
    world.resources.put(ResourceSnapshot(Subject(ACCOUNT, arn, key, arn), log_group.TYPE, (part,)))
    event = sample("logs-PutSubscriptionFilter")
    event["detail"]["requestParameters"] |= {"logGroupName": GROUP}
    world.inspect(event)
    assert world.remediate() == ["CONTAINED"]
    assert world.resources.resources[key].parts == ()


@either
def test_in_the_retired_posture_its_role_is_held_to_nothing(profile: Profile) -> None:
    """Quarantined, as Panorama's are."""
    world = World(posture=Posture.RETIRED, profile=profile)
    world.change(snapshot_of(ROLE))
    assert {one.kind for one in world.incidents} == {Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE}
    assert set(world.remediate()) == {"CONTAINED"}


def test_each_service_has_ended_on_its_own_day() -> None:
    """A use of one's role after the end of the other is none."""
    joined = join_profiles((load_profile(), GREENGRASS))
    days = {role.name: role.ended for role in joined.roles}
    assert (days["Greengrass_ServiceRole"], days["AWSPanoramaServiceRole"]) == ("2026-10-07", "2026-05-31")
