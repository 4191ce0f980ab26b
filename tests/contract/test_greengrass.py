"""What the adapters of Greengrass read is what was made; what the first version does not answer is unknown."""

import json
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.stub import Stubber

from panorama_guard.aws.greengrass import GreengrassGroups
from panorama_guard.aws.greengrass_devices import GreengrassDevices, ThingGroups
from panorama_guard.case import greengrass
from panorama_guard.case.resource import Part, ResourceSnapshot
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account
from tests.groups import make_group

THING = f"arn:aws:iot:{REGION}:{MOTO_ACCOUNT}:thing/"
FUNCTION = f"arn:aws:lambda:{REGION}:{MOTO_ACCOUNT}:function:"
GUARDED = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaGreengrassGroupRole"
PAYROLL = f"arn:aws:iam::{MOTO_ACCOUNT}:role/Payroll"


class Cloud:
    """Greengrass in moto, and the adapters on it."""

    def __init__(self) -> None:
        """Make clients of both versions."""
        self.first: Any = boto3.client("greengrass", region_name=REGION)
        self.second: Any = boto3.client("greengrassv2", region_name=REGION)
        guards = lambda key: PROFILE.guarded(key) is not None  # noqa: E731 - what bootstrap gives them
        self.groups = GreengrassGroups(
            self.first, MOTO_ACCOUNT, guards, lambda role: PROFILE.role_named(role) is not None
        )
        self.iot: Any = boto3.client("iot", region_name=REGION)
        self.devices = GreengrassDevices(self.second, ThingGroups(self.iot), MOTO_ACCOUNT, guards)

    def group(self, name: str) -> ResourceSnapshot:
        """Return the group as it is."""
        return held(self.groups.read_resource(f"greengrass-group:{name}"))


def held(snapshot: ResourceSnapshot | None) -> ResourceSnapshot:
    """Return what is there."""
    assert snapshot is not None
    return snapshot


def listed(snapshot: ResourceSnapshot, part: str) -> list[str]:
    """Return what a part lists."""
    found: list[str] = json.loads(snapshot.text_of(part) or "[]")
    return found


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give an empty account."""
    with moto_account():
        yield Cloud()


def test_a_group_of_panorama_is_read_with_what_of_it_is_outside_the_pattern(cloud: Cloud) -> None:
    """Its role, its functions, and what it hands to them."""
    made = {"core": f"{THING}panorama-gate", "function": f"{FUNCTION}payroll:1", "model": "s3://payroll/m"}
    name = make_group(cloud.first, "gate", **made)
    cloud.first.associate_role_to_group(GroupId=name, RoleArn=PAYROLL)
    group = cloud.group(name)
    assert listed(group, greengrass.ROLE) == [PAYROLL]
    assert listed(group, greengrass.FUNCTIONS) == [f"{FUNCTION}payroll:1, which is no function of the naming pattern"]
    assert listed(group, greengrass.RESOURCES) == ["s3://payroll/m"]
    assert (group.text_of(greengrass.CORES), group.unread) == (None, ())


def test_a_function_of_the_pattern_is_told_only_where_it_has_no_container(cloud: Cloud) -> None:
    """There it may do on the device whatever its user may; Greengrass's own functions are none of these."""
    own = f"{FUNCTION}panorama-people:1"
    quiet = make_group(cloud.first, "panorama-a", function=own)
    loud = make_group(cloud.first, "panorama-b", function=own, isolation="NoContainer")
    system = make_group(cloud.first, "panorama-c", function="arn:aws:lambda:::function:GGIPDetector:1")
    assert listed(cloud.group(quiet), greengrass.FUNCTIONS) == []
    assert listed(cloud.group(loud), greengrass.FUNCTIONS) == [f"{own} without a container"]
    assert listed(cloud.group(system), greengrass.FUNCTIONS) == []


