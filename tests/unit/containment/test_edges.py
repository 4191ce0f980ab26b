"""containment/edges.py: the numbers that stand for all others."""

import pytest

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.edges import sure_numbers
from panorama_guard.policy.condition import parse_condition


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("aws:multifactorauthage", {"0", "1.7", "2.7", "0.85"}),
        ("s3:max-keys", {"0", "1", "2", "3"}),
        ("k", {"0.7", "1.7", "2.7"}),
    ],
)
def test_a_bound_is_among_them_with_numbers_on_both_sides(key: str, told: set[str]) -> None:
    """Of what AWS counts none is below zero; of what it takes as whole numbers none is another."""
    condition = parse_condition("NumericLessThan", key, ("1.7",), variables=True)
    assert set(sure_numbers((condition,), Budget(1_000))) == told
