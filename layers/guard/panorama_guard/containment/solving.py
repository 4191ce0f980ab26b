"""Solve the conditions of a question: an answer for each key by which a request escapes, or that there is none."""

from collections.abc import Mapping, Sequence
from functools import cache

from panorama_guard.containment.answers import Cell, Cells, supposed_cells
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.cells import all_cells, likely_cells, pinned_cells
from panorama_guard.containment.choosing import Choice, Key, Need, Task, choose
from panorama_guard.containment.clauses import Clause
from panorama_guard.containment.contexts import DOUBT, NOTHING, Found, Frame, Pins
from panorama_guard.containment.fillings import ValueKind
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.question import Question, places
from panorama_guard.containment.records import Context
from panorama_guard.policy.condition import CALLER, Condition

FEW = 6  # conditions on one key, of which all combinations are soon listed; they are the same for every question


def solve(question: Question, start: tuple[int, int], frame: Frame, budget: Budget) -> Found:
    """Return a context of an escape, where clauses match surely and perhaps as at the `start`, before any is known."""
    task, wanted = _prepare(question, start, budget), question.wanted

    def likely(number: int) -> Sequence[Cell]:
        key = task.keys[number]
        return _first(_concrete(_likely(key, frame, wanted, budget)), key, wanted, budget)

    chosen = choose(task, cache(likely), budget)
    return _decide(task, frame, budget) if chosen is None else _found(task, chosen, frame)


def _found(task: Task, chosen: Choice, frame: Frame) -> Found:
    return Found(_context(task.keys, chosen, frame.pins), doubtful=False)


def _likely(key: Key, frame: Frame, wanted: int, budget: Budget) -> tuple[Cell, ...]:
    if key.name in frame.pins:
        return pinned_cells(key.conditions, frame.pins[key.name])
    several = key.name in frame.several
    helpful = _helpful(key, wanted) if several else ()
    cells = likely_cells(key.conditions, mixed=key.name in frame.mixed, several=several, helpful=helpful)
    budget.spend_once((key.conditions, helpful, "likely"), cells.cost)
    return cells.cells


def _decide(task: Task, frame: Frame, budget: Budget) -> Found:
    wanted = task.question.wanted
    listed: dict[int, Cells] = {}

    def possible(number: int) -> Sequence[Cell]:
        if number not in listed:
            listed[number] = _all(task.keys[number], frame, wanted, budget)
        return _best(listed[number].cells, task.keys[number], wanted, budget)

    def concrete(number: int) -> Sequence[Cell]:
        possible(number)
        return _best(_concrete(listed[number].cells), task.keys[number], wanted, budget)

    chosen = choose(task, cache(possible), budget)
    if chosen is None:
        return NOTHING if all(cells.whole for cells in listed.values()) else DOUBT
    if any(cell.values is None for cell in chosen.values()):
        chosen = choose(task, cache(concrete), budget)
    return DOUBT if chosen is None else _found(task, chosen, frame)


def _concrete(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.values is not None]


def _first(cells: Sequence[Cell], key: Key, wanted: int, budget: Budget) -> Sequence[Cell]:
    """Return the cells to try first: of callers all, since they stand in the order in which they make a witness."""
    return cells if key.name == CALLER else _best(cells, key, wanted, budget)


def _best(cells: Sequence[Cell], key: Key, wanted: int, budget: Budget) -> tuple[Cell, ...]:
    """Return the cells that no other one betters, by meeting more clauses that help an escape and fewer that hinder."""
    unwanted = sum({need.clause for need in key.needs if not need.clause & wanted})
    best: dict[int, Cell] = {}
    for cell in cells:
        budget.spend(1 + len(key.needs) // 8)
        good = unwanted
        for need in key.needs:
            if need.is_met(cell):
                good ^= need.clause
        best.setdefault(good, cell)
    budget.spend(len(best) * len(best) // 64)
    return tuple(cell for good, cell in best.items() if not any(good & other == good != other for other in best))


def _all(key: Key, frame: Frame, wanted: int, budget: Budget) -> Cells:
    if key.name in frame.pins:
        return Cells(tuple(supposed_cells(key.conditions, frame.pins[key.name], frame.kinds)), whole=True, cost=0)
    if key.name == CALLER:
        return _all_callers(key, wanted, budget)
    kinds, several = _kinds_for(key, frame), key.name in frame.several
    helpful = _helpful(key, wanted) if several or len(key.conditions) > FEW else ()
    cells = all_cells(key.conditions, mixed=key.name in frame.mixed, several=several, kinds=kinds, helpful=helpful)
    budget.spend_once((key.conditions, kinds, helpful), cells.cost)
    return cells


def _kinds_for(key: Key, frame: Frame) -> tuple[tuple[str, ValueKind], ...]:
    """Return what is known of the values of the variables in the key's conditions."""
    if not frame.kinds:
        return ()
    asked = {variable.key for condition in key.conditions for variable in condition.variables}
    return tuple((name, frame.kinds[name]) for name in sorted(asked & frame.kinds.keys()))


def _all_callers(key: Key, wanted: int, budget: Budget) -> Cells:
    from panorama_guard.containment.callers import caller_cells  # noqa: PLC0415 - as this room is to import fast

    helpful = _helpful(key, wanted)
    cells = caller_cells(key.conditions, helpful)
    budget.spend_once((key.conditions, helpful), cells.cost)
    return cells


def _helpful(key: Key, wanted: int) -> tuple[Truth, ...]:
    return tuple(_helps(key, 1 << place, wanted) for place in range(len(key.conditions)))


def _helps(key: Key, condition: int, wanted: int) -> Truth:
    """Return whether a condition helps an escape by holding, hinders one, or may do both."""
    helps = {bool(need.clause & wanted) for need in key.needs if need.holds & condition}
    return helps.pop() if len(helps) == 1 else None


def _prepare(question: Question, start: tuple[int, int], budget: Budget) -> Task:
    wanted = question.wanted
    involved = [(1 << place, question.clauses[place]) for place in places(start[1])]
    budget.spend(len(involved) + sum(len(clause.tests) for _, clause in involved))
    asked: dict[str, dict[Condition, int]] = {}
    for _, clause in involved:
        for test in clause.tests:
            conditions = asked.setdefault(test.key, {})
            conditions.setdefault(test, len(conditions))
    needs: dict[str, list[Need]] = {key: [] for key in sorted(asked)}
    numbers = {key: number for number, key in enumerate(needs)}
    spans: dict[int, int] = {}
    for bit, clause in involved:
        for key, holds in _needs_of(clause, asked).items():
            needs[key].append(Need(bit, holds, bool(bit & wanted)))
            spans[bit] = spans.get(bit, 0) | 1 << numbers[key]
    keys = (Key(key, tuple(asked[key]), tuple(listed)) for key, listed in needs.items())
    return Task(question, start, tuple(keys), spans)


def _needs_of(clause: Clause, asked: Mapping[str, Mapping[Condition, int]]) -> dict[str, int]:
    holds: dict[str, int] = {}
    for test in clause.tests:
        holds[test.key] = holds.get(test.key, 0) | 1 << asked[test.key][test]
    return holds


def _context(keys: Sequence[Key], chosen: Choice, pins: Pins) -> Context:
    values = dict(pins)
    values.update({keys[number].name: cell.values or () for number, cell in chosen.items()})
    spelled = {test.key: test.spelled or test.key for key in keys for test in key.conditions}
    return tuple(sorted((spelled.get(key, key), listed) for key, listed in values.items() if listed))
