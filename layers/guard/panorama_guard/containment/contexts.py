"""Find a context in which a request escapes, or prove that there is none: the conditions of all clauses together."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.cells import Cell, all_cells, likely_cells, pinned_cells
from panorama_guard.containment.question import Question
from panorama_guard.containment.records import Context
from panorama_guard.policy.condition import Condition

Pins = Mapping[str, tuple[str, ...]]  # keys whose values are given; () is absent


class Frame(NamedTuple):
    """What holds for every context of a question: given values, and keys whose values may be anything."""

    pins: Pins
    mixed: frozenset[str]
    several: frozenset[str]  # keys of which a request may carry several values


class Found(NamedTuple):
    """The answer: a context, or none; `doubtful` when none was found and none was excluded either."""

    context: Context | None
    doubtful: bool


NOTHING = Found(None, doubtful=False)
DOUBT = Found(None, doubtful=True)


class _Key(NamedTuple):
    """One context key, its conditions, and the place of the first of them among all."""

    name: str
    first: int
    conditions: tuple[Condition, ...]


class _Task(NamedTuple):
    """A question, the clauses that action and resource match, and the conditions (as bits) that each needs."""

    question: Question
    needs: tuple[tuple[int, int], ...]
    keys: tuple[_Key, ...]


def find_context(question: Question, matched: int, frame: Frame, budget: Budget) -> Found:
    """Return a context in which the request that the clauses `matched` match escapes."""
    outcome = question.escapes(*_without_context(question, matched))
    if outcome is not None:
        return Found(_context((), (), frame.pins), doubtful=False) if outcome else NOTHING
    task = _prepare(question, matched)
    chosen = _choose(task, [_likely(key, frame) for key in task.keys], (), budget)
    if chosen is None:
        return _decide(task, frame, budget)
    return Found(_context(task.keys, chosen, frame.pins), doubtful=False)


def _likely(key: _Key, frame: Frame) -> tuple[Cell, ...]:
    if key.name in frame.pins:
        return pinned_cells(key.conditions, frame.pins[key.name])
    return likely_cells(key.conditions, mixed=key.name in frame.mixed, several=key.name in frame.several)


def _decide(task: _Task, frame: Frame, budget: Budget) -> Found:
    choices: list[tuple[Cell, ...]] = []
    whole = True
    for key in task.keys:
        if key.name in frame.pins:
            choices.append(_likely(key, frame))
            continue
        cells = all_cells(key.conditions, mixed=key.name in frame.mixed, several=key.name in frame.several)
        choices.append(cells.cells)
        whole = whole and cells.whole
    concrete = [tuple(cell for cell in cells if cell.values is not None) for cells in choices]
    chosen = _choose(task, concrete, (), budget)
    if chosen is not None:
        return Found(_context(task.keys, chosen, frame.pins), doubtful=False)
    return NOTHING if whole and _choose(task, choices, (), budget) is None else DOUBT


def _without_context(question: Question, matched: int) -> tuple[int, int]:
    """Return the clauses that match surely and perhaps, before anything is known of the context."""
    free = sum(1 << place for place, clause in enumerate(question.clauses) if not clause.tests)
    return matched & free, matched


def _prepare(question: Question, matched: int) -> _Task:
    involved = [(place, clause) for place, clause in enumerate(question.clauses) if matched >> place & 1]
    tests = dict.fromkeys(test for _, clause in involved for test in clause.tests)
    ordered = sorted(tests, key=lambda test: (test.key, test.operator, test.values))
    places = {test: place for place, test in enumerate(ordered)}
    needs = tuple((1 << place, sum(1 << places[test] for test in clause.tests)) for place, clause in involved)
    keys = dict.fromkeys(test.key for test in ordered)
    grouped = ((key, tuple(test for test in ordered if test.key == key)) for key in keys)
    return _Task(question, needs, tuple(_Key(key, places[group[0]], group) for key, group in grouped))


def _choose(
    task: _Task, choices: Sequence[tuple[Cell, ...]], chosen: tuple[Cell, ...], budget: Budget
) -> tuple[Cell, ...] | None:
    """Return one cell for each key such that the request escapes, by trying them in order."""
    budget.spend()
    outcome = task.question.escapes(*_matching(task, chosen))
    if outcome is not None or len(chosen) == len(choices):
        return chosen if outcome else None
    for cell in choices[len(chosen)]:
        found = _choose(task, choices, (*chosen, cell), budget)
        if found is not None:
            return found
    return None


def _matching(task: _Task, chosen: Sequence[Cell]) -> tuple[int, int]:
    """Return the clauses that match surely and perhaps when the first keys have the cells `chosen`."""
    holds = settled = 0
    for key, cell in zip(task.keys, chosen, strict=False):
        holds |= cell.holds << key.first
        settled |= ((1 << len(key.conditions)) - 1) << key.first
    surely = perhaps = 0
    for clause, needed in task.needs:
        if not needed & settled & ~holds:
            perhaps |= clause
            surely |= 0 if needed & ~settled else clause
    return surely, perhaps


def _context(keys: Sequence[_Key], chosen: Sequence[Cell], pins: Pins) -> Context:
    values = dict(pins)
    values.update({key.name: cell.values or () for key, cell in zip(keys, chosen, strict=False)})
    spelled = {test.key: test.spelled or test.key for key in keys for test in key.conditions}
    return tuple(sorted((spelled.get(key, key), listed) for key, listed in values.items() if listed))
