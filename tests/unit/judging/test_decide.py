"""A question that the engine fails on is a doubt, never an error and never an answer."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.containment import DEFAULT_BUDGET, Contained, Escaped, Grant, Undecided
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import SPENT, answer, check
from panorama_guard.judging import decide as module
from panorama_guard.judging.decide import EASY, TOO_MANY, Work, decide
from panorama_guard.judging.permissions import judge_each_policy
from panorama_guard.judging.standard import standard_of
from panorama_guard.judging.trust import trust_ceiling
from panorama_guard.planning.containment_deny import wide_denies
from panorama_guard.policy import parse_document
from panorama_guard.profile.posture import Posture
from tests.benchmarks.adversarial import grants
from tests.builders import ADMINISTRATOR, PAYROLL, SERVICE_ROLE, policy

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
    with little_stack(3):
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


HARD, BESIDE = grants("variables")  # a question that spends its budget
EASY_ESCAPE = Grant((parse_document(ADMINISTRATOR, name="admin"),))


def test_no_number_of_hard_questions_hides_an_easy_one() -> None:
    """The easy ones are asked first, and what the hard ones may cost together has an end."""
    work = Work()
    *hard, easy = work.decide_all([*[HARD] * 40, EASY_ESCAPE], BESIDE)
    assert isinstance(easy, Escaped)
    assert hard[0] == Undecided(SPENT)
    assert hard[-1] == Undecided(TOO_MANY)
    assert work.decide(EASY_ESCAPE, BESIDE) == Undecided(TOO_MANY)


def test_what_is_hard_and_not_too_hard_is_decided_in_the_second_round() -> None:
    """More than most questions need, and less than one may cost."""
    hard, beside = grants("starred_values")
    work = Work()
    assert isinstance(work.decide_at_once(hard, beside, at_most=EASY), Undecided)
    assert work.decide_all([hard], beside) == (check(hard, beside),)


SERVICES = (
    "account acm aiops amp amplify appconfig appflow appmesh apprunner athena autoscaling backup batch bcm billing"
)
HARD_ALLOWS: list[
    dict[str, object]
] = [  # easy one by one, and too much together under a Deny of all that the ceiling does not hold
    {"Effect": "Allow", "NotAction": f"{service}:*", "NotResource": f"arn:aws:s3:::*{place}*"}
    for place, service in enumerate([*SERVICES.split(), *(f"{name}x" for name in SERVICES.split())] * 2)
]


def under_wide_deny(*allows: dict[str, object]) -> Grant:
    """Return Allows under the Deny of everything outside the ceiling."""
    wide = wide_denies(STANDARD.permissions)[0]
    return Grant((parse_document(policy(*allows), name="allows"), parse_document(wide, name="deny")))


def test_what_is_too_much_at_once_is_decided_allow_by_allow() -> None:
    """Each is under all Denies, so that all are inside if each one is."""
    grant = under_wide_deny(*HARD_ALLOWS)
    assert check(grant, STANDARD.permissions) == Undecided(SPENT)
    assert decide(grant, STANDARD.permissions) == Contained()


def test_what_was_answered_before_costs_the_same_steps_again() -> None:
    """So an answer never depends on what was asked about another subject before."""
    budget = Budget(DEFAULT_BUDGET)
    answer(EASY_ESCAPE, BESIDE, budget)
    steps = DEFAULT_BUDGET - budget.left
    for _ in range(2):
        work = Work(steps)
        assert isinstance(work.decide(EASY_ESCAPE, BESIDE), Escaped)
        assert work.decide(EASY_ESCAPE, BESIDE) == Undecided(TOO_MANY)
        assert isinstance(Work(steps - 1).decide(EASY_ESCAPE, BESIDE), Undecided)


def test_what_was_undecided_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been for want of memory, which another time is there."""
    grant = Grant((parse_document(ADMINISTRATOR, name="asked twice"),))
    with monkeypatch.context() as patch:
        patch.setattr(module, "answer", lambda *_: Undecided(SPENT))
        assert decide(grant, STANDARD.permissions) == Undecided(SPENT)
    assert isinstance(decide(grant, STANDARD.permissions), Escaped)
