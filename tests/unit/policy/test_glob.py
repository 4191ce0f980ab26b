"""policy/glob.py: canonical text, tokens, escapes and variables."""

import pytest

from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.glob import (
    Glob,
    Variable,
    Wild,
    escape,
    literal_text,
    matches,
    parse_glob,
    parse_literal,
    render,
    tokens,
    variables_of,
)


def test_runs_of_stars_are_one_star() -> None:
    """Globs that differ only in repeated stars are equal."""
    assert parse_glob("a***b", variables=True) == parse_glob("a*b", variables=True) == "a*b"


def test_escapes_are_literal_characters() -> None:
    """`${*}`, `${?}` and `${$}` stand for the characters themselves."""
    assert tokens(parse_glob("${*}${?}${$}", variables=True)) == ("*", "?", "$")


def test_without_variables_a_dollar_is_an_ordinary_character() -> None:
    """In the first version of the language `${*}` is three characters and a wildcard."""
    assert tokens(parse_glob("${*}", variables=False)) == ("$", "{", Wild.MANY, "}")


def test_variables_keep_key_and_default() -> None:
    """A variable's key is folded to lower case and its default stays as it is."""
    glob = parse_glob("${aws:PrincipalTag/Team, 'All Of Us'}", variables=True)
    assert variables_of(glob) == {Variable("aws:principaltag/team", "All Of Us")}


@pytest.mark.parametrize("text", ["${", "${}", "${ }", "a${aws:username", "${k, x}", "${k, 'x}", "${k, '}"])
def test_broken_variables_are_errors(text: str) -> None:
    """What is no variable is not guessed at."""
    with pytest.raises(DocumentError, match="policy variable"):
        parse_glob(text, variables=True)


@pytest.mark.parametrize("text", ["", "a*b", "?", "${aws:username}", "$", "{}", "${${*}"])
def test_an_escaped_text_is_the_only_text_of_its_glob(text: str) -> None:
    """Escaping and reading back gives the text again."""
    assert literal_text(escape(text)) == text


def test_wildcards_and_variables_have_no_literal_text() -> None:
    """Only a glob that matches one text has a literal text."""
    assert [literal_text(Glob(text)) for text in ("a*", "a?", "${k}")] == [None, None, None]


def test_a_literal_keeps_its_wildcards_as_characters() -> None:
    """The value of StringEquals may hold a star."""
    assert tokens(parse_literal("a*?", variables=True)) == ("a", "*", "?")
    assert tokens(parse_literal("${k}*?", variables=True)) == (Variable("k", None), "*", "?")


@pytest.mark.parametrize("text", ["a*b?c", "${*}x", "${k, 'v'}*", "${$}{", ""])
def test_rendering_tokens_gives_the_canonical_glob(text: str) -> None:
    """Tokens and canonical text say the same."""
    glob = parse_glob(text, variables=True)
    assert render(tokens(glob)) == glob


@pytest.mark.parametrize(
    ("glob", "inside", "outside"),
    [
        ("", "", "a"),
        ("ab", "ab", "abc"),
        ("*", "", None),
        ("a*", "a", "ba"),
        ("*a", "aba", "ab"),
        ("a*a", "aa", "a"),
        ("*ab*ba*", "abba", "aba"),
        ("a*b*c", "abbbc", "acb"),
        ("*a?c*", "xaacx", "ac"),
        ("*a?*b?*c", "a1b2c", "a1bc"),
        ("??", "ab", "a"),
        ("?*?", "ab", "a"),
        ("*?b", "ab", "b"),
        ("a*?", "ab", "a"),
        ("${*}*", "*x", "x"),
        ("a*ab", "aab", "ab"),
    ],
)
def test_a_glob_matches_the_whole_text(glob: str, inside: str, outside: str | None) -> None:
    """Both ends stand at the ends, what is between them in order and without overlap."""
    assert matches(Glob(glob), inside)
    assert outside is None or not matches(Glob(glob), outside)


@pytest.mark.parametrize("default", ["", ", 'x'"])
def test_the_key_of_a_variable_ignores_the_case_of_ascii_letters_alone(default: str) -> None:
    """The key is the one that a condition names: `É` and `é` are two keys in both, `A` and `a` one."""
    one, same, other = (
        variables_of(parse_glob(f"${{aws:{key}{default}}}", variables=True))
        for key in ("A\u00c9", "a\u00c9", "a\u00e9")
    )
    assert one == same != other
