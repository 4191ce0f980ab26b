"""Reads and changes IAM roles."""

from collections.abc import Iterator
from typing import Any, assert_never
from urllib.parse import unquote

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import NOT_FOUND, REFUSED, code_of, message_of
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.case.step import DeleteBoundary, DeleteInline, PutBoundary, PutInline, PutTrust, Step, describe_step


class IamRoles:
    """IAM's roles as they are now, their documents as raw text."""

    def __init__(self, iam: Any) -> None:
        """Take an IAM client that does not decode policy documents (`clients.client`)."""
        self._iam = iam

    def read_role(self, name: str) -> RoleSnapshot | None:
        """Return the role of this name, or None if there is none."""
        try:
            role = self._iam.get_role(RoleName=name)["Role"]
            return self._snapshot(role)
        except ClientError as error:
            if code_of(error) in NOT_FOUND:  # the role, or a policy of it, went away while it was read
                return self._read_again(name)
            raise

    def read_managed_policy(self, arn: str) -> ManagedPolicy | None:
        """Return a managed policy with the text of its default version, or None if there is none."""
        try:
            return self._managed(arn)
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise

    def roles_using(self, policy_arn: str) -> tuple[str, ...]:
        """Return the names of the roles that a managed policy is attached to or is the boundary of."""
        names: dict[str, None] = {}
        try:
            for usage in ("PermissionsPolicy", "PermissionsBoundary"):
                pages = self._pages("list_entities_for_policy", PolicyArn=policy_arn, PolicyUsageFilter=usage)
                names |= {role["RoleName"]: None for page in pages for role in page["PolicyRoles"]}
        except ClientError as error:
            if code_of(error) not in NOT_FOUND:
                raise
        return tuple(names)

    def role_names(self) -> tuple[str, ...]:
        """Return the name of every role of the account, from the paginated listing."""
        pages = self._pages("get_account_authorization_details", Filter=["Role"])
        return tuple(role["RoleName"] for page in pages for role in page["RoleDetailList"])

    def apply(self, role_name: str, step: Step) -> None:
        """Carry out one step; raise WriteRefusedError where AWS refuses it for good."""
        try:
            self._apply(role_name, step)
        except ClientError as error:
            if code_of(error) in REFUSED:
                message = f"{describe_step(step)}: {message_of(error)}"
                raise WriteRefusedError(message) from error
            raise

    def _apply(self, role_name: str, step: Step) -> None:
        match step:
            case PutInline(name, text):
                self._iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=text)
            case PutTrust(text):
                self._iam.update_assume_role_policy(RoleName=role_name, PolicyDocument=text)
            case PutBoundary(policy):
                self._iam.put_role_permissions_boundary(RoleName=role_name, PermissionsBoundary=policy.arn)
            case DeleteInline(name):
                self._iam.delete_role_policy(RoleName=role_name, PolicyName=name)
            case DeleteBoundary():
                self._iam.delete_role_permissions_boundary(RoleName=role_name)
            case _:
                assert_never(step)

    def _read_again(self, name: str) -> RoleSnapshot | None:
        """Read a role once more after something of it vanished; a second time is for the queue to retry."""
        try:
            role = self._iam.get_role(RoleName=name)["Role"]
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise
        return self._snapshot(role)

    def _snapshot(self, role: dict[str, Any]) -> RoleSnapshot:
        name, arn = role["RoleName"], role["Arn"]
        return RoleSnapshot(
            subject=Subject(arn.split(":")[4], arn, name, role["RoleId"]),
            path=role["Path"],
            trust=unquote(role["AssumeRolePolicyDocument"]),
            inline=tuple(self._inline(name)),
            attached=tuple(self._attached(name)),
            boundary=tuple(self._boundary(role)),
        )

    def _inline(self, name: str) -> Iterator[InlinePolicy]:
        pages = self._pages("list_role_policies", RoleName=name)
        for policy in sorted(policy for page in pages for policy in page["PolicyNames"]):
            text = self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            yield InlinePolicy(policy, unquote(text))

    def _attached(self, name: str) -> Iterator[ManagedPolicy]:
        pages = self._pages("list_attached_role_policies", RoleName=name)
        for arn in sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]):
            yield self._managed(arn)

    def _boundary(self, role: dict[str, Any]) -> Iterator[ManagedPolicy]:
        arn = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        if arn:
            yield self._managed(arn)

    def _managed(self, arn: str) -> ManagedPolicy:
        version = self._iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        text = self._iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        return ManagedPolicy(arn, version, unquote(text))

    def _pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        yield from self._iam.get_paginator(operation).paginate(**arguments)
