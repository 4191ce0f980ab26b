"""Many judgements together cost no more than was allowed for all of them."""

import pytest

from panorama_guard.containment import DEFAULT_BUDGET, Escaped, Grant, Undecided
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import SPENT, answer
from panorama_guard.judging.allowance import OverworkedError, allowing, charged
from panorama_guard.judging.decide import decide
from panorama_guard.policy import parse_document
from tests.benchmarks.adversarial import grants
from tests.builders import ADMINISTRATOR

HARD, BESIDE = grants("variables")  # a question that spends its budget
EASY = Grant((parse_document(ADMINISTRATOR, name="admin"),))


def steps_of_easy() -> int:
    """Return what the easy question costs."""
    budget = Budget(DEFAULT_BUDGET)
    answer(EASY, BESIDE, budget)
    return DEFAULT_BUDGET - budget.left


def test_a_question_costs_what_it_costs_the_first_time_that_it_is_asked() -> None:
    """Also where an earlier order has asked it already: what one order may ask depends on no other."""
    decide(EASY, BESIDE)
    with allowing(steps_of_easy()):
        assert all(isinstance(decide(EASY, BESIDE), Escaped) for _ in range(3))
    with allowing(steps_of_easy() - 1), pytest.raises(OverworkedError):
        decide(EASY, BESIDE)


def test_a_question_that_stays_open_is_not_worked_at_twice() -> None:
    """It is the hard ones that a look, its plans and the next look have in common."""
    with allowing(2 * DEFAULT_BUDGET):
        assert decide(HARD, BESIDE) == decide(HARD, BESIDE) == Undecided(SPENT)


def test_one_question_too_many_is_no_verdict() -> None:
    """An undecided one could be taken for what is known of the role."""
    with allowing(steps_of_easy()):
        decide(EASY, BESIDE)
        with pytest.raises(OverworkedError):
            decide(HARD, BESIDE)


def test_no_question_costs_more_than_is_left() -> None:
    """A hard one ends where the allowance does, not where its own budget would."""
    with allowing(1000):
        with charged(DEFAULT_BUDGET) as budget:
            assert budget.left == 1000
        with pytest.raises(OverworkedError):
            decide(HARD, BESIDE)


def test_what_is_spent_of_a_budget_is_taken_off() -> None:
    """How far an escape reaches is work too."""
    with allowing(steps_of_easy()):
        with charged(DEFAULT_BUDGET) as budget:
            budget.spend()
        with pytest.raises(OverworkedError):
            decide(EASY, BESIDE)


def test_an_allowance_ends_with_its_block() -> None:
    """The next order, or a look, is not held to what another one has left."""
    with allowing(0), pytest.raises(OverworkedError):
        decide(EASY, BESIDE)
    assert isinstance(decide(EASY, BESIDE), Escaped)


def test_an_allowance_within_another_is_apart_from_it() -> None:
    """What is kept for reading again is there however much the plans took."""
    with allowing(0):
        with allowing(steps_of_easy()):
            assert isinstance(decide(EASY, BESIDE), Escaped)
        with pytest.raises(OverworkedError):
            decide(HARD, BESIDE)


def test_what_was_answered_is_known_to_an_allowance_within() -> None:
    """A role that is read again as it was planned asks nothing new."""
    with allowing(steps_of_easy()):
        decide(EASY, BESIDE)
        with allowing(0):
            assert isinstance(decide(EASY, BESIDE), Escaped)
