"""The work that one question may cost."""

DEFAULT_BUDGET = 400_000  # steps of the automata; about two seconds of pure Python


class BudgetSpentError(Exception):
    """The question cost more than its budget."""


class Budget:
    """A count of steps that runs out."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        """Start with `steps`."""
        self.left = steps

    def spend(self, steps: int = 1) -> None:
        """Take `steps` off, or raise BudgetSpentError when none are left."""
        self.left -= steps
        if self.left < 0:
            raise BudgetSpentError
