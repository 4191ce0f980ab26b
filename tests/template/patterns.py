"""Event patterns and schedules that AWS would accept: the linters let wrong ones pass."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.template.reading import Template, of_type, referred

LONGEST_PATTERN = 2_048
OPERATORS = frozenset(
    {"prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists", "cidr"}
)
RATE = re.compile(r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)")
CRON = re.compile(r"cron\(\S+ \S+ \S+ \S+ \S+ \S+\)")


def patterns(template: Template) -> Iterator[tuple[str, Any]]:
    """Yield every event pattern of the template: those of the rules and the filters of the mappings."""
    for name, rule in of_type(template, "AWS::Events::Rule").items():
        if "EventPattern" in rule:
            yield name, rule["EventPattern"]
    for name, mapping in of_type(template, "AWS::Lambda::EventSourceMapping").items():
        for each in mapping.get("FilterCriteria", {}).get("Filters", []):
            yield name, json.loads(each["Pattern"])


def find_bad_patterns(template: Template) -> list[str]:
    """Return what EventBridge would refuse, or never match, in each pattern."""
    faults = [f"{name}: {fault}" for name, pattern in patterns(template) for fault in _faults(pattern, "")]
    sizes = {name: len(json.dumps(pattern, separators=(",", ":"))) for name, pattern in patterns(template)}
    return faults + [f"{name}: {size} characters" for name, size in sizes.items() if size > LONGEST_PATTERN]


def _faults(pattern: object, path: str) -> Iterator[str]:
    if not isinstance(pattern, Mapping) or not pattern:
        yield f"`{path or 'pattern'}` is no list and no object"
        return
    for key, value in pattern.items():
        if key == "$or":
            for branch in value:
                yield from _faults(branch, f"{path}.$or")
        elif isinstance(value, list):
            yield from _leaf_faults(value, f"{path}.{key}")
        else:
            yield from _faults(value, f"{path}.{key}")


def _leaf_faults(values: list[Any], path: str) -> Iterator[str]:
    if not values:
        yield f"`{path}` is an empty list"
    for value in values:
        is_text = referred(value) is not None or (isinstance(value, Mapping) and value.keys() == {"Fn::Sub"})
        if isinstance(value, Mapping) and not is_text and (len(value) != 1 or not OPERATORS & value.keys()):
            yield f"`{path}` has an unknown operator {sorted(value)}"
        if isinstance(value, list):
            yield f"`{path}` has a list in a list"


def find_bad_schedules(template: Template) -> list[str]:
    """Return each schedule whose expression, or whose parameter's default, AWS would refuse."""
    expressions = {
        name: properties["ScheduleExpression"]
        for name, properties in of_type(template, "AWS::Scheduler::Schedule", "AWS::Events::Rule").items()
        if "ScheduleExpression" in properties
    }
    plain = {name: _plain(template, expression) for name, expression in expressions.items()}
    return [f"{name}: `{text}`" for name, text in plain.items() if not (RATE.fullmatch(text) or CRON.fullmatch(text))]


def _plain(template: Template, expression: object) -> str:
    parameter = template.get("Parameters", {}).get(referred(expression), {})
    return str(parameter.get("Default", expression))
