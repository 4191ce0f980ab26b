"""The engine against its definition, and the laws that any set obeys."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Undecided
from panorama_guard.containment.check import check
from panorama_guard.containment.cover import covers
from panorama_guard.policy.arn import Reading, accepts, steps
from panorama_guard.policy.glob import Glob
from tests.evidence.laws import LAWS, Law
from tests.evidence.supposing import complaint
from tests.evidence.world import World, every_request, some_requests

SEEDS = st.integers(min_value=0, max_value=2**32)
BATCHES = 20
PAIRS = 2000


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_pairs_agree_with_the_definition(batch: int) -> None:
    """Contained: nothing escapes, whatever AWS does not say. Escaped: the witness replays. Undecided: it depends."""
    world = World(1000 + batch)
    for _ in range(PAIRS // BATCHES):
        grant, ceiling = world.pair()
        requests = some_requests(world.random, 40, grant, ceiling)
        assert complaint(grant, ceiling, check(grant, ceiling), requests) is None


@pytest.mark.parametrize("batch", range(5))
def test_variables_never_make_a_wrong_answer(batch: int) -> None:
    """With policy variables a pair may be undecided, but what is decided agrees with the definition."""
    world = World(2000 + batch, variables=True)
    for _ in range(160):
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


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@settings(max_examples=40)
@given(seed=SEEDS)
def test_containment_is_that_of_sets(law: Law, seed: int) -> None:
    """Each law of `tests/evidence/laws.py` holds for any pair of grants."""
    assert law(seed)


GLOBS = st.text(alphabet="ab:*?", max_size=6).map(lambda end: Glob(f"arn:aws:s3:{end[:2]}:{end[2:4]}:{end[4:]}"))
TEXTS = st.text(alphabet="ab:", max_size=6).map(lambda end: f"arn:aws:s3:{end[:2]}:{end[2:4]}:{end[4:]}")


@settings(max_examples=300)
@given(GLOBS, GLOBS, st.lists(TEXTS, min_size=5, max_size=30))
def test_a_plain_cover_is_a_cover_under_every_reading(outer: Glob, inner: Glob, texts: list[str]) -> None:
    """What the quick proof says of two globs holds for every text."""
    if covers(outer, inner):
        for text in texts:
            for reading in Reading:
                assert accepts(steps(outer, reading), text) or not accepts(steps(inner, reading), text)
