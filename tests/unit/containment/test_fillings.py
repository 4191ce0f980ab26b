"""containment/fillings.py: patterns with what is known of their variables' values put in."""

import pytest

from panorama_guard.containment.fillings import (
    MOST_FILLINGS,
    NO_KINDS,
    filled,
    fillings,
    is_early,
    is_short,
    keys_of,
    may_match,
    telling,
    with_early_open,
)
from tests.unit.containment.questions import glob, kind

NAMES = kind("a* b*", "*x", matched=0b01)  # begin with a or b, do not end in x


def test_a_kind_is_bound_by_a_list_that_its_values_match() -> None:
    """What does not match a list is bound by nothing of it."""
    assert NAMES.bounds == ("a*", "b*")
    assert kind("a*", matched=0).bounds == ("*",)


def test_of_two_lists_that_bind_the_shorter_one_is_taken() -> None:
    """Fewer patterns are fewer ways of filling a variable."""
    assert kind("a* b*", "c*", matched=0b11).bounds == ("c*",)


@pytest.mark.parametrize(("text", "is_of_it"), [("ab", True), ("b", True), ("ax", False), ("c", False), ("", False)])
def test_a_text_is_of_a_kind_where_each_list_answers_alike(text: str, *, is_of_it: bool) -> None:
    """It matches what values of the kind match, and nothing that they do not."""
    assert NAMES.has(text) is is_of_it


def test_the_keys_of_a_pattern_are_those_of_its_variables() -> None:
    """Defaults and repetitions count for nothing."""
    assert keys_of(glob("${A}/${b, 'x'}/${a}*")) == {"a", "b"}


@pytest.mark.parametrize(("text", "short"), [("*", True), ("${a}:b", True), ("arn:aws:s3:::", False), ("::::", True)])
def test_a_pattern_with_fewer_than_five_colons_is_short(text: str, *, short: bool) -> None:
    """Such a pattern is plain text under every reading."""
    assert is_short(glob(text)) is short


@pytest.mark.parametrize(
    ("text", "early"),
    [
        ("arn:aws:s3:${k}::b", True),
        ("arn:aws:s3:${k}::${k}", True),
        ("arn:aws:s3:::${k}", False),
        ("arn:aws:s3:::b/${k}:${k}", False),
        ("arn:aws:s3:::b:c/${k}", False),
        ("arn:aws:s3:::b", False),
        ("${k}", False),
    ],
)
def test_a_variable_before_the_fifth_colon_is_early(text: str, *, early: bool) -> None:
    """A pattern that is no ARN has no fifth colon."""
    assert is_early(glob(text)) is early


def test_variables_before_the_fifth_colon_are_left_open() -> None:
    """Those behind it stay, behind a sixth colon as well."""
    assert with_early_open(glob("arn:aws:s3:${k}::${k}:${k}")) == "arn:aws:s3:*::${k}:${k}"


def test_a_variable_of_which_nothing_is_known_is_filled_with_any_text() -> None:
    """Wildcards that then stand side by side are one."""
    assert filled(glob("${a}*/${b}"), {"b": glob("x?")}) == "*/x?"


def test_every_combination_of_bounds_is_a_filling() -> None:
    """One of the fillings matches whatever the pattern does."""
    kinds = {"a": kind("x* y"), "b": kind("1 2")}
    assert set(fillings(glob("${a}/${b}/${c}"), kinds)) == {"x*/1/*", "x*/2/*", "y/1/*", "y/2/*"}


def test_too_many_fillings_are_any_text() -> None:
    """Beyond a number nothing is put in."""
    kinds = {"a": kind(" ".join(f"n{number}" for number in range(MOST_FILLINGS + 1)))}
    assert fillings(glob("a/${a}"), kinds) == ("a/*",)


def test_a_pattern_without_wildcards_tells_what_its_only_variable_does_not_match() -> None:
    """With a wildcard, or another variable, a text does not say which part of it is the value."""
    kinds = {"a": kind("x*", matched=0)}
    assert list(telling(glob("b/${a}"), kinds)) == [(False, ("b/x*",))]
    assert list(telling(glob("b/*${a}"), kinds)) == []
    assert list(telling(glob("b/${a}${c}"), kinds)) == []


@pytest.mark.parametrize(
    ("pattern", "text", "may"),
    [
        ("b/${a}", "b/xy", True),
        ("b/${a}", "b/yx", False),
        ("b/*${a}", "b/yx", True),
        ("b/${a}?", "b/x", False),
        ("b/${other}", "b/yx", True),
    ],
)
def test_a_text_may_match_where_a_value_of_the_kind_could_make_it(pattern: str, text: str, *, may: bool) -> None:
    """Of a variable whose key is not known every text may be made."""
    assert may_match(glob(pattern), text, {"a": kind("x*")}) is may


def test_where_nothing_is_known_a_text_may_match() -> None:
    """The caller has asked already whether it does for some values."""
    assert may_match(glob("b/${a}"), "b/yx", NO_KINDS)
