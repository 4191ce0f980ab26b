"""Reads dashboards of CloudWatch: which functions their widgets call."""

import json
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.errors import DENIED, NO_DASHBOARD, code_of, message_of
from panorama_guard.case import dashboard
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical, resource_key
from panorama_guard.case.snapshot import Subject


class Dashboards:
    """The account's dashboards as they are now."""

    def __init__(self, cloudwatch: Any, account: str) -> None:
        """Take a client of CloudWatch, and the account."""
        self._cloudwatch = cloudwatch
        self._account = account

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the dashboard of this key, or None if the account has none."""
        name = key.partition(":")[2]
        arn = f"arn:{self._cloudwatch.meta.partition}:cloudwatch::{self._account}:dashboard/{name}"
        subject = Subject(self._account, arn, key, arn)
        try:
            body = self._cloudwatch.get_dashboard(DashboardName=name)["DashboardBody"]
            called = sorted(set(_endpoints(json.loads(body))))
        except ClientError as error:
            if code_of(error) in NO_DASHBOARD:
                return None
            if code_of(error) not in DENIED:
                raise
            why = Part(dashboard.ENDPOINTS, f"AWS does not let the guard read it: {message_of(error)}")
            return ResourceSnapshot(subject, dashboard.TYPE, (), (why,))
        except ValueError as error:
            return ResourceSnapshot(subject, dashboard.TYPE, (), (Part(dashboard.ENDPOINTS, f"no JSON: {error}"),))
        parts = (Part(dashboard.ENDPOINTS, canonical(called)),) if called else ()
        return ResourceSnapshot(subject, dashboard.TYPE, parts)

    def behind(self, _key: str) -> tuple[str, ...]:
        """Return nothing: every call names its dashboards."""
        return ()

    def resource_keys(self, kind: str) -> tuple[str, ...]:
        """Return the keys of all dashboards of the account."""
        pages = self._cloudwatch.get_paginator("list_dashboards").paginate()
        return tuple(resource_key(kind, one["DashboardName"]) for page in pages for one in page["DashboardEntries"])


def _endpoints(body: Any) -> Iterator[str]:
    """Yield the functions that custom widgets call."""
    for widget in body.get("widgets", []):
        endpoint = widget.get("properties", {}).get("endpoint")
        if widget.get("type") == "custom" and isinstance(endpoint, str):
            yield endpoint
