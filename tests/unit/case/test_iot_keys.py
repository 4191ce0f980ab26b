"""What a call of AWS IoT was done to is read from where that call says it."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.case import iot_takers
from panorama_guard.case.change import Change, NeedsSweep, ResourceNamed, ResourcesBehind, parse_change
from panorama_guard.case.routes import IOT, ROUTES, Route

EVENTS = Path(__file__).parents[3] / "events"
CERTIFICATE = "iot-certificate:" + "0f" * 32
UUID, TASK = "6d3c2a10-4b7e-4f0a-8a55-1c9e7b2d4f60", "9b3c8a52-5d0e-4a7b-9c3f-2f6c1d0e8a71"


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
        ("CreateCommand", ["iot-user:command/reboot"], []),
        ("DeleteCommand", ["iot-user:command/reboot"], []),
        ("CreateJobTemplate", ["iot-user:job-template/fix"], []),
        ("UpdateMitigationAction", ["iot-user:mitigation-action/quarantine"], []),
        ("CreateSecurityProfile", ["iot-user:security-profile/watch"], []),
        ("UpdateStream", ["iot-user:stream/files"], []),
        ("CreateTopicRuleDestination", [f"iot-user:topic-rule-destination/vpc/{UUID}"], []),
        ("DeleteTopicRuleDestination", [f"iot-user:topic-rule-destination/vpc/{UUID}"], []),
        ("RegisterCACertificate", [f"iot-user:ca-certificate/{'0f' * 32}"], []),
        ("DeleteCACertificate", [f"iot-user:ca-certificate/{'0f' * 32}"], []),
        ("StartThingRegistrationTask", [f"iot-user:thing-registration-task/{TASK}"], []),
        ("SetLoggingOptions", ["iot-user:logging-options/account"], []),
        ("SetV2LoggingOptions", ["iot-user:logging-options/account"], []),
        ("UpdateAccountAuditConfiguration", ["iot-user:account-audit-configuration/account"], []),
        ("DeleteAccountAuditConfiguration", ["iot-user:account-audit-configuration/account"], []),
        ("UpdateEncryptionConfiguration", ["iot-user:encryption-configuration/account"], []),
        ("UpdatePackageConfiguration", ["iot-user:package-configuration/account"], []),
        ("DeleteJob", ["iot-job:panorama-update", "iot-user:job/panorama-update"], []),
    ],
)
def test_a_call_names_its_subjects_and_what_they_are_behind(event: str, named: list[str], behind: list[str]) -> None:
    """A certificate is its things and policies, a group may be any thing."""
    change = parse_change(json.loads((EVENTS / f"iot-{event}.json").read_text(encoding="utf-8")))
    assert isinstance(change, Change)
    assert change.subjects == (*map(ResourceNamed, named), *map(ResourcesBehind, behind))


def test_each_call_that_may_give_a_role_is_on_a_kind_and_each_kind_has_its_calls() -> None:
    """Whatever case its name is written in."""
    calls = [name for (source, name), route in ROUTES.items() if source == IOT and route is Route.IOT_TAKER]
    kinds = {iot_takers.kind_of_call(name) for name in calls}
    assert kinds == {*iot_takers.TAKERS, *iot_takers.SETTINGS}
    assert [iot_takers.kind_of_call(name.upper()) for name in calls] == [iot_takers.kind_of_call(one) for one in calls]
    assert iot_takers.kind_of_call("CreateThing") == ""


def test_an_authority_is_named_by_the_path_of_the_call_too() -> None:
    """The API calls it by another name there than in its answers."""
    event = sample("DeleteCACertificate")
    event["detail"]["requestParameters"] = {"caCertificateId": "0f" * 32}
    change = parse_change(event)
    assert isinstance(change, Change)
    assert change.subjects == (ResourceNamed(f"iot-user:ca-certificate/{'0f' * 32}"),)


@pytest.mark.parametrize("name", ["RegisterCACertificate", "StartThingRegistrationTask", "CreateTopicRuleDestination"])
def test_what_aws_names_itself_and_the_answer_does_not_say_needs_a_sweep(name: str) -> None:
    """Never a silence."""
    event = sample(name)
    event["detail"]["responseElements"] = None
    assert isinstance(parse_change(event), NeedsSweep)


def sample(name: str) -> Any:
    """Return the sample of a call."""
    return json.loads((EVENTS / f"iot-{name}.json").read_text(encoding="utf-8"))
