"""Mode enforce: as whom Greengrass acts, and what it puts on devices of the pattern, is told and let be."""

from collections.abc import Iterator
from typing import Any

import pytest

from panorama_guard.case import greengrass
from panorama_guard.case.incident import Incident, State
from tests.groups import make_group
from tests.stack.account import Account
from tests.stack.faulty import put_faults

pytestmark = pytest.mark.stack


class Site:
    """Greengrass of the account, of both versions. The clients are mallory's."""

    def __init__(self, account: Account) -> None:
        """Open the clients."""
        self.account = account
        self.first: Any = account.client_of(account.mallory_keys, "greengrass")
        self.second: Any = account.client_of(account.mallory_keys, "greengrassv2")
        self.thing = f"arn:aws:iot:{account.stack.places['region']}:{account.id}:thing/"
        self.roles = f"arn:aws:iam::{account.id}:role/service-role/AWSPanorama"

    def incidents(self, key: str) -> dict[str, Incident]:
        """Wait for rest, and return the incidents of a subject by the part in which they are."""
        return {incident.source: incident for incident in self.account.resource_incidents(key)}


@pytest.fixture
def site(enforcing_account: Account) -> Iterator[Site]:
    """Give Greengrass of mode enforce, with no alert waiting, and leave nothing of it and nothing delayed."""
    enforcing_account.alerts()
    made = Site(enforcing_account)
    yield made
    enforcing_account.settle()
    with enforcing_account.events_lost("Greengrass"):
        for group in made.first.list_groups()["Groups"]:
            made.first.delete_group(GroupId=group["Id"])
        for one in made.second.list_deployments()["deployments"]:
            made.second.delete_deployment(deploymentId=one["deploymentId"])
        made.first.disassociate_service_role_from_account()
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def test_a_guarded_role_that_a_group_of_others_gets_is_told(site: Site) -> None:
    """With the core on which its credentials are; when it is taken away, that is over."""
    group = make_group(site.first, "payroll", core=f"{site.thing}payroll-core")
    assert site.account.alerts() == []
    site.first.associate_role_to_group(GroupId=group, RoleArn=f"{site.roles}GreengrassGroupRole")
    incident = site.incidents(f"greengrass-group:{group}")[greengrass.CORES]
    (alert,) = site.account.alerts()
    assert (incident.state, incident.severity.value, incident.kind.value) == (State.OBSERVED, "HIGH", "weakness")
    assert "payroll-core" in alert.text
    assert alert.body["call"]["event"] == "greengrass.amazonaws.com AssociateRoleToGroup"
    site.first.disassociate_role_from_group(GroupId=group)
    assert site.incidents(f"greengrass-group:{group}")[greengrass.CORES].state is State.RESOLVED


def test_a_group_of_panorama_with_another_role_function_or_model_is_told(site: Site) -> None:
    """As it should be, it is silent."""
    right = make_group(site.first, "panorama-a", core=f"{site.thing}panorama-a", model="s3://a-aws-panorama-b/m")
    site.first.associate_role_to_group(GroupId=right, RoleArn=f"{site.roles}GreengrassGroupRole")
    assert site.account.alerts() == []
    function = f"arn:aws:lambda:us-east-1:{site.account.id}:function:payroll:1"
    wrong = make_group(site.first, "panorama-b", function=function, model="s3://payroll/aws-panorama")
    site.first.associate_role_to_group(GroupId=wrong, RoleArn=f"{site.roles}ServiceRole")
    incidents = site.incidents(f"greengrass-group:{wrong}")
    assert set(incidents) == {greengrass.ROLE, greengrass.FUNCTIONS, greengrass.RESOURCES}
    assert "s3://payroll/aws-panorama" in incidents[greengrass.RESOURCES].evidence.reason


def test_the_service_role_of_the_account_is_the_profile_s(site: Site) -> None:
    """By the calls of either version."""
    site.second.associate_service_role_to_account(roleArn=f"{site.roles}GreengrassRole")
    assert site.account.alerts() == []
    site.first.associate_service_role_to_account(RoleArn=f"{site.roles}ServiceRole")
    key = "greengrass-account:service-role"
    assert f"{site.roles}ServiceRole" in site.incidents(key)[greengrass.ROLE].evidence.reason
    site.second.associate_service_role_to_account(roleArn=f"{site.roles}GreengrassRole")
    assert site.incidents(key)[greengrass.ROLE].state is State.RESOLVED


def test_a_deployment_of_the_second_version_on_a_device_of_the_pattern_is_told(site: Site) -> None:
    """Panorama never made one; on other devices nobody minds."""
    shell = {"com.example.Shell": {"componentVersion": "1.0.0"}}
    site.second.create_deployment(targetArn=f"{site.thing}payroll", components=shell)
    assert site.account.alerts() == []
    made = site.second.create_deployment(targetArn=f"{site.thing}panorama-gate", components=shell)
    incident = site.incidents(f"greengrass-deployment:{made['deploymentId']}")[greengrass.COMPONENTS]
    assert "com.example.Shell on thing/panorama-gate" in incident.evidence.reason


def test_a_sweep_finds_what_no_event_told(site: Site) -> None:
    """Of groups, deployments and the account."""
    with site.account.events_lost("Greengrass"):
        group = make_group(site.first, "payroll", core=f"{site.thing}payroll-core")
        site.first.associate_role_to_group(GroupId=group, RoleArn=f"{site.roles}GreengrassGroupRole")
        site.second.associate_service_role_to_account(roleArn=f"{site.roles}ServiceRole")
    site.account.invoke("sweep", {"Records": []})
    assert greengrass.CORES in site.incidents(f"greengrass-group:{group}")
    assert greengrass.ROLE in site.incidents("greengrass-account:service-role")


def test_a_first_version_that_is_gone_is_told_as_unknown_until_it_answers(site: Site) -> None:
    """It ended on 2026-10-07: whatever it answers, groups that cannot be listed are not known to be none."""
    gone = {"fault": "denied", "service": "greengrass", "operation": "ListGroups", "times": None}
    put_faults(site.account.stack, [gone])
    site.account.invoke("sweep", {"Records": []})
    incident = site.incidents("greengrass-group:*")[greengrass.ROLE]
    (alert,) = [one for one in site.account.alerts() if "greengrass-group:*" in one.subject]
    assert (incident.kind.value, incident.state) == ("undecided", State.OBSERVED)
    assert "Greengrass V1, which ended on 2026-10-07, does not say" in alert.text
    put_faults(site.account.stack)
    site.account.invoke("sweep", {"Records": []})
    assert site.incidents("greengrass-group:*")[greengrass.ROLE].state is State.RESOLVED
