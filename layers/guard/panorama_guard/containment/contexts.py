"""Find a context in which a request escapes, or prove that there is none: the conditions of all clauses together."""

from collections.abc import Iterator, Mapping, Sequence

from panorama_guard.containment.answers import Cell, Cells
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.cells import all_cells, likely_cells, likely_cost, pinned_cells
from panorama_guard.containment.clauses import Clause
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.question import Question, places
from panorama_guard.containment.records import Context
from panorama_guard.policy.condition import CALLER, Condition
from panorama_guard.policy.record import record

Pins = Mapping[str, tuple[str, ...]]  # keys whose values are given; () is absent


@record
class Frame:
    """What holds for every context of a question: given values, and keys whose values may be anything."""

    pins: Pins
    mixed: frozenset[str]
    several: frozenset[str]  # keys of which a request may carry several values


@record
class Found:
    """The answer: a context, or none; `doubtful` when none was found and none was excluded either."""

    context: Context | None
    doubtful: bool


NOTHING = Found(None, doubtful=False)
DOUBT = Found(None, doubtful=True)


@record
class _Need:
    """What one clause (as a bit) needs of a key's conditions (as bits); `last` when it needs nothing of later keys."""

    clause: int
    holds: int
    last: bool


@record
class _Key:
    """One context key, its conditions, and what the clauses need of them."""

    name: str
    conditions: tuple[Condition, ...]
    needs: tuple[_Need, ...]


@record
class _Task:
    """A question, the clauses that match surely and perhaps whatever the context, and the keys they ask for."""

    question: Question
    start: tuple[int, int]
    keys: tuple[_Key, ...]


def find_context(question: Question, matched: int, frame: Frame, budget: Budget) -> Found:
    """Return a context in which the request that the clauses `matched` match escapes."""
    outcome = question.escapes(*_without_context(question, matched))
    if outcome is not None:
        return Found(_context((), (), frame.pins), doubtful=False) if outcome else NOTHING
    task = _prepare(question, matched, budget)
    wanted = question.wanted
    likely = [_first(_concrete(_likely(key, frame, budget)), key, wanted, budget) for key in task.keys]
    chosen = _choose(task, likely, budget)
    if chosen is None:
        return _decide(task, frame, budget)
    return Found(_context(task.keys, chosen, frame.pins), doubtful=False)


def _likely(key: _Key, frame: Frame, budget: Budget) -> tuple[Cell, ...]:
    budget.spend_once(key.conditions, likely_cost(key.conditions))
    if key.name in frame.pins:
        return pinned_cells(key.conditions, frame.pins[key.name])
    return likely_cells(key.conditions, mixed=key.name in frame.mixed, several=key.name in frame.several)


def _decide(task: _Task, frame: Frame, budget: Budget) -> Found:
    wanted = task.question.wanted
    listed = [_all(key, frame, wanted, budget) for key in task.keys]
    pairs = [*zip(listed, task.keys, strict=True)]
    concrete = [_best(_concrete(cells.cells), key, wanted, budget) for cells, key in pairs]
    chosen = _choose(task, concrete, budget)
    if chosen is not None:
        return Found(_context(task.keys, chosen, frame.pins), doubtful=False)
    if not all(cells.whole for cells in listed):
        return DOUBT
    possible = [_best(cells.cells, key, wanted, budget) for cells, key in pairs]
    return NOTHING if _choose(task, possible, budget) is None else DOUBT


def _concrete(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell.values is not None]


def _first(cells: Sequence[Cell], key: _Key, wanted: int, budget: Budget) -> Sequence[Cell]:
    """Return the cells to try first: of callers all, since they stand in the order in which they make a witness."""
    return cells if key.name == CALLER else _best(cells, key, wanted, budget)


