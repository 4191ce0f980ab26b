"""The event buses: every event goes to the targets of the enabled rules of its bus whose pattern matches it."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.events.models import Rule, events_backends

from local.delivery_access import ServiceSender
from local.delivery_activity import Activity
from local.delivery_targets import DeliveryError, Parcel, RunsLater, bury, complain, hand_over
from local.emulator import LOCK
from local.inputs import transform
from local.patterns import Pattern, PatternError, parse_pattern

DEFAULT_BUS: Final = "default"
_PRINCIPAL: Final = "events.amazonaws.com"
_TRIGGERED: Final = {"MetricName": "TriggeredRules", "Value": 1.0, "Unit": "Count"}
_MOTOS_DELIVERY: Final = "send_to_targets"


@dataclass(frozen=True, slots=True)
class _Route:
    """One target of one rule."""

    rule_arn: str
    pattern: str
    target: Mapping[str, Any]


def install_rules() -> None:
    """Take delivery away from moto's rules; they are still stored, listed, disabled and deleted there."""
    setattr(Rule, _MOTOS_DELIVERY, lambda *_, **__: None)


class Bus:
    """Delivers events in the caller's thread, so that an event whose call has returned is never between two places."""

    def __init__(self, account: str, region: str, activity: Activity, functions: RunsLater) -> None:
        """Read the rules of this account and region, as they stand at each event."""
        self._account = account
        self._region = region
        self._activity = activity
        self._functions = functions
        self._counted: dict[str, int] = {}

    def publish(self, event: Mapping[str, Any], bus: str = DEFAULT_BUS) -> int:
        """Deliver an event of a bus, and return how many targets it was for."""
        with self._activity.step():
            routes = [route for route in self._routes(bus) if _matches(route.pattern, event)]
            for route in routes:
                self._deliver(event, route)
            self._count({route.rule_arn.rpartition("/")[2] for route in routes})
            return len(routes)

    def forward(self, event: Mapping[str, Any], bus: str) -> int:
        """Deliver to a bus here an event of another account, which has rules of the same patterns as those here."""
        taken = any("InputTransformer" not in one.target and _matches(one.pattern, event) for one in self._routes())
        return self.publish(event, bus) if taken else 0

    def _count(self, rules: set[str]) -> None:
        """Count each rule that has matched, as CloudWatch does, but once a minute: moto adds up slowly."""
        minute = int(time.time() // 60)
        with LOCK:
            for name in (name for name in rules if self._counted.get(name) != minute):
                self._counted[name] = minute
                cloudwatch_backends[self._account][self._region].put_metric_data(
                    "AWS/Events", [{**_TRIGGERED, "Dimensions": [{"Name": "RuleName", "Value": name}]}]
                )

    def _routes(self, name: str = DEFAULT_BUS) -> list[_Route]:
        with LOCK:
            bus = events_backends[self._account][self._region].event_buses[name]
            rules = [rule for rule in bus.rules.values() if str(rule.state).startswith("ENABLED")]
            return [
                _Route(rule.arn, json.dumps(rule.event_pattern.get_pattern()), dict(target))
                for rule in rules
                for target in rule.targets
            ]

    def _deliver(self, event: Mapping[str, Any], route: _Route) -> None:
        arn = str(route.target["Arn"])
        sender = ServiceSender(_PRINCIPAL, route.rule_arn)
        parcel = Parcel(
            _body(route, event),
            group=route.target.get("SqsParameters", {}).get("MessageGroupId"),
        )
        try:
            hand_over(parcel, arn, sender, self._functions)
        except DeliveryError as error:
            # EventBridge does not retry what a policy forbids or what is gone; nothing else can fail on one machine.
            # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
            marked = Parcel(parcel.body, attributes={"RULE_ARN": route.rule_arn, "TARGET_ARN": arn})
            bury(marked, route.target.get("DeadLetterConfig", {}).get("Arn"), sender, error)


def _body(route: _Route, event: Mapping[str, Any]) -> str:
    target = route.target
    if "InputTransformer" in target:
        return transform(target["InputTransformer"], event, route.rule_arn.rpartition("/")[2])
    return str(target.get("Input") or json.dumps(event))


def _matches(text: str, event: Mapping[str, Any]) -> bool:
    pattern = _parse(text)
    return pattern is not None and pattern.matches(event)


@functools.lru_cache(maxsize=256)
def _parse(text: str) -> Pattern | None:
    if text in ("{}", "null"):
        return None
    try:
        return parse_pattern(text)
    except PatternError as error:
        complain(f"a rule matches nothing: {error}")
        return None
