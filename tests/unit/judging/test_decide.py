"""A question that the engine fails on is a doubt, never an error and never an answer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from panorama_guard.case.finding import Kind
from panorama_guard.containment import Contained, Grant, Undecided
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import judge_each_policy
from panorama_guard.judging.standard import Posture, standard_of
from panorama_guard.judging.trust import trust_ceiling
from panorama_guard.policy import parse_document
from tests.builders import PAYROLL, SERVICE_ROLE

STANDARD = standard_of(SERVICE_ROLE, Posture.ACTIVE)
GRANT = Grant((parse_document(PAYROLL, name="inline-0"),))


@contextmanager
def little_stack(frames: int) -> Iterator[None]:
    """Leave the engine as little stack as an absurd document does: these frames, beside the few that end this."""
    before = sys.getrecursionlimit()
    least = next(number for number in count(1) if _may_be_limit(number))
    sys.setrecursionlimit(least + frames)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _may_be_limit(number: int) -> bool:
    """Say whether the stack may be limited so, and limit it; Python refuses a limit that is passed already."""
    try:
        sys.setrecursionlimit(number)
    except RecursionError:
        return False
    return True


def test_an_engine_that_fails_is_a_doubt() -> None:
    """The reason says what it was."""
    with little_stack(0):
        verdict = decide(GRANT, STANDARD.permissions)
    assert verdict == Undecided("too deep or too large to be decided: RecursionError")


def test_an_engine_that_fails_on_a_policy_names_the_policy() -> None:
    """The incident can be written and told."""
    with little_stack(7):
        findings = judge_each_policy(GRANT, STANDARD.permissions)
    assert [(finding.kind, finding.source) for finding in findings] == [(Kind.UNDECIDED, "inline-0")]


def test_what_the_engine_decides_is_passed_on() -> None:
    """Nothing is added to its answer."""
    assert decide(trust_ceiling((SERVICE_ROLE.trust,)), STANDARD.trust) == Contained()
