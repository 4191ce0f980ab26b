"""Creates keys, roles and policies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.deploy_context import Context, Created, tags_of, type_creator
from local.deploy_properties import Properties


def _create_key(context: Context, properties: Properties) -> Created:
    kms = context.client("kms")
    made = kms.create_key(
        Policy=properties.document("KeyPolicy"),
        Description=properties.text("Description"),
        Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags_of(properties)],
        **properties.given("KeySpec", "KeyUsage", "MultiRegion", "Origin"),
    )["KeyMetadata"]
    if properties.flag("EnableKeyRotation"):
        kms.enable_key_rotation(KeyId=made["KeyId"])
    if not properties.flag("Enabled", default=True):
        kms.disable_key(KeyId=made["KeyId"])
    properties.take("PendingWindowInDays")  # how long a deleted key can be saved; nothing is deleted here
    return Created(made["KeyId"], {"Arn": made["Arn"], "KeyId": made["KeyId"]})


def _create_key_alias(context: Context, properties: Properties) -> Created:
    name = properties.need("AliasName")
    context.client("kms").create_alias(AliasName=name, TargetKeyId=properties.need("TargetKeyId"))
    return Created(name)


def _create_role(context: Context, properties: Properties) -> Created:
    iam = context.client("iam")
    name = properties.text("RoleName", context.name_of(properties.logical_id))
    role = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=properties.document("AssumeRolePolicyDocument"),
        Tags=tags_of(properties),
        **properties.given("Path", "Description", "MaxSessionDuration", "PermissionsBoundary"),
    )["Role"]
    for arn in properties.take("ManagedPolicyArns", []):
        iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    for policy in properties.take("Policies", []):
        inline = Properties(properties.logical_id, properties.kind, policy, path="Policies.")
        document = inline.document("PolicyDocument")
        iam.put_role_policy(RoleName=name, PolicyName=inline.need("PolicyName"), PolicyDocument=document)
        inline.finish()
    return Created(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _create_role_policy(context: Context, properties: Properties) -> Created:
    name, document = properties.need("PolicyName"), properties.document("PolicyDocument")
    for role in properties.need("Roles"):
        context.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)
    return Created(name)


def _create_managed_policy(context: Context, properties: Properties) -> Created:
    iam = context.client("iam")
    arn = iam.create_policy(
        PolicyName=properties.text("ManagedPolicyName", context.name_of(properties.logical_id)),
        PolicyDocument=properties.document("PolicyDocument"),
        **properties.given("Path", "Description"),
    )["Policy"]["Arn"]
    for role in properties.take("Roles", []):
        iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    return Created(arn, {"PolicyArn": arn})


SECURITY: Final[Mapping[str, type_creator]] = {
    "AWS::KMS::Key": _create_key,
    "AWS::KMS::Alias": _create_key_alias,
    "AWS::IAM::Role": _create_role,
    "AWS::IAM::Policy": _create_role_policy,
    "AWS::IAM::ManagedPolicy": _create_managed_policy,
}
