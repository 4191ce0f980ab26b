"""Reads IAM roles."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar
from urllib.parse import unquote

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NOT_FOUND, code_of, message_of
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject

Read = TypeVar("Read")


class IamRoles:
    """IAM's roles as they are now, their documents as raw text."""

    def __init__(self, iam: Any) -> None:
        """Take an IAM client that does not decode policy documents (`clients.client`)."""
        self._iam = iam

    def read_role(self, name: str) -> RoleSnapshot | None:
        """Return the role of this name, or None if there is none."""
        try:
            role = self._iam.get_role(RoleName=name)["Role"]
            return self.snapshot_of(role)
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

    def read_outline(self, name: str) -> RoleOutline | None:
        """Return as much of a role as tells whether it is guarded, or None if there is none."""
        try:
            role = self._iam.get_role(RoleName=name)["Role"]
            pages = self._pages("list_attached_role_policies", RoleName=name)
            arns = tuple(sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]))
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise
        return RoleOutline(role["RoleName"], role["Path"], unquote(role["AssumeRolePolicyDocument"]), arns)

    def role_outlines(self) -> Iterator[RoleOutline]:
        """Yield as much of every role of the account, page by page of the listing.

        Raises UnlistedError where AWS does not let them be listed.
        """
        try:
            for page in self._pages("get_account_authorization_details", Filter=["Role"]):
                yield from map(_outline, page["RoleDetailList"])
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            message = f"AWS does not let the guard list the roles: {message_of(error)}"
            raise UnlistedError(message) from error

    def _read_again(self, name: str) -> RoleSnapshot | None:
        """Read a role once more after something of it vanished. A policy that does so again is not there.

        Else whoever puts and deletes policies all the time would keep the role from being read. A boundary that does is
        for the queue to retry: without it the role would seem to be granted more.
        """
        try:
            role = self._iam.get_role(RoleName=name)["Role"]
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise
        return self.snapshot_of(role, may_vanish=True)

    def snapshot_of(self, role: dict[str, Any], *, may_vanish: bool = False) -> RoleSnapshot:
        """Return a role of which `GetRole` has answered this, with the documents that are read for it."""
        name, arn = role["RoleName"], role["Arn"]
        present = _present if may_vanish else _all
        return RoleSnapshot(
            subject=Subject(arn.split(":")[4], arn, name, role["RoleId"]),
            path=role["Path"],
            trust=unquote(role["AssumeRolePolicyDocument"]),
            inline=tuple(present(self._inline(name))),
            attached=tuple(present(self._attached(name))),
            boundary=tuple(self._boundary(role)),
        )

    def _inline(self, name: str) -> Iterator[Callable[[], InlinePolicy]]:
        pages = self._pages("list_role_policies", RoleName=name)
        for policy in sorted(policy for page in pages for policy in page["PolicyNames"]):
            yield partial(self._inline_policy, name, policy)

    def _inline_policy(self, name: str, policy: str) -> InlinePolicy:
        text = self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        return InlinePolicy(policy, unquote(text))

    def _attached(self, name: str) -> Iterator[Callable[[], ManagedPolicy]]:
        pages = self._pages("list_attached_role_policies", RoleName=name)
        for arn in sorted(policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]):
            yield partial(self._managed, arn)

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


def _all(reads: Iterable[Callable[[], Read]]) -> Iterator[Read]:
    return (read() for read in reads)


def _present(reads: Iterable[Callable[[], Read]]) -> Iterator[Read]:
    """Yield what is read, but for what is not there any more."""
    for read in reads:
        try:
            yield read()
        except ClientError as error:
            if code_of(error) not in NOT_FOUND:
                raise


def _outline(role: dict[str, Any]) -> RoleOutline:
    arns = tuple(policy["PolicyArn"] for policy in role.get("AttachedManagedPolicies", []))
    return RoleOutline(role["RoleName"], role["Path"], unquote(role["AssumeRolePolicyDocument"]), arns)
