"""A sweep of an organisation reaches every account that can be reached, reports the others, and loses none."""

import re
from dataclasses import replace

import pytest

from tests.benchmarks.organisation import Bucket, Limits, Organisation, Prices, Sweep, account_calls, month
from tests.template.translation import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
SMALL = Organisation(accounts=200, workers=20)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("limits", [Limits(), Limits(sts=5, ledger=200, account=10)])
def test_every_account_is_swept_or_reported(limits: Limits, seed: int) -> None:
    """Whatever is throttled: none is lost, and none is both."""
    found = Sweep(replace(SMALL, seed=seed), limits).run()
    assert (found.swept, found.reported, found.dead) == (180, 20, 0)


def test_what_is_throttled_without_end_is_a_dead_letter_and_not_a_silence() -> None:
    """Each of them is counted, and the sweep comes to its end."""
    found = Sweep(replace(SMALL, accounts=20), Limits(account=0.001)).run()
    assert found.dead > 0
    assert found.reported == 2


def test_no_more_calls_are_let_through_than_a_limit_says() -> None:
    """Over any time, but for the first second's."""
    bucket = Bucket(10)
    taken = sum(bucket.take(step / 100) for step in range(1_000))
    assert 100 <= taken <= 110


def test_more_workers_are_no_slower() -> None:
    """Down to what the limits allow."""
    few, many = (Sweep(replace(SMALL, workers=number), Limits()).run().seconds for number in (5, 50))
    assert many <= few


def test_the_page_has_the_model_s_arithmetic() -> None:
    """Calls of an account and of the organisation, to the last one."""
    each = account_calls(12)
    assert f"{each} calls" in PAGE
    assert f"{each * 4_500:,} calls" in PAGE


def test_the_page_s_table_is_of_five_thousand_accounts_and_loses_none() -> None:
    """As the program printed it: 4,500 swept, 500 reported, and nothing besides."""
    rows = re.findall(r"^\| (\d+) \| ([\d,]+) \| ([\d,]+) \| (\d+) \| (\d+) min \|", PAGE, re.MULTILINE)
    assert [row[0] for row in rows] == ["5", "20", "50", "200"]
    assert {row[1:4] for row in rows} == {("4,500", "500", "0")}


def test_a_month_costs_more_with_more_sweeps() -> None:
    """In proportion."""
    once, hourly = (month(SMALL, 1_000.0, number, Prices()) for number in (1, 24))
    assert hourly == pytest.approx(24 * once)
