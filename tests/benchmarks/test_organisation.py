"""A sweep of an organisation reaches every account that can be reached, reports the others, and loses none."""

import re
from dataclasses import replace

import pytest

from tests.benchmarks.organisation import (
    LOOKING,
    Bucket,
    Limits,
    Message,
    Organisation,
    Prices,
    Queue,
    Sweep,
    account_calls,
    month,
)
from tests.template.translation import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
SMALL = Organisation(accounts=200, workers=10)  # of each of the two queues


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


def test_a_group_s_messages_come_one_after_another_and_hold_up_no_other_s() -> None:
    """As a FIFO queue delivers them."""
    queue = Queue(LOOKING)
    first, second, other = Message(1, 1, 0, 0.0), Message(1, 2, 0, 0.0), Message(2, 3, 0, 0.0)
    for message in (first, second, other):
        queue.send(message)
    assert (queue.receive(), queue.receive(), queue.receive()) == (first, other, None)
    queue.release(1)  # it failed, and its time is up
    assert queue.receive() == first
    queue.delete(1)
    assert (queue.receive(), queue.receive()) == (second, None)


def test_an_account_that_throttles_without_end_holds_up_no_other() -> None:
    """Its own messages wait; nearly all calls of the others are let through."""
    slow = Sweep(replace(SMALL, accounts=20), Limits(account=20))
    slow._of_account[0] = slow._of_account[1] = Bucket(0.0001)  # noqa: SLF001 - no other knob
    found = slow.run()
    assert found.dead > 0
    assert found.swept + found.reported == 20
    assert found.throttled["account"] < 0.3 * found.calls


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
    assert [row[0] for row in rows] == ["5", "10", "50", "200"]
    assert {row[1:4] for row in rows} == {("4,500", "500", "0")}


def test_a_month_costs_more_with_more_sweeps() -> None:
    """In proportion."""
    found = Sweep(SMALL, Limits()).run()
    once, hourly = (month(SMALL, found, number, Prices()) for number in (1, 24))
    assert hourly == pytest.approx(24 * once)
