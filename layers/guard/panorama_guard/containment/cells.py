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
    supposed_cells,
)
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.candidates import (
    MOST_LIKELY,
    is_plain_text,
    likely_values,
    literals_of,
    sure_values,
    text_kinds,
)
from panorama_guard.containment.fillings import NO_KINDS, Kinds, ValueKind
from panorama_guard.containment.keys import kind_of
from panorama_guard.containment.meaning import needs_one
from panorama_guard.policy.condition import CALLER, Condition, Family, Quantifier
from panorama_guard.policy.glob import Glob, literal_text
from panorama_guard.policy.record import record

MOST_CELLS = 4096


@lru_cache(maxsize=4096)
def likely_cells(conditions: tuple[Condition, ...], *, mixed: bool, several: bool) -> tuple[Cell, ...]:
    """Return some concrete cells, cheaply: absent, the policies' own values, one other value."""
    if conditions[0].key == CALLER:
        from panorama_guard.containment.callers import likely_callers  # noqa: PLC0415 - as this room is to import fast

        return tuple(distinct(likely_callers(conditions)))
    singles = list(concrete_cells(conditions, ((value,) for value in likely_values(conditions, mixed=mixed))))
    try:
        joined = _joined(conditions, singles, Budget(CELL_BUDGET)) if several else singles
    except BudgetSpentError:
        joined = singles
    joined = [cell for cell in joined if cell.values is not None]
    return tuple(distinct([*concrete_cells(conditions, ((),)), *joined]))


