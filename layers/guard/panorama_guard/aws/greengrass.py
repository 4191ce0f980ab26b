"""Reads groups of the first version of Greengrass, which has ended.

What the first version does not answer is unknown, never clean.
https://docs.aws.amazon.com/greengrass/v1/developerguide/maintenance-policy.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from panorama_guard.aws.errors import NO_GROUP, THROTTLED, code_of, message_of
from panorama_guard.aws.named_places import named_places
from panorama_guard.case import greengrass, iot, model_work, secret
from panorama_guard.case.function import TYPE as FUNCTION
from panorama_guard.case.function import role_name
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject

_OPEN = ("NoContainer",)  # how a function runs that may do on the device whatever its user may
_SYSTEM = "arn:aws:lambda:::function:"  # Greengrass's own functions have no account


class GreengrassGroups:
    """The account's groups of the first version as they are now, in the region of the client."""

    def __init__(
        self, client: Any, account: str, guards: Callable[[str], bool], guards_role: Callable[[str], bool]
    ) -> None:
        """Take a client of Greengrass V1, the account, and what knows the naming patterns and the guarded roles."""
        self._greengrass = client
        self._account = account
        self._guards = guards
        self._guards_role = guards_role

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the group of this key if it is Panorama's, or that groups cannot be read."""
        name = key.partition(":")[2]
        if name == greengrass.UNLISTED:
            _, why = self._told()
            return self._made(key, (), (Part(greengrass.ROLE, why),)) if why else None
        try:
            return self._group(key, name)
        except (ClientError, BotoCoreError) as error:
            if is_gone(error):
                return None
            return self._made(key, (), (Part(greengrass.ROLE, _unknown(error)),))

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return the keys of every group."""
        return self.resource_keys(greengrass.GROUP)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of Panorama's groups; of one that stands for them, where they cannot be listed."""
        names, why = self._told()
        unlisted = (resource_key(kind, greengrass.UNLISTED),) if why else ()
        keys = (resource_key(kind, name) for name in names)
        return (*unlisted, *(key for key in keys if self.read_resource(key) is not None))

    def _told(self) -> tuple[list[str], str]:
        try:
            pages = self._greengrass.get_paginator("list_groups").paginate()
            return [str(one["Id"]) for page in pages for one in page["Groups"]], ""
        except (ClientError, BotoCoreError) as error:
            return [], _unknown(error)

    def _group(self, key: str, name: str) -> ResourceSnapshot | None:
        group = self._greengrass.get_group(GroupId=name)
        roles = self._roles(name)
        defined = [self._definition(name, version) for version in self._versions(name, group)]
        things = sorted({iot.end_of(thing) for one in defined for thing in self._cores(one)})
        own = [thing for thing in (*things, str(group.get("Name", ""))) if self._guards(resource_key(iot.THING, thing))]
        guarded = [role for role in roles if self._guards_role(role_name(role))]
        if not (own or guarded):
            return None
        others = [thing for thing in things if not self._guards(resource_key(iot.THING, thing))]
        texts = {
            greengrass.ROLE: roles,
            greengrass.CORES: others,
            greengrass.FUNCTIONS: sorted({text for one in defined for text in self._functions(one)}),
            greengrass.RESOURCES: sorted({text for one in defined for text in self._places(one)}),
        }
        return self._made(key, tuple(Part(part, canonical(listed)) for part, listed in texts.items() if listed), ())

    def _roles(self, name: str) -> list[str]:
        try:
            return [str(self._greengrass.get_associated_role(GroupId=name)["RoleArn"])]
        except ClientError as error:
            if code_of(error) in NO_GROUP:
                return []
            raise

    def _versions(self, name: str, group: Any) -> list[str]:
        """Return the latest version of a group and the one that was put on its core last, which may be another."""
        deployed = self._greengrass.list_deployments(GroupId=name).get("Deployments", [])[:1]
        arns = [group.get("LatestVersionArn", ""), *(one.get("GroupArn", "") for one in deployed)]
        return sorted({iot.end_of(arn) for arn in arns if "/versions/" in arn})

    def _definition(self, name: str, version: str) -> Any:
        return self._greengrass.get_group_version(GroupId=name, GroupVersionId=version).get("Definition", {})

    def _cores(self, definition: Any) -> Iterator[str]:
        if ids := _ids(definition, "Core"):
            found = self._greengrass.get_core_definition_version(
                CoreDefinitionId=ids[0], CoreDefinitionVersionId=ids[1]
            )
            yield from (str(one["ThingArn"]) for one in found.get("Definition", {}).get("Cores", []))

    def _functions(self, definition: Any) -> Iterator[str]:
        """Yield what of a group's functions is outside the pattern: another's function, or one without a container."""
        if not (ids := _ids(definition, "Function")):
            return
        asked = {"FunctionDefinitionId": ids[0], "FunctionDefinitionVersionId": ids[1]}
        found = self._greengrass.get_function_definition_version(**asked).get("Definition", {})
        usual = _isolation(found.get("DefaultConfig", {}))
        for one in found.get("Functions", []):
            isolation = _isolation(one.get("FunctionConfiguration", {}).get("Environment", {})) or usual
            yield from self._outside(str(one.get("FunctionArn", "")), isolation)

    def _outside(self, arn: str, isolation: str) -> Iterator[str]:
        if arn.startswith(_SYSTEM):
            return
        name = [*arn.split(":"), "", "", "", "", "", ""][6]
        if arn.split(":")[4:5] != [self._account] or not self._guards(resource_key(FUNCTION, name)):
            yield f"{arn}, which is no function of the naming pattern"
        elif isolation in _OPEN:
            yield f"{arn} without a container"

    def _places(self, definition: Any) -> Iterator[str]:
        """Yield the places from which functions are given something, and secrets and jobs outside the pattern."""
        if ids := _ids(definition, "Resource"):
            asked = {"ResourceDefinitionId": ids[0], "ResourceDefinitionVersionId": ids[1]}
            found = self._greengrass.get_resource_definition_version(**asked).get("Definition", {})
            yield from named_places(found)[0]
            for one in found.get("Resources", []):
                yield from self._handed(one.get("ResourceDataContainer", {}))

    def _handed(self, container: Any) -> Iterator[str]:
        """Yield the secret, or the job whose model it is, that functions are given, where it is not of the pattern."""
        named = container.get("SecretsManagerSecretResourceData", {}).get("ARN", "")
        job = container.get("SageMakerMachineLearningModelResourceData", {}).get("SageMakerJobArn", "")
        for arn, kind, before in ((named, secret.TYPE, ":secret:"), (job, model_work.WORK, ":")):
            key = resource_key(kind, arn.rpartition(before)[2])
            if arn and (arn.split(":")[4:5] != [self._account] or not self._guards(key)):
                yield str(arn)

    def _made(self, key: str, parts: tuple[Part, ...], unread: tuple[Part, ...]) -> ResourceSnapshot:
        meta, name = self._greengrass.meta, key.partition(":")[2]
        arn = f"arn:{meta.partition}:greengrass:{meta.region_name}:{self._account}:/greengrass/groups/{name}"
        return ResourceSnapshot(Subject(self._account, arn, key, arn), greengrass.GROUP, in_order(parts), unread)


def _ids(definition: Any, kind: str) -> tuple[str, str] | None:
    """Return the ids of a definition and its version, as the ARN in a group's version has them."""
    arn = str(definition.get(f"{kind}DefinitionVersionArn", ""))
    *_, name, versions, version = ["", "", *arn.split("/")]
    return (name, version) if versions == "versions" else None


def _isolation(settings: Any) -> str:
    return str(settings.get("Execution", {}).get("IsolationMode", ""))


def is_gone(error: Exception) -> bool:
    """Say whether AWS answers that there is none of what was asked for."""
    return isinstance(error, ClientError) and code_of(error) in NO_GROUP


def _unknown(error: ClientError | BotoCoreError) -> str:
    """Return why the first version's answer is unknown; raise what is to be tried again."""
    if isinstance(error, ClientError):
        if code_of(error) in THROTTLED:
            raise error
        return f"Greengrass V1, which ended on {greengrass.ENDED}, does not say: {message_of(error)}"
    return f"Greengrass V1, which ended on {greengrass.ENDED}, does not answer: {type(error).__name__}"
