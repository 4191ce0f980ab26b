"""policy/condition.py: operators taken apart."""

import pytest

from panorama_guard.policy.condition import (
    Family,
    Operator,
    Quantifier,
    Relation,
    parse_condition,
    parse_operator,
)
from panorama_guard.policy.text import ascii_lower


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("StringEquals", (Quantifier.PLAIN, Family.STRING, Relation.EQUAL, False, False)),
        ("StringNotLikeIfExists", (Quantifier.PLAIN, Family.LIKE, Relation.EQUAL, True, True)),
        ("ForAnyValue:StringEqualsIgnoreCase", (Quantifier.ANY, Family.STRING_CASELESS, Relation.EQUAL, False, False)),
        ("ForAllValues:ArnNotEquals", (Quantifier.ALL, Family.ARN, Relation.EQUAL, True, False)),
        ("NumericGreaterThanEquals", (Quantifier.PLAIN, Family.NUMERIC, Relation.GREATER_EQUAL, False, False)),
        ("DateLessThanIfExists", (Quantifier.PLAIN, Family.DATE, Relation.LESS, False, True)),
        ("NotIpAddress", (Quantifier.PLAIN, Family.ADDRESS, Relation.EQUAL, True, False)),
        ("Null", (Quantifier.PLAIN, Family.NULL, Relation.EQUAL, False, False)),
    ],
)
def test_operators_are_taken_apart(name: str, parsed: tuple[object, ...]) -> None:
    """Set prefix, family, relation, negation and IfExists are each told."""
    assert parse_operator(name) == Operator(*parsed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["stringequals", "StringSounds", "ForSomeValue:StringEquals", "NullIfExists", "ForAllValues:Null", ""]
)
def test_operators_that_iam_does_not_have_are_unknown(name: str) -> None:
    """Unknown operators are kept, not guessed."""
    assert parse_operator(name).family is Family.UNKNOWN


def test_only_like_and_arn_operators_know_wildcards() -> None:
    """A star under StringEquals is a character."""
    assert parse_condition("StringEquals", "K", ("a*",), variables=True).values == ("a${*}",)
    assert parse_condition("StringLike", "K", ("a*",), variables=True).values == ("a*",)


def test_keys_are_equal_whatever_their_case_and_keep_their_spelling() -> None:
    """Key names ignore case; what a person reads is what the policy writes."""
    condition = parse_condition("Null", "aws:SourceIp", ("true",), variables=True)
    assert condition == parse_condition("Null", "AWS:sourceip", ("true",), variables=True)
    assert (condition.key, condition.spelled) == ("aws:sourceip", "aws:SourceIp")


def test_lower_case_is_that_of_ascii() -> None:
    """The Kelvin sign and the long s are other letters."""
    assert ascii_lower("S3:Get\u212a\u017f") == "s3:get\u212a\u017f"
