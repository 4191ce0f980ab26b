"""containment/relations.py: what two patterns with variables say of each other, whatever the values are."""

import pytest

from panorama_guard.containment.fillings import NO_KINDS
from panorama_guard.containment.relations import are_texts, excludes, fit, implies, is_all_but_variables
from panorama_guard.policy.condition import Family
from tests.unit.containment.questions import glob, kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a${k}", "b${k}"),  # they begin otherwise
        ("${k}a", "${k}b"),  # they end otherwise
        ("a${k}", "${k}"),  # the one is longer by a character
        ("${k}/${k}", "${k}/"),  # only an empty value makes them one text, and it is not of the kind
        ("${k}-", "${k}?-"),
        ("${k}x${k}", "?"),  # at least three characters are not one
        ("${k}${k}", "abc"),  # no text twice
        ("${k}", "ba"),  # a value, but none of the kind
        ("${k}aab", "*a${k}a"),  # two that end otherwise
        ("a${k}a", "?${k}"),  # one character more, whatever it is
    ],
)
def test_patterns_exclude_each_other_where_no_value_of_the_kind_makes_one_text_of_them(one: str, other: str) -> None:
    """The values begin with an `a`, so that none of them is empty."""
    kinds = {"k": kind("a*")}
    assert excludes(glob(one), glob(other), kinds)
    assert excludes(glob(other), glob(one), kinds)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("${k}/${k}", "${k}/"),  # an empty value
        ("${k}", "ba"),
        ("${k}${k}", "abab"),
        ("a${k}", "${k}a"),
        ("${k}*", "b${k}"),
        ("${j}a", "${k}"),  # another value may be longer
        ("${k}", "${k, 'a'}b"),  # where the default counts the other matches nothing; that is not seen
        ("${k}?", "${k}${j}"),
    ],
)
def test_patterns_that_some_values_make_one_text_do_not_exclude_each_other(one: str, other: str) -> None:
    """Nothing is known of the values."""
    assert not excludes(glob(one), glob(other), NO_KINDS)
    assert not excludes(glob(other), glob(one), NO_KINDS)


def test_a_pattern_implies_one_that_reads_its_variable_as_it_is() -> None:
    """The same value stands on both sides, or any text does."""
    both = (Family.LIKE, Family.LIKE)
    assert implies(glob("a${k}b"), glob("a${k}*"), both)
    assert implies(glob("a${k}b"), glob("a*b"), both)
    assert not implies(glob("a${k}b"), glob("a?b"), both)
    assert not implies(glob("a${k}b"), glob("a${j}b"), both)


def test_patterns_that_are_compared_in_unlike_ways_imply_nothing() -> None:
    """Case counts for the one and not for the other."""
    assert not implies(glob("a"), glob("a"), (Family.STRING_CASELESS, Family.LIKE))


def test_a_short_pattern_of_an_arn_is_no_text() -> None:
    """What it matches AWS does not say."""
    assert are_texts((Family.LIKE, glob("a*")), (Family.ARN, glob("arn:aws:s3:::${k}")))
    assert not are_texts((Family.LIKE, glob("a*")), (Family.ARN, glob("arn:*")))
    assert not are_texts((Family.STRING_CASELESS, glob("a")))


@pytest.mark.parametrize(("text", "is_so"), [("a${k}b", True), ("ab", True), ("a?${k}", False), ("*", False)])
def test_a_pattern_without_wildcards_is_all_but_its_variables(text: str, *, is_so: bool) -> None:
    """Its characters and values are the text."""
    assert is_all_but_variables(glob(text)) is is_so


@pytest.mark.parametrize(
    ("text", "value"),
    [("a/x/x", "x"), ("a//", ""), ("a/x/y", None), ("a/x/xy", None), ("b/x/x", None), ("a/", None)],
)
def test_a_value_fits_where_it_makes_the_text(text: str, value: str | None) -> None:
    """It stands in every place of the variable."""
    assert fit(glob("a/${k}/${k}"), text) == value
