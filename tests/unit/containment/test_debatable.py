"""containment/debatable.py: what a proof must suppose either way."""

import pytest

from panorama_guard.containment.debatable import debatable
from panorama_guard.policy.condition import parse_condition


@pytest.mark.parametrize(
    ("wanted", "value", "open_"),
    [
        ("k", "K", False),  # the same in ASCII
        ("k", "x", False),
        ("k", "\u212a", True),  # the sign of the kelvin, whose small letter is k
        ("stra\u00dfe", "STRASSE", True),
        ("stra\u00dfe", "other", True),  # of other letters nothing is known
        ("stra\u00dfe", "STRA\u00dfE", False),
    ],
)
def test_letters_that_some_fold_alike_may_be_the_same(wanted: str, value: str, *, open_: bool) -> None:
    """AWS says that case does not count, and not of which letters."""
    condition = parse_condition("StringEqualsIgnoreCase", "k", (wanted,), variables=True)
    assert bool(debatable(condition, value)) is open_
