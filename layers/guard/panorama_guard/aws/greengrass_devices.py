"""Reads the second version of Greengrass: what is put on devices of the pattern, and as whom it acts for the account.

https://docs.aws.amazon.com/greengrass/v2/APIReference/API_Operations.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.aws.greengrass import is_gone
from panorama_guard.case import greengrass, iot
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, resource_key
from panorama_guard.case.snapshot import Subject


class ThingGroups:
    """The account's groups of things, in the region of the client."""

    def __init__(self, iot_client: Any) -> None:
        """Take a client of AWS IoT."""
        self._iot = iot_client

    def read_members(self, group: str) -> Iterator[str]:
        """Yield the things of a group and of those in it; of one that is gone, none."""
        listing = self._iot.get_paginator("list_things_in_thing_group")
        try:
            for page in listing.paginate(thingGroupName=group, recursive=True):
                yield from page["things"]
        except ClientError as error:
            if code_of(error) not in NOT_THERE:
                raise


class GreengrassDevices:
    """The account's service role, and its deployments of the second version, in the region of the client."""

    def __init__(self, client: Any, groups: ThingGroups, account: str, guards: Callable[[str], bool]) -> None:
        """Take a client of Greengrass V2, what reads groups, the account, and what knows the patterns by keys."""
        self._greengrassv2 = client
        self._groups = groups
        self._account = account
        self._guards = guards

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the account's service role; or a deployment on a device of the naming pattern."""
        kind, _, name = key.partition(":")
        try:
            if kind == greengrass.ACCOUNT:
                return self._made(key, greengrass.ROLE, self._service_role())
            if name == greengrass.UNLISTED:
                self._own_deployments()
                return None
            found = self._greengrassv2.get_deployment(deploymentId=name)
        except ClientError as error:
            if is_gone(error):
                return None
            if code_of(error) not in DENIED:
                raise
            return self._unread(key, error)
        components = sorted(found.get("components", {}))
        target = iot.target_name(found["targetArn"])
        return self._made(key, greengrass.COMPONENTS, [f"{one} on {target}" for one in components], found["targetArn"])

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return the keys of every deployment on a device of the naming pattern."""
        return self.resource_keys(greengrass.DEPLOYMENT)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the key of the account's service role, or those of the deployments on devices of the pattern."""
        if kind == greengrass.ACCOUNT:
            return (resource_key(kind, greengrass.SERVICE_ROLE),)
        try:
            return tuple(resource_key(kind, one) for one in self._own_deployments())
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            return (resource_key(kind, greengrass.UNLISTED),)

    def _own_deployments(self) -> list[str]:
        pages = self._greengrassv2.get_paginator("list_deployments").paginate(historyFilter="LATEST_ONLY")
        listed = [one for page in pages for one in page["deployments"]]
        return [str(one["deploymentId"]) for one in listed if self._is_own(one["targetArn"])]

    def _service_role(self) -> list[str]:
        return [str(self._greengrassv2.get_service_role_for_account()["roleArn"])]

    def _is_own(self, target: str) -> bool:
        """Say whether a target is a thing of the naming pattern, or a group that is called like one or holds one."""
        kind, _, name = iot.target_name(target).partition("/")
        if self._guards(resource_key(iot.THING, name)):
            return True
        return kind == "thinggroup" and any(
            self._guards(resource_key(iot.THING, one)) for one in self._groups.read_members(name)
        )

    def _made(self, key: str, part: str, listed: list[str], target: str = "") -> ResourceSnapshot | None:
        if not listed or (target and not self._is_own(target)):
            return None
        return ResourceSnapshot(self._subject(key), key.partition(":")[0], (Part(part, canonical(listed)),))

    def _unread(self, key: str, error: ClientError) -> ResourceSnapshot:
        kind = key.partition(":")[0]
        part = greengrass.ROLE if kind == greengrass.ACCOUNT else greengrass.COMPONENTS
        why = f"AWS does not let the guard read it: {message_of(error)}"
        return ResourceSnapshot(self._subject(key), kind, (), (Part(part, why),))

    def _subject(self, key: str) -> Subject:
        kind, _, name = key.partition(":")
        meta = self._greengrassv2.meta
        here = f"arn:{meta.partition}:greengrass:{meta.region_name}:{self._account}:"
        arn = f"{here}/greengrass/servicerole" if kind == greengrass.ACCOUNT else f"{here}deployments:{name}"
        return Subject(self._account, arn, key, arn)
