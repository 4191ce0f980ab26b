"""Reads whether a region is watched, with the credentials of whoever asks: its rules, when one last matched, its trail.

Each answer stands by itself: what AWS does not let be read is said in its place, and hides nothing else.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from panorama_guard.aws.canary import TAG
from panorama_guard.aws.errors import UNANSWERED, message_of
from panorama_guard.policy.record import record

LOOKS_BACK = timedelta(days=14)
_PERIOD = 3600  # seconds of one sum: when the last event came is known to the hour
_RULES = "ChangesRule-"  # behind the stack's name, in what CloudFormation calls the rules of what is watched


@record
class Watched:
    """How a region is watched, in words; `last_event` is a time, or why there is none."""

    region: str
    last_event: str
    trail: str


class Watch:
    """The regions of one deployment."""

    def __init__(self, client: Callable[[str, str], Any], stack: str) -> None:
        """Take what makes a client of a service in a region, and the name of the stack in each."""
        self._client = client
        self._stack = stack

    def other_regions(self, home: str) -> tuple[str, ...]:
        """Return the regions that the deployment names, none where it cannot be read."""
        try:
            described = self._client("cloudformation", home).describe_stacks(StackName=self._stack)
        except (ClientError, *UNANSWERED):
            return ()
        given = {one["ParameterKey"]: one["ParameterValue"] for one in described["Stacks"][0].get("Parameters", [])}
        return tuple(region for region in given.get("OtherRegions", "").split(",") if region)

    def region(self, region: str, *, now: datetime) -> Watched:
        """Return how a region is watched."""
        return Watched(
            region,
            _told(lambda: self._last_event(region, now)),
            _told(lambda: self._trail(region)),
        )

    def canary(self, home: str, *, now: datetime) -> str:
        """Return when the canary was last sent, and when it last came back."""
        return f"sent {_told(lambda: self._sent(home))}, came back {_told(lambda: self._came(home, now))}"

    def _last_event(self, region: str, now: datetime) -> str:
        cloudwatch = self._client("cloudwatch", region)
        rules = self._rules(cloudwatch)
        times = [self._last(cloudwatch, "AWS/Events", "TriggeredRules", one, now) for one in rules]
        return max(times, default="") or "none in 14 days"

    def _rules(self, cloudwatch: Any) -> list[list[dict[str, str]]]:
        """Return the dimensions of the metric of each of the stack's rules that ever matched there."""
        pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace="AWS/Events", MetricName="TriggeredRules")
        found = [one["Dimensions"] for page in pages for one in page["Metrics"]]
        return [dimensions for dimensions in found if any(self._is_own(one["Value"]) for one in dimensions)]

    def _is_own(self, rule: str) -> bool:
        return rule.startswith(f"{self._stack}-") and _RULES in rule

    def _last(
        self, cloudwatch: Any, namespace: str, metric: str, dimensions: list[dict[str, str]], now: datetime
    ) -> str:
        """Return the beginning of the last hour in which a metric counted something, or an empty text."""
        found = cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric,
            Dimensions=dimensions,
            StartTime=now - LOOKS_BACK,
            EndTime=now + timedelta(seconds=_PERIOD),
            Period=_PERIOD,
            Statistics=["Sum"],
        )["Datapoints"]
        return max((one["Timestamp"].isoformat() for one in found if one["Sum"] > 0), default="")

    def _trail(self, region: str) -> str:
        """Return which trail tells of the region's calls, or that none does."""
        cloudtrail = self._client("cloudtrail", region)
        trails = cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
        logging = [one["Name"] for one in trails if cloudtrail.get_trail_status(Name=one["TrailARN"])["IsLogging"]]
        if logging:
            return ", ".join(sorted(logging))
        return "none is logging: no event comes from here" if trails else "none: no event comes from here"

    def _sent(self, home: str) -> str:
        described = self._client("cloudformation", home).describe_stack_resource(
            StackName=self._stack, LogicalResourceId="CanaryRole"
        )
        role = described["StackResourceDetail"]["PhysicalResourceId"]
        tags = self._client("iam", home).list_role_tags(RoleName=role)["Tags"]
        return next((str(one["Value"]) for one in tags if one["Key"] == TAG), "never")

    def _came(self, home: str, now: datetime) -> str:
        own = [{"Name": "service", "Value": "panorama-guard"}]
        return self._last(self._client("cloudwatch", home), "PanoramaGuard", "Canaries", own, now) or "never in 14 days"


def _told(read: Callable[[], str]) -> str:
    try:
        return read()
    except ClientError as error:
        return f"cannot be read: {message_of(error)}"
    except UNANSWERED as error:
        return f"cannot be read: {' '.join(str(error).split())}"
