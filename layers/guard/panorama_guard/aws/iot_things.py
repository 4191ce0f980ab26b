"""Reads things of AWS IoT: who is the device, what it has by policies of others, and which jobs of others run on it.

https://docs.aws.amazon.com/iot/latest/developerguide/thing-registry.html
"""

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.buckets import read_parts
from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.case import iot
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject

RUNNING = ("QUEUED", "IN_PROGRESS")  # a job that is over on a thing runs on it no more


class IotThings:
    """The account's things as they are now, in the region of the client."""

    def __init__(self, iot_client: Any, account: str, guards: Callable[[str], bool]) -> None:
        """Take a client of AWS IoT, the account, and what knows the naming patterns by keys."""
        self._iot = iot_client
        self._account = account
        self._guards = guards

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the thing of this key, or None if the account has none."""
        name = key.partition(":")[2]
        try:
            found = self._iot.describe_thing(thingName=name)
            parts, unread = self._read(name)
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise
        arn = found["thingArn"]
        subject = Subject(self._account, arn, key, f"{arn}@{found.get('thingId', '')}")
        return ResourceSnapshot(subject, iot.THING, in_order(parts), in_order(unread))

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the things and policies of a certificate, the things that have a policy of others, or every thing."""
        kind, _, name = key.partition(":")
        try:
            if kind == iot.CERTIFICATE:
                return self._of_certificate(name)
            if kind == iot.HOLDERS:
                return tuple(self._holders(name))
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return ()
            raise
        return self.resource_keys(iot.THING)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of the things of the naming pattern: the account may have very many others."""
        pages = self._iot.get_paginator("list_things").paginate()
        keys = (resource_key(kind, one["thingName"]) for page in pages for one in page["things"])
        return tuple(key for key in keys if self._guards(key))

    def _of_certificate(self, certificate: str) -> tuple[str, ...]:
        meta = self._iot.meta
        arn = f"arn:{meta.partition}:iot:{meta.region_name}:{self._account}:cert/{certificate}"
        policies = (resource_key(iot.POLICY, one) for one in self._policies(arn))
        return (*self._things_of(arn), *policies)

    def _holders(self, policy: str) -> Iterator[str]:
        """Yield the things that have a policy outside the naming pattern; one of the pattern is a subject itself."""
        if self._guards(resource_key(iot.POLICY, policy)):
            return
        pages = self._iot.get_paginator("list_targets_for_policy").paginate(policyName=policy)
        targets = [target for page in pages for target in page["targets"]]
        if any(":thinggroup/" in target for target in targets):
            yield from self.resource_keys(iot.THING)
        for target in targets:
            yield from self._things_of(target) if ":cert/" in target else ()

    def _things_of(self, principal: str) -> tuple[str, ...]:
        pages = self._iot.get_paginator("list_principal_things").paginate(principal=principal)
        return tuple(resource_key(iot.THING, thing) for page in pages for thing in page["things"])

    def _policies(self, target: str) -> list[str]:
        pages = self._iot.get_paginator("list_attached_policies").paginate(target=target, recursive=True)
        return [one["policyName"] for page in pages for one in page["policies"]]

    def _read(self, name: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        parts, unread = read_parts(
            ((iot.CERTIFICATES, lambda: self._certificates(name)), (iot.JOBS, lambda: self._jobs(name))),
            absent=frozenset(),
        )
        try:
            attached = tuple(self._attached(name))
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            why = f"AWS does not let the guard read it: {message_of(error)}"
            return parts, (*unread, Part(iot.ATTACHED, why))
        return (*parts, *attached), unread

    def _principals(self, name: str) -> list[str]:
        pages = self._iot.get_paginator("list_thing_principals").paginate(thingName=name)
        return sorted(principal for page in pages for principal in page["principals"])

    def _certificates(self, name: str) -> str:
        told = [{"Principal": one, "Status": self._status(one)} for one in self._principals(name)]
        return canonical({"Principals": told}) if told else ""

    def _status(self, principal: str) -> str:
        if ":cert/" not in principal:
            return ""
        found = self._iot.describe_certificate(certificateId=iot.end_of(principal))
        return str(found["certificateDescription"]["status"])

    def _attached(self, name: str) -> Iterator[Part]:
        """Yield every policy outside the naming pattern that a certificate or a group hands on to the thing."""
        pages = self._iot.get_paginator("list_thing_groups_for_thing").paginate(thingName=name)
        groups = sorted(one["groupArn"] for page in pages for one in page["thingGroups"])
        for target in (*self._principals(name), *groups):
            for policy in self._policies(target):
                if not self._guards(resource_key(iot.POLICY, policy)):
                    text = str(self._iot.get_policy(policyName=policy)["policyDocument"])
                    yield Part(iot.attached_part(policy, iot.target_name(target)), text)

    def _jobs(self, name: str) -> str:
        """Return the jobs outside the naming pattern that wait for the thing or run on it."""
        listing = self._iot.get_paginator("list_job_executions_for_thing")
        pages = (page for status in RUNNING for page in listing.paginate(thingName=name, status=status))
        jobs = {one["jobId"] for page in pages for one in page["executionSummaries"]}
        others = sorted(job for job in jobs if not self._guards(resource_key(iot.JOB, job)))
        return canonical({"Jobs": others}) if others else ""


class IotJobs:
    """The account's jobs as they are now, in the region of the client."""

    def __init__(self, iot_client: Any, account: str, guards: Callable[[str], bool]) -> None:
        """Take a client of AWS IoT, the account, and what knows the naming patterns by keys."""
        self._iot = iot_client
        self._account = account
        self._guards = guards

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the job of this key, or None if the account has none."""
        try:
            job = self._iot.describe_job(jobId=key.partition(":")[2])["job"]
        except ClientError as error:
            if code_of(error) in NOT_THERE:
                return None
            raise
        part = Part(iot.TARGETS, canonical({"Targets": sorted(job.get("targets", []))}))
        return ResourceSnapshot(Subject(self._account, job["jobArn"], key, job["jobArn"]), iot.JOB, (part,))

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names its job."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of the jobs of the naming pattern that are not over."""
        listing = self._iot.get_paginator("list_jobs")
        pages = (page for status in ("IN_PROGRESS", "SCHEDULED") for page in listing.paginate(status=status))
        keys = {resource_key(kind, one["jobId"]) for page in pages for one in page["jobs"]}
        return tuple(sorted(key for key in keys if self._guards(key)))
