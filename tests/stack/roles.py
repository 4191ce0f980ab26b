"""Everything that IAM holds of a role, read with a plain client."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

CONTAINMENT = "panorama-guard-containment-"


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


def delete_customer_policies(iam: Any) -> None:
    """Delete every customer managed policy of the account."""
    for policy in iam.list_policies(Scope="Local")["Policies"]:
        arn = policy["Arn"]
        for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=arn)


def _inline(iam: Any, name: str) -> Iterator[tuple[str, str]]:
    for policy in sorted(iam.list_role_policies(RoleName=name)["PolicyNames"]):
        yield policy, unquote(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])


def read_managed(iam: Any, arn: str) -> tuple[str, str]:
    """Return the ARN of a managed policy, and the document of its default version."""
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return arn, unquote(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])
