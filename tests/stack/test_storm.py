"""Mode enforce: hundreds of events of every sort, one after another, while calls are throttled and workers die.

`make evidence KINDS=storm` lets ten thousand happen.
"""

import pytest

from tests.stack.account import Account
from tests.stack.storm import rage

pytestmark = pytest.mark.stack
EVENTS, SEED = 70, 1


def test_after_a_storm_every_role_is_contained_and_nothing_is_lost(enforcing: Account, figures: list[str]) -> None:
    """One incident for each cause, each told; what is granted inside the ceiling still is; only the broken are dead."""
    result = rage(enforcing, EVENTS, SEED)
    assert result.complaints == ()
    assert result.faults["throttled"] > 0
    figures.append(f"storm: {result}")
