"""Every way in which one context key can answer a list of conditions.

A cell is the set of conditions (as bits) that one assignment of the key makes true. Concrete cells carry the values
that do it, found by asking the definition; abstract cells have none and are possible as far as anyone can tell.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

from panorama_guard.containment.answers import (
    CELL_BUDGET,
    Cell,
    Cells,
    concrete_cells,
    distinct,
    price_of,
    supposed_cells,
)
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.candidates import (
    MOST_LIKELY,
    compared_kinds,
    filled,
    is_plain_text,
    likely_values,
    literals_of,
    sure_values,
    text_kinds,
)
from panorama_guard.containment.fillings import NO_KINDS, Kinds, ValueKind
from panorama_guard.containment.joining import MOST_CELLS, joined_cells
from panorama_guard.containment.keys import kind_of
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.shapes import is_possible, is_real, shape_of
from panorama_guard.policy.condition import CALLER, Condition

LIKELY_BUDGET = CELL_BUDGET // 8  # steps for the likely cells of several values


@lru_cache(maxsize=4096)
def likely_cells(
    conditions: tuple[Condition, ...], *, mixed: bool, several: bool, helpful: tuple[Truth, ...] = ()
) -> Cells:
    """Return some concrete cells, cheaply: absent, the policies' own values, one other value.

    Which conditions are `helpful` is said as to `all_cells`.
    """
    budget = Budget(LIKELY_BUDGET)
    if conditions[0].key == CALLER:
        from panorama_guard.containment.callers import likely_callers  # noqa: PLC0415 - as this room is to import fast

        callers = tuple(distinct(likely_callers(conditions, budget)))
        return Cells(callers, whole=False, cost=LIKELY_BUDGET - budget.left)
    singles = list(concrete_cells(conditions, ((value,) for value in likely_values(conditions, mixed=mixed))))
    try:
        joined = joined_cells(conditions, singles, budget, helpful) if several else singles
    except BudgetSpentError:
        joined = [*singles, *concrete_cells(conditions, _together(conditions, singles))]
    joined = [cell for cell in joined if cell.values is not None]
    found = tuple(distinct([*concrete_cells(conditions, ((),)), *joined]))
    return Cells(found, whole=False, cost=_likely_cost(conditions) + LIKELY_BUDGET - max(budget.left, 0))


def _together(conditions: Sequence[Condition], singles: Iterable[Cell]) -> Iterator[tuple[str, ...]]:
    """Yield a few of the many sets of values: all of them, and all that conditions of one operator name, or do not."""
    key = conditions[0].key
    named: dict[object, set[str]] = {}
    for item in (item for item in conditions if kind_of(item) == "text"):
        named.setdefault(item.parsed, set()).update(filled(glob, "") for glob in item.values)
    tried = (value for cell in singles for value in cell.values or ())
    values = dict.fromkeys(value for value in (*tried, *sorted(set().union(*named.values()))) if is_real(key, value))
    yield tuple(values)
    for texts in named.values():
        yield from filter(None, (tuple(v for v in values if (v in texts) is wanted) for wanted in (True, False)))


@lru_cache(maxsize=4096)
def pinned_cells(conditions: tuple[Condition, ...], values: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return the cell of exactly these values."""
    return tuple(concrete_cells(conditions, (values,)))


@lru_cache(maxsize=4096)
def all_cells(
    conditions: tuple[Condition, ...],
    *,
    mixed: bool,
    several: bool,
    kinds: tuple[tuple[str, ValueKind], ...] = (),
    helpful: tuple[Truth, ...] = (),
) -> Cells:
    """Return every cell of the key; not `whole` where the work or the number of unknowns is too large.

    The variables in the conditions have values of these `kinds`. Where it is told whether each condition is `helpful`
    to an escape by holding, cells that are of no more use than another may be left out.
    """
    budget, alone = Budget(CELL_BUDGET), () if several else helpful
    found: list[Cell] = []
    try:
        found += supposed_cells(conditions, ())
        singles: list[Cell] = []
        for cell in _single_cells(conditions, budget, dict(kinds), alone, mixed=mixed):
            singles.append(cell)
            found.append(cell)
        found += joined_cells(conditions, distinct(singles), budget, helpful) if several else ()
    except BudgetSpentError:
        return Cells(tuple(distinct(found))[:MOST_CELLS], whole=False, cost=CELL_BUDGET)
    return Cells(tuple(distinct(found)), whole=True, cost=CELL_BUDGET - budget.left)


