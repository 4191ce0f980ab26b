"""Reads whether events arrive and are handled: the queues of what failed, and the rules that wake the guard."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

LOOKS_BACK = timedelta(days=14)
_PERIOD = 3600  # seconds of one sum: when the last event came is known to the hour
_WAITING = "ApproximateNumberOfMessages"


class DeadLetters:
    """The queues of what was not handled after all attempts."""

    def __init__(self, sqs: Any, urls: tuple[str, ...]) -> None:
        """Take an SQS client and the queues' URLs."""
        self._sqs = sqs
        self._urls = urls

    def waiting(self) -> tuple[tuple[str, int], ...]:
        """Return how many messages wait in each queue, by its name."""
        return tuple((url.rpartition("/")[2], self._count(url)) for url in self._urls)

    def _count(self, url: str) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[_WAITING])
        return int(answer.get("Attributes", {}).get(_WAITING, 0))


class RuleActivity:
    """What EventBridge counts of each rule that sends a service's calls to the guard.

    https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html
    """

    def __init__(self, cloudwatch: Any, rules: Mapping[str, str]) -> None:
        """Take a CloudWatch client and the name of each service's rule."""
        self._cloudwatch = cloudwatch
        self._rules = dict(rules)

    def last_events(self, now: str) -> tuple[tuple[str, str], ...]:
        """Return for each service the beginning of the last hour in which an event came; empty where none did."""
        end = datetime.fromisoformat(now).replace(minute=0, second=0, microsecond=0) + timedelta(seconds=_PERIOD)
        queries = [_query(f"q{number}", rule) for number, rule in enumerate(self._rules.values())]
        last: dict[str, str] = {}
        for page in self._cloudwatch.get_paginator("get_metric_data").paginate(
            MetricDataQueries=queries, StartTime=end - LOOKS_BACK, EndTime=end, ScanBy="TimestampDescending"
        ):
            for found in page["MetricDataResults"]:
                for at, count in zip(found["Timestamps"], found["Values"], strict=True):
                    if count > 0:
                        last[found["Id"]] = max(last.get(found["Id"], ""), at.isoformat())
        return tuple((service, last.get(f"q{number}", "")) for number, service in enumerate(self._rules))


def _query(name: str, rule: str) -> dict[str, Any]:
    dimensions = [{"Name": "RuleName", "Value": rule}]
    metric = {"Namespace": "AWS/Events", "MetricName": "TriggeredRules", "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": _PERIOD, "Stat": "Sum"}}
