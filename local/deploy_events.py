"""Creates rules, schedules and alarms."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from local.deploy_context import Context, Created, tags_of, type_creator
from local.deploy_properties import Properties
from local.deploy_records import QueueAlarm, Schedule
from local.inputs import fault_of
from local.patterns import PatternError, parse_pattern
from local.rates import DAY_SECONDS, RateError, parse_daily, parse_rate

_MAX_PATTERN: Final = 2048
_DEFAULT_BUS: Final = "default"
_TARGETS: Final = frozenset({"sqs", "sns", "lambda"})
_TARGET_KEYS: Final = ("Id", "Arn", "RetryPolicy", "DeadLetterConfig", "SqsParameters", "Input", "InputTransformer")
_COMPARISONS: Final = frozenset(
    {
        "GreaterThanThreshold",
        "GreaterThanOrEqualToThreshold",
        "LessThanThreshold",
        "LessThanOrEqualToThreshold",
    }
)


def _create_rule(context: Context, properties: Properties) -> Created:
    name = properties.text("Name", context.name_of(properties.logical_id))
    bus = properties.text("EventBusName", _DEFAULT_BUS)
    on_bus = name if bus == _DEFAULT_BUS else f"{bus}/{name}"
    arn = context.arn("events", f"rule/{on_bus}")
    targets = [_read_target(properties, each) for each in properties.take("Targets", [])]
    is_enabled = properties.text("State", "ENABLED").startswith("ENABLED")
    if "ScheduleExpression" in (scheduled := properties.given("ScheduleExpression")):
        _schedule_rule(context, properties, (name, arn), (scheduled["ScheduleExpression"], is_enabled), targets)
        return Created(name, {"Arn": arn})
    events = context.client("events")
    state = "ENABLED" if is_enabled else "DISABLED"
    description = properties.text("Description")
    pattern = _read_pattern(properties)
    named = {"EventBusName": bus, "Tags": tags_of(properties)}
    events.put_rule(Name=name, EventPattern=pattern, State=state, Description=description, **named)
    if targets:
        events.put_targets(Rule=name, EventBusName=bus, Targets=targets)
    return Created(name if bus == _DEFAULT_BUS else f"{bus}|{name}", {"Arn": arn})


def _create_bus(context: Context, properties: Properties) -> Created:
    name = str(properties.need("Name"))
    described = properties.given("Description")
    arn = context.client("events").create_event_bus(Name=name, **described)["EventBusArn"]
    return Created(name, {"Arn": arn, "Name": name})


def _create_bus_policy(context: Context, properties: Properties) -> Created:
    """Register a statement of a bus's policy; nothing reads it here: only forwarders put events on that bus."""
    bus, sid = str(properties.need("EventBusName")), str(properties.need("StatementId"))
    events = context.client("events")
    known = json.loads(events.describe_event_bus(Name=bus).get("Policy") or '{"Statement": []}')["Statement"]
    statements = [*known, {"Sid": sid, **properties.need("Statement")}]
    events.put_permission(EventBusName=bus, Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    return Created(f"{bus}|{sid}")


def _read_pattern(properties: Properties) -> str:
    text = json.dumps(properties.need("EventPattern"), separators=(",", ":"))
    if len(text) > _MAX_PATTERN:
        properties.refuse(f"event pattern is longer than {_MAX_PATTERN} characters: `{len(text)}`")
    try:
        return parse_pattern(text).text
    except PatternError as error:
        properties.refuse(str(error))


def _read_target(properties: Properties, value: Mapping[str, Any]) -> dict[str, Any]:
    target = Properties(properties.logical_id, properties.kind, value, path="Targets.")
    given = target.given(*_TARGET_KEYS)
    target.finish()
    if _service_of(str(given.get("Arn"))) not in _TARGETS:
        properties.refuse(f"target is not handled on one machine: `{given.get('Arn')}`")
    if "InputTransformer" in given and (fault := fault_of(given["InputTransformer"])):
        properties.refuse(f"input transformer is not handled on one machine: {fault}")
    return given


def _schedule_rule(
    context: Context,
    properties: Properties,
    named: tuple[str, str],
    rate: tuple[str, bool],
    targets: list[dict[str, Any]],
) -> None:
    properties.take("Description")
    expression, is_enabled = rate
    period = _read_rate(properties, expression)
    for target in targets if is_enabled else []:
        schedule = Schedule(
            logical_id=properties.logical_id,
            name=named[0],
            arn=named[1],
            period_seconds=period,
            target_arn=target["Arn"],
            role_arn=None,
            body=target.get("Input", "{}"),
            message_group=target.get("SqsParameters", {}).get("MessageGroupId"),
            dead_letter_arn=target.get("DeadLetterConfig", {}).get("Arn"),
        )
        context.made.schedules.append(schedule)


def _create_schedule(context: Context, properties: Properties) -> Created:
    name = properties.text("Name", context.name_of(properties.logical_id))
    expression, target = str(properties.need("ScheduleExpression")), properties.need("Target")
    window = properties.need("FlexibleTimeWindow")
    state = properties.text("State", "ENABLED")
    if window != {"Mode": "OFF"}:
        properties.refuse(f"FlexibleTimeWindow is not handled on one machine: `{json.dumps(window)}`")
    context.client("scheduler").create_schedule(
        Name=name,
        ScheduleExpression=expression,
        FlexibleTimeWindow=window,
        State=state,
        Target=target,
        Description=properties.text("Description"),
    )
    arn = context.arn("scheduler", f"schedule/default/{name}")
    if state == "ENABLED":
        context.made.schedules.append(_read_schedule(properties, (name, arn), expression, target))
    return Created(name, {"Arn": arn})


def _read_schedule(
    properties: Properties, named: tuple[str, str], expression: str, value: Mapping[str, Any]
) -> Schedule:
    target = Properties(properties.logical_id, properties.kind, value, path="Target.")
    arn = str(target.need("Arn"))
    if _service_of(arn) not in _TARGETS:
        properties.refuse(f"target is not handled on one machine: `{arn}`")
    daily = parse_daily(expression)
    schedule = Schedule(
        logical_id=properties.logical_id,
        name=named[0],
        arn=named[1],
        period_seconds=DAY_SECONDS if daily is not None else _read_rate(properties, expression),
        target_arn=arn,
        role_arn=target.need("RoleArn"),
        body=target.text("Input", "{}"),
        message_group=target.nested("SqsParameters").take("MessageGroupId"),
        dead_letter_arn=target.nested("DeadLetterConfig").take("Arn"),
        daily_at=daily,
    )
    target.take("RetryPolicy")  # a send on one machine fails for good or not at all
    target.finish()
    return schedule


def _read_rate(properties: Properties, expression: str) -> float:
    try:
        return parse_rate(expression)
    except RateError as error:
        properties.refuse(str(error))


def _create_alarm(context: Context, properties: Properties) -> Created:
    name = properties.text("AlarmName", context.name_of(properties.logical_id))
    metric = (properties.need("Namespace"), properties.need("MetricName"))
    if metric[0] == _FUNCTIONS_NAMESPACE:
        return _register_unwatched(context, properties, name, metric)
    if metric != ("AWS/SQS", "ApproximateNumberOfMessagesVisible"):
        properties.refuse(f"metric is not handled on one machine: `{'/'.join(metric)}`")
    comparison = properties.need("ComparisonOperator")
    if comparison not in _COMPARISONS:
        properties.refuse(f"ComparisonOperator is not handled on one machine: `{comparison}`")
    alarm = QueueAlarm(
        logical_id=properties.logical_id,
        name=name,
        arn=context.arn("cloudwatch", f"alarm:{name}"),
        description=properties.text("AlarmDescription"),
        queue_name=_queue_of(properties),
        comparison=comparison,
        threshold=float(properties.need("Threshold")),
        alarm_actions=tuple(properties.take("AlarmActions", [])),
        ok_actions=tuple(properties.take("OKActions", [])),
    )
    _register_alarm(context, properties, alarm, metric)
    context.made.alarms.append(alarm)
    return Created(name, {"Arn": alarm.arn})


def _register_unwatched(context: Context, properties: Properties, name: str, metric: tuple[str, str]) -> Created:
    """Register an alarm on a metric that the functions write to their logs. Nothing reads it here: it never rings."""
    context.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace=metric[0],
        MetricName=metric[1],
        ComparisonOperator=properties.need("ComparisonOperator"),
        Threshold=float(properties.need("Threshold")),
        Period=properties.number("Period", 60),
        EvaluationPeriods=properties.number("EvaluationPeriods", 1),
        **properties.given(
            "AlarmDescription", "Dimensions", "AlarmActions", "OKActions", "Statistic", "TreatMissingData"
        ),
    )
    return Created(name, {"Arn": context.arn("cloudwatch", f"alarm:{name}")})