def _best(cells: Sequence[Cell], key: _Key, wanted: int, budget: Budget) -> tuple[Cell, ...]:
    """Return the cells that no other one betters, by meeting more clauses that help an escape and fewer that hinder."""
    unwanted = sum({need.clause for need in key.needs if not need.clause & wanted})
    best: dict[int, Cell] = {}
    for cell in cells:
        budget.spend(1 + len(key.needs) // 8)
        good = unwanted
        for need in key.needs:
            if not need.holds & ~cell.holds:
                good ^= need.clause
        best.setdefault(good, cell)
    budget.spend(len(best) * len(best) // 64)
    return tuple(cell for good, cell in best.items() if not any(good & other == good != other for other in best))


def _all(key: _Key, frame: Frame, wanted: int, budget: Budget) -> Cells:
    if key.name in frame.pins:
        return Cells(_likely(key, frame, budget), whole=True, cost=0)
    if key.name == CALLER:
        return _all_callers(key, wanted, budget)
    cells = all_cells(key.conditions, mixed=key.name in frame.mixed, several=key.name in frame.several)
    budget.spend_once((key.conditions, "all"), cells.cost)
    return cells


def _all_callers(key: _Key, wanted: int, budget: Budget) -> Cells:
    from panorama_guard.containment.callers import caller_cells  # noqa: PLC0415 - as this room is to import fast

    helpful = tuple(_helps(key, 1 << place, wanted) for place in range(len(key.conditions)))
    cells = caller_cells(key.conditions, helpful)
    budget.spend_once((key.conditions, helpful), cells.cost)
    return cells


def _helps(key: _Key, condition: int, wanted: int) -> Truth:
    """Return whether a condition helps an escape by holding, hinders one, or may do both."""
    helps = {bool(need.clause & wanted) for need in key.needs if need.holds & condition}
    return helps.pop() if len(helps) == 1 else None


def _without_context(question: Question, matched: int) -> tuple[int, int]:
    """Return the clauses that match surely and perhaps, before anything is known of the context."""
    free = sum(1 << place for place, clause in enumerate(question.clauses) if not clause.tests)
    return matched & free, matched


def _prepare(question: Question, matched: int, budget: Budget) -> _Task:
    involved = [(1 << place, question.clauses[place]) for place in places(matched)]
    budget.spend(len(involved) + sum(len(clause.tests) for _, clause in involved))
    asked: dict[str, dict[Condition, int]] = {}
    for _, clause in involved:
        for test in clause.tests:
            conditions = asked.setdefault(test.key, {})
            conditions.setdefault(test, len(conditions))
    needs: dict[str, list[_Need]] = {key: [] for key in sorted(asked)}
    ranks = {key: rank for rank, key in enumerate(needs)}
    for bit, clause in involved:
        for need, key in _needs_of(bit, clause, asked, ranks):
            needs[key].append(need)
    keys = (_Key(key, tuple(asked[key]), tuple(listed)) for key, listed in needs.items())
    return _Task(question, _without_context(question, matched), tuple(keys))


def _needs_of(
    bit: int, clause: Clause, asked: Mapping[str, Mapping[Condition, int]], ranks: Mapping[str, int]
) -> Iterator[tuple[_Need, str]]:
    holds: dict[str, int] = {}
    for test in clause.tests:
        holds[test.key] = holds.get(test.key, 0) | 1 << asked[test.key][test]
    last = max(holds, key=ranks.__getitem__, default="")
    return ((_Need(bit, needed, key == last), key) for key, needed in holds.items())


def _choose(task: _Task, choices: Sequence[Sequence[Cell]], budget: Budget) -> tuple[Cell, ...] | None:
    """Return one cell for each key such that the request escapes, by trying them in order."""
    chosen: list[Cell] = []
    states = [task.start]
    waiting: list[Iterator[Cell]] = []
    while True:
        outcome = task.question.escapes(*states[-1])
        if outcome:
            return tuple(chosen)
        if outcome is None and len(chosen) < len(choices):
            waiting.append(iter(choices[len(chosen)]))
        elif chosen:
            _take_back(chosen, states)
        while waiting and (cell := next(waiting[-1], None)) is None:
            waiting.pop()
            if chosen:
                _take_back(chosen, states)
        if not waiting or cell is None:
            return None
        key = task.keys[len(chosen)]
        budget.spend(2 + len(key.needs) // 8)
        states.append(_settle(key, cell, *states[-1]))
        chosen.append(cell)


def _take_back(chosen: list[Cell], states: list[tuple[int, int]]) -> None:
    chosen.pop()
    states.pop()


def _settle(key: _Key, cell: Cell, surely: int, perhaps: int) -> tuple[int, int]:
    """Return the clauses that match surely and perhaps when the key has this cell as well."""
    for need in key.needs:
        if need.holds & ~cell.holds:
            perhaps &= ~need.clause
        elif need.last and perhaps & need.clause:
            surely |= need.clause
    return surely, perhaps


def _context(keys: Sequence[_Key], chosen: Sequence[Cell], pins: Pins) -> Context:
    values = dict(pins)
    values.update({key.name: cell.values or () for key, cell in zip(keys, chosen, strict=False)})
    spelled = {test.key: test.spelled or test.key for key in keys for test in key.conditions}
    return tuple(sorted((spelled.get(key, key), listed) for key, listed in values.items() if listed))
