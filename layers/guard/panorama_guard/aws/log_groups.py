"""Reads log groups of CloudWatch Logs: what is set of them, where their events go, and what the account says of all.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NOT_THERE, code_of, message_of
from panorama_guard.case import log_group
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, in_order, resource_key
from panorama_guard.case.snapshot import Subject

Parts = tuple[Part, ...]
Reads = tuple[tuple[str, Callable[[], Parts]], ...]

_SELECTION = re.compile(r"\s*LogGroupName\s+NOT\s+IN\s*(\[.*\])\s*", re.DOTALL)
_PASSING = frozenset({"creationTime", "logGroupName"})  # of a filter: what is no part of it


class LogGroups:
    """The account's log groups as they are now, in the region of the client."""

    def __init__(self, logs: Any, account: str, beginnings: tuple[str, ...] = ("/",)) -> None:
        """Take a client of CloudWatch Logs, the account, and how the names of those begin that are listed."""
        self._logs = logs
        self._account = account
        self._beginnings = beginnings

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the log group of this key, or None if the account has none."""
        name = key.partition(":")[2]
        group = self._group(name)
        if group is None:
            return None
        arn = group["arn"].removesuffix(":*")
        try:
            parts, unread = _told(self._reads(name, arn))
            facts, hidden = _told(self._behind_destinations(parts))
        except ClientError as error:
            if code_of(error) in NOT_THERE:  # it went away while it was read
                return None
            raise
        return ResourceSnapshot(
            Subject(self._account, arn, key, f"{arn}@{group.get('creationTime', 0)}"),
            log_group.TYPE,
            in_order((*_settings(group), *parts)),
            in_order((*unread, *hidden)),
            facts,
        )

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return the key of every log group that may be guarded: what is the account's may concern each of them."""
        return self.resource_keys(log_group.TYPE)

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of the log groups of the account that may be guarded: it may have very many others."""
        listing = self._logs.get_paginator("describe_log_groups")
        pages = (page for one in self._beginnings for page in listing.paginate(logGroupNamePrefix=one))
        names = (one["logGroupName"] for page in pages for one in page["logGroups"])
        return tuple(dict.fromkeys(resource_key(kind, name) for name in names))

    def _group(self, name: str) -> Mapping[str, Any] | None:
        pages = self._logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=name)
        return next((one for page in pages for one in page["logGroups"] if one["logGroupName"] == name), None)

    def _reads(self, name: str, arn: str) -> Reads:
        return (
            (log_group.FILTERS, lambda: self._filters(name)),
            (log_group.POLICIES, lambda: (*self._policies(), *self._policies_on(arn))),
            (log_group.SUBSCRIPTIONS, lambda: tuple(self._subscriptions(name))),
        )

    def _filters(self, name: str) -> Parts:
        pages = self._logs.get_paginator("describe_subscription_filters").paginate(logGroupName=name)
        found = [one for page in pages for one in page["subscriptionFilters"]]
        return tuple(Part(log_group.filter_part(one["filterName"]), _filters_text(one)) for one in found)

    def _policies(self) -> Parts:
        pages = self._logs.get_paginator("describe_resource_policies").paginate()
        return _documents(one for page in pages for one in page["resourcePolicies"] if not one.get("resourceArn"))

    def _policies_on(self, arn: str) -> Parts:
        """Return the resource policies that are put on the log group itself."""
        of_group = {"resourceArn": arn, "policyScope": "RESOURCE"}
        pages = self._logs.get_paginator("describe_resource_policies").paginate(**of_group)
        return _documents(one for page in pages for one in page["resourcePolicies"] if one.get("resourceArn"))

    def _subscriptions(self, name: str) -> Iterator[Part]:
        """Yield the account's subscriptions of all log groups, but those that leave this one out."""
        more: dict[str, str] = {}
        while True:  # botocore has no paginator for it
            page = self._logs.describe_account_policies(policyType="SUBSCRIPTION_FILTER_POLICY", **more)
            for one in page.get("accountPolicies", []):
                if name not in _left_out(one.get("selectionCriteria", "")):
                    yield Part(log_group.subscription_part(one["policyName"]), _subscription(one["policyDocument"]))
            if not page.get("nextToken"):
                return
            more = {"nextToken": page["nextToken"]}

    def _behind_destinations(self, parts: Parts) -> Reads:
        """Return how to read where the destinations of the account send what they get, if a subscription names one."""
        if not any(f":{self._account}:destination:" in part.text for part in parts):
            return ()
        return ((log_group.FILTERS, self._destinations),)

    def _destinations(self) -> Parts:
        pages = self._logs.get_paginator("describe_destinations").paginate()
        targets = {one["arn"]: one["targetArn"] for page in pages for one in page["destinations"]}
        return (Part(log_group.DESTINATIONS, canonical(targets)),)


def _told(reads: Reads) -> tuple[Parts, Parts]:
    """Return what is read call by call, and what AWS does not let the guard read, with its words."""
    parts: list[Part] = []
    unread: list[Part] = []
    for what, read in reads:
        try:
            parts += read()
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            unread.append(Part(what, f"AWS does not let the guard read it: {message_of(error)}"))
    return tuple(parts), tuple(unread)


def _settings(group: Mapping[str, Any]) -> Parts:
    named = {
        log_group.RETENTION: group.get("retentionInDays"),
        log_group.KEY: group.get("kmsKeyId"),
        log_group.PROTECTION: group.get("dataProtectionStatus"),
    }
    return tuple(Part(name, str(value)) for name, value in named.items() if value)


def _documents(found: Iterator[Mapping[str, Any]]) -> Parts:
    return tuple(Part(log_group.policy_part(one["policyName"]), str(one["policyDocument"])) for one in found)


def _filters_text(one: Mapping[str, Any]) -> str:
    return canonical({"Filters": [{name: value for name, value in one.items() if name not in _PASSING}]})


def _subscription(document: str) -> str:
    """Return a subscription of all log groups as a filter is written; where it names no target, without one."""
    try:
        return _filters_text({"destinationArn": json.loads(document)["DestinationArn"]})
    except (KeyError, TypeError, ValueError):
        return _filters_text({})


def _left_out(criteria: str) -> frozenset[str]:
    """Return the log groups that a subscription of all leaves out; none where the criteria are not understood."""
    found = _SELECTION.fullmatch(criteria)
    try:
        names = json.loads(found[1]) if found else []
    except ValueError:
        return frozenset()
    return frozenset(name for name in names if isinstance(name, str))
