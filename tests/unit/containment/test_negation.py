"""Opposites of conditions, and conditions joined."""

import pytest

from panorama_guard.containment.negation import joined, negated
from panorama_guard.policy.condition import Condition, parse_condition


def condition(operator: str, *values: str, key: str = "k") -> Condition:
    """Return a condition."""
    return parse_condition(operator, key, values, variables=True)


@pytest.mark.parametrize(
    ("operator", "values", "opposites"),
    [
        ("StringEquals", ("a", "b"), {"StringNotEquals": ("a", "b")}),
        ("StringNotEquals", ("a",), {"StringEquals": ("a",)}),
        ("StringLike", ("a*",), {"StringNotLike": ("a*",)}),
        ("ArnLike", ("arn:*",), {"ArnNotLike": ("arn:*",)}),
        ("StringEqualsIfExists", ("a",), {"StringNotEquals": ("a",), "Null": ("false",)}),
        ("StringNotEqualsIfExists", ("a",), {"StringEquals": ("a",)}),
        ("NumericLessThan", ("5",), {"NumericGreaterThanEqualsIfExists": ("5",)}),
        ("DateGreaterThanIfExists", ("2026-01-01",), {"DateLessThanEquals": ("2026-01-01",)}),
        ("Bool", ("True",), {"BoolIfExists": ("false",)}),
        ("BoolIfExists", ("false",), {"Bool": ("true",)}),
        ("Null", ("true",), {"Null": ("false",)}),
        ("ForAnyValue:StringEquals", ("a",), {"ForAllValues:StringNotEquals": ("a",)}),
        ("ForAllValues:StringLike", ("a*",), {"ForAnyValue:StringNotLike": ("a*",)}),
        ("NotIpAddress", ("10.0.0.0/8",), {"IpAddress": ("10.0.0.0/8",)}),
    ],
)
def test_a_condition_has_an_opposite(
    operator: str, values: tuple[str, ...], opposites: dict[str, tuple[str, ...]]
) -> None:
    """True where it is false, absent keys included."""
    assert negated(condition(operator, *values)) == tuple(condition(name, *of) for name, of in opposites.items())


@pytest.mark.parametrize(
    ("operator", "values"),
    [
        ("Unheard", ("a",)),
        ("NumericLessThan", ("5", "7")),
        ("ForAnyValue:NumericLessThan", ("5",)),
        ("Bool", ("true", "false")),
        ("Bool", ("maybe",)),
        ("ForAllValues:Bool", ("true",)),
        ("Null", ("true", "false")),
    ],
)
def test_some_conditions_have_no_opposite_that_is_known(operator: str, values: tuple[str, ...]) -> None:
    """Nothing is guessed."""
    assert negated(condition(operator, *values)) is None


def test_conditions_are_joined_where_one_place_can_say_both() -> None:
    """None of these and none of those is none of all; a value that is excluded leaves the list."""
    unlike = condition("StringNotEquals", "a", "b")
    assert joined([condition("StringNotEquals", "a")], [condition("StringNotEquals", "b")]) == (unlike,)
    assert joined([condition("StringLike", "a*")], [condition("StringLike", "a*")]) == (condition("StringLike", "a*"),)
    assert joined([condition("StringEquals", "a", "c")], [unlike]) == (condition("StringEquals", "c"),)
    other = condition("StringEquals", "a", key="other")
    assert joined([condition("StringEquals", "a")], [other]) == (condition("StringEquals", "a"), other)


def test_a_variable_may_be_the_value_that_is_excluded() -> None:
    """So both conditions are kept, on whichever side it stands."""
    equal, unlike = (
        parse_condition(name, "k", ("${v}",), variables=True) for name in ("StringEquals", "StringNotEquals")
    )
    for pair in ((equal, condition("StringNotEquals", "a")), (condition("StringEquals", "a"), unlike)):
        assert joined(pair[:1], pair[1:]) == pair


def test_conditions_that_ask_twice_for_one_key_are_not_joined() -> None:
    """One operator has one list for one key, and its members are alternatives."""
    assert joined([condition("StringLike", "a*")], [condition("StringLike", "*b")]) is None
    assert (
        joined([condition("ForAnyValue:StringNotEquals", "a")], [condition("ForAnyValue:StringNotEquals", "b")]) is None
    )
