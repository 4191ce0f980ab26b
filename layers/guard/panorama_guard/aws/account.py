"""Reads what of an account decides what can be done about a role: quotas, and managed policies with their users."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import NOT_FOUND, code_of
from panorama_guard.case.account import LEAST, PolicyUsers, PolicyVersion, Quotas


class IamAccount:
    """IAM's quotas and managed policies as they are now, documents as raw text."""

    def __init__(self, iam: Any) -> None:
        """Take an IAM client that does not decode policy documents (`clients.client`)."""
        self._iam = iam

    def read_quotas(self) -> Quotas:
        """Return how much IAM takes in this account; where it does not say, the least that it takes in any."""
        summary = self._iam.get_account_summary()["SummaryMap"]
        spare = summary["PoliciesQuota"] - summary["Policies"] if "PoliciesQuota" in summary else LEAST.spare_policies
        return Quotas(
            inline=summary.get("RolePolicySizeQuota", LEAST.inline),
            trust=summary.get("AssumeRolePolicySizeQuota", LEAST.trust),
            policy=summary.get("PolicySizeQuota", LEAST.policy),
            attached=summary.get("AttachedPoliciesPerRoleQuota", LEAST.attached),
            versions=summary.get("VersionsPerPolicyQuota", LEAST.versions),
            spare_policies=spare,
        )

    def read_users(self, policy_arn: str) -> PolicyUsers:
        """Return who uses a managed policy, in either way; nobody, where there is no such policy."""
        try:
            attached = tuple(self._users(policy_arn, "PermissionsPolicy"))
            return PolicyUsers(policy_arn, True, attached, tuple(self._users(policy_arn, "PermissionsBoundary")))
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return PolicyUsers(policy_arn, exists=False)
            raise

    def read_versions(self, policy_arn: str) -> tuple[PolicyVersion, ...]:
        """Return every version of a managed policy."""
        listed = [one for page in self._pages("list_policy_versions", PolicyArn=policy_arn) for one in page["Versions"]]
        return tuple(
            PolicyVersion(one["VersionId"], self._document(policy_arn, one["VersionId"]), one["IsDefaultVersion"])
            for one in listed
        )

    def _users(self, policy_arn: str, usage: str) -> Iterator[str]:
        for page in self._pages("list_entities_for_policy", PolicyArn=policy_arn, PolicyUsageFilter=usage):
            yield from (f"role/{one['RoleName']}" for one in page["PolicyRoles"])
            yield from (f"user/{one['UserName']}" for one in page["PolicyUsers"])
            yield from (f"group/{one['GroupName']}" for one in page["PolicyGroups"])

    def _document(self, policy_arn: str, version_id: str) -> str:
        version = self._iam.get_policy_version(PolicyArn=policy_arn, VersionId=version_id)["PolicyVersion"]
        return unquote(version["Document"])

    def _pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        yield from self._iam.get_paginator(operation).paginate(**arguments)
