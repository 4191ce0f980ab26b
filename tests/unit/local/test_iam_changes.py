"""What CloudFormation does to IAM is recorded as CloudTrail records it."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.local.cloud import ADMIN, TRUST, Cloud, policy

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _role(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"RoleName": "made", "AssumeRolePolicyDocument": json.loads(TRUST), **properties},
    }


def _template(**resources: dict[str, Any]) -> str:
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


def _inner(cloud: Cloud) -> list[tuple[str, dict[str, Any]]]:
    details = [each for each in cloud.details() if each["userIdentity"].get("invokedBy")]
    return [(each["eventName"], each["requestParameters"]) for each in details]


def _create(cloud: Cloud, template: str) -> None:
    cloud.client("cloudformation").create_stack(
        StackName="stack", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )


def _update(cloud: Cloud, template: str) -> None:
    cloud.hooks.events.clear()
    cloud.client("cloudformation").update_stack(
        StackName="stack", TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"]
    )


def _delete(cloud: Cloud) -> None:
    cloud.hooks.events.clear()
    cloud.client("cloudformation").delete_stack(StackName="stack")


def test_a_stacks_role_is_recorded_call_by_call(cloud: Cloud) -> None:
    """A role with an inline and a managed policy is three events after CreateStack's, made by CloudFormation."""
    inline = [{"PolicyName": "p", "PolicyDocument": json.loads(policy("s3:*"))}]
    _create(cloud, _template(Role=_role(Policies=inline, ManagedPolicyArns=[ADMIN], Path="/service-role/")))
    names = [detail["eventName"] for detail in cloud.details()]
    assert names == ["CreateStack", "CreateRole", "PutRolePolicy", "AttachRolePolicy"]
    created = cloud.detail("CreateRole")
    assert created["userIdentity"]["invokedBy"] == "cloudformation.amazonaws.com"
    assert created["userIdentity"]["userName"] == "operator"
    assert created["sourceIPAddress"] == created["userAgent"] == "cloudformation.amazonaws.com"
    assert created["responseElements"]["role"]["arn"] == "arn:aws:iam::123456789012:role/service-role/made"
    assert cloud.detail("AttachRolePolicy")["requestParameters"] == {"roleName": "made", "policyArn": ADMIN}
    put = cloud.detail("PutRolePolicy")["requestParameters"]
    assert json.loads(put["policyDocument"]) == json.loads(policy("s3:*"))
    _delete(cloud)


def test_the_policies_of_a_stacks_role_are_readable(cloud: Cloud) -> None:
    """The inline and attached policies that the events tell of are there to be read."""
    inline = [{"PolicyName": "p", "PolicyDocument": json.loads(policy("s3:*"))}]
    _create(cloud, _template(Role=_role(Policies=inline, ManagedPolicyArns=[ADMIN])))
    iam = cloud.client("iam")
    document = iam.get_role_policy(RoleName="made", PolicyName="p")["PolicyDocument"]
    (attached,) = iam.list_attached_role_policies(RoleName="made")["AttachedPolicies"]
    assert document == json.loads(policy("s3:*"))
    assert attached["PolicyArn"] == ADMIN
    _delete(cloud)


def test_an_update_is_the_difference(cloud: Cloud) -> None:
    """Of an updated role only what changed is recorded: trust, inline policy, attachment."""
    before = [{"PolicyName": "old", "PolicyDocument": json.loads(policy("s3:*"))}]
    after = [{"PolicyName": "new", "PolicyDocument": json.loads(policy("iot:*"))}]
    trust = json.loads(TRUST.replace("lambda", "iot"))
    _create(cloud, _template(Role=_role(Policies=before, ManagedPolicyArns=[ADMIN])))
    properties = {"Policies": after, "ManagedPolicyArns": [READ_ONLY], "AssumeRolePolicyDocument": trust}
    _update(cloud, _template(Role=_role(**properties)))
    assert _inner(cloud) == [
        ("UpdateAssumeRolePolicy", {"roleName": "made", "policyDocument": json.dumps(trust)}),
        ("PutRolePolicy", {"roleName": "made", "policyName": "new", "policyDocument": policy("iot:*")}),
        ("DeleteRolePolicy", {"roleName": "made", "policyName": "old"}),
        ("AttachRolePolicy", {"roleName": "made", "policyArn": READ_ONLY}),
        ("DetachRolePolicy", {"roleName": "made", "policyArn": ADMIN}),
    ]
    _delete(cloud)


def test_a_boundary_comes_and_goes_with_the_template(cloud: Cloud) -> None:
    """Setting and dropping the boundary are recorded as such."""
    _create(cloud, _template(Role=_role()))
    _update(cloud, _template(Role=_role(PermissionsBoundary=READ_ONLY)))
    assert _inner(cloud) == [
        ("PutRolePermissionsBoundary", {"roleName": "made", "permissionsBoundary": READ_ONLY}),
    ]
    _update(cloud, _template(Role=_role()))
    assert _inner(cloud) == [("DeleteRolePermissionsBoundary", {"roleName": "made"})]
    _delete(cloud)


def test_a_stacks_policy_is_recorded(cloud: Cloud) -> None:
    """A managed policy of a stack is CreatePolicy, and DeletePolicy when the stack goes."""
    managed = {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {"ManagedPolicyName": "own", "PolicyDocument": json.loads(policy("s3:*"))},
    }
    _create(cloud, _template(Policy=managed))
    ((name, parameters),) = _inner(cloud)
    assert (name, parameters["policyName"]) == ("CreatePolicy", "own")
    assert json.loads(parameters["policyDocument"]) == json.loads(policy("s3:*"))
    _delete(cloud)
    assert _inner(cloud) == [("DeletePolicy", {"policyArn": "arn:aws:iam::123456789012:policy/own"})]


def test_a_stacks_policy_is_updated_by_a_new_default_version(cloud: Cloud) -> None:
    """Another document in the template is a new default version of the same policy."""

    def managed(action: str) -> dict[str, Any]:
        document = json.loads(policy(action))
        properties = {"ManagedPolicyName": "own", "PolicyDocument": document}
        return {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}

    _create(cloud, _template(Policy=managed("s3:*")))
    _update(cloud, _template(Policy=managed("iot:*")))
    arn = "arn:aws:iam::123456789012:policy/own"
    expected = {"policyArn": arn, "policyDocument": policy("iot:*"), "setAsDefault": True}
    assert _inner(cloud) == [("CreatePolicyVersion", expected)]
    _delete(cloud)


def test_deleting_a_stack_takes_its_role_apart(cloud: Cloud) -> None:
    """The role's policies go before the role."""
    _create(cloud, _template(Role=_role(ManagedPolicyArns=[ADMIN])))
    _delete(cloud)
    assert _inner(cloud) == [
        ("DetachRolePolicy", {"roleName": "made", "policyArn": ADMIN}),
        ("DeleteRole", {"roleName": "made"}),
    ]
