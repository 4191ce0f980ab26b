"""Policy variables: no verdict that some request of a finite and telling set of values speaks against."""

import random
from collections.abc import Iterable
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Undecided
from panorama_guard.containment.check import check
from panorama_guard.containment.fillings import ValueKind, fillings, may_match
from panorama_guard.containment.meaning import substituted
from panorama_guard.containment.relations import excludes, implies
from panorama_guard.policy.condition import Family
from panorama_guard.policy.glob import Glob, matches, parse_glob
from tests.evidence.supposing import complaint
from tests.properties.variables import VariableWorld, awkward_requests, grant_of

SEEDS = st.integers(min_value=0, max_value=2**32)
CONTEXTS = 24  # sets of values of all keys that each pair is asked with


@settings(max_examples=80)
@example(seed=51937)  # an early variable in a pattern whose end no name of the grant has
@example(seed=75879853)  # and one whose end has a variable too
@given(seed=SEEDS)
def test_no_request_of_awkward_values_speaks_against_a_verdict(seed: int) -> None:
    """Contained: none escapes, whatever AWS does not say. Escaped: the witness replays under each of its readings."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    grant, ceiling = map(grant_of, VariableWorld(source).pair())
    verdict = check(grant, ceiling)
    requests = awkward_requests(source, CONTEXTS, grant, ceiling)
    assert isinstance(verdict, Undecided) or complaint(grant, ceiling, verdict, requests) is None


@settings(max_examples=100)
@given(seed=SEEDS)
def test_what_has_variables_is_inside_itself(seed: int) -> None:
    """Whatever the values are they are the same on both sides, before the fifth colon too."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    grant = grant_of(VariableWorld(source).pair()[0])
    assert check(grant, grant) == Contained()


TEXTS = ["".join(chars) for size in range(4) for chars in product("ab", repeat=size)]
VALUES = [*(text for text in TEXTS if len(text) < 3), None]  # None is an absent key
PIECES = st.sampled_from(("a", "b", "a", "b", "?", "*", "${j}", "${k}", "${k, 'a'}"))
GLOBS = st.lists(PIECES, max_size=4).map(lambda parts: parse_glob("".join(parts), variables=True))
LISTS = st.lists(st.sampled_from(("a", "b", "a*", "*b", "?", "ab")).map(Glob), min_size=1, max_size=2).map(tuple)
KINDS = st.tuples(st.lists(LISTS, max_size=2), st.integers(min_value=0, max_value=3))


def texts_of(glob: Glob, values: Iterable[str | None]) -> set[str]:
    """Return the small texts that the pattern matches with these values of j and k."""
    context = {key: (value,) for key, value in zip("jk", values, strict=True) if value is not None}
    written = substituted(glob, context)
    return set() if written is None else {text for text in TEXTS if matches(written, text)}


@settings(max_examples=400)
@given(GLOBS, GLOBS)
def test_what_two_patterns_say_of_each_other_holds_for_all_values(one: Glob, other: Glob) -> None:
    """One that implies another is inside it, and two that exclude each other have no text in common."""
    implied, excluded = implies(one, other, (Family.LIKE, Family.LIKE)), excludes(one, other, {})
    for values in product(VALUES, repeat=2):
        left, right = texts_of(one, values), texts_of(other, values)
        assert left <= right or not implied
        assert not left & right or not excluded


@settings(max_examples=400)
@given(GLOBS, GLOBS, KINDS)
def test_what_is_said_of_values_of_a_kind_holds_for_all_of_it(
    one: Glob, other: Glob, told: tuple[list[tuple[Glob, ...]], int]
) -> None:
    """Fillings match what the pattern does, no text that it matches is ruled out, and exclusion is right."""
    lists, bits = told
    kind = ValueKind(tuple(lists), bits & (1 << len(lists)) - 1, None)
    wide, excluded = fillings(one, {"k": kind}), excludes(one, other, {"k": kind})
    for values in (
        (first, second) for first, second in product(VALUES, repeat=2) if second is not None and kind.has(second)
    ):
        found = texts_of(one, values)
        assert all(may_match(one, text, {"k": kind}) for text in found)
        assert all(any(matches(glob, text) for glob in wide) for text in found)
        assert not found & texts_of(other, values) or not excluded
