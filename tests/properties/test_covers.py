"""The quick proofs claim nothing that the definition denies."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment.cover import covers, entails, is_split
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.policy.condition import Condition, parse_condition
from panorama_guard.policy.glob import Glob, parse_glob
from panorama_guard.policy.record import replace

TEXTS = (
    "a",
    "A",
    "b",
    "ab",
    "5",
    "5.0",
    "10",
    "10.0.0.1",
    "10.0.0.0/8",
    "10.0.0.0/24",
    "arn:aws:s3:::a",
    "arn:aws:t:::ab",
)
PATTERNS = (*TEXTS, "a*", "*", "?", "arn:aws:*:::a*", "arn:*", "arn:aws:s3:::*")
OPERATORS = (
    *(
        "StringEquals",
        "StringLike",
        "StringEqualsIgnoreCase",
        "StringNotEquals",
        "StringNotLike",
        "ArnLike",
        "ArnNotLike",
    ),
    *("NumericEquals", "NumericLessThan", "NumericNotEquals", "IpAddress", "NotIpAddress", "Bool", "DateEquals"),
)
PREFIXES, SUFFIXES = ("", "ForAnyValue:", "ForAllValues:"), ("", "IfExists")
VALUES: tuple[tuple[str, ...], ...] = (*((text,) for text in TEXTS), *product(TEXTS[:6], repeat=2))
CONTEXTS: list[dict[str, tuple[str, ...]]] = [{}, *({"k": values} for values in VALUES)]


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """Return a condition on the one key that there is."""
    operator = draw(st.sampled_from(PREFIXES)) + draw(st.sampled_from(OPERATORS)) + draw(st.sampled_from(SUFFIXES))
    values = draw(st.lists(st.sampled_from(PATTERNS), min_size=1, max_size=3, unique=True))
    return parse_condition(operator, "k", tuple(values), variables=True)


GLOBS = st.text(alphabet="ab*?:", max_size=12).map(lambda text: parse_glob(text, variables=False))


@settings(max_examples=3000)
@given(GLOBS, GLOBS)
def test_patterns_are_compared_as_texts_as_they_are_token_by_token(outer: Glob, inner: Glob) -> None:
    """An escape at the end of both changes nothing, but that the tokens are read one by one."""
    assert outer == "*" or covers(outer, inner) is covers(Glob(f"{outer}${{$}}"), Glob(f"{inner}${{$}}"))


@settings(max_examples=1500)
@given(conditions(), conditions())
def test_what_one_condition_entails_holds_wherever_it_does(inner: Condition, outer: Condition) -> None:
    """In every context of the small world: absent, one value, two values."""
    if entails(inner, outer):
        for context in CONTEXTS:
            assert condition_holds(inner, context) is not True or condition_holds(outer, context) is True


@settings(max_examples=500)
@given(conditions())
def test_a_condition_that_can_be_split_holds_where_one_of_its_values_does(test: Condition) -> None:
    """By one value at a time, and no further: a key that has several values is not split under a plain operator."""
    if is_split(test, frozenset()):
        parts = [replace(test, values=(value,)) for value in test.values]
        for context in (context for context in CONTEXTS if len(context.get("k", ())) < 2):
            answers = [condition_holds(part, context) for part in parts]
            assert condition_holds(test, context) is not True or True in answers


def condition(operator: str, *values: str) -> Condition:
    """Return a condition."""
    return parse_condition(operator, "k", values, variables=True)


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        (condition("StringEquals", "ab"), condition("StringLike", "a*")),
        (condition("StringEquals", "a"), condition("StringEquals", "b", "a")),
        (condition("StringNotLike", "a*"), condition("StringNotEquals", "ab")),
        (condition("StringEquals", "Ab"), condition("StringEqualsIgnoreCase", "aB")),
        (condition("ArnLike", "arn:aws:s3:::ab"), condition("ArnEquals", "arn:aws:*:::a*")),
        (condition("NumericEquals", "5.0"), condition("NumericEquals", "5")),
        (condition("IpAddress", "10.1.2.3"), condition("IpAddress", "10.0.0.0/8")),
        (condition("StringEquals", "a"), condition("StringEqualsIfExists", "a")),
        (condition("ForAnyValue:StringEquals", "a"), condition("ForAnyValue:StringLike", "?")),
    ],
)
def test_lists_that_lie_inside_one_another_are_seen(inner: Condition, outer: Condition) -> None:
    """Without asking for a single value."""
    assert entails(inner, outer)
    assert not entails(outer, inner) or inner.values == outer.values or inner.parsed.family.value == "Numeric"


@pytest.mark.parametrize(
    ("test", "several", "expected"),
    [
        (condition("StringEquals", "a", "b"), frozenset(), True),
        (condition("StringEquals", "a", "b"), frozenset("k"), False),
        (condition("ForAnyValue:StringEquals", "a", "b"), frozenset("k"), True),
        (condition("ForAllValues:StringEquals", "a", "b"), frozenset("k"), False),
        (condition("StringNotEquals", "a", "b"), frozenset(), False),
        (condition("NumericLessThan", "1", "2"), frozenset(), False),
        (condition("StringEquals", "a"), frozenset(), False),
        (condition("StringLike", "a", "${v}"), frozenset(), False),
    ],
)
def test_only_a_list_of_which_one_value_is_enough_is_split(
    test: Condition, several: frozenset[str], expected: object
) -> None:
    """Of several values of the request a plain operator may want each to match, and each may match another one."""
    assert is_split(test, several) is expected
