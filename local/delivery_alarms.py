"""Alarms on queues: told once each time they change."""

from __future__ import annotations

import json
import operator
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from moto.cloudwatch.models import cloudwatch_backends

from local.delivery_access import ServiceSender
from local.delivery_activity import Activity
from local.delivery_queues import QueueState, find_queue, read_state
from local.delivery_targets import DeliveryError, Parcel, RunsLater, complain, hand_over
from local.deploy_records import QueueAlarm
from local.emulator import LOCK

_PRINCIPAL: Final = "cloudwatch.amazonaws.com"
_COMPARISONS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_WORDS: Final = {"GreaterThanThreshold": "greater than", "GreaterThanOrEqualToThreshold": "greater than or equal to"}
_REGION_NAMES: Final = {"us-east-1": "US East (N. Virginia)"}


class Alarms:
    """Watches the queues; an alarm is raised at once, where CloudWatch would take its period."""

    def __init__(self, alarms: tuple[QueueAlarm, ...], activity: Activity, functions: RunsLater) -> None:
        """Begin with every alarm at rest."""
        self._activity = activity
        self._functions = functions
        self._lock = threading.Lock()
        self._raised = dict.fromkeys(alarms, False)

    @property
    def pending(self) -> int:
        """Return how many alarms do not say yet what is."""
        with self._lock:
            return sum(_is_breached(alarm) != raised for alarm, raised in self._raised.items())

    def run(self) -> None:
        """Watch until the end."""
        while not self._activity.is_over:
            seen = self._activity.generation
            self.evaluate()
            self._activity.wait(seen, self._next_seconds())

    def evaluate(self) -> None:
        """Tell of every alarm that changed."""
        for alarm, raised in list(self._raised.items()):
            if (is_breached := _is_breached(alarm)) != raised:
                with self._activity.step():
                    self._tell(alarm, is_raised=is_breached)
                    with self._lock:
                        self._raised[alarm] = is_breached

    def _next_seconds(self) -> float | None:
        waits = (_state_of(alarm).next_seconds for alarm in self._raised)
        return min((each for each in waits if each is not None), default=None)

    def _tell(self, alarm: QueueAlarm, *, is_raised: bool) -> None:
        account, region = alarm.arn.split(":")[4], alarm.arn.split(":")[3]
        old, new = ("OK", "ALARM") if is_raised else ("ALARM", "OK")
        message = json.dumps(_message(alarm, old, new))
        with LOCK:
            cloudwatch_backends[account][region].set_alarm_state(alarm.name, _reason(alarm), "{}", new)
        parcel = Parcel(message, subject=f'{new}: "{alarm.name}" in {_REGION_NAMES.get(region, region)}'[:100])
        for arn in alarm.alarm_actions if is_raised else alarm.ok_actions:
            try:
                hand_over(parcel, arn, ServiceSender(_PRINCIPAL, alarm.arn), self._functions)
            except DeliveryError as error:
                complain(f"alarm {alarm.logical_id} reached nobody: {error}")


def _state_of(alarm: QueueAlarm) -> QueueState:
    _, _, _, region, account, _, _ = alarm.arn.split(":")
    with LOCK:
        queue = find_queue(account, region, alarm.queue_name)
    return read_state(queue) if queue is not None else QueueState()


def _is_breached(alarm: QueueAlarm) -> bool:
    return _COMPARISONS[alarm.comparison](_state_of(alarm).ready, alarm.threshold)


def _reason(alarm: QueueAlarm) -> str:
    words, count = _WORDS.get(alarm.comparison, "past"), float(_state_of(alarm).ready)
    return f"Threshold Crossed: 1 datapoint [{count}] was {words} the threshold ({alarm.threshold})."


def _message(alarm: QueueAlarm, old: str, new: str) -> dict[str, object]:
    """Return what CloudWatch publishes of an alarm."""
    _, _, _, region, account, _, _ = alarm.arn.split(":")
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": account,
        "NewStateValue": new,
        "NewStateReason": _reason(alarm),
        "StateChangeTime": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000"),
        "Region": _REGION_NAMES.get(region, region),
        "AlarmArn": alarm.arn,
        "OldStateValue": old,
        "Trigger": {
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Namespace": "AWS/SQS",
            "Dimensions": [{"name": "QueueName", "value": alarm.queue_name}],
            "ComparisonOperator": alarm.comparison,
            "Threshold": alarm.threshold,
        },
    }
