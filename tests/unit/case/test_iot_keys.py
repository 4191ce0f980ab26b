"""What a call of AWS IoT was done to is read from where that call says it."""

import json
from pathlib import Path

import pytest

from panorama_guard.case.change import Change, ResourceNamed, ResourcesBehind, parse_change

EVENTS = Path(__file__).parents[3] / "events"
CERTIFICATE = "iot-certificate:" + "0f" * 32


@pytest.mark.parametrize(
    ("event", "named", "behind"),
    [
        ("CreatePolicyVersion", ["iot-policy:panorama-gate"], ["iot-holders:panorama-gate"]),
        ("AttachPolicy", ["iot-policy:panorama-gate"], [CERTIFICATE]),
        ("AttachPolicy-to-a-group", ["iot-policy:panorama-gate"], ["iot-account:"]),
        ("AttachPrincipalPolicy", ["iot-policy:panorama-gate"], [CERTIFICATE]),
        ("AttachThingPrincipal", ["iot-thing:panorama-gate"], [CERTIFICATE]),
        ("RemoveThingFromThingGroup", ["iot-thing:panorama-gate"], []),
        ("RegisterThing", [], ["iot-account:"]),
        ("UpdateCertificate", [], [CERTIFICATE]),
        ("CreateRoleAlias", ["iot-alias:panorama-appliance", "iot-user:role-alias/panorama-appliance"], []),
        ("CreateTopicRule", ["iot-user:topic-rule/copy"], []),
        ("UpdateProvisioningTemplate", ["iot-user:provisioning-template/fleet"], []),
        ("CreateJob-of-another-name", ["iot-job:fix", "iot-thing:panorama-gate", "iot-user:job/fix"], ["iot-account:"]),
        ("UpdateJob", ["iot-job:fix", "iot-user:job/fix"], []),
        ("CreateOTAUpdate", ["iot-thing:panorama-gate"], []),
        ("DeleteJob", ["iot-job:panorama-update", "iot-user:job/panorama-update"], []),
    ],
)
def test_a_call_names_its_subjects_and_what_they_are_behind(event: str, named: list[str], behind: list[str]) -> None:
    """A certificate is its things and policies, a group may be any thing."""
    change = parse_change(json.loads((EVENTS / f"iot-{event}.json").read_text(encoding="utf-8")))
    assert isinstance(change, Change)
    assert change.subjects == (*map(ResourceNamed, named), *map(ResourcesBehind, behind))
