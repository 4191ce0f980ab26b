"""Asks the engine, and makes of an engine that fails, or of questions without end, a doubt."""

from collections.abc import Sequence

from panorama_guard.containment import DEFAULT_BUDGET, Grant, Undecided, Verdict
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import SPENT, answer

QUESTIONS = 12  # as many as spend their whole budget may be asked about one subject; most spend a hundredth of it
EASY = DEFAULT_BUDGET // 20  # steps that most questions do not need
TOO_MANY = "the role has so many policies that are hard to judge that not all of them are judged"


class Work:
    """What judging one subject may cost: whoever writes its policies chooses how many of them are hard."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = QUESTIONS * DEFAULT_BUDGET) -> None:
        """Start with so many steps of the engine."""
        self._left = steps

    def decide(self, grant: Grant, ceiling: Grant, *, at_most: int = DEFAULT_BUDGET) -> Verdict:
        """Return whether a grant is inside a ceiling; undecided where that takes more than `at_most`, or all is spent.

        Whoever writes a policy chooses how absurd it is. An error here would end in a message that is tried again and
        again and told of by nothing but the dead letters' alarm; a doubt is written down and told at once.
        """
        if self._left <= 0:
            return Undecided(TOO_MANY)
        budget = Budget(min(self._left, at_most))
        before = budget.left
        try:
            return answer(grant, ceiling, budget)
        except (RecursionError, MemoryError) as error:
            return Undecided(f"too deep or too large to be decided: {type(error).__name__}")
        finally:
            self._left -= before - budget.left

    def decide_all(self, grants: Sequence[Grant], ceiling: Grant) -> tuple[Verdict, ...]:
        """Return the verdict on each grant: the easy ones first, so that no number of hard ones hides an easy one."""
        verdicts = [self.decide(grant, ceiling, at_most=EASY) for grant in grants]
        for place, verdict in enumerate(verdicts):
            if verdict == Undecided(SPENT):
                verdicts[place] = self.decide(grants[place], ceiling)
        return tuple(verdicts)


def decide(grant: Grant, ceiling: Grant) -> Verdict:
    """Return whether a grant is inside a ceiling, as `Work.decide` does for a single question."""
    return Work().decide(grant, ceiling)
