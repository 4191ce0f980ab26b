"""containment/regions.py: which clauses of a question match one resource."""

import pytest

from panorama_guard.containment.regions import is_resource, read_resource
from panorama_guard.policy.arn import Reading, accepts, steps
from panorama_guard.policy.glob import Glob
from tests.unit.containment.questions import BUCKET, question, statement

ASKED = question(
    [statement(f"{BUCKET}a*"), statement(effect="Deny", NotResource=f"{BUCKET}*c")], [statement(f"{BUCKET}ab*")]
)


@pytest.mark.parametrize(("name", "matched"), [("ac", 0b001), ("ab", 0b111), ("abc", 0b101), ("b", 0), ("ad", 0b011)])
def test_the_clauses_that_match_a_resource_are_told_as_bits(name: str, matched: int) -> None:
    """First the Allow that is asked about, then the grant's Deny of all but a pattern, then the ceiling's Allow."""
    assert read_resource(ASKED, Glob(f"{BUCKET}a*"), BUCKET + name) == matched


@pytest.mark.parametrize("text", ["ab", "arn:aws:s3", "arn::s3:::ab", "arn:aws::::ab", ""])
def test_what_is_no_resource_matches_nothing(text: str) -> None:
    """No request is about it."""
    assert read_resource(ASKED, Glob("*"), text) == 0


@pytest.mark.parametrize(
    "text", ["*", "arn:aws:s3:::ab", "arn:a:b:c:d:e:f", "arn:a:b:::", "**", "arn:a:b::", "arn:::::x"]
)
def test_the_universe_is_every_arn_and_the_lone_star(text: str) -> None:
    """A partition and a service are there, and five colons."""
    assert is_resource(text) is (text == "*" or accepts(steps(Glob("arn:?*:?*:*:*:*"), Reading.SEGMENTED), text))
