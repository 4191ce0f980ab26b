"""Globs agree with an independent reading of them: regular expressions."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.policy.arn import Reading, accepts, distinct_readings, parse_resource, steps
from panorama_guard.policy.glob import Glob, escape, matches, parse_glob, parse_literal, tokens

PATTERNS = st.text(alphabet="ab:*?[.", max_size=9)
TEXTS = st.text(alphabet="ab:[.\n", max_size=9)


def as_expression(pattern: str) -> str:
    """Return the regular expression that says the same."""
    meanings = {"*": ".*", "?": "."}
    return "".join(meanings.get(char, re.escape(char)) for char in pattern)


@settings(max_examples=1000)
@given(PATTERNS, TEXTS)
def test_a_glob_matches_what_its_regular_expression_matches(pattern: str, text: str) -> None:
    """Two ways to match, the quick one and the one that simulates all places, and `re` give one answer."""
    glob = parse_glob(pattern, variables=True)
    expected = re.fullmatch(as_expression(pattern), text, re.DOTALL) is not None
    assert matches(glob, text) is expected
    assert accepts([(token, True) for token in tokens(glob)], text) is expected


@settings(max_examples=1000)
@given(st.text(alphabet="arn:*?", max_size=14), st.sampled_from(Reading))
def test_a_plain_pattern_is_read_at_once_as_it_is_token_by_token(text: str, reading: Reading) -> None:
    """An escape at its end makes no difference to what stands before it."""
    end = "${$}"
    glob, longer = (parse_glob(one, variables=True) for one in (text, text + end))
    assert (longer, tokens(longer)) == (glob + end, (*tokens(glob), "$"))
    assert steps(longer, reading)[:-1] == steps(glob, reading)
    assert tokens(parse_literal(text, variables=True)) == tokens(parse_literal(text + end, variables=True))[:-1]


@settings(max_examples=1000)
@given(st.text(alphabet="arn:*?", max_size=14), st.text(alphabet="arn:", max_size=14))
def test_a_reading_that_is_left_out_matches_as_one_that_is_not(pattern: str, text: str) -> None:
    """Each reading matches what one of the distinct ones does, whatever the text."""
    glob = parse_resource(pattern, variables=True)
    answers = {reading: accepts(steps(glob, reading), text) for reading in Reading}
    assert set(answers.values()) == {answers[reading] for reading in distinct_readings([glob])}


@settings(max_examples=300)
@given(st.text(alphabet="ab*?$", max_size=9), st.data())
def test_a_pattern_made_of_a_text_matches_it(text: str, data: st.DataObject) -> None:
    """Any character may be a `?` and any piece a `*`: what is made so matches the text that it was made of."""
    parts: list[str] = []
    for char in text:
        choice = data.draw(st.sampled_from(["same", "one", "many"]))
        parts.append({"same": escape(char), "one": "?", "many": "*"}[choice])
    assert matches(parse_glob("".join(parts), variables=True), text)


def test_a_hostile_glob_takes_no_exponential_time() -> None:
    """Many stars and a text that nearly matches: the earliest place of each run is enough."""
    assert not matches(Glob("*a" * 500 + "b"), "a" * 5000)
