"""A sweep of an organisation reaches every account that can be reached, reports the others, and loses none."""

import re
from dataclasses import replace

import pytest

from tests.benchmarks.organisation import (
    KEPT,
    LOOKING,
    Bucket,
    Limits,
    Message,
    Organisation,
    Outcome,
    Prices,
    Queue,
    Sweep,
    account_calls,
    asked,
    month,
    row,
    sweeps,
)
from tests.template.translation import ROOT

PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
NUMBERS = {9: "ninth", 60: "sixty"}
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


@pytest.fixture(scope="module")
def whole() -> dict[int, tuple[Organisation, Outcome]]:
    """Return what comes of the sweeps of 5,000 accounts, a tenth of them unreachable, by the number of workers."""
    return {organisation.workers: (organisation, found) for organisation, found in sweeps(5_000)}


def test_of_five_thousand_accounts_none_is_lost(whole: dict[int, tuple[Organisation, Outcome]]) -> None:
    """Throttled at the limits: each that can be reached is swept, and each other one is reported."""
    assert all(found.throttled for _, found in whole.values())
    assert {(of.accounts, of.unreachable) for of, _ in whole.values()} == {(5_000, 0.1)}
    assert {(found.swept, found.reported, found.dead) for _, found in whole.values()} == {(4_500, 500, 0)}


def test_the_page_s_table_is_what_comes_of_them(whole: dict[int, tuple[Organisation, Outcome]]) -> None:
    """To the last figure: minutes, calls, what is throttled, dollars."""
    (table,) = re.findall(r"^\| Workers \|.*\n\|.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert table.splitlines() == [row(*swept) for swept in whole.values()]


def test_what_the_page_says_of_the_table_follows_from_it(whole: dict[int, tuple[Organisation, Outcome]]) -> None:
    """What is throttled, what the limits of the hub leave room for, and the hour and the dollars of the default."""
    (default, daily), (most, quickest) = whole[10], whole[200]
    spent = quickest.seconds - most.window  # in which calls are made
    reads = 4_500 * (KEPT - 1 + most.roles + asked(most.roles)) / spent
    said = " ".join(PAGE.split())
    assert f"one call in {NUMBERS[int(round(daily.calls / daily.throttled['account'], -1))]}" in said
    assert f"STS is asked some {round(quickest.assumed / spent, -1):.0f} times a second" in said
    assert f"a {NUMBERS[int(Limits().sts / round(quickest.assumed / spent, -1)) + 1]} of its limit" in said
    assert f"the hub has {2 * most.workers} functions" in said
    assert f"the table {round(reads, -3):,.0f} reads a second" in said
    assert round(daily.seconds / 3600) == 1
    dollars = f"{month(default, daily, 1, Prices()):.0f}"
    assert f"with {default.workers} workers takes an hour and {dollars} USD a month" in said


def test_the_limits_of_the_model_are_those_of_the_page() -> None:
    """STS, the table and what is assumed of IAM."""
    limits = Limits()
    assert f"| {limits.sts:.0f} a second | the hub's, for all members |" in PAGE
    assert f"| {limits.ledger:,.0f} writes, {3 * limits.ledger:,.0f} reads a second;" in PAGE
    assert f"not published: {limits.account:.0f} a second are assumed" in PAGE


def test_a_month_costs_more_with_more_sweeps() -> None:
    """In proportion."""
    found = Sweep(SMALL, Limits()).run()
    once, hourly = (month(SMALL, found, number, Prices()) for number in (1, 24))
    assert hourly == pytest.approx(24 * once)
