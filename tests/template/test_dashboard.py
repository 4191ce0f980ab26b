"""The dashboard shows what there is to be seen, and shows nothing that there is not."""

import fnmatch
import itertools
import json
import re
from typing import Any

import pytest

from panorama_guard.profile import load_profile
from tests.metric_names import COUNTED_BY, DOORS, counted, counted_by_dimension
from tests.template.reading import Template, of_type
from tests.template.translation import translate

DASHBOARD = "GuardDashboard"
PLACED = re.compile(r"\$\{(\w+)(?:\.(\w+))?\}")
# The dimensions of AWS's metrics, and what they are of.
DIMENSIONS = {
    "QueueName": "AWS::SQS::Queue",
    "FunctionName": "AWS::Lambda::Function",
    "RuleName": "AWS::Events::Rule",
    "TableName": "AWS::DynamoDB::Table",
}
OTHERS = {"GuardChangesRule", "ForwardedChangesRule", "ForwardedGuardChangesRule"}
CHANNELS = {"RelayDeadLetterQueue", "RelayDeadLetterAlarm", "RelayFunction", "Relayed"}  # off by default


@pytest.fixture(scope="module")
def template() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


@pytest.fixture(scope="module")
def widgets(template: Template) -> list[dict[str, Any]]:
    """Return the widgets as the template has them."""
    body = json.loads(template["Resources"][DASHBOARD]["Properties"]["DashboardBody"]["Fn::Sub"])
    return list(body["widgets"])


def metrics(widgets: list[dict[str, Any]]) -> list[list[Any]]:
    """Return the metrics of all widgets: namespace, name, dimensions, and how they are drawn."""
    return [metric for widget in widgets for metric in widget["properties"].get("metrics", [])]


def named(widgets: list[dict[str, Any]], namespace: str, dimension: str) -> set[str]:
    """Return the logical ids of which there are metrics."""
    values = [one[3] for one in metrics(widgets) if one[0] == namespace and one[2] == dimension]
    return {PLACED.fullmatch(value)[1] for value in values}  # type: ignore[index]


def test_every_metric_of_the_functions_is_shown(widgets: list[dict[str, Any]]) -> None:
    """And none that no function counts."""
    shown = [one for one in metrics(widgets) if one[0] == "PanoramaGuard"]
    assert {one[1] for one in shown} == (counted(*DOORS) | counted_by_dimension()) - CHANNELS
    assert all(one[2:4] == ["service", "panorama-guard"] for one in shown)


def test_every_value_of_a_dimension_is_shown(widgets: list[dict[str, Any]]) -> None:
    """Each once, by the dimension with which it is counted: with another one CloudWatch finds nothing."""
    for name, (dimension, values) in COUNTED_BY.items():
        shown = [one for one in metrics(widgets) if one[:2] == ["PanoramaGuard", name]]
        assert {one[4] for one in shown} == {dimension}
        assert sorted(one[5] for one in shown) == sorted(values)


def test_every_alarm_is_shown(template: Template, widgets: list[dict[str, Any]]) -> None:
    """By its ARN."""
    (alarms,) = [widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm"]
    there = of_type(template, "AWS::CloudWatch::Alarm").keys() - CHANNELS
    assert sorted(alarms) == sorted(f"${{{name}.Arn}}" for name in there)


def test_every_queue_and_function_is_shown(template: Template, widgets: list[dict[str, Any]]) -> None:
    """And each rule whose events are judged, but that of other regions and accounts, which `status` tells of."""
    rules = {name for name in of_type(template, "AWS::Events::Rule") if name.endswith("ChangesRule")}
    assert named(widgets, "AWS/SQS", "QueueName") == of_type(template, "AWS::SQS::Queue").keys() - CHANNELS
    assert named(widgets, "AWS/Lambda", "FunctionName") == of_type(template, "AWS::Lambda::Function").keys() - CHANNELS
    assert named(widgets, "AWS/Events", "RuleName") == {name for name in rules if name not in OTHERS}


def test_each_dimension_is_of_a_resource_of_its_kind(template: Template, widgets: list[dict[str, Any]]) -> None:
    """A queue is named by its name, which a reference to it is not."""
    for namespace, _, dimension, value, *_ in metrics(widgets):
        if namespace == "PanoramaGuard":
            continue
        placed = PLACED.fullmatch(value)
        assert placed, value
        assert template["Resources"][placed[1]]["Type"] == DIMENSIONS[dimension]
        assert placed[2] == ("QueueName" if dimension == "QueueName" else None)


def test_nothing_on_it_needs_what_a_parameter_may_leave_out(template: Template) -> None:
    """A reference to a resource that is not made would fail the deployment."""
    body = template["Resources"][DASHBOARD]["Properties"]["DashboardBody"]["Fn::Sub"]
    placed = {name for name, _ in PLACED.findall(body)}
    assert not [name for name in placed if "Condition" in template["Resources"].get(name, {})]


def test_widgets_stand_beside_each_other(widgets: list[dict[str, Any]]) -> None:
    """On a grid of 24 columns, none over another."""
    assert all(widget["x"] + widget["width"] <= 24 for widget in widgets)
    for one, other in itertools.combinations(widgets, 2):
        beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        below = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert beside or below, (one["properties"]["title"], other["properties"]["title"])


def test_the_guard_does_not_watch_its_own_dashboard(template: Template) -> None:
    """Its name is outside the naming pattern, whatever the stack is called."""
    name = template["Resources"][DASHBOARD]["Properties"]["DashboardName"]["Fn::Sub"]
    patterns = [
        str(one) for each in load_profile().resources if each.type == "cloudwatch-dashboard" for one in each.names
    ]
    assert patterns
    assert not [one for one in patterns if fnmatch.fnmatchcase(name.replace("${AWS::StackName}", "panorama"), one)]
