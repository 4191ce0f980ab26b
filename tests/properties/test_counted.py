"""Globs that count characters are read from their end where that is easier; the answer is the same."""

import re
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.regions import COUNTED
from panorama_guard.policy import parse_document
from tests.builders import policy

BUCKET = "arn:aws:s3:::"
NAMES = ["".join(letters) for size in range(7) for letters in product("abx", repeat=size)]
TAILS = st.lists(st.sampled_from(["*", "a", "b", "?", COUNTED]), max_size=3).map("".join)
COUNTING = st.builds(lambda head, letter, tail: f"*{head}{letter}{COUNTED}?{tail}", TAILS, st.sampled_from("ab"), TAILS)
ELEMENTS = st.tuples(st.booleans(), st.lists(st.one_of(COUNTING, TAILS), min_size=1, max_size=2))


def statement(effect: str, element: tuple[bool, list[str]]) -> dict[str, object]:
    """Return a statement about buckets whose names the globs match, or do not."""
    negated, globs = element
    key = "NotResource" if negated else "Resource"
    return {"Effect": effect, "Action": "s3:*", key: [BUCKET + glob for glob in globs]}


def matched(element: tuple[bool, list[str]], name: str) -> bool:
    """Say whether the element covers the bucket."""
    negated, globs = element
    texts = (re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".") for glob in globs)
    return any(re.fullmatch(text, name) for text in texts) is not negated


@given(ELEMENTS, ELEMENTS, ELEMENTS)
def test_what_counts_characters_is_decided_as_its_names_are(
    allowed: tuple[bool, list[str]], denied: tuple[bool, list[str]], limit: tuple[bool, list[str]]
) -> None:
    """Of a contained one no short name escapes, and if one does, an escape is found."""
    texts = policy(statement("Allow", allowed), statement("Deny", denied)), policy(statement("Allow", limit))
    grant, ceiling = (Grant((parse_document(text, name="p"),)) for text in texts)
    verdict = check(grant, ceiling)
    stopped = (denied, limit)
    escaping = [name for name in NAMES if matched(allowed, name) and not any(matched(one, name) for one in stopped)]
    assert not (escaping and isinstance(verdict, Contained)), escaping[:1]
    assert not escaping or isinstance(verdict, Escaped)
