"""containment/candidates.py: the few values of a key that are tried first."""

import pytest

from panorama_guard.containment.candidates import likely_values
from panorama_guard.policy.condition import parse_condition


@pytest.mark.parametrize(
    ("key", "pattern", "value"),
    [
        ("aws:currenttime", "2027*", "2027-11-11T11:11:11Z"),
        ("aws:currenttime", "*:59Z", "2026-11-11T11:11:59Z"),
        ("aws:sourceip", "10.2*", "10.21.11.11"),
        ("aws:sourceip", "*.99", "10.11.11.99"),
        ("aws:sourceip", "*:8::1", "2001:d:8::1"),
    ],
)
def test_a_pattern_of_a_key_with_a_type_is_put_into_an_example(key: str, pattern: str, value: str) -> None:
    """Its beginning in the place of the example's, or its end: any other text would be no time or address."""
    condition = parse_condition("StringLike", key, (pattern,), variables=True)
    assert value in likely_values((condition,), mixed=False)