def _queue_of(properties: Properties) -> str:
    dimensions = {each["Name"]: each["Value"] for each in properties.need("Dimensions")}
    if dimensions.keys() != {"QueueName"}:
        properties.refuse(f"dimensions are not handled on one machine: `{', '.join(sorted(dimensions))}`")
    return str(dimensions["QueueName"])


def _register_alarm(context: Context, properties: Properties, alarm: QueueAlarm, metric: tuple[str, str]) -> None:
    context.client("cloudwatch").put_metric_alarm(
        AlarmName=alarm.name,
        AlarmDescription=alarm.description,
        Namespace=metric[0],
        MetricName=metric[1],
        Dimensions=[{"Name": "QueueName", "Value": alarm.queue_name}],
        ComparisonOperator=alarm.comparison,
        Threshold=alarm.threshold,
        Period=properties.number("Period", 60),
        EvaluationPeriods=properties.number("EvaluationPeriods", 1),
        AlarmActions=list(alarm.alarm_actions),
        OKActions=list(alarm.ok_actions),
        **properties.given("Statistic", "TreatMissingData", "DatapointsToAlarm", "Unit"),
    )


def _service_of(arn: str) -> str:
    return arn.split(":")[2] if arn.startswith("arn:") else ""


_FUNCTIONS_NAMESPACE: Final = "PanoramaGuard"


def _create_dashboard(context: Context, properties: Properties) -> Created:
    name = properties.text("DashboardName", context.name_of(properties.logical_id))
    body = str(properties.need("DashboardBody"))
    try:
        widgets = json.loads(body)["widgets"]
    except (ValueError, KeyError, TypeError):
        widgets = None
    if not isinstance(widgets, list):
        properties.refuse(f"dashboard body is no JSON object with widgets: `{body[:80]}`")
    context.client("cloudwatch").put_dashboard(DashboardName=name, DashboardBody=body)
    return Created(name)


EVENTS: Final[Mapping[str, type_creator]] = {
    "AWS::Events::Rule": _create_rule,
    "AWS::Events::EventBus": _create_bus,
    "AWS::Events::EventBusPolicy": _create_bus_policy,
    "AWS::Scheduler::Schedule": _create_schedule,
    "AWS::CloudWatch::Alarm": _create_alarm,
    "AWS::CloudWatch::Dashboard": _create_dashboard,
}
