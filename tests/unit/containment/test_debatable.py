"""containment/debatable.py: what a proof must suppose either way."""

import pytest

from panorama_guard.containment.debatable import debatable
from panorama_guard.policy.condition import parse_condition


@pytest.mark.parametrize(
    ("wanted", "value", "open_"),
    [
        ("k", "K", False),  # the same in ASCII
        ("k", "x", False),
        ("k", "\u212a", True),  # the sign of the kelvin, whose small letter is k
        ("stra\u00dfe", "STRASSE", True),
        ("stra\u00dfe", "other", True),  # of other letters nothing is known
        ("stra\u00dfe", "STRA\u00dfE", False),
    ],
)
def test_letters_that_some_fold_alike_may_be_the_same(wanted: str, value: str, *, open_: bool) -> None:
    """AWS says that case does not count, and not of which letters."""
    condition = parse_condition("StringEqualsIgnoreCase", "k", (wanted,), variables=True)
    assert bool(debatable(condition, value)) is open_


@pytest.mark.parametrize(
    ("operator", "wanted", "open_"),
    [
        ("IpAddress", "::ffff:10.0.0.0/104", True),
        ("IpAddress", "::ffff:a00:1", True),
        ("IpAddress", "::ffff:0:0/96", True),
        ("IpAddress", "::fffe:0:0/96", False),
        ("IpAddress", "::1:0:0:0/96", False),
        ("IpAddress", "::/0", False),
        ("IpAddress", "10.0.0.0/8", False),
        ("DateLessThan", "2026-02-20T00:00:00+01:99", True),
        ("DateLessThan", "2026-02-20T00:00:00+01:60", True),
        ("DateLessThan", "2026-02-20T00:00:00+01:59", False),
        ("DateLessThan", "2026-02-20T00:00:00-12:00", False),
    ],
)
def test_what_a_policy_writes_as_aws_does_not_document_is_supposed_either_way(
    operator: str, wanted: str, *, open_: bool
) -> None:
    """Of an IPv4 address written as IPv6 AWS does not say which of both it is; a time zone has minutes below sixty."""
    condition = parse_condition(operator, "k", (wanted,), variables=True)
    assert bool(debatable(condition, "any")) is open_
