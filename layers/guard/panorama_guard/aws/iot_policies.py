"""Reads policies of AWS IoT: what is in force, what could be, and who has it; puts an earlier version in force again.

https://docs.aws.amazon.com/iot/latest/apireference/API_SetDefaultPolicyVersion.html
"""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.buckets import Read, read_parts
from panorama_guard.aws.errors import NOT_THERE, code_of
from panorama_guard.aws.part_writing import refuse, write_part
from panorama_guard.case import iot
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.step import PartStep, PutPart

MOST_TARGETS = 200  # whose things are read, each by a call of its own
# Who sets up a device makes a certificate, gives it a policy and then a thing, call by call: a look may fall between.
SETTING_UP = 1.0  # seconds
MOST_AWAITED = 1000


class IotPolicies:
    """The account's IoT policies as they are now, in the region of the client."""

    def __init__(self, iot_client: Any, account: str, wait: Callable[[float], None] = time.sleep) -> None:
        """Take a client of AWS IoT, the account, and how to wait."""
        self._iot = iot_client
        self._account = account
        self._wait = wait
        self._awaited: set[str] = set()  # certificates for whose things this was done already

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the policy of this key, or None if the account has none."""
        name = key.partition(":")[2]
        try:
            found = self._iot.get_policy(policyName=name)
            parts, unread = read_parts(self._reads(name, found), absent=frozenset())
            facts = self._versions(name, found["defaultVersionId"])
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise
        arn = found["policyArn"]
        more = [part for part in parts if part.name == iot.ATTACHMENTS and '"More":' in part.text]
        hidden = tuple(Part(iot.ATTACHMENTS, f"more than {MOST_TARGETS} certificates and groups have it") for _ in more)
        return ResourceSnapshot(
            Subject(self._account, arn, key, arn), iot.POLICY, in_order(parts), (*unread, *hidden), facts
        )

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names its policy."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all IoT policies of the account."""
        pages = self._iot.get_paginator("list_policies").paginate()
        return tuple(resource_key(kind, one["policyName"]) for page in pages for one in page["policies"])

    def _reads(self, name: str, found: Any) -> tuple[Read, ...]:
        document: Callable[[], str] = lambda: str(found["policyDocument"])  # noqa: E731 - read_parts asks for it
        return ((iot.DEFAULT, document), (iot.ATTACHMENTS, lambda: self._attachments(name)))

    def _versions(self, name: str, default: str) -> tuple[Part, ...]:
        """Return the versions that are not in force, the earliest first."""
        listed = self._iot.list_policy_versions(policyName=name)["policyVersions"]  # there are five at most
        others = [str(one["versionId"]) for one in listed if one["versionId"] != default]
        return in_order(tuple(Part(iot.version_fact(one), self._document(name, one)) for one in others))

    def _document(self, name: str, version: str) -> str:
        found = self._iot.get_policy_version(policyName=name, policyVersionId=version)
        return str(found["policyDocument"])

    def _attachments(self, name: str) -> str:
        pages = self._iot.get_paginator("list_targets_for_policy").paginate(policyName=name)
        targets = sorted(target for page in pages for target in page["targets"])
        told = [{"Target": one, **self._things_of(one)} for one in targets[:MOST_TARGETS]]
        if alone := [one for one in told if one.get("Things") == [] and one["Target"] not in self._awaited]:
            self._await([str(one["Target"]) for one in alone])
            told = [{**one, **self._things_of(str(one["Target"]))} if one in alone else one for one in told]
        more = {"More": True} if len(targets) > MOST_TARGETS else {}
        return canonical({"Targets": told, **more}) if told else ""

    def _await(self, targets: list[str]) -> None:
        """Give whoever sets up devices the time for their things; once for each certificate."""
        if len(self._awaited) > MOST_AWAITED:
            self._awaited.clear()
        self._awaited.update(targets)
        self._wait(SETTING_UP)

    def _things_of(self, target: str) -> dict[str, list[str]]:
        """Return the things to which a certificate belongs."""
        if ":cert/" not in target:
            return {}
        pages = self._iot.get_paginator("list_principal_things").paginate(principal=target)
        return {"Things": sorted(thing for page in pages for thing in page["things"])}


class IotPolicyWriter:
    """Writes what the functions may: a version that there is already is put in force again."""

    def __init__(self, iot_client: Any) -> None:
        """Take a client of AWS IoT."""
        self._iot = iot_client

    def apply(self, key: str, step: PartStep) -> None:
        """Carry out one step on the policy of this key; raise WriteRefusedError where it is refused for good."""
        write_part(step, lambda: self._apply(key.partition(":")[2], step))

    def _apply(self, name: str, step: PartStep) -> None:
        if step.part != iot.DEFAULT or not isinstance(step, PutPart):
            refuse(step)
            return
        for one in self._iot.list_policy_versions(policyName=name)["policyVersions"]:
            version = one["versionId"]
            found = self._iot.get_policy_version(policyName=name, policyVersionId=version)
            if found["policyDocument"] == step.text:
                self._iot.set_default_policy_version(policyName=name, policyVersionId=version)
                return
        message = f"the policy has no such version any more, and nobody here writes one: `{step.part}`"
        raise WriteRefusedError(message)
