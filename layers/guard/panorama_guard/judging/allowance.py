"""What everything that is asked for one order may cost together, however many judgements that comes to.

A judgement has a bound of its own (`decide.Work`). How many there are is chosen by whoever changes the role under each
plan, or has AWS refuse each step. What is left is kept beside the calls and not among their arguments: a question that
nobody has thought to hand it to would else be free.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from panorama_guard.containment.budget import Budget


class OverworkedError(Exception):
    """Everything that was allowed is spent. It is no verdict: who allowed it says what comes of that."""


_left: ContextVar[int | None] = ContextVar("left", default=None)  # None: each judgement is bounded by itself alone


@contextmanager
def allowing(steps: int) -> Iterator[None]:
    """Let what is asked inside cost so many steps of the engine together; beyond them OverworkedError is raised."""
    token = _left.set(steps)
    try:
        yield
    finally:
        _left.reset(token)


def allowed(most: int) -> int:
    """Return `most`, or what is left where that is less."""
    left = _left.get()
    return most if left is None else min(most, left)


def charge(steps: int) -> None:
    """Take off what a question cost, also where its answer was remembered: so it never depends on what was before."""
    left = _left.get()
    if left is None:
        return
    _left.set(left - steps)
    if steps > left:
        raise OverworkedError


@contextmanager
def charged(most: int) -> Iterator[Budget]:
    """Yield a budget of `most` steps, or of what is left, and take off what is spent of it."""
    steps = allowed(most)
    budget = Budget(steps)
    try:
        yield budget
    finally:
        charge(steps - budget.left)
