"""Policy variables: no verdict that some request of a finite and telling set of values speaks against."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from panorama_guard.containment import Contained, Undecided, check
from tests.evidence.supposing import complaint
from tests.properties.variables import VariableWorld, awkward_requests, grant_of

SEEDS = st.integers(min_value=0, max_value=2**32)
CONTEXTS = 24  # sets of values of all keys that each pair is asked with


@settings(deadline=None, max_examples=150)
@given(seed=SEEDS)
def test_no_request_of_awkward_values_speaks_against_a_verdict(seed: int) -> None:
    """Contained: none escapes, whatever AWS does not say. Escaped: the witness replays under each of its readings."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    grant, ceiling = map(grant_of, VariableWorld(source).pair())
    verdict = check(grant, ceiling)
    requests = awkward_requests(source, CONTEXTS, grant, ceiling)
    assert isinstance(verdict, Undecided) or complaint(grant, ceiling, verdict, requests) is None


@settings(deadline=None, max_examples=100)
@given(seed=SEEDS)
def test_what_has_variables_is_inside_itself(seed: int) -> None:
    """Whatever the values are they are the same on both sides, before the fifth colon too."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    grant = grant_of(VariableWorld(source).pair()[0])
    assert check(grant, grant) == Contained()
