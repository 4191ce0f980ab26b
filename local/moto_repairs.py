"""Corrects where moto answers otherwise than AWS does; here, its IAM."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.iam.models import SERVICE_NAME_CONVERSION, IAMBackend, ManagedPolicy, Role
from moto.iam.responses import IamResponse

from local.anywhere_repairs import repair_anywhere
from local.greengrass_repairs import repair_greengrass
from local.iot_repairs import IOT_REPAIRS
from local.lambda_repairs import LAMBDA_REPAIRS
from local.logs_repairs import LOGS_REPAIRS
from local.s3_repairs import S3_REPAIRS
from local.sagemaker_repairs import SAGEMAKER_REPAIRS
from local.sns_repairs import SNS_REPAIRS
from local.stack_repairs import STACK_REPAIRS

_PAGE: Final = 100
_PANORAMA: Final = "panorama.amazonaws.com"
_PANORAMA_POLICY: Final = "arn:aws:iam::aws:policy/aws-service-role/AWSPanoramaServiceLinkedRolePolicy"
_FILTERS: Final = ("User", "Group", "Role", "LocalManagedPolicy", "AWSManagedPolicy")


def repair_moto() -> None:
    """Put the corrections in place; doing so twice changes nothing."""
    SERVICE_NAME_CONVERSION["panorama"] = "AWSPanorama"
    repair_greengrass()
    repair_anywhere()
    of_services = (*S3_REPAIRS, *SNS_REPAIRS, *LAMBDA_REPAIRS, *LOGS_REPAIRS, *IOT_REPAIRS, *SAGEMAKER_REPAIRS)
    for owner, name, repaired in (*_REPAIRS, *STACK_REPAIRS, *of_services):
        setattr(owner, name, repaired)


def _put_policy(role: Role, policy_name: str, policy_json: Any) -> None:
    """Keep the document as text, which moto's CloudFormation does not."""
    role.policies[policy_name] = policy_json if isinstance(policy_json, str) else json.dumps(policy_json)


def _attach_to(policy: ManagedPolicy, holder: Any) -> None:
    """Attach once: attaching what is attached counts nothing."""
    if policy.arn not in holder.managed_policies:
        policy.attachment_count += 1
        holder.managed_policies[policy.arn] = policy


_create_linked = IAMBackend.create_service_linked_role


def _create_service_linked_role(backend: IAMBackend, service_name: str, description: str, suffix: str) -> Role:
    """Give Panorama's service-linked role the policy that comes with it."""
    role = _create_linked(backend, service_name, description, suffix)
    if service_name == _PANORAMA:
        backend.managed_policies[_PANORAMA_POLICY].attach_to(role)
    return role


_delete_linked = IAMBackend.delete_service_linked_role


def _delete_service_linked_role(backend: IAMBackend, role_name: str) -> str:
    """Delete the role with the policies that came with it, as AWS does."""
    for policy in list(backend.get_role(role_name).managed_policies.values()):
        policy.detach_from(backend.get_role(role_name))
    return str(_delete_linked(backend, role_name))


# --- listings -------------------------------------------------------------------------------------------------------


def _list_entities(response: IamResponse) -> ActionResult:
    """Answer ListEntitiesForPolicy for both usages: as permissions policy, and as boundary, which moto leaves out."""
    arn, entity = response._get_param("PolicyArn"), response._get_param("EntityFilter")
    usage = response._get_param("PolicyUsageFilter")
    prefix = response._get_param("PathPrefix") or "/"
    response.backend.get_policy(arn)

    def entities(kind: str, holders: Any) -> list[Any]:
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


def _uses(holder: Any, arn: str, usage: str | None) -> bool:
    is_permissions = arn in holder.managed_policies and usage in (None, "PermissionsPolicy")
    is_boundary = getattr(holder, "permissions_boundary_arn", None) == arn and usage in (None, "PermissionsBoundary")
    return is_permissions or is_boundary


def _list_account(response: IamResponse) -> ActionResult:
    """Answer GetAccountAuthorizationDetails in pages, with those of AWS's policies that are in use."""
    kinds = response._get_param("Filter", []) or _FILTERS
    start = int(response._get_param("Marker") or 0)
    size = int(response._get_param("MaxItems") or _PAGE)
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


_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (Role, "put_policy", _put_policy),
    (IAMBackend, "create_service_linked_role", _create_service_linked_role),
    (IAMBackend, "delete_service_linked_role", _delete_service_linked_role),
    (ManagedPolicy, "attach_to", _attach_to),
    (ManagedPolicy, "policy_name", property(lambda policy: policy.name)),
    (IamResponse, "list_entities_for_policy", _list_entities),
    (IamResponse, "get_account_authorization_details", _list_account),
)
