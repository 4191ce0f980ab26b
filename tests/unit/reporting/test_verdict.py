"""What is wrong is said in words, never as Python writes a record."""

from panorama_guard.case.finding import Deviation
from panorama_guard.containment import Contained, Undecided
from panorama_guard.reporting.verdict import verdict_words


def test_a_verdict_without_a_request_is_told_by_its_reason() -> None:
    """A deviation was found by comparing; a doubt has no witness."""
    assert verdict_words(Deviation("events are deleted after 1 day")) == "events are deleted after 1 day"
    assert verdict_words(Undecided("a policy variable")) == "a policy variable"
    assert verdict_words(Contained()) == "nothing"
