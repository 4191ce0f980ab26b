"""Reads the profiles of IAM Roles Anywhere that hand out guarded roles, and the trust anchors beside them.

https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_ListProfiles.html
"""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.buckets import read_parts
from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.case import anywhere
from panorama_guard.case.function import role_name
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject


class AnywhereProfiles:
    """The profiles that name guarded roles as they are now, in the region of the client."""

    def __init__(self, rolesanywhere: Any, account: str, guards_role: Callable[[str], bool]) -> None:
        """Take a client, the account, and what knows guarded roles by name."""
        self._rolesanywhere = rolesanywhere
        self._account = account
        self._guards_role = guards_role

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the profile of this key, if it names a guarded role; what cannot be listed is a doubt."""
        name = key.partition(":")[2]
        if name == anywhere.UNLISTED:
            _, why = self._told()
            return self._made(key, (), (Part(anywhere.ROLES, why),), ()) if why else None
        if not anywhere.ID.fullmatch(name):
            return None
        try:
            found = self._rolesanywhere.get_profile(profileId=name)["profile"]
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise
        guarded = self._guarded(found)
        if not guarded:
            return None
        parts, unread = read_parts(((anywhere.ANCHORS, self._anchors),))
        state = anywhere.ENABLED if found.get("enabled") else anywhere.DISABLED
        facts = (Part(anywhere.NAME, str(found.get("name", ""))), Part(anywhere.STATE, state))
        return self._made(key, (Part(anywhere.ROLES, canonical(guarded)), *parts), unread, facts)

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return the profiles that name guarded roles: an anchor is for each of them."""
        return self.resource_keys(anywhere.PROFILE)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of the profiles that name guarded roles; of one that stands for them, if none is told."""
        profiles, why = self._told()
        if why:
            return (resource_key(kind, anywhere.UNLISTED),)
        return tuple(resource_key(kind, one["profileId"]) for one in profiles if self._guarded(one))

    def _told(self) -> tuple[list[Any], str]:
        try:
            pages = self._rolesanywhere.get_paginator("list_profiles").paginate()
            return [one for page in pages for one in page["profiles"]], ""
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return [], f"AWS does not let the guard list them: {message_of(error)}"

    def _guarded(self, profile: Any) -> list[str]:
        return sorted(arn for arn in profile.get("roleArns", []) if self._guards_role(role_name(arn)))

    def _anchors(self) -> str:
        """Return the trust anchors in force."""
        pages = self._rolesanywhere.get_paginator("list_trust_anchors").paginate()
        arns = [one["trustAnchorArn"] for page in pages for one in page["trustAnchors"] if one.get("enabled")]
        return canonical(sorted(arns)) if arns else ""

    def _made(
        self, key: str, parts: tuple[Part, ...], unread: tuple[Part, ...], facts: tuple[Part, ...]
    ) -> ResourceSnapshot:
        meta, name = self._rolesanywhere.meta, key.partition(":")[2]
        arn = f"arn:{meta.partition}:rolesanywhere:{meta.region_name}:{self._account}:profile/{name}"
        return ResourceSnapshot(
            Subject(self._account, arn, key, arn), anywhere.PROFILE, in_order(parts), in_order(unread), in_order(facts)
        )
