"""Strict reading says which field is wrong, and what it holds."""

import re

import pytest

from panorama_guard.profile.errors import ProfileError
from panorama_guard.profile.fields import Field

WORD = re.compile(r"[a-z]+")


def test_members_come_in_the_order_asked_for() -> None:
    """The fields of an object are returned as asked, each with its path."""
    field = Field("roles[0]", {"a": 1, "b": 2})
    assert field.members("b", "a") == (Field("roles[0].b", 2), Field("roles[0].a", 1))


def test_a_missing_member_is_an_error() -> None:
    """The error names the field that is missing and those that are there."""
    with pytest.raises(ProfileError, match=r"^roles\[0\]\.b is missing, the fields are: `a, c`$"):
        Field("roles[0]", {"a": 1, "c": 2}).members("a", "b")


def test_an_unknown_member_is_an_error() -> None:
    """The error names the field that nobody asked for, and its value."""
    with pytest.raises(ProfileError, match=r"^roles\[0\]\.b is an unknown field: `red`$"):
        Field("roles[0]", {"a": 1, "b": "red"}).members("a")


def test_members_of_no_object_are_an_error() -> None:
    """A list is no object."""
    with pytest.raises(ProfileError, match=r"^the profile is not an object: `\[\]`$"):
        Field("", []).members("a")


def test_entries_have_free_names() -> None:
    """Every entry of an object is returned with its name and path."""
    assert Field("patterns", {"s3": 1}).entries() == (("s3", Field("patterns.s3", 1)),)


def test_items_are_numbered() -> None:
    """The members of a list have their index in the path."""
    assert Field("roles", ["a", "b"]).items() == (Field("roles[0]", "a"), Field("roles[1]", "b"))


def test_items_of_no_list_are_an_error() -> None:
    """A text is no list."""
    with pytest.raises(ProfileError, match=r"^roles is not a list: `a`$"):
        Field("roles", "a").items()


def test_a_text_of_the_right_form_is_returned() -> None:
    """The whole text has to have the form."""
    assert Field("name", "abc").text(WORD, "a word") == "abc"


@pytest.mark.parametrize("value", ["", "abc1", "abc\n", 7, None, ["abc"]])
def test_a_text_of_another_form_is_an_error(value: object) -> None:
    """The error says what the text should have been."""
    with pytest.raises(ProfileError, match=r"^name is not a word: `[^\n]*`$"):
        Field("name", value).text(WORD, "a word")


def test_a_long_value_is_shown_shortened() -> None:
    """An error is one short line whatever the value."""
    with pytest.raises(ProfileError, match=r"\A.{1,120}\Z"):
        Field("name", ["A" * 10_000] * 10_000).text(WORD, "a word")
