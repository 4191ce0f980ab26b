"""Everything that IAM holds of a role, read with a plain client."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

CONTAINMENT = "panorama-guard-containment-"
_DETAILS = "get_account_authorization_details"
_OF_AWS = "arn:aws:iam::aws:"
_KNOWN: dict[str, str] = {}  # AWS's own documents, which no call changes, by their ARNs


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """A role; each policy is its name, or ARN, and its document byte for byte."""

    arn: str
    trust: str
    description: str
    inline: tuple[tuple[str, str], ...]
    attached: tuple[tuple[str, str], ...]
    boundary: tuple[tuple[str, str], ...]
    tags: tuple[tuple[str, str], ...]

    @property
    def containments(self) -> tuple[str, ...]:
        """Return the names of the guard's own inline policies."""
        return tuple(name for name, _ in self.inline if name.startswith(CONTAINMENT))


@dataclass(frozen=True, slots=True)
class Holdings:
    """Every role of an account by its name, and the ARNs of the policies that its customer made."""

    roles: Mapping[str, RoleRecord]
    policies: tuple[str, ...]


def read_record(iam: Any, name: str) -> RoleRecord:
    """Return a role as it is; the client must leave documents as AWS sends them."""
    role = iam.get_role(RoleName=name)["Role"]
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return RoleRecord(
        arn=role["Arn"],
        trust=unquote(role["AssumeRolePolicyDocument"]),
        description=role.get("Description", ""),
        inline=tuple(_inline(iam, name)),
        attached=tuple(read_managed(iam, each["PolicyArn"]) for each in attached_to(iam, name)),
        boundary=(read_managed(iam, boundary),) if boundary else (),
        tags=tuple(sorted((tag["Key"], tag["Value"]) for tag in role.get("Tags", []))),
    )


def read_all(iam: Any) -> Holdings:
    """Return all roles as they are, in two calls, each as `read_record` returns it."""
    described = {each["RoleName"]: each.get("Description", "") for each in _paged(iam, "list_roles", "Roles")}
    pages = list(iam.get_paginator(_DETAILS).paginate(Filter=["Role", "LocalManagedPolicy"]))
    own = {policy["Arn"]: _default_document(policy) for page in pages for policy in page["Policies"]}
    roles = [role for page in pages for role in page["RoleDetailList"]]
    records = {role["RoleName"]: _recorded(iam, role, own, described.get(role["RoleName"], "")) for role in roles}
    return Holdings(records, tuple(own))


def _recorded(iam: Any, role: Mapping[str, Any], own: Mapping[str, str], description: str) -> RoleRecord:
    def managed(arn: str) -> tuple[str, str]:
        return (arn, own[arn]) if arn in own else read_managed(iam, arn)

    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    return RoleRecord(
        arn=role["Arn"],
        trust=role["AssumeRolePolicyDocument"],  # which the stack does not encode here
        description=description,
        inline=tuple(sorted((each["PolicyName"], unquote(each["PolicyDocument"])) for each in role["RolePolicyList"])),
        attached=tuple(managed(arn) for arn in sorted(each["PolicyArn"] for each in role["AttachedManagedPolicies"])),
        boundary=(managed(boundary),) if boundary else (),
        tags=tuple(sorted((tag["Key"], tag["Value"]) for tag in role.get("Tags", []))),
    )


def _default_document(policy: Mapping[str, Any]) -> str:
    (document,) = (each["Document"] for each in policy["PolicyVersionList"] if each["IsDefaultVersion"])
    return unquote(document)


def _paged(iam: Any, operation: str, key: str) -> Iterator[Mapping[str, Any]]:
    for page in iam.get_paginator(operation).paginate():
        yield from page[key]


def attached_to(iam: Any, name: str) -> list[dict[str, str]]:
    """Return the managed policies of a role, in the order of their ARNs."""
    found: list[dict[str, str]] = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    return sorted(found, key=lambda each: each["PolicyArn"])


def delete_role(iam: Any, name: str) -> None:
    """Delete a role with all that is on it; the guard's Denies go last, so that nothing escapes meanwhile."""
    if iam.get_role(RoleName=name)["Role"]["Path"].startswith("/aws-service-role/"):
        iam.delete_service_linked_role(RoleName=name)
        return
    names = iam.list_role_policies(RoleName=name)["PolicyNames"]
    for each in attached_to(iam, name):
        iam.detach_role_policy(RoleName=name, PolicyArn=each["PolicyArn"])
    for policy in sorted(names, key=lambda policy: policy.startswith(CONTAINMENT)):
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def delete_policies(iam: Any, arns: Iterable[str]) -> None:
    """Delete customer managed policies."""
    for arn in arns:
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=arn)


def _inline(iam: Any, name: str) -> Iterator[tuple[str, str]]:
    for policy in sorted(iam.list_role_policies(RoleName=name)["PolicyNames"]):
        yield policy, unquote(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])


def read_managed(iam: Any, arn: str) -> tuple[str, str]:
    """Return the ARN of a managed policy, and the document of its default version; AWS's own are read once."""
    if not arn.startswith(_OF_AWS):
        return arn, _read_document(iam, arn)
    if arn not in _KNOWN:
        _KNOWN[arn] = _read_document(iam, arn)
    return arn, _KNOWN[arn]


def _read_document(iam: Any, arn: str) -> str:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return unquote(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
