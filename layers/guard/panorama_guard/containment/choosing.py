"""Choose an answer for each context key such that a request escapes, or find that there is no such choice.

A clause asks several keys, and many clauses may ask the same ones, so this is a satisfiability problem. The key that is
tried next is one of the clause that is nearest to keeping the request from escaping: where one answer alone avoids
that, no other is followed. What is never asked for is never looked up.
"""

from collections.abc import Callable, Iterator, Sequence

from panorama_guard.containment.answers import Cell
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.question import Question, places
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.record import record


@record
class Need:
    """What one clause (as a bit) needs of a key's conditions (as bits).

    Where the definition has no answer, a clause that helps an escape is taken not to match, and another to match.
    """

    clause: int
    holds: int
    helps: bool

    def is_met(self, cell: Cell) -> bool:
        """Say whether the cell gives the clause what it needs of the key."""
        return not self.holds & ~(cell.holds if self.helps else cell.holds | cell.unsure)


@record
class Key:
    """One context key, its conditions, and what the clauses need of them."""

    name: str
    conditions: tuple[Condition, ...]
    needs: tuple[Need, ...]


@record
class Task:
    """A question, the clauses that match surely and perhaps whatever the context, and the keys they ask for."""

    question: Question
    start: tuple[int, int]
    keys: tuple[Key, ...]
    spans: dict[int, int]  # clause (as a bit) -> the keys (as bits) that it asks


@record
class _State:
    """The clauses that match surely and perhaps once some keys (as bits) have their answers."""

    surely: int
    perhaps: int
    answered: int


Choice = dict[int, Cell]  # by the number of the key


def choose(task: Task, cells_of: Callable[[int], Sequence[Cell]], budget: Budget) -> Choice | None:
    """Return cells of some keys such that the request escapes whatever the others are, or None."""
    chosen: list[tuple[int, Cell]] = []
    states = [_State(*task.start, 0)]
    waiting: list[tuple[int, Iterator[Cell]]] = []
    while True:
        outcome = task.question.escapes(states[-1].surely, states[-1].perhaps)
        if outcome:
            return dict(chosen)
        key = _next_key(task, states[-1], budget) if outcome is None else None
        if key is not None:
            waiting.append((key, iter(cells_of(key))))
        elif chosen:
            _take_back(chosen, states)
        while waiting and (cell := next(waiting[-1][1], None)) is None:
            waiting.pop()
            if chosen:
                _take_back(chosen, states)
        if not waiting or cell is None:
            return None
        number = waiting[-1][0]
        budget.spend(2 + len(task.keys[number].needs) // 8)
        states.append(_answered(task, number, cell, states[-1]))
        chosen.append((number, cell))


def _take_back(chosen: list[tuple[int, Cell]], states: list[_State]) -> None:
    chosen.pop()
    states.pop()


def _next_key(task: Task, state: _State, budget: Budget) -> int | None:
    """Return a key of the open clause that has the fewest left: of those that hinder an escape, if there are any."""
    unsettled = state.perhaps & ~state.surely
    budget.spend(1 + len(task.spans) // 16)
    hindering = unsettled & ~task.question.wanted
    left = [asked & ~state.answered for clause, asked in task.spans.items() if clause & (hindering or unsettled)]
    nearest = min((keys for keys in left if keys), key=int.bit_count, default=0)
    return next(places(nearest), None)


def _answered(task: Task, number: int, cell: Cell, state: _State) -> _State:
    """Return the state once a key has this cell."""
    surely, perhaps, answered = state.surely, state.perhaps, state.answered | 1 << number
    for need in task.keys[number].needs:
        if not need.is_met(cell):
            perhaps &= ~need.clause
        elif perhaps & need.clause and not task.spans[need.clause] & ~answered:
            surely |= need.clause
    return _State(surely, perhaps, answered)
