"""Corrects what moto's CloudFormation leaves out of a stack's IAM roles and managed policies."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from moto.iam.models import IAMBackend, ManagedPolicy, Role, iam_backends
from moto.utilities.utils import get_partition

_MAX_VERSIONS: Final = 5

# What a stack's template says of a role, so that an update can take back what the template no longer says.
_DECLARED: Final[WeakKeyDictionary[Role, Mapping[str, Any]]] = WeakKeyDictionary()

_create_role = Role.create_from_cloudformation_json
_delete_role = Role.delete_from_cloudformation_json


def _create(
    _: type[Role],
    /,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **rest: Any,
) -> Role:
    """Create the role with its managed policies, which moto leaves out."""
    role = _create_role(resource_name, cloudformation_json, account_id, region_name, **rest)
    _apply(role, cloudformation_json["Properties"])
    return role


def _update(
    _: type[Role],
    /,
    original_resource: Role,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> Role:
    """Bring the role to what the template says, of which moto only takes the description."""
    del new_resource_name, account_id, region_name
    _apply(original_resource, cloudformation_json["Properties"])
    return original_resource


def _delete(
    _: type[Role], /, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str
) -> None:
    """Detach the role's managed policies first, without which moto refuses to delete it."""
    for role in _backend(account_id, region_name).roles.values():
        if role.name == resource_name:
            for policy in list(role.managed_policies.values()):
                policy.detach_from(role)
    _delete_role(resource_name, cloudformation_json, account_id, region_name)


def _apply(role: Role, properties: Mapping[str, Any]) -> None:
    before = _DECLARED.get(role, {})
    trust = properties["AssumeRolePolicyDocument"]
    role.assume_role_policy_document = trust if isinstance(trust, str) else json.dumps(trust, default=str)
    role.permissions_boundary_arn = properties.get("PermissionsBoundary") or None
    role.description = properties.get("Description", "")
    _apply_inline(role, before, properties)
    _apply_attached(role, before, properties)
    _DECLARED[role] = dict(properties)


def _apply_inline(role: Role, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    declared = {each["PolicyName"]: each["PolicyDocument"] for each in after.get("Policies", [])}
    for name in {each["PolicyName"] for each in before.get("Policies", [])} - declared.keys():
        role.policies.pop(name, None)
    for name, document in declared.items():
        role.put_policy(name, document)


def _apply_attached(role: Role, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    policies = iam_backends[role.account_id][role.partition].managed_policies
    declared = after.get("ManagedPolicyArns", [])
    for arn in set(before.get("ManagedPolicyArns", [])) - set(declared):
        if arn in role.managed_policies:
            policies[arn].detach_from(role)
    for arn in declared:
        policies[arn].attach_to(role)


# --- managed policies -----------------------------------------------------------------------------------------------


def _update_policy(
    _: type[ManagedPolicy],
    /,
    original_resource: ManagedPolicy,
    new_resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> ManagedPolicy:
    """Make the template's document the default version, dropping the oldest version when there are five."""
    del new_resource_name
    backend = _backend(account_id, region_name)
    oldest = [each for each in original_resource.versions if not each.is_default]
    if len(original_resource.versions) >= _MAX_VERSIONS:
        backend.delete_policy_version(original_resource.arn, oldest[0].version_id)
    document = json.dumps(cloudformation_json["Properties"]["PolicyDocument"])
    backend.create_policy_version(original_resource.arn, document, set_as_default=True)
    return original_resource


def _delete_policy(
    _: type[ManagedPolicy],
    /,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
) -> None:
    """Detach the policy from everybody and delete it, of which moto does nothing."""
    del cloudformation_json
    backend = _backend(account_id, region_name)
    policy = backend.get_policy(resource_name)
    holders: tuple[Any, ...] = (*backend.roles.values(), *backend.users.values(), *backend.groups.values())
    for holder in holders:
        if policy.arn in holder.managed_policies:
            policy.detach_from(holder)
    backend.delete_policy(policy.arn)


def _backend(account_id: str, region_name: str) -> IAMBackend:
    return iam_backends[account_id][get_partition(region_name)]


STACK_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (Role, "create_from_cloudformation_json", classmethod(_create)),
    (Role, "update_from_cloudformation_json", classmethod(_update)),
    (Role, "delete_from_cloudformation_json", classmethod(_delete)),
    (ManagedPolicy, "update_from_cloudformation_json", classmethod(_update_policy)),
    (ManagedPolicy, "delete_from_cloudformation_json", classmethod(_delete_policy)),
)