def test_a_container_may_be_left_out_for_all_functions_at_once(cloud: Cloud) -> None:
    """By what the definition says of those that say nothing themselves, which moto does not keep."""
    arn, group = f"{FUNCTION}panorama-people:1", f"/greengrass/groups/a/versions/{'1' * 36}"
    definition = f"arn:aws:greengrass:{REGION}:{MOTO_ACCOUNT}:/greengrass/definition/functions/d/versions/v"
    functions = [{"Id": "f", "FunctionArn": arn, "FunctionConfiguration": {}}]
    usual = {"Execution": {"IsolationMode": "NoContainer"}}
    with Stubber(cloud.first) as stubber:
        stubber.add_response("get_group", {"Name": "panorama-a", "LatestVersionArn": group})
        stubber.add_client_error("get_associated_role", "404", "none")
        stubber.add_response("list_deployments", {"Deployments": []})
        stubber.add_response("get_group_version", {"Definition": {"FunctionDefinitionVersionArn": definition}})
        found = {"Definition": {"DefaultConfig": usual, "Functions": functions}}
        stubber.add_response("get_function_definition_version", found)
        assert listed(cloud.group("a"), greengrass.FUNCTIONS) == [f"{arn} without a container"]


def test_secrets_and_models_of_jobs_outside_the_pattern_are_read(cloud: Cloud) -> None:
    """Those of the pattern are Panorama's own."""
    secrets = [
        f"arn:aws:secretsmanager:{REGION}:{MOTO_ACCOUNT}:secret:{name}-a1b2c3" for name in ("panorama", "payroll")
    ]
    jobs = [f"arn:aws:sagemaker:{REGION}:{MOTO_ACCOUNT}:training-job/{name}" for name in ("panorama-1", "payroll")]
    models = [{"SageMakerMachineLearningModelResourceData": {"SageMakerJobArn": arn}} for arn in jobs]
    handed = [*({"SecretsManagerSecretResourceData": {"ARN": arn}} for arn in secrets), *models]
    resources = [{"Id": f"{n}", "Name": f"{n}", "ResourceDataContainer": one} for n, one in enumerate(handed)]
    made = cloud.first.create_resource_definition(Name="r", InitialVersion={"Resources": resources})["LatestVersionArn"]
    name = cloud.first.create_group(Name="panorama-a", InitialVersion={"ResourceDefinitionVersionArn": made})["Id"]
    assert listed(cloud.group(name), greengrass.RESOURCES) == sorted([secrets[1], jobs[1]])


def test_a_group_of_others_is_looked_at_for_its_role_alone(cloud: Cloud) -> None:
    """One with a guarded role is told with its cores."""
    plain = make_group(cloud.first, "payroll", core=f"{THING}payroll-core")
    lured = make_group(cloud.first, "lured", core=f"{THING}payroll-core")
    cloud.first.associate_role_to_group(GroupId=lured, RoleArn=GUARDED)
    assert cloud.groups.read_resource(f"greengrass-group:{plain}") is None
    assert listed(cloud.group(lured), greengrass.CORES) == ["payroll-core"]
    assert cloud.groups.resource_keys(greengrass.GROUP) == (f"greengrass-group:{lured}",)
    assert cloud.groups.behind("greengrass-group:") == (f"greengrass-group:{lured}",)


def test_what_there_is_not_is_none(cloud: Cloud) -> None:
    """Of every type."""
    assert cloud.groups.read_resource("greengrass-group:00000000-0000-4000-8000-000000000000") is None
    assert cloud.groups.read_resource("greengrass-group:*") is None
    assert cloud.devices.read_resource("greengrass-deployment:none") is None
    assert cloud.devices.read_resource("greengrass-deployment:*") is None
    assert cloud.devices.read_resource("greengrass-account:service-role") is None


def unreachable(**_: object) -> None:
    """Fail as a call does whose endpoint is gone."""
    raise EndpointConnectionError(endpoint_url="https://greengrass")


@pytest.mark.parametrize("code", ["AccessDeniedException", "ForbiddenException", "GoneException", "404"])
def test_a_first_version_that_is_gone_is_unknown(cloud: Cloud, code: str) -> None:
    """Whatever it answers: it ended on 2026-10-07."""
    with Stubber(cloud.first) as stubber:
        stubber.add_client_error("list_groups", code, "no")
        assert cloud.groups.resource_keys(greengrass.GROUP) == ("greengrass-group:*",)
        stubber.add_client_error("list_groups", code, "no")
        unread = cloud.group("*").unread
    words = f"Greengrass V1, which ended on 2026-10-07, does not say: {code}: `no`"
    assert unread == (Part(greengrass.ROLE, words),)


