"""The queries of docs/observability.md ask for fields that the functions log, and its tables name what there is."""

import ast
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest

from panorama_guard.service.look import Inspection
from tests.metric_names import COUNTED_BY, counted, counted_by_dimension

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")
DOORS = sorted((ROOT / "functions").glob("*/handler.py"))
QUERIES = [
    *re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL),
    *(json.loads(f'"{query}"') for query in re.findall(r'"query": "(.*?)"', TEMPLATE)),
]
# What Powertools and CloudWatch add to each line: https://docs.aws.amazon.com/powertools/python/latest/core/logger/
ADDED = {"message", "level", "exception_name", "@timestamp", "@log"}
LANGUAGE = "fields filter sort stats by as and or like asc desc count max bin ispresent SOURCE h"
WORDS = set(LANGUAGE.split())


def logged(door: Path) -> dict[str, set[str]]:
    """Return the messages that a function logs, with the fields of each."""
    calls = [node for node in ast.walk(ast.parse(door.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = {}
    for call in calls:
        if isinstance(call.func, ast.Attribute) and call.func.attr in {"info", "exception"}:
            (message,) = [one.value for one in call.args if isinstance(one, ast.Constant)]
            names = {keyword.arg for keyword in call.keywords if keyword.arg}
            whole = {field.name for field in fields(Inspection)} if len(names) < len(call.keywords) else set()
            found[str(message)] = names | whole
    return found


MESSAGES = {message: names for door in DOORS for message, names in logged(door).items()}


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_asks_for_what_is_logged(query: str) -> None:
    """Each word of it is the language's, a field of a line, or a name that it gives itself."""
    without_texts = re.sub(r"'[^']*'", "", query)
    given = set(re.findall(r"\bas (\w+)", without_texts))
    asked = {word.split(".")[0] for word in re.findall(r"@?[A-Za-z_][\w.]*", without_texts)}
    known = ADDED | {name for names in MESSAGES.values() for name in names}
    assert asked - WORDS - given - known == set()


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_a_query_names_messages_that_are_logged(query: str) -> None:
    """To the letter."""
    assert set(re.findall(r"message = '([^']*)'", query)) <= MESSAGES.keys()


def test_there_are_queries_by_incident_by_event_and_by_verdict() -> None:
    """For what no metric answers."""
    asked = " ".join(QUERIES)
    assert all(word in asked for word in ("record = ", "event_id = ", "by verdicts.0"))


def test_every_line_of_success_has_a_row_with_its_fields() -> None:
    """In the table of the logs."""
    rows = dict(re.findall(r"^\| `/aws/lambda/STACK-\w+` \| `([^`]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    good = {message: names for message, names in MESSAGES.items() if message in rows}
    assert len(good) == len(DOORS)
    assert {
        message: {name for name in names if f"`{name}`" not in rows[message]} for message, names in good.items()
    } == {message: set() for message in good}


def test_every_metric_of_a_function_has_a_row() -> None:
    """And every row is of a metric that is counted."""
    rows = re.findall(r"^\| `([A-Z]\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(counted(*DOORS) | counted_by_dimension())


def test_every_value_of_a_dimension_is_named() -> None:
    """In the row of its metric; and no metric has a dimension of which the values are not known."""
    rows = dict(re.findall(r"^\| `([A-Z]\w+)` \| (.*) \|$", PAGE, re.MULTILINE))
    assert counted_by_dimension() == COUNTED_BY.keys()
    for name, (dimension, values) in COUNTED_BY.items():
        assert {word for word in (dimension, *values) if f"`{word}`" not in rows[name]} == set()
