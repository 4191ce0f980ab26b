"""Reads every role of an account in one paginated call, never in calls per role.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from panorama_guard.case.listing import ListedRole
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject

FILTER = ["Role", "LocalManagedPolicy", "AWSManagedPolicy"]

Policies = Mapping[str, ManagedPolicy]


class AccountListing:
    """The whole account, role by role."""

    def __init__(self, iam: Any) -> None:
        """Take an IAM client that does not decode policy documents."""
        self._iam = iam

    def read_roles(self, progress: Callable[[int], None] = lambda _: None) -> tuple[ListedRole, ...]:
        """Return every role as it is now; `progress` hears how many have come so far.

        A policy may come on a later page than its role.
        """
        roles: list[dict[str, Any]] = []
        policies: dict[str, ManagedPolicy] = {}
        for page in self._iam.get_paginator("get_account_authorization_details").paginate(Filter=FILTER):
            roles += page.get("RoleDetailList", [])
            policies |= {policy.arn: policy for policy in _policies(page.get("Policies", []))}
            progress(len(roles))
        return tuple(_listed(role, policies) for role in roles)


def _policies(listed: Iterable[Mapping[str, Any]]) -> Iterator[ManagedPolicy]:
    for policy in listed:
        for version in policy.get("PolicyVersionList", []):
            if version.get("IsDefaultVersion"):
                yield ManagedPolicy(policy["Arn"], version["VersionId"], unquote(version["Document"]))


def _listed(role: Mapping[str, Any], policies: Policies) -> ListedRole:
    attached = sorted(policy["PolicyArn"] for policy in role.get("AttachedManagedPolicies", []))
    boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    limits = [boundary] if boundary else []
    return ListedRole(
        RoleSnapshot(
            subject=Subject(role["Arn"].split(":")[4], role["Arn"], role["RoleName"], role["RoleId"]),
            path=role["Path"],
            trust=unquote(role["AssumeRolePolicyDocument"]),
            inline=tuple(_inline(role)),
            attached=tuple(policies[arn] for arn in attached if arn in policies),
            boundary=tuple(policies[arn] for arn in limits if arn in policies),
        ),
        missing=tuple(arn for arn in attached if arn not in policies),
        missing_boundary=tuple(arn for arn in limits if arn not in policies),
    )


def _inline(role: Mapping[str, Any]) -> Iterator[InlinePolicy]:
    listed = [(one["PolicyName"], unquote(one["PolicyDocument"])) for one in role.get("RolePolicyList", [])]
    yield from (InlinePolicy(name, text) for name, text in sorted(listed))
