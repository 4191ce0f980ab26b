"""What CloudFormation does to IAM inside moto: the difference of two states, as the calls AWS would record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from moto.iam.models import IAMBackend, ManagedPolicy, Role

from local.recorder import InnerChange
from local.trail_shapes import trail_time
from local.wire import Call

CLOUDFORMATION: Final = "cloudformation.amazonaws.com"
_STACK_CALL: Final = re.compile(r"^(Create|Update|Delete|Execute)(Stack|StackSet|StackInstances|ChangeSet)$")
type_texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _RoleState:
    role_id: str
    arn: str
    path: str
    trust: str
    boundary: str | None
    inline: type_texts
    attached: frozenset[str]


@dataclass(frozen=True, slots=True)
class _PolicyState:
    name: str
    path: str
    default: str
    versions: type_texts


@dataclass(frozen=True, slots=True)
class IamState:
    """An account's roles and customer policies at one moment."""

    roles: Mapping[str, _RoleState]
    policies: Mapping[str, _PolicyState]


def makes_inner_changes(call: Call) -> bool:
    """Say whether moto may change IAM inside this call."""
    return call.service == "cloudformation" and _STACK_CALL.match(call.operation) is not None


def read_iam_state(backend: IAMBackend) -> IamState:
    """Return the account's roles and customer policies. The caller holds `LOCK`."""
    aws = {id(policy) for policy in backend.aws_managed_policies}
    own = {arn: policy for arn, policy in backend.managed_policies.items() if id(policy) not in aws}
    return IamState(
        {role.name: _read_role(role) for role in backend.roles.values()},
        {arn: _read_policy(policy) for arn, policy in own.items()},
    )


def list_changes(before: IamState, after: IamState) -> tuple[InnerChange, ...]:
    """Return the calls that lead from one state to the other, in an order in which they could be made."""
    return (*_policies_made(before, after), *_role_changes(before, after), *_policies_gone(before, after))


def _read_role(role: Role) -> _RoleState:
    inline = {name: _text(document) for name, document in role.policies.items()}
    trust = _text(role.assume_role_policy_document)
    boundary = role.permissions_boundary_arn or None
    return _RoleState(role.id, role.arn, role.path, trust, boundary, inline, frozenset(role.managed_policies))


def _read_policy(policy: ManagedPolicy) -> _PolicyState:
    versions = {version.version_id: _text(version.document) for version in policy.versions}
    return _PolicyState(policy.name, policy.path, policy.default_version_id, versions)


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _change(name: str, response: Mapping[str, Any] | None = None, /, **parameters: Any) -> InnerChange:
    return InnerChange("iam", name, {key: value for key, value in parameters.items() if value is not None}, response)


# --- roles ----------------------------------------------------------------------------------------------------------


def _role_changes(before: IamState, after: IamState) -> Iterator[InnerChange]:
    for name, old in before.roles.items():
        new = after.roles.get(name)
        if new is None or new.role_id != old.role_id:
            yield from _role_gone(name, old)
    for name, new in after.roles.items():
        known = before.roles.get(name)
        if known is not None and known.role_id == new.role_id:
            yield from _role_altered(name, known, new)
        else:
            yield _role_made(name, new)
            yield from _grants_altered(name, _bare(new), new)


def _role_made(name: str, role: _RoleState) -> InnerChange:
    response = {
        "role": {
            "path": role.path,
            "roleName": name,
            "roleId": role.role_id,
            "arn": role.arn,
            "createDate": trail_time(datetime.now(UTC)),
            "assumeRolePolicyDocument": quote(role.trust, safe=""),
        }
    }
    return _change(
        "CreateRole",
        response,
        path=role.path,
        roleName=name,
        assumeRolePolicyDocument=role.trust,
        permissionsBoundary=role.boundary,
    )


def _role_gone(name: str, role: _RoleState) -> Iterator[InnerChange]:
    yield from _grants_altered(name, role, _bare(role))
    yield _change("DeleteRole", roleName=name)


def _bare(role: _RoleState) -> _RoleState:
    return _RoleState(role.role_id, role.arn, role.path, role.trust, role.boundary, {}, frozenset())


def _role_altered(name: str, old: _RoleState, new: _RoleState) -> Iterator[InnerChange]:
    if old.trust != new.trust:
        yield _change("UpdateAssumeRolePolicy", roleName=name, policyDocument=new.trust)
    if old.boundary != new.boundary and new.boundary:
        yield _change("PutRolePermissionsBoundary", roleName=name, permissionsBoundary=new.boundary)
    if old.boundary != new.boundary and not new.boundary:
        yield _change("DeleteRolePermissionsBoundary", roleName=name)
    yield from _grants_altered(name, old, new)


def _grants_altered(name: str, old: _RoleState, new: _RoleState) -> Iterator[InnerChange]:
    for policy, text in new.inline.items():
        if old.inline.get(policy) != text:
            yield _change("PutRolePolicy", roleName=name, policyName=policy, policyDocument=text)
    for policy in old.inline.keys() - new.inline.keys():
        yield _change("DeleteRolePolicy", roleName=name, policyName=policy)
    for arn in sorted(new.attached - old.attached):
        yield _change("AttachRolePolicy", roleName=name, policyArn=arn)
    for arn in sorted(old.attached - new.attached):
        yield _change("DetachRolePolicy", roleName=name, policyArn=arn)


# --- customer policies ----------------------------------------------------------------------------------------------


def _policies_made(before: IamState, after: IamState) -> Iterator[InnerChange]:
    for arn, new in after.policies.items():
        old = before.policies.get(arn)
        if old is None:
            document = new.versions[new.default]
            response = {
                "policy": {"policyName": new.name, "arn": arn, "path": new.path, "defaultVersionId": new.default}
            }
            yield _change("CreatePolicy", response, policyName=new.name, path=new.path, policyDocument=document)
        else:
            yield from _versions_altered(arn, old, new)


def _versions_altered(arn: str, old: _PolicyState, new: _PolicyState) -> Iterator[InnerChange]:
    made = new.versions.keys() - old.versions.keys()
    for version in sorted(made):
        is_default = version == new.default
        response = {"policyVersion": {"versionId": version, "isDefaultVersion": is_default}}
        text = new.versions[version]
        yield _change("CreatePolicyVersion", response, policyArn=arn, policyDocument=text, setAsDefault=is_default)
    if new.default != old.default and new.default not in made:
        yield _change("SetDefaultPolicyVersion", policyArn=arn, versionId=new.default)
    for version in sorted(old.versions.keys() - new.versions.keys()):
        yield _change("DeletePolicyVersion", policyArn=arn, versionId=version)


def _policies_gone(before: IamState, after: IamState) -> Iterable[InnerChange]:
    return [_change("DeletePolicy", policyArn=arn) for arn in before.policies.keys() - after.policies.keys()]
