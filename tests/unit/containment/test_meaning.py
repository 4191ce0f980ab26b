"""containment/meaning.py: what each condition operator says of one request."""

import pytest

from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.policy.condition import parse_condition

ABSENT: tuple[str, ...] = ()

# operator, condition values, the request's values, whether it holds
ROWS: list[tuple[str, tuple[str, ...], tuple[str, ...], Truth]] = [
    ("StringEquals", ("a", "b"), ("b",), True),
    ("StringEquals", ("a",), ("A",), False),
    ("StringEquals", ("a",), ABSENT, False),
    ("StringNotEquals", ("a", "b"), ("b",), False),
    ("StringNotEquals", ("a",), ABSENT, True),
    ("StringEqualsIfExists", ("a",), ABSENT, True),
    ("StringEqualsIfExists", ("a",), ("b",), False),
    ("StringEqualsIgnoreCase", ("Ab",), ("aB",), True),
    ("StringNotEqualsIgnoreCase", ("Ab",), ("aB",), False),
    ("StringLike", ("a*",), ("a:b/c",), True),
    ("StringLike", ("a?",), ("a",), False),
    ("StringNotLike", ("a*",), ("b",), True),
    ("StringEquals", (), ("a",), None),
    ("StringNotEquals", (), ("a",), None),
    ("ArnLike", ("arn:aws:iam::*:role/x",), ("arn:aws:iam::123456789012:role/x",), True),
    ("ArnLike", ("arn:aws:iam::*:role/x",), ("arn:aws:iam::1:2:role/x",), False),
    ("ArnEquals", ("arn:aws:s3:::a*",), ("arn:aws:s3:::ab",), True),
    ("ArnLike", ("arn:aws:s3",), ("arn:aws:s3:::a",), None),
    ("ArnNotLike", ("arn:aws:s3:::a",), ("arn:aws:s3:::b",), True),
    ("ArnNotLike", ("arn:aws:s3:::a",), ("no arn",), None),
    ("ArnNotLike", ("arn:aws:s3:::a",), ("arn:aws:s3",), None),
    ("ArnLike", ("arn:aws:s3:::a",), ("no arn",), False),
    ("Bool", ("true",), ("TRUE",), True),
    ("Bool", ("true",), ABSENT, False),
    ("BoolIfExists", ("true",), ABSENT, True),
    ("Bool", ("yes",), ("yes",), None),
    ("NumericLessThan", ("10",), ("9.5",), True),
    ("NumericLessThan", ("10",), ("10",), False),
    ("NumericEquals", ("10",), ("10.0",), True),
    ("NumericNotEquals", ("10",), ABSENT, True),
    ("NumericGreaterThanEquals", ("1e2",), ("100",), True),
    ("NumericLessThan", ("ten",), ("9",), None),
    ("NumericLessThan", ("10",), ("nine",), False),
    ("NumericNotEquals", ("10",), ("nine",), None),
    ("DateNotEquals", ("2026-05-31",), ("soon",), None),
    ("NotIpAddress", ("10.0.0.0/8",), ("here",), None),
    ("StringEquals", ("a",), ("a", "b"), None),
    ("StringNotEquals", ("a",), ("b", "c"), None),
    ("StringLike", ("*",), ("a", "b"), None),
    ("NumericEquals", ("1_0",), ("10",), None),
    ("DateLessThan", ("2026-05-31",), ("2026-05-30T23:59:59Z",), True),
    ("DateEquals", ("2026-05-31T00:00:00Z",), ("1780185600",), True),
    ("DateGreaterThan", ("2026-05-31",), ("2026-05-31T00:00:00+01:00",), False),
    ("DateLessThan", ("May 31",), ("2026-05-31",), None),
    ("IpAddress", ("10.0.0.0/8", "192.0.2.1"), ("192.0.2.1",), True),
    ("IpAddress", ("10.0.0.0/8",), ("11.0.0.1",), False),
    ("IpAddress", ("10.1.2.3/8",), ("10.9.9.9",), True),
    ("IpAddress", ("10.0.0.128/25",), ("10.0.0.0/24",), False),  # half of it is outside
    ("IpAddress", ("::/0",), ("10.0.0.1",), False),
    ("IpAddress", ("ten",), ("10.0.0.1",), None),
    ("NotIpAddress", ("10.0.0.0/8",), ABSENT, True),
    ("Null", ("true",), ABSENT, True),
    ("Null", ("true",), ("a",), False),
    ("Null", ("false",), ("a",), True),
    ("Null", ("True", "false"), ("a",), True),
    ("Null", ("maybe",), ("a",), None),
    ("BinaryEquals", ("QUJD",), ("QUJD",), True),
    ("ForAllValues:StringEquals", ("a", "b"), ("a", "b"), True),
    ("ForAllValues:StringEquals", ("a",), ("a", "b"), False),
    ("ForAllValues:StringEquals", ("a",), ABSENT, True),
    ("ForAnyValue:StringEquals", ("a",), ("b", "a"), True),
    ("ForAnyValue:StringEquals", ("a",), ABSENT, False),
    ("ForAnyValue:StringNotEquals", ("a",), ("a", "b"), True),
    ("ForAnyValue:StringNotEquals", ("a",), ABSENT, False),
    ("ForAllValues:StringNotLike", ("a*",), ("b", "ab"), False),
    ("ForAnyValue:StringEqualsIfExists", ("a",), ABSENT, None),
    ("ForAnyValue:StringNotEqualsIfExists", ("a",), ABSENT, None),
    ("ForAllValues:StringEqualsIfExists", ("a",), ABSENT, True),
    ("StringSounds", ("a",), ("a",), None),
    ("StringSounds", ("a",), ABSENT, None),
]


@pytest.mark.parametrize(("operator", "wanted", "present", "holds"), ROWS)
def test_operators_hold_as_iam_says(
    operator: str, wanted: tuple[str, ...], present: tuple[str, ...], holds: Truth
) -> None:
    """Absent keys, negations, sets and what is not understood, operator by operator."""
    condition = parse_condition(operator, "k", wanted, variables=True)
    assert condition_holds(condition, {"k": present} if present else {}) is holds


def test_a_variable_is_the_literal_value_of_its_key() -> None:
    """A star in the value is a character."""
    condition = parse_condition("StringLike", "k", ("${aws:username}/*",), variables=True)
    assert condition_holds(condition, {"k": ("*/x",), "aws:username": ("*",)}) is True
    assert condition_holds(condition, {"k": ("a/x",), "aws:username": ("*",)}) is False


def test_a_variable_without_value_matches_nothing_and_its_negation_matches() -> None:
    """AWS: inverted operators do match against a null value."""
    like = parse_condition("StringLike", "k", ("${aws:username}",), variables=True)
    unlike = parse_condition("StringNotLike", "k", ("${aws:username}",), variables=True)
    assert condition_holds(like, {"k": ("a",)}) is False
    assert condition_holds(unlike, {"k": ("a",)}) is True


def test_a_variable_falls_back_on_its_default() -> None:
    """The default counts only where the key is absent."""
    condition = parse_condition("StringEquals", "k", ("${aws:username, 'nobody'}",), variables=True)
    assert condition_holds(condition, {"k": ("nobody",)}) is True
    assert condition_holds(condition, {"k": ("nobody",), "aws:username": ("alice",)}) is False


def test_a_variable_with_several_values_has_none() -> None:
    """Only a single value can be put into a text."""
    condition = parse_condition("StringEquals", "k", ("${aws:username}",), variables=True)
    assert condition_holds(condition, {"k": ("a",), "aws:username": ("a", "b")}) is False