@lru_cache(maxsize=4096)
def pinned_cells(conditions: tuple[Condition, ...], values: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return the cell of exactly these values."""
    return tuple(concrete_cells(conditions, (values,)))


@lru_cache(maxsize=4096)
def all_cells(
    conditions: tuple[Condition, ...], *, mixed: bool, several: bool, kinds: tuple[tuple[str, ValueKind], ...] = ()
) -> Cells:
    """Return every cell of the key; not `whole` where the work or the number of unknowns is too large.

    The variables in the conditions have values of these `kinds`.
    """
    budget = Budget(CELL_BUDGET)
    found: list[Cell] = []
    try:
        found += supposed_cells(conditions, ())
        singles: list[Cell] = []
        for cell in _single_cells(conditions, budget, dict(kinds), mixed=mixed):
            singles.append(cell)
            found.append(cell)
        found += _joined(conditions, distinct(singles), budget) if several else ()
    except BudgetSpentError:
        return Cells(tuple(distinct(found))[:MOST_CELLS], whole=False, cost=CELL_BUDGET)
    return Cells(tuple(distinct(found)), whole=True, cost=CELL_BUDGET - budget.left)


def likely_cost(conditions: Sequence[Condition]) -> int:
    """Return what likely cells cost: each condition is asked about values that all of them name."""
    if conditions[0].key == CALLER:
        from panorama_guard.containment.callers import callers_cost  # noqa: PLC0415 - as this room is to import fast

        return callers_cost(conditions)
    named = sum(len(condition.values) for condition in conditions)
    return 2 + min(3 * named + 2, MOST_LIKELY) * _price(conditions) // 3


def _single_cells(conditions: tuple[Condition, ...], budget: Budget, kinds: Kinds, *, mixed: bool) -> Iterator[Cell]:
    if all(map(is_plain_text, conditions)):
        negated = sum(item.parsed.negated << place for place, item in enumerate(conditions))
        yield from (Cell(matched ^ negated, (text,), 0) for matched, text in text_kinds(conditions, budget))
        return
    compared = sorted({kind for item in conditions if (kind := kind_of(item))})
    if len(compared) <= 1:
        price = 1 + _price(conditions) // 3
        for value in sure_values(conditions, budget, kinds, mixed=mixed):
            budget.spend(price)
            yield from supposed_cells(conditions, (value,), kinds)
        return
    # Operators of different kinds on one key: each kind alone is complete, their combinations are assumed possible.
    yield from concrete_cells(conditions, ((value,) for value in _values_of_all_kinds(conditions, compared, budget)))
    for value in sorted(literals_of(conditions)):
        yield from supposed_cells(conditions, (value,))
    parts = [_part(conditions, kind, budget) for kind in sorted({kind_of(item) for item in conditions})]
    for combined in product(*parts):
        budget.spend()
        yield Cell(sum(combined), None, 0)


def _price(conditions: Iterable[Condition]) -> int:
    """Return what it costs to ask the definition about three values."""
    return sum(1 + sum(map(_glob_price, condition.values)) for condition in conditions)


def _glob_price(glob: Glob) -> int:
    return 1 + len(glob) if "*" in glob or "?" in glob else 1 + len(glob) // 64


def _values_of_all_kinds(conditions: tuple[Condition, ...], kinds: Iterable[str], budget: Budget) -> Iterator[str]:
    yield from likely_values(conditions, mixed=True)
    for kind in kinds:
        for value in sure_values([item for item in conditions if kind_of(item) == kind], budget, NO_KINDS, mixed=True):
            yield value
            if value.isdecimal():
                yield f"{value}.0"  # the same number, another text


def _part(conditions: tuple[Condition, ...], kind: str, budget: Budget) -> set[int]:
    places = [place for place, item in enumerate(conditions) if kind_of(item) == kind]
    alone = tuple(conditions[place] for place in places)
    found = set()
    price = 1 + _price(alone) // 3
    literals = literals_of(alone)
    for value in sure_values(alone, budget, NO_KINDS, mixed=True):
        budget.spend(price)
        if value in literals:  # taken with all kinds at once
            continue
        for cell in supposed_cells(alone, (value,)):
            found.add(sum(1 << place for bit, place in enumerate(places) if cell.holds >> bit & 1))
    return found


def _joined(conditions: tuple[Condition, ...], singles: Iterable[Cell], budget: Budget) -> list[Cell]:
    """Return the cells of one value and of any number of values together."""
    listed = list(singles)
    joint = _Joint.of(conditions, listed)
    waiting: list[Cell] = []
    for cell in listed:
        budget.spend(len(listed))
        others = [single for single in listed if single is not cell or not _is_alone(cell, conditions, budget)]
        waiting += [joint.join(cell, single) for single in others]
    known: dict[object, Cell] = {}
    while waiting:
        cell = waiting.pop()
        if (key := (cell.holds, cell.unsure, cell.values is None)) not in known:
            known[key] = cell
            budget.spend(len(listed))
            waiting += [joint.join(cell, single) for single in listed]
        if len(known) << len(joint.alike) > MOST_CELLS:
            raise BudgetSpentError
    return [*listed, *(found for cell in known.values() for found in joint.suppose(cell))]


def _is_alone(cell: Cell, conditions: tuple[Condition, ...], budget: Budget) -> bool:
    """Say whether the cell's value is the only one that answers as it does: no other text that a condition names."""
    if not cell.values:
        return False
    for named in (_texts(item) for item in conditions):
        if cell.values[0] in named:
            budget.spend(len(named) * (1 + _price(conditions) // 3))
            others = concrete_cells(conditions, ((text,) for text in named if text != cell.values[0]))
            return all((other.holds, other.unsure) != (cell.holds, cell.unsure) for other in others)
    return False


def _texts(condition: Condition) -> frozenset[str]:
    """Return the texts of a condition that matches these and no others."""
    exact = condition.parsed.family in (Family.STRING, Family.BINARY) and not condition.variables
    texts = map(literal_text, condition.values if exact else ())
    return frozenset(text for text in texts if text is not None)


@record
class _Joint:
    """How conditions answer several values together: as bits, those that one satisfying value satisfies."""

    some: int
    plain: int  # operators for one value, of which AWS does not say how they answer several
    alike: tuple[int, ...]  # those of `plain` in groups that have the same answer
    entailed: tuple[tuple[int, int], ...]  # groups of which the second is true of every value of which the first is

    @classmethod
    def of(cls, conditions: Sequence[Condition], singles: Sequence[Cell]) -> "_Joint":
        """Return how the conditions answer, given the cells of all single values."""
        some = sum(needs_one(item.parsed) << place for place, item in enumerate(conditions))
        alike: dict[object, int] = {}
        for place, item in enumerate(conditions):
            if item.parsed.quantifier is Quantifier.PLAIN and item.parsed.family is not Family.NULL:
                alike[_sameness(item)] = alike.get(_sameness(item), 0) | 1 << place
        groups = tuple(alike.values())
        negated = sum(item.parsed.negated << place for place, item in enumerate(conditions))
        pairs = (
            (one, two) for one in groups for two in groups if one != two and bool(one & negated) is bool(two & negated)
        )
        entailed = tuple(
            (one, two) for one, two in pairs if not any(cell.reach & one and two & ~cell.holds for cell in singles)
        )
        return cls(some, sum(groups), groups, entailed)

    def join(self, left: Cell, right: Cell) -> Cell:
        """Return what the values of both cells together surely make true."""
        holds = (left.holds & right.holds) | ((left.holds | right.holds) & self.some)
        possible = (left.reach & right.reach) | ((left.reach | right.reach) & self.some)
        values = None if left.values is None or right.values is None else (*left.values, *right.values)
        return Cell(holds & ~self.plain, values, (possible & ~holds) | self.plain)

    def suppose(self, cell: Cell) -> Iterable[Cell]:
        """Return the joined cell, and it with each answer that the operators for one value may give."""
        if not self.plain:
            return (cell,)
        choices = map(sum, product(*((group, 0) for group in self.alike)))
        return (cell, *(Cell(cell.holds | chosen, None, 0) for chosen in choices if self._is_possible(chosen)))

    def _is_possible(self, chosen: int) -> bool:
        """Say whether every group is chosen that a chosen one entails: whatever AWS does, it does it with all alike."""
        return all(chosen & two for one, two in self.entailed if chosen & one)


def _sameness(condition: Condition) -> object:
    """Return what is equal for conditions that answer values alike; the key is there, so IfExists changes nothing."""
    operator = condition.parsed
    known = (operator.family, operator.relation, operator.negated)
    named = condition.operator if operator.family is Family.UNKNOWN else known
    return named, frozenset(condition.values)
