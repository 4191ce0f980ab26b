"""docs/cost.md counts what there is to be paid for: what is added to the template or the functions is added there."""

import re
from pathlib import Path

from tests.metric_names import COUNTED_BY, DOORS, counted

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/cost.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<count>[^|]*) \| [^|]* \| (?P<price>\d+\.\d\d) \|$", re.MULTILINE)


def count_of(what: str) -> int:
    """Return how much of something the page counts."""
    (count,) = [row["count"] for row in ROW.finditer(PAGE) if row["what"].startswith(what)]
    return int(count.replace(",", ""))


def test_the_rows_add_up_to_the_sum() -> None:
    """To the cent."""
    (total,) = re.findall(r"\| \*\*together\*\* \| \| \| \*\*(\d+\.\d\d)\*\* \|", PAGE)
    assert round(sum(float(row["price"]) for row in ROW.finditer(PAGE)), 2) == float(total)


def test_every_alarm_is_counted_but_that_of_a_channel_that_is_off_or_of_another_region() -> None:
    """One alarm, one metric that it watches."""
    blocks = re.split(r"^  (?=\w+:\n)", (ROOT / "template.yaml").read_text(encoding="utf-8"), flags=re.MULTILINE)
    alarms = [block for block in blocks if "    Type: AWS::CloudWatch::Alarm\n" in block]
    assert count_of("CloudWatch alarms") == sum(
        not re.search(r"^    Condition: (HasChannels|IsForwarder)$", block, re.MULTILINE) for block in alarms
    )


OF_MEMBERS = {"MembersSwept", "MembersUnreached"}  # counted in an organisation alone; docs/scale.md has what that costs


def test_every_metric_of_a_function_is_counted_but_what_is_off_by_default() -> None:
    """Each name is one metric for each value of its dimension, where it has one beside that which all have."""
    names = counted(*(door for door in DOORS if door.parent.name != "relay"))
    by_dimension = [len(values) for _, values in COUNTED_BY.values()]
    assert count_of("CloudWatch metrics") == len(names - OF_MEMBERS) + sum(by_dimension)


def test_each_price_has_a_source_that_is_listed() -> None:
    """And each source is used."""
    rows, _, sources = PAGE.partition("## Where the prices are from")
    prices = [line.split("|")[3] for line in rows.splitlines() if ROW.match(line)]
    listed = re.findall(r"^\| ([a-z]) \|", sources, re.MULTILINE)
    assert [price for price in prices if not re.search(r"\([a-z]\) $", price)] == []
    assert set(re.findall(r"\(([a-z])\)", rows)) == set(listed)


def test_prices_are_dated_and_said_to_be_unverified() -> None:
    """Nobody takes them for AWS's word."""
    assert "looked up in November 2026" in PAGE
    assert "to be verified" in PAGE
