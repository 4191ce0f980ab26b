"""What everything that is asked for one look or order may cost together, however many judgements that comes to.

A judgement has a bound of its own (`decide.Work`). How many there are is chosen by whoever changes the role under each
plan, or has AWS refuse each step. What is left is kept beside the calls and not among their arguments: a question that
nobody has thought to hand it to would else be free.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from panorama_guard.containment import Grant, Verdict
from panorama_guard.containment.budget import Budget

Question = tuple[Grant, Grant, int]
Answer = tuple[Verdict, int]


class OverworkedError(Exception):
    """Everything that was allowed is spent. It is no verdict: who allowed it says what comes of that."""


class _Allowance:
    __slots__ = ("answers", "left", "spent")

    def __init__(self, steps: int, answers: dict[Question, Answer]) -> None:
        self.left, self.spent, self.answers = steps, 0, answers

    def take(self, steps: int) -> None:
        self.left -= steps
        self.spent += steps
        if self.left < 0:
            raise OverworkedError


_in_force: ContextVar[_Allowance | None] = ContextVar("in_force", default=None)  # None: a judgement bounds itself alone


@contextmanager
def allowing(steps: int = sys.maxsize) -> Iterator[None]:
    """Let what is asked inside cost so many steps of the engine together; beyond them OverworkedError is raised.

    Within another allowance it is apart from that, but for what was answered there already, and for what `spent` says.
    """
    outer = _in_force.get()
    inner = _Allowance(steps, outer.answers if outer else {})
    token = _in_force.set(inner)
    try:
        yield
    finally:
        _in_force.reset(token)
        if outer:
            outer.spent += inner.spent


def spent() -> int:
    """Return the steps that were spent since the allowance in force began; 0 where there is none."""
    allowance = _in_force.get()
    return allowance.spent if allowance else 0


def asked_once(question: Question, answer: Callable[[Grant, Grant, int], Answer]) -> Answer:
    """Return the answer to a question, and its cost, which is taken off the first time that this is asked.

    A look at a role, each plan for it and the next look ask much that is the same, and what is hard most of all. Here
    the undecided is remembered too, for it is forgotten at the end of the order.
    """
    allowance = _in_force.get()
    if allowance is None:
        return answer(*question)
    if question not in allowance.answers:
        grant, ceiling, most = question
        verdict, steps = answer(grant, ceiling, min(most, allowance.left))
        allowance.take(steps)
        allowance.answers[question] = verdict, steps
    return allowance.answers[question]


@contextmanager
def charged(most: int) -> Iterator[Budget]:
    """Yield a budget of `most` steps, or of what is left, and take off what is spent of it."""
    allowance = _in_force.get()
    budget = Budget(most if allowance is None else min(most, allowance.left))
    given = budget.left
    try:
        yield budget
    finally:
        if allowance is not None:
            allowance.take(given - budget.left)
