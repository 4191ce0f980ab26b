"""Which differences between two policies say nothing."""

import pytest

from panorama_guard.policy.text import says_the_same
from tests.builders import allow, policy, trusting

BOTH = policy(trusting({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}), trusting({"AWS": "1"}))


@pytest.mark.parametrize(
    "other",
    [
        BOTH.replace(" ", "").replace(",", " ,\n"),
        policy(trusting({"AWS": "1"}), trusting({"Service": ["b.amazonaws.com", "a.amazonaws.com"]})),
        policy(
            trusting({"Service": ["a.amazonaws.com", "b.amazonaws.com"]}), trusting({"AWS": ["1"]}, ["sts:AssumeRole"])
        ),
    ],
    ids=["white space", "order", "lists of one"],
)
def test_what_differs_in_nothing_that_counts_says_the_same(other: str) -> None:
    """As IAM may give a trust policy back."""
    assert says_the_same(BOTH, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (BOTH, policy(trusting({"Service": "a.amazonaws.com"}), trusting({"AWS": "1"}))),
        (BOTH, BOTH.replace("a.amazonaws", "A.amazonaws")),
        (policy(allow("s3:*")), policy(allow("s3:*", Sid="x"))),
        ('{"a": 1, "a": 1}', '{"a": 1, "a":1}'),
        ("{", "{ "),
        ("[1]", "[1.5]"),
    ],
    ids=["a member", "case", "a key", "a key twice", "no JSON", "a number"],
)
def test_what_differs_otherwise_does_not(one: str, other: str) -> None:
    """And what is not understood says nothing but itself."""
    assert not says_the_same(one, other)
    assert says_the_same(one, one)
