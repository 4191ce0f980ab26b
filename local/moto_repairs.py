"""Corrects where moto's IAM answers otherwise than AWS does."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from moto.core.responses import ActionResult
from moto.iam.models import IAMBackend, ManagedPolicy, Role, iam_backends
from moto.iam.responses import IamResponse

_PAGE: Final = 100
_FILTERS: Final = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")

# What a stack's template says of a role, so that an update can take back what the template no longer says.
_DECLARED: Final[WeakKeyDictionary[Role, Mapping[str, Any]]] = WeakKeyDictionary()


def repair_moto() -> None:
    """Put the corrections in place; doing so twice changes nothing."""
    for owner, name, repaired in _REPAIRS:
        setattr(owner, name, repaired)


def _put_policy(role: Role, policy_name: str, policy_json: Any) -> None:  # noqa: ANN401 - moto passes text or a dict
    """Keep the document as text, which moto's CloudFormation does not."""
    role.policies[policy_name] = policy_json if isinstance(policy_json, str) else json.dumps(policy_json)


def _attach_to(policy: ManagedPolicy, holder: Any) -> None:  # noqa: ANN401 - a role, group or user
    """Attach once: attaching what is attached counts nothing."""
    if policy.arn not in holder.managed_policies:
        policy.attachment_count += 1
        holder.managed_policies[policy.arn] = policy


# --- listings -------------------------------------------------------------------------------------------------------


def _list_entities(response: IamResponse) -> ActionResult:
    """Answer ListEntitiesForPolicy for both usages: as permissions policy, and as boundary, which moto leaves out."""
    arn, entity = response._get_param("PolicyArn"), response._get_param("EntityFilter")  # noqa: SLF001
    usage = response._get_param("PolicyUsageFilter")  # noqa: SLF001
    prefix = response._get_param("PathPrefix") or "/"  # noqa: SLF001
    response.backend.get_policy(arn)

    def entities(kind: str, holders: Any) -> list[Any]:  # noqa: ANN401 - roles, groups or users
        if entity not in (None, kind):
            return []
        return [each for each in holders.values() if each.path.startswith(prefix) and _uses(each, arn, usage)]

    backend = response.backend
    return ActionResult(
        {
            "PolicyUsers": entities("User", backend.users),
            "PolicyRoles": entities("Role", backend.roles),
            "PolicyGroups": entities("Group", backend.groups),
            "IsTruncated": False,
        }
    )


def _uses(holder: Any, arn: str, usage: str | None) -> bool:  # noqa: ANN401 - a role, group or user
    is_permissions = arn in holder.managed_policies and usage in (None, "PermissionsPolicy")
    is_boundary = getattr(holder, "permissions_boundary_arn", None) == arn and usage in (None, "PermissionsBoundary")
    return is_permissions or is_boundary


def _list_account(response: IamResponse) -> ActionResult:
    """Answer GetAccountAuthorizationDetails in pages, with those of AWS's policies that are in use."""
    kinds = response._get_param("Filter", []) or _FILTERS  # noqa: SLF001
    start = int(response._get_param("Marker") or 0)  # noqa: SLF001
    size = int(response._get_param("MaxItems") or _PAGE)  # noqa: SLF001
    items = [(key, each) for kind in _FILTERS if kind in kinds for key, each in _items(response.backend, kind)]
    is_truncated = start + size < len(items)
    page: dict[str, Any] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    for key, each in items[start : start + size]:
        page[key].append(each)
    return ActionResult(page | {"IsTruncated": is_truncated, "Marker": str(start + size) if is_truncated else None})


def _items(backend: IAMBackend, kind: str) -> list[tuple[str, Any]]:
    key, find = _KINDS[kind]
    return [(key, each) for each in find(backend)]


def _own_policies(backend: IAMBackend) -> list[ManagedPolicy]:
    aws = {id(policy) for policy in backend.aws_managed_policies}
    return [policy for policy in backend.managed_policies.values() if id(policy) not in aws]


def _aws_policies_in_use(backend: IAMBackend) -> list[ManagedPolicy]:
    holders: tuple[Any, ...] = (*backend.roles.values(), *backend.users.values(), *backend.groups.values())
    used = {arn for holder in holders for arn in holder.managed_policies}
    used |= {role.permissions_boundary_arn for role in backend.roles.values() if role.permissions_boundary_arn}
    return [policy for policy in backend.aws_managed_policies if policy.arn in used]


_KINDS: Final[Mapping[str, tuple[str, Callable[[IAMBackend], Any]]]] = {
    "User": ("UserDetailList", lambda backend: backend.users.values()),
    "Group": ("GroupDetailList", lambda backend: backend.groups.values()),
    "Role": ("RoleDetailList", lambda backend: backend.roles.values()),
    "LocalManagedPolicy": ("Policies", _own_policies),
    "AWSManagedPolicy": ("Policies", _aws_policies_in_use),
}


# --- roles in CloudFormation stacks ---------------------------------------------------------------------------------

_create_role = Role.create_from_cloudformation_json
_delete_role = Role.delete_from_cloudformation_json


def _create_from_template(
    _: type[Role],
    /,
    resource_name: str,
    cloudformation_json: dict[str, Any],
    account_id: str,
    region_name: str,
    **rest: Any,  # noqa: ANN401 - moto passes on what it knows
) -> Role:
    """Create the role with its managed policies, which moto leaves out."""
    role = _create_role(resource_name, cloudformation_json, account_id, region_name, **rest)
    _apply(role, cloudformation_json["Properties"])
    return role


def _update_from_template(
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


def _delete_from_template(
    _: type[Role], /, resource_name: str, cloudformation_json: dict[str, Any], account_id: str, region_name: str
) -> None:
    """Detach the role's managed policies first, without which moto refuses to delete it."""
    for role in iam_backends[account_id]["aws"].roles.values():
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


_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (Role, "put_policy", _put_policy),
    (Role, "create_from_cloudformation_json", classmethod(_create_from_template)),
    (Role, "update_from_cloudformation_json", classmethod(_update_from_template)),
    (Role, "delete_from_cloudformation_json", classmethod(_delete_from_template)),
    (ManagedPolicy, "attach_to", _attach_to),
    (ManagedPolicy, "policy_name", property(lambda policy: policy.name)),
    (IamResponse, "list_entities_for_policy", _list_entities),
    (IamResponse, "get_account_authorization_details", _list_account),
)