def _likely_cost(conditions: Sequence[Condition]) -> int:
    """Return what likely cells cost: each condition is asked about values that all of them name."""
    named = sum(len(condition.values) for condition in conditions)
    return 2 + min(3 * named + 2, MOST_LIKELY) * price_of(conditions) // 3


def _single_cells(
    conditions: tuple[Condition, ...], budget: Budget, kinds: Kinds, helpful: tuple[Truth, ...], *, mixed: bool
) -> Iterator[Cell]:
    """Yield every cell of one value; without it where no request is known to have it."""
    key = conditions[0].key
    for cell in _cells_of_texts(conditions, budget, kinds, helpful, mixed=mixed):
        if not cell.values or is_real(key, cell.values[0]):
            yield cell
        elif not cell.unsure:  # else each answer that it may have is a cell of its own
            yield Cell(cell.holds, None, 0)


def _cells_of_texts(
    conditions: tuple[Condition, ...], budget: Budget, kinds: Kinds, helpful: tuple[Truth, ...], *, mixed: bool
) -> Iterator[Cell]:
    if all(map(is_plain_text, conditions)):
        negated = sum(item.parsed.negated << place for place, item in enumerate(conditions))
        found = text_kinds(conditions, budget, helpful=helpful)
        yield from (Cell(matched ^ negated, (text,), 0) for matched, text in found)
        return
    compared = compared_kinds(conditions)
    if len(compared) <= 1:
        price = 1 + price_of(conditions) // 3
        for value in sure_values(conditions, budget, kinds, mixed=mixed):
            budget.spend(price)
            yield from supposed_cells(conditions, (value,), kinds)
        return
    # Operators of different kinds on one key: each kind alone is complete, their combinations are assumed possible.
    key = conditions[0].key
    texts = (value for value in _values_of_all_kinds(conditions, compared, budget) if is_real(key, value))
    yield from concrete_cells(conditions, ((value,) for value in texts))
    for value in sorted(text for text in literals_of(conditions) if is_possible(key, text)):
        yield from supposed_cells(conditions, (value,))
    parts = [_part(conditions, kind, budget) for kind in sorted({kind_of(item) for item in conditions})]
    for combined in product(*parts):
        budget.spend()
        yield Cell(sum(combined), None, 0)


def _values_of_all_kinds(conditions: tuple[Condition, ...], kinds: Iterable[str], budget: Budget) -> Iterator[str]:
    yield from likely_values(conditions, mixed=True)
    for kind in kinds:
        asked = [item for item in conditions if kind in (kind_of(item), *compared_kinds([item]))]
        for value in sure_values(asked, budget, NO_KINDS, mixed=True):
            yield value
            if value.isdecimal():
                yield f"{value}.0"  # the same number, another text


def _part(conditions: tuple[Condition, ...], kind: str, budget: Budget) -> set[int]:
    places = [place for place, item in enumerate(conditions) if kind_of(item) == kind]
    alone = tuple(conditions[place] for place in places)
    found = set()
    price = 1 + price_of(alone) // 3
    literals = literals_of(alone)
    for value in sure_values(alone, budget, NO_KINDS, mixed=shape_of(alone[0].key) is None):
        budget.spend(price)
        if value in literals:  # taken with all kinds at once
            continue
        for cell in supposed_cells(alone, (value,)):
            found.add(sum(1 << place for bit, place in enumerate(places) if cell.holds >> bit & 1))
    return found