def test_a_first_version_that_does_not_answer_is_unknown(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its address may be gone as well; what is throttled is asked again."""
    monkeypatch.setattr(time, "sleep", lambda _: None)  # between the attempts
    cloud.first.meta.events.register("before-send.greengrass.ListGroups", unreachable)
    assert "does not answer: EndpointConnectionError" in cloud.group("*").unread[0].text
    cloud.first.meta.events.unregister("before-send.greengrass.ListGroups", unreachable)
    with Stubber(cloud.first) as stubber:
        stubber.add_client_error("list_groups", "ThrottlingException", "slow down")
        with pytest.raises(ClientError, match="slow down"):
            cloud.groups.read_resource("greengrass-group:*")


def test_the_service_role_of_the_account_is_read(cloud: Cloud) -> None:
    """It is one subject, whether there is one or not."""
    cloud.second.associate_service_role_to_account(roleArn=PAYROLL)
    account = held(cloud.devices.read_resource("greengrass-account:service-role"))
    assert listed(account, greengrass.ROLE) == [PAYROLL]
    assert cloud.devices.resource_keys(greengrass.ACCOUNT) == ("greengrass-account:service-role",)


def test_a_deployment_on_a_group_that_holds_a_device_of_the_pattern_is_read(cloud: Cloud) -> None:
    """Whatever the group is called; one that holds none, or is gone, is nobody's here."""
    arns = [str(cloud.iot.create_thing_group(thingGroupName=name)["thingGroupArn"]) for name in ("all", "payroll")]
    for thing, name in (("panorama-gate", "all"), ("pump", "payroll")):
        cloud.iot.create_thing(thingName=thing)
        cloud.iot.add_thing_to_thing_group(thingName=thing, thingGroupName=name)
    shell = {"com.example.Shell": {"componentVersion": "1.0.0"}}
    targets = (*arns, arns[0].replace("/all", "/gone"))
    own, *_ = (cloud.second.create_deployment(targetArn=arn, components=shell)["deploymentId"] for arn in targets)
    assert cloud.devices.resource_keys(greengrass.DEPLOYMENT) == (f"greengrass-deployment:{own}",)
    deployment = held(cloud.devices.read_resource(f"greengrass-deployment:{own}"))
    assert listed(deployment, greengrass.COMPONENTS) == ["com.example.Shell on thinggroup/all"]


def test_deployments_on_devices_of_the_pattern_are_read(cloud: Cloud) -> None:
    """And on groups that are called like them; others are nobody's business here."""
    shell = {"com.example.Shell": {"componentVersion": "1.0.0"}}
    own = cloud.second.create_deployment(targetArn=f"{THING}panorama-gate", components=shell)["deploymentId"]
    other = cloud.second.create_deployment(targetArn=f"{THING}payroll", components=shell)["deploymentId"]
    assert cloud.devices.resource_keys(greengrass.DEPLOYMENT) == (f"greengrass-deployment:{own}",)
    deployment = held(cloud.devices.read_resource(f"greengrass-deployment:{own}"))
    assert listed(deployment, greengrass.COMPONENTS) == ["com.example.Shell on thing/panorama-gate"]
    assert cloud.devices.read_resource(f"greengrass-deployment:{other}") is None


def test_what_aws_does_not_let_the_guard_read_of_the_second_version_is_unread(cloud: Cloud) -> None:
    """With its words."""
    with Stubber(cloud.second) as stubber:
        stubber.add_client_error("get_service_role_for_account", "AccessDeniedException", "no")
        account = held(cloud.devices.read_resource("greengrass-account:service-role"))
        stubber.add_client_error("list_deployments", "AccessDeniedException", "no")
        assert cloud.devices.resource_keys(greengrass.DEPLOYMENT) == ("greengrass-deployment:*",)
        stubber.add_client_error("list_deployments", "AccessDeniedException", "no")
        unlisted = held(cloud.devices.read_resource("greengrass-deployment:*"))
    why = "AWS does not let the guard read it: AccessDeniedException: `no`"
    assert (account.unread, unlisted.unread) == (
        (Part(greengrass.ROLE, why),),
        (Part(greengrass.COMPONENTS, why),),
    )
