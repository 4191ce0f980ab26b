"""The model of what a memory setting takes and costs, and that the page says what the model does."""

import re

import pytest

from tests.benchmarks.organisation import OWN_MORE, look_calls, sweep_calls
from tests.benchmarks.power import EVENTS, MEMORIES, WHOLE, Work
from tests.template.reading import of_type
from tests.template.translation import ROOT, translate

PAGE = (ROOT / "docs" / "cost.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (`\w+`, [^|]*) \| (\d+\.\d+) s \| (\d+\.\d) \| (.*) \|$", PAGE, re.MULTILINE)


def test_a_run_without_calls_takes_its_processor_time_at_the_share_of_its_memory() -> None:
    """And no less than that where it has more than a whole processor."""
    work = Work("x", 0.1, 0)
    assert work.seconds(WHOLE) == work.seconds(2 * WHOLE) == pytest.approx(0.1)
    assert work.seconds(WHOLE // 2) == pytest.approx(0.2, rel=0.01)


def test_what_only_calculates_costs_the_same_with_any_memory_and_what_only_waits_in_proportion() -> None:
    """So more memory is dearer by the waiting alone."""
    calculating, waiting = Work("x", 0.1, 0), Work("x", 0.0, 10)
    assert calculating.dollars(128) == pytest.approx(calculating.dollars(1024))
    assert waiting.seconds(128) == waiting.seconds(1769)
    assert (waiting.dollars(1024) - 0.2) == pytest.approx(8 * (waiting.dollars(128) - 0.2))


def test_the_page_has_a_row_of_each_that_is_measured() -> None:
    """By its name."""
    assert [row[0] for row in ROWS] == [name for name, _, _ in EVENTS]


@pytest.mark.parametrize(("name", "cpu", "calls", "cells"), ROWS)
def test_a_row_of_the_page_follows_from_its_processor_time_and_calls(
    name: str, cpu: str, calls: str, cells: str
) -> None:
    """To the last figure."""
    assert Work(name, float(cpu), float(calls)).row() == f"| {name} | {cpu} s | {calls} | {cells} |"


def test_both_tables_have_the_calls_of_a_quiet_sweep_that_the_functions_make() -> None:
    """Those of the model, which tests/functions/test_scale.py compares with what the functions call."""
    sweep, looks = sweep_calls(6) + OWN_MORE, sum(look_calls(6))
    assert f"({sweep} `sweep`, {looks} `inspect`, " in PAGE
    assert {calls for name, _, calls, _ in ROWS if name.startswith("`sweep`")} == {f"{sweep:.1f}"}


def test_the_settings_of_the_template_are_among_those_that_are_told() -> None:
    """What the functions have is a column of the table."""
    assert {one["MemorySize"] for one in of_type(translate(), "AWS::Lambda::Function").values()} <= set(MEMORIES)
