"""IAM's quotas and naming rules that moto does not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from moto.iam.models import IAMBackend, Role

from local.front_errors import CallRefusedError
from local.wire import Call

_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_BAD_REQUEST: Final = 400
_NOT_ATTACHABLE: Final = "PolicyNotAttachable"
_UNMODIFIABLE_ENTITY: Final = "UnmodifiableEntity"
_NO_SUCH_ENTITY: Final = "NoSuchEntity"
_ALREADY_EXISTS: Final = "EntityAlreadyExists"
_DELETE_CONFLICT: Final = "DeleteConflict"
_LIMIT_EXCEEDED: Final = "LimitExceeded"
_VERSIONS: Final = 5
_SERVICE_LINKED: Final = "/aws-service-role/"

# The calls whose model has UnmodifiableEntityException: nobody makes them on a service-linked role.
_UNMODIFIABLE: Final = frozenset(
    {
        "AddRoleToInstanceProfile",
        "AttachRolePolicy",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "RemoveRoleFromInstanceProfile",
        "UpdateAssumeRolePolicy",
        "UpdateRole",
        "UpdateRoleDescription",
    }
)


def check_quotas(call: Call, backend: IAMBackend) -> None:
    """Raise `CallRefusedError` when IAM would refuse the call for a quota or a taken name. The caller holds `LOCK`."""
    if call.service != "iam":
        return
    _check_modifiable(call, backend)
    check = _CHECKS.get(call.operation)
    if check is not None:
        check(call, backend)


def size(document: str) -> int:
    """Return a document's size as IAM counts it: without white space."""
    return sum(not character.isspace() for character in document)


def _limit(message: str) -> CallRefusedError:
    return CallRefusedError(_LIMIT_EXCEEDED, message, _CONFLICT)


def _quota(backend: IAMBackend, name: str) -> int:
    # The summary map itself counts everything in the account, on every look.
    return int(vars(backend.account_summary)[name])


def _check_modifiable(call: Call, backend: IAMBackend) -> None:
    role = _role(backend, call.text("RoleName")) if call.operation in _UNMODIFIABLE else None
    if role and f":role{_SERVICE_LINKED}" in role.arn:
        message = (
            f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS"
        )
        raise CallRefusedError(_UNMODIFIABLE_ENTITY, message, _BAD_REQUEST)


def _role(backend: IAMBackend, name: str) -> Role | None:
    return next((role for role in backend.roles.values() if role.name == name), None)


def _check_inline(call: Call, backend: IAMBackend) -> None:
    role = _role(backend, call.text("RoleName"))
    if role is None:
        return
    after = {**role.policies, call.text("PolicyName"): call.text("PolicyDocument")}
    quota = _quota(backend, "_role_policy_size_quota")
    if sum(size(str(document)) for document in after.values()) > quota:
        message = f"Maximum policy size of {quota} bytes exceeded for role {role.name}"
        raise _limit(message)


def _check_attachable(arn: str) -> None:
    if f":policy{_SERVICE_LINKED}" in arn:
        message = "Cannot attach a Service Role Policy to a Customer Role."
        raise CallRefusedError(_NOT_ATTACHABLE, message, _BAD_REQUEST)


def _check_attached(call: Call, backend: IAMBackend) -> None:
    _check_attachable(call.text("PolicyArn"))
    role = _role(backend, call.text("RoleName"))
    quota = _quota(backend, "_attached_policies_per_role_quota")
    if role and call.text("PolicyArn") not in role.managed_policies and len(role.managed_policies) >= quota:
        message = f"Cannot exceed quota for PoliciesPerRole: {quota}"
        raise _limit(message)


def _check_document(call: Call, backend: IAMBackend) -> None:
    quota = _quota(backend, "_policy_size_quota")
    if size(call.text("PolicyDocument")) > quota:
        message = f"Cannot exceed quota for PolicySize: {quota}"
        raise _limit(message)


