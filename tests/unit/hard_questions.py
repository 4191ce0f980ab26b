"""Questions that take all the work that they may, in no time."""

import pytest

from panorama_guard.containment import Grant, Undecided, Verdict
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import SPENT
from panorama_guard.containment.check import answer as answered

HARD = {"StringLike": {"aws:RequestTag/hard": "?*"}}


def count_steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the steps of each question from now on; one with a hard condition in it spends its whole budget."""
    taken: list[int] = []

    def answer(grant: Grant, ceiling: Grant, budget: Budget) -> Verdict:
        before = budget.left
        if "aws:requesttag/hard" in repr(grant):
            taken.append(before)
            budget.spend(before)
            return Undecided(SPENT)
        verdict = answered(grant, ceiling, budget)
        taken.append(before - budget.left)
        return verdict

    monkeypatch.setattr("panorama_guard.judging.decide.answer", answer)
    return taken
