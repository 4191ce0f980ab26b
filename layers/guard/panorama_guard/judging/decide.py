"""Asks the engine, and makes of an engine that fails, or of questions without end, a doubt."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from panorama_guard.containment import DEFAULT_BUDGET, Contained, Escaped, Grant, Undecided, Verdict
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import SPENT, answer
from panorama_guard.containment.covering import alone, placed
from panorama_guard.judging.allowance import asked_once
from panorama_guard.policy import Effect

QUESTIONS = 12  # as many as spend their whole budget may be asked about one subject; most spend a hundredth of it
EASY = DEFAULT_BUDGET // 20  # steps that most questions do not need
TOO_MANY = "so many policies, or statements, are hard to judge that not all of them are judged"
TOO_MUCH = Undecided(SPENT)


def easy_of(questions: int) -> int:
    """Return the steps that each of so many may take at first: together they leave half of a subject's work."""
    return min(EASY, QUESTIONS * DEFAULT_BUDGET // (2 * max(questions, 1)))


class Work:
    """What judging one subject may cost: whoever writes its policies chooses how many of them are hard."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = QUESTIONS * DEFAULT_BUDGET) -> None:
        """Start with so many steps of the engine."""
        self._left = steps

    def decide(self, grant: Grant, ceiling: Grant) -> Verdict:
        """Return whether a grant is inside a ceiling; undecided where that takes more than is left.

        What is too much work at once is asked Allow by Allow.
        """
        return self.decide_all([grant], ceiling)[0]

    def decide_all(self, grants: Sequence[Grant], ceiling: Grant) -> tuple[Verdict, ...]:
        """Return the verdict on each grant: the easy ones first, so that no number of hard ones hides an easy one."""
        verdicts = self._decide_each(grants, ceiling)
        for place, verdict in enumerate(verdicts):
            if verdict == TOO_MUCH:
                verdicts[place] = self._decide_by_allows(grants[place], ceiling)
        return tuple(verdicts)

    def decide_at_once(self, grant: Grant, ceiling: Grant, *, at_most: int = DEFAULT_BUDGET) -> Verdict:
        """Return the verdict on the question as a whole, for no more steps than `at_most`.

        Whoever writes a policy chooses how absurd it is. An error here would end in a message that is tried again and
        again and told of by nothing but the dead letters' alarm; a doubt is written down and told at once.
        """
        if self._left <= 0:
            return Undecided(TOO_MANY)
        try:
            verdict, steps = asked_once((grant, ceiling, min(self._left, at_most)), _answer_or_doubt)
        except (RecursionError, MemoryError) as error:
            return Undecided(f"too deep or too large to be decided: {type(error).__name__}")
        self._left -= steps
        return verdict

    def _decide_each(self, grants: Sequence[Grant], ceiling: Grant) -> list[Verdict]:
        verdicts = [self.decide_at_once(grant, ceiling, at_most=EASY) for grant in grants]
        for place, verdict in enumerate(verdicts):
            if verdict == TOO_MUCH:
                verdicts[place] = self.decide_at_once(grants[place], ceiling)
        return verdicts

    def _decide_by_allows(self, grant: Grant, ceiling: Grant) -> Verdict:
        """Return the worst verdict on its Allows, each under all Denies: what escapes is the union of their escapes."""
        parts = [alone(allow, grant) for allow in placed(grant.policies, Effect.ALLOW)]
        if len(parts) < 2:  # noqa: PLR2004 - one is the question that was asked
            return TOO_MUCH
        verdicts = self._decide_each(parts, ceiling)
        worse = (of for of in verdicts if isinstance(of, Escaped)), (of for of in verdicts if isinstance(of, Undecided))
        return next((verdict for listed in worse for verdict in listed), Contained())


class _UndecidedError(Exception):
    """What was not decided is not remembered: it may have been for want of memory."""

    def __init__(self, verdict: Undecided, steps: int) -> None:
        super().__init__(verdict.reason)
        self.verdict, self.steps = verdict, steps


def _answer_or_doubt(grant: Grant, ceiling: Grant, most: int) -> tuple[Verdict, int]:
    try:
        return _answer(grant, ceiling, most)
    except _UndecidedError as error:
        return error.verdict, error.steps


@lru_cache(maxsize=128)
def _answer(grant: Grant, ceiling: Grant, most: int) -> tuple[Verdict, int]:
    """Return the verdict and how many steps it took: a look, its plan and the next look ask much that is the same.

    The answer depends on these three alone, none of which can change.
    """
    budget = Budget(most)
    verdict = answer(grant, ceiling, budget)
    steps = most - budget.left
    if isinstance(verdict, Undecided):
        raise _UndecidedError(verdict, steps)
    return verdict, steps


def decide_many(hard: int) -> Callable[[Grant, Grant], Verdict]:
    """Return what answers question after question: the easy ones of a subject, and no more than so many hard ones."""
    easy, rest = Work(), Work(hard * DEFAULT_BUDGET)

    def ask(grant: Grant, ceiling: Grant) -> Verdict:
        verdict = easy.decide_at_once(grant, ceiling, at_most=EASY)
        return rest.decide_at_once(grant, ceiling) if verdict == TOO_MUCH else verdict

    return ask


def decide(grant: Grant, ceiling: Grant) -> Verdict:
    """Return whether a grant is inside a ceiling, as `Work.decide` does for a single question."""
    return Work().decide(grant, ceiling)
