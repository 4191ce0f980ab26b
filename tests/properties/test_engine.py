"""The engine against its definition, and the laws that any set obeys."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Escaped, Grant, Undecided, allows, check
from panorama_guard.containment.cover import covers
from panorama_guard.policy import Document, Statement
from panorama_guard.policy.arn import Reading, accepts, steps
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob
from tests.benchmarks.pairs import World, complaint, every_request, some_requests

SEEDS = st.integers(min_value=0, max_value=2**32)
BATCHES = 20
PAIRS = 2000


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_pairs_agree_with_the_definition(batch: int) -> None:
    """Contained: no request of the small world escapes. Escaped: the witness replays. Nothing is undecided."""
    world = World(1000 + batch)
    for _ in range(PAIRS // BATCHES):
        grant, ceiling = world.pair()
        requests = some_requests(world.random, 80, grant, ceiling)
        assert complaint(grant, ceiling, check(grant, ceiling), requests) is None


@pytest.mark.parametrize("batch", range(5))
def test_variables_never_make_a_wrong_answer(batch: int) -> None:
    """With policy variables a pair may be undecided, but what is decided agrees with the definition."""
    world = World(2000 + batch, variables=True)
    for _ in range(40):
        grant, ceiling = world.pair()
        verdict = check(grant, ceiling)
        requests = some_requests(world.random, 80, grant, ceiling)
        assert isinstance(verdict, Undecided) or complaint(grant, ceiling, verdict, requests) is None


@pytest.mark.parametrize("seed", range(3))
def test_whole_small_worlds_agree_with_the_definition(seed: int) -> None:
    """Some pairs without conditions are held against every request of the small world."""
    world = World(seed)
    for _ in range(5):
        grant, ceiling = world.grant({}), world.grant({})
        assert complaint(grant, ceiling, check(grant, ceiling), every_request(grant, ceiling)) is None


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_every_grant_contains_itself(seed: int) -> None:
    """Containment is reflexive, conditions and readings included."""
    grant, _ = World(seed).pair()
    assert check(grant, grant) == Contained()


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_more_policies_allow_no_less_unless_they_deny(seed: int) -> None:
    """A grant is inside itself with more Allows; with more Denies it is inside itself."""
    world = World(seed)
    grant, other = world.pair()
    allowing = Grant((*grant.policies, *map(_without_denies, other.policies)), grant.boundaries)
    assert check(grant, allowing) == Contained()
    denying = Grant((*grant.policies, *map(_only_denies, other.policies)), grant.boundaries)
    assert check(denying, grant) == Contained()


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_a_boundary_is_an_intersection(seed: int) -> None:
    """A bounded grant is inside the grant and inside the boundary."""
    grant, other = World(seed).pair()
    bounded = Grant(grant.policies, (*grant.boundaries, *other.layers))
    assert check(bounded, grant) == Contained()
    assert check(bounded, other) == Contained()


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_a_union_contains_its_parts_and_is_contained_where_they_are(seed: int) -> None:
    """Without Denies, two grants together are inside a ceiling exactly when each is."""
    world = World(seed)
    first, second = (Grant(tuple(map(_without_denies, grant.policies))) for grant in world.pair())
    ceiling, _ = world.pair()
    union = Grant(first.policies + second.policies)
    both = all(isinstance(check(part, ceiling), Contained) for part in (first, second))
    assert isinstance(check(union, ceiling), Contained) is both


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_containment_is_transitive(seed: int) -> None:
    """What is inside something inside a ceiling is inside the ceiling."""
    world = World(seed)
    inner, outer = world.pair()
    middle = Grant((*inner.policies, *map(_without_denies, outer.policies)), inner.boundaries)
    ceiling = Grant((*middle.policies, world.document({}, denies=0)), middle.boundaries)
    assert check(inner, middle) == check(middle, ceiling) == check(inner, ceiling) == Contained()


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_order_does_not_matter(seed: int) -> None:
    """Documents, statements and lists may stand in any order."""
    grant, ceiling = World(seed).pair()
    shuffled = [_shuffled(side, random.Random(seed)) for side in (grant, ceiling)]  # noqa: S311 - chance, not secrets
    assert type(check(grant, ceiling)) is type(check(*shuffled))


@settings(deadline=None, max_examples=60)
@given(SEEDS)
def test_a_witness_shows_why_a_ceiling_with_it_is_larger(seed: int) -> None:
    """Completeness: the witness of an escape is in the grant by the definition and outside the ceiling."""
    grant, ceiling = World(seed).pair()
    verdict = check(grant, ceiling)
    if isinstance(verdict, Escaped):
        assert all(allows(grant, verdict.witness.request, reading) for reading in verdict.readings)
        assert not any(allows(ceiling, verdict.witness.request, reading) for reading in verdict.readings)
        assert any(document.name == verdict.statement.policy for document in grant.policies)


GLOBS = st.text(alphabet="ab:*?", max_size=6).map(lambda end: Glob(f"arn:aws:s3:{end[:2]}:{end[2:4]}:{end[4:]}"))
TEXTS = st.text(alphabet="ab:", max_size=6).map(lambda end: f"arn:aws:s3:{end[:2]}:{end[2:4]}:{end[4:]}")


@settings(deadline=None, max_examples=300)
@given(GLOBS, GLOBS, st.lists(TEXTS, min_size=5, max_size=30))
def test_a_plain_cover_is_a_cover_under_every_reading(outer: Glob, inner: Glob, texts: list[str]) -> None:
    """What the quick proof says of two globs holds for every text."""
    if covers(outer, inner):
        for text in texts:
            for reading in Reading:
                assert accepts(steps(outer, reading), text) or not accepts(steps(inner, reading), text)


def _without_denies(document: Document) -> Document:
    return _kept(document, "Allow")


def _only_denies(document: Document) -> Document:
    return _kept(document, "Deny")


def _kept(document: Document, effect: str) -> Document:
    statements = tuple(statement for statement in document.statements if statement.effect.value == effect)
    return Document(document.name, document.version, statements)


def _shuffled(grant: Grant, source: random.Random) -> Grant:
    layers = [
        tuple(_shuffled_document(item, source) for item in source.sample(layer, len(layer))) for layer in grant.layers
    ]
    return Grant(layers[0], tuple(layers[1:]))


def _shuffled_document(document: Document, source: random.Random) -> Document:
    statements = source.sample(document.statements, len(document.statements))
    return Document(
        document.name, document.version, tuple(_shuffled_statement(statement, source) for statement in statements)
    )


def _shuffled_statement(statement: Statement, source: random.Random) -> Statement:
    def mixed(patterns: Patterns) -> Patterns:
        return Patterns(patterns.negated, tuple(source.sample(patterns.globs, len(patterns.globs))))

    return Statement(
        statement.index,
        statement.sid,
        statement.effect,
        mixed(statement.actions),
        mixed(statement.resources) if statement.resources else None,
        tuple(source.sample(statement.conditions, len(statement.conditions))),
    )
