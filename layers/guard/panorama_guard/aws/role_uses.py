"""Reads what is around an IAM role: its identity, the instance profiles that hold it, versions that are not in force.

IAM logs no use of these: they are read when one of them is changed, and by each sweep.
"""

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from panorama_guard.aws.buckets import Read, read_parts
from panorama_guard.aws.errors import DENIED, NOT_FOUND, code_of, message_of
from panorama_guard.aws.roles import IamRoles
from panorama_guard.case import role_use
from panorama_guard.case.record import dump_record
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order
from panorama_guard.case.snapshot import RoleSnapshot, Subject

VERSIONS = role_use.version_part("*", "every version")


class IamRoleUses:
    """What is around the account's roles as it is now."""

    def __init__(self, iam: Any, named: Callable[[], tuple[str, ...]]) -> None:
        """Take an IAM client, and what returns the names of the roles that the profile names."""
        self._iam = iam
        self._roles = IamRoles(iam)
        self._named = named

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return what is around the role of this key, or None if there is no role that is called just so."""
        name = role_use.role_of(key)
        role = self._role(name)
        if role is None or role["RoleName"] != name:
            return None
        snapshot = self._roles.snapshot_of(role)
        versions, hidden = self._versions(snapshot)
        parts, unread = read_parts((*self._held(name, snapshot.trust), *versions), absent=NOT_FOUND)
        used = str(role.get("RoleLastUsed", {}).get("LastUsedDate", ""))[:10]
        facts = (Part(role_use.PATH, role["Path"]), Part(role_use.ROLE, dump_record(snapshot)))
        return ResourceSnapshot(
            Subject(role["Arn"].split(":")[4], role["Arn"], key, role["RoleId"]),
            role_use.TYPE,
            in_order((*parts, *([Part(role_use.LAST_USE, used)] if used else []))),
            in_order((*unread, *hidden)),
            facts,
        )

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the keys of the roles that have a managed policy, or of all that the profile names."""
        kind, _, arn = key.partition(":")
        names = self._users(arn) if kind == role_use.POLICY else self._named()
        return tuple(role_use.key_of(name) for name in names)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return nothing: a sweep has the roles from the listing of the account."""
        del kind
        return ()

    def _role(self, name: str) -> Any:
        try:
            return self._iam.get_role(RoleName=name)["Role"]
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return None
            raise

    def _users(self, arn: str) -> Iterator[str]:
        try:
            for usage in ("PermissionsPolicy", "PermissionsBoundary"):
                pages = self._pages("list_entities_for_policy", PolicyArn=arn, PolicyUsageFilter=usage)
                yield from (role["RoleName"] for page in pages for role in page["PolicyRoles"])
        except ClientError as error:
            if code_of(error) not in NOT_FOUND:
                raise

    def _held(self, name: str, trust: str) -> tuple[Read, ...]:
        providers = role_use.providers_in(trust)
        return (
            (role_use.PROFILES, partial(self._profiles, name)),
            *((role_use.provider_part(arn), partial(self._provider, arn)) for arn in providers),
        )

    def _profiles(self, name: str) -> str:
        pages = self._pages("list_instance_profiles_for_role", RoleName=name)
        names = sorted(one["InstanceProfileName"] for page in pages for one in page["InstanceProfiles"])
        return json.dumps(names) if names else ""

    def _provider(self, arn: str) -> str:
        """Return what is known of an identity provider, `null` where there is none."""
        try:
            if ":saml-provider/" in arn:
                return canonical({"ValidUntil": self._iam.get_saml_provider(SAMLProviderArn=arn).get("ValidUntil")})
            answer = self._iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
            return canonical({key: answer.get(key) for key in ("Url", "ClientIDList", "ThumbprintList")})
        except ClientError as error:
            if code_of(error) in NOT_FOUND:
                return "null"
            raise

    def _versions(self, role: RoleSnapshot) -> tuple[tuple[Read, ...], tuple[Part, ...]]:
        """Return what reads each version that is not in force of the customer's policies that a role has."""
        own = [one.arn for one in (*role.attached, *role.boundary) if one.arn.split(":")[4] == role.subject.account]
        try:
            listed = [(arn, version) for arn in dict.fromkeys(own) for version in self._dormant(arn)]
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return (), (Part(VERSIONS, f"AWS does not let the guard read it: {message_of(error)}"),)
        return tuple((role_use.version_part(*one), partial(self._document, *one)) for one in listed), ()

    def _dormant(self, arn: str) -> Iterator[str]:
        try:
            for page in self._pages("list_policy_versions", PolicyArn=arn):
                yield from (one["VersionId"] for one in page["Versions"] if not one["IsDefaultVersion"])
        except ClientError as error:
            if code_of(error) not in NOT_FOUND:
                raise

    def _document(self, arn: str, version_id: str) -> str:
        version = self._iam.get_policy_version(PolicyArn=arn, VersionId=version_id)["PolicyVersion"]
        return unquote(version["Document"])

    def _pages(self, operation: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        yield from self._iam.get_paginator(operation).paginate(**arguments)
