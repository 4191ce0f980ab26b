"""The work that one question may cost.

Work whose result is remembered between questions costs the same whether it is remembered or not, so that an answer
never depends on what was asked before.
"""

from collections.abc import Hashable

DEFAULT_BUDGET = 200_000  # steps of about four microseconds: a second at most


class BudgetSpentError(Exception):
    """The question cost more than its budget."""


class Budget:
    """A count of steps that runs out."""

    __slots__ = ("left", "paid")

    def __init__(self, steps: int) -> None:
        """Start with `steps`."""
        self.left = steps
        self.paid: set[Hashable] = set()

    def spend(self, steps: int = 1) -> None:
        """Take `steps` off, or raise BudgetSpentError when none are left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetSpentError

    def spend_once(self, what: Hashable, steps: int) -> None:
        """Take `steps` off for work whose result is kept, the first time that it is asked for."""
        if what not in self.paid:
            self.paid.add(what)
            self.spend(steps)
