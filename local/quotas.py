"""IAM's quotas and naming rules that moto does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from moto.iam.models import IAMBackend, Role

from local.front_errors import CallRefusedError
from local.wire import Call

_CONFLICT: Final = 409
_NOT_FOUND: Final = 404
_VERSIONS: Final = 5


def check_quotas(call: Call, backend: IAMBackend) -> None:
    """Raise `CallRefusedError` when IAM would refuse the call for a quota or a taken name. The caller holds `LOCK`."""
    check = _CHECKS.get(call.operation) if call.service == "iam" else None
    if check is not None:
        check(call, backend)


def size(document: str) -> int:
    """Return a document's size as IAM counts it: without white space."""
    return sum(not character.isspace() for character in document)


def _limit(message: str) -> CallRefusedError:
    return CallRefusedError("LimitExceeded", message, _CONFLICT)


def _role(backend: IAMBackend, name: str) -> Role | None:
    return next((role for role in backend.roles.values() if role.name == name), None)


def _check_inline(call: Call, backend: IAMBackend) -> None:
    role = _role(backend, call.text("RoleName"))
    if role is None:
        return
    after = {**role.policies, call.text("PolicyName"): call.text("PolicyDocument")}
    quota = backend.account_summary.summary_map["RolePolicySizeQuota"]
    if sum(size(str(document)) for document in after.values()) > quota:
        message = f"Maximum policy size of {quota} bytes exceeded for role {role.name}"
        raise _limit(message)


def _check_attached(call: Call, backend: IAMBackend) -> None:
    role = _role(backend, call.text("RoleName"))
    quota = backend.account_summary.summary_map["AttachedPoliciesPerRoleQuota"]
    if role and call.text("PolicyArn") not in role.managed_policies and len(role.managed_policies) >= quota:
        message = f"Cannot exceed quota for PoliciesPerRole: {quota}"
        raise _limit(message)


def _check_document(call: Call, backend: IAMBackend) -> None:
    quota = backend.account_summary.summary_map["PolicySizeQuota"]
    if size(call.text("PolicyDocument")) > quota:
        message = f"Cannot exceed quota for PolicySize: {quota}"
        raise _limit(message)


def _check_trust(call: Call, backend: IAMBackend) -> None:
    quota = backend.account_summary.summary_map["AssumeRolePolicySizeQuota"]
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
    if boundary and boundary not in backend.managed_policies:
        message = f"Scope ARN: {boundary} does not exist or is not attachable."
        raise CallRefusedError("NoSuchEntity", message, _NOT_FOUND)


def _check_new_role(call: Call, backend: IAMBackend) -> None:
    _check_name(call, "RoleName", (role.name for role in backend.roles.values()), "Role with name {} already exists.")
    _check_trust(call, backend)
    _check_boundary(call, backend)


def _check_new_policy(call: Call, backend: IAMBackend) -> None:
    own = (policy.name for arn, policy in backend.managed_policies.items() if ":iam::aws:" not in arn)
    _check_name(call, "PolicyName", own, "A policy called {} already exists. Duplicate names are not allowed.")
    _check_document(call, backend)


def _check_name(call: Call, parameter: str, taken: object, message: str) -> None:
    # Names are unique without regard to case:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    name = call.text(parameter)
    if any(name.lower() == other.lower() for other in taken):  # type: ignore[attr-defined]
        raise CallRefusedError("EntityAlreadyExists", message.format(name), _CONFLICT)


def _check_unused(call: Call, backend: IAMBackend) -> None:
    arn = call.text("PolicyArn")
    holders = (*backend.roles.values(), *backend.users.values(), *backend.groups.values())
    attached = any(arn in holder.managed_policies for holder in holders)
    bounding = any(role.permissions_boundary_arn == arn for role in backend.roles.values())
    if attached or bounding:
        message = "Cannot delete a policy attached to entities."
        raise CallRefusedError("DeleteConflict", message, _CONFLICT)


_CHECKS: Final[Mapping[str, Callable[[Call, IAMBackend], None]]] = {
    "PutRolePolicy": _check_inline,
    "AttachRolePolicy": _check_attached,
    "CreatePolicy": _check_new_policy,
    "CreatePolicyVersion": _check_version,
    "CreateRole": _check_new_role,
    "UpdateAssumeRolePolicy": _check_trust,
    "PutRolePermissionsBoundary": _check_boundary,
    "DeletePolicy": _check_unused,
}