def _check_trust(call: Call, backend: IAMBackend) -> None:
    quota = _quota(backend, "_assume_role_policy_size_quota")
    document = call.text("AssumeRolePolicyDocument") or call.text("PolicyDocument")
    if size(document) > quota:
        message = f"Cannot exceed quota for ACLSizePerRole: {quota}"
        raise _limit(message)


def _check_version(call: Call, backend: IAMBackend) -> None:
    _check_document(call, backend)
    policy = backend.managed_policies.get(call.text("PolicyArn"))
    if policy and len(policy.versions) >= _VERSIONS:
        message = (
            f"A managed policy can have up to {_VERSIONS} versions. "
            "Before you create a new version, you must delete an existing version."
        )
        raise _limit(message)


def _check_boundary(call: Call, backend: IAMBackend) -> None:
    boundary = call.text("PermissionsBoundary")
    _check_attachable(boundary)
    if boundary and boundary not in backend.managed_policies:
        message = f"Scope ARN: {boundary} does not exist or is not attachable."
        raise CallRefusedError(_NO_SUCH_ENTITY, message, _NOT_FOUND)


def _check_new_role(call: Call, backend: IAMBackend) -> None:
    _check_name(call, "RoleName", (role.name for role in backend.roles.values()), "Role with name {} already exists.")
    _check_trust(call, backend)
    _check_boundary(call, backend)


def _check_new_policy(call: Call, backend: IAMBackend) -> None:
    own = (policy.name for arn, policy in backend.managed_policies.items() if ":iam::aws:" not in arn)
    names = list(own)
    _check_name(call, "PolicyName", names, "A policy called {} already exists. Duplicate names are not allowed.")
    _check_document(call, backend)
    quota = _quota(backend, "_policies_quota")
    if len(names) >= quota:
        message = f"Cannot exceed quota for PoliciesPerAccount: {quota}"
        raise _limit(message)


def _check_name(call: Call, parameter: str, taken: Iterable[str], message: str) -> None:
    # Names are unique without regard to case:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    name = call.text(parameter)
    if any(name.lower() == other.lower() for other in taken):
        raise CallRefusedError(_ALREADY_EXISTS, message.format(name), _CONFLICT)


def _check_new_user(call: Call, backend: IAMBackend) -> None:
    _check_name(call, "UserName", backend.users, "User with name {} already exists.")


def _check_new_group(call: Call, backend: IAMBackend) -> None:
    _check_name(call, "GroupName", backend.groups, "Group with name {} already exists.")


def _check_new_profile(call: Call, backend: IAMBackend) -> None:
    taken = (profile.name for profile in backend.instance_profiles.values())
    _check_name(call, "InstanceProfileName", taken, "Instance Profile {} already exists.")


def _check_unused(call: Call, backend: IAMBackend) -> None:
    arn = call.text("PolicyArn")
    holders: tuple[Any, ...] = (*backend.roles.values(), *backend.users.values(), *backend.groups.values())
    attached = any(arn in holder.managed_policies for holder in holders)
    bounding = any(role.permissions_boundary_arn == arn for role in backend.roles.values())
    policy = backend.managed_policies.get(arn)
    if policy and len(policy.versions) > 1:
        message = "This policy has more than one version. Delete the policy's versions before you delete the policy."
        raise CallRefusedError(_DELETE_CONFLICT, message, _CONFLICT)
    if attached or bounding:
        message = "Cannot delete a policy attached to entities."
        raise CallRefusedError(_DELETE_CONFLICT, message, _CONFLICT)


_CHECKS: Final[Mapping[str, Callable[[Call, IAMBackend], None]]] = {
    "PutRolePolicy": _check_inline,
    "AttachRolePolicy": _check_attached,
    "CreatePolicy": _check_new_policy,
    "CreatePolicyVersion": _check_version,
    "CreateRole": _check_new_role,
    "UpdateAssumeRolePolicy": _check_trust,
    "PutRolePermissionsBoundary": _check_boundary,
    "DeletePolicy": _check_unused,
    "CreateUser": _check_new_user,
    "CreateGroup": _check_new_group,
    "CreateInstanceProfile": _check_new_profile,
}
