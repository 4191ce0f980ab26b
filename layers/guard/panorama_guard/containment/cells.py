"""Every way in which one context key can answer a list of conditions.

A cell is the set of conditions (as bits) that one assignment of the key makes true. Concrete cells carry the values
that do it, found by asking the definition; abstract cells have none and are possible as far as anyone can tell.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.candidates import kind_of, likely_values, sure_values
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import condition_holds, needs_one
from panorama_guard.policy.condition import Condition, Family, Quantifier
from panorama_guard.policy.glob import variables_of

CELL_BUDGET = 60_000
MOST_ATOMS = 7
MOST_CELLS = 4096

# Keys that carry several values in one request; others do so only where a policy tests them with set operators alone.
MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "cognito-identity.amazonaws.com:amr",
        "dynamodb:attributes",
        "dynamodb:leadingkeys",
        "lambda:layer",
        "lambda:securitygroupids",
        "lambda:subnetids",
        "route53:changeresourcerecordsetsactions",
        "route53:changeresourcerecordsetsnormalizedrecordnames",
        "route53:changeresourcerecordsetsrecordtypes",
    }
)


class Cell(NamedTuple):
    """The conditions (as bits) that hold, and the key's values that make it so: () is absent, None is not known."""

    holds: int
    values: tuple[str, ...] | None


class Cells(NamedTuple):
    """The cells of one key; `whole` says that no other cell is possible."""

    cells: tuple[Cell, ...]
    whole: bool


@lru_cache(maxsize=4096)
def likely_cells(conditions: tuple[Condition, ...], *, mixed: bool) -> tuple[Cell, ...]:
    """Return some concrete cells, cheaply: absent, the policies' own values, one other value."""
    singles = list(_concrete(conditions, ((value,) for value in likely_values(conditions, mixed=mixed))))
    try:
        several = _joined(conditions, singles) if may_have_several(conditions) else singles
    except BudgetSpentError:
        several = singles
    return tuple(_distinct([*_concrete(conditions, ((),)), *several]))


@lru_cache(maxsize=4096)
def pinned_cells(conditions: tuple[Condition, ...], values: tuple[str, ...]) -> tuple[Cell, ...]:
    """Return the cell of exactly these values, or none where it is not understood."""
    return tuple(_concrete(conditions, (values,)))


@lru_cache(maxsize=4096)
def all_cells(conditions: tuple[Condition, ...], *, mixed: bool) -> Cells:
    """Return every cell of the key; not `whole` where the work or the number of unknowns is too large."""
    try:
        singles = _distinct(_single_cells(conditions, Budget(CELL_BUDGET), mixed=mixed))
        several = _joined(conditions, singles) if may_have_several(conditions) else singles
        absent = list(_expanded(conditions, ()))
    except BudgetSpentError:
        return Cells((), whole=False)
    return Cells(tuple(_distinct([*absent, *several])), whole=True)


def may_have_several(conditions: Iterable[Condition]) -> bool:
    """Say whether a request may carry several values of the key: AWS asks for set operators on such keys."""
    listed = [item for item in conditions if item.parsed.family is not Family.NULL]
    if any(item.key in MULTIVALUED for item in listed):
        return True
    return any(item.parsed.quantifier is not Quantifier.PLAIN for item in listed) and not any(
        item.parsed.quantifier is Quantifier.PLAIN for item in listed
    )


def _concrete(conditions: tuple[Condition, ...], assignments: Iterable[tuple[str, ...]]) -> Iterator[Cell]:
    """Yield the cell of each assignment that the definition fully understands."""
    for values in assignments:
        truths = [_truth(condition, values) for condition in conditions]
        if None not in truths:
            yield Cell(sum(1 << place for place, truth in enumerate(truths) if truth), values)


def _truth(condition: Condition, values: tuple[str, ...]) -> Truth:
    if condition.variables and values:
        return None
    return condition_holds(condition, {condition.key: values} if values else {})


def _single_cells(conditions: tuple[Condition, ...], budget: Budget, *, mixed: bool) -> Iterator[Cell]:
    kinds = sorted({kind for item in conditions if (kind := kind_of(item))})
    if len(kinds) <= 1:
        for value in sure_values(conditions, budget, mixed=mixed):
            budget.spend()
            yield from _expanded(conditions, (value,))
        return
    # Operators of different kinds on one key: each kind alone is complete, their combinations are assumed possible.
    yield from _concrete(conditions, ((value,) for value in _values_of_all_kinds(conditions, kinds, budget)))
    parts = [_part(conditions, kind, budget) for kind in sorted({kind_of(item) for item in conditions})]
    for combined in product(*parts):
        budget.spend()
        yield Cell(sum(combined), None)


def _values_of_all_kinds(conditions: tuple[Condition, ...], kinds: Iterable[str], budget: Budget) -> Iterator[str]:
    yield from likely_values(conditions, mixed=True)
    for kind in kinds:
        yield from sure_values([item for item in conditions if kind_of(item) == kind], budget, mixed=True)


def _part(conditions: tuple[Condition, ...], kind: str, budget: Budget) -> set[int]:
    places = [place for place, item in enumerate(conditions) if kind_of(item) == kind]
    alone = tuple(conditions[place] for place in places)
    found = set()
    for value in sure_values(alone, budget, mixed=True):
        for cell in _expanded(alone, (value,)):
            found.add(sum(1 << place for bit, place in enumerate(places) if cell.holds >> bit & 1))
    return found


def _expanded(conditions: tuple[Condition, ...], values: tuple[str, ...]) -> Iterator[Cell]:
    """Yield the cell of `values`, or one abstract cell for each possible answer of what is not understood."""
    atoms = sorted({atom for item in conditions for atom in _atoms(item, values)})
    if len(atoms) > MOST_ATOMS:
        raise BudgetSpentError
    for answers in product((False, True), repeat=len(atoms)):
        true = {atom for atom, answer in zip(atoms, answers, strict=True) if answer}
        truths = [_supposed(item, values, true) for item in conditions]
        holds = sum(1 << place for place, truth in enumerate(truths) if truth)
        yield Cell(holds, None if atoms else values)


def _atoms(condition: Condition, values: tuple[str, ...]) -> tuple[str, ...]:
    """Return names for what is not known of the condition; equal names have equal answers."""
    if condition.variables and values:
        base = condition.parsed.family.value
        return tuple(f"{base} {glob}" for glob in condition.values if variables_of(glob))
    if condition_holds(condition, {condition.key: values} if values else {}) is None:
        return (f"{condition.operator} {condition.values}",)
    return ()


def _supposed(condition: Condition, values: tuple[str, ...], true: set[str]) -> Truth:
    atoms = _atoms(condition, values)
    if not atoms:
        return condition_holds(condition, {condition.key: values} if values else {})
    if not condition.variables or not values:
        return atoms[0] in true
    fixed = Condition(
        condition.operator, condition.key, tuple(glob for glob in condition.values if not variables_of(glob))
    )
    negated = condition.parsed.negated
    matched = any(atom in true for atom in atoms) or condition_holds(fixed, {fixed.key: values}) is not negated
    return matched is not negated


def _joined(conditions: tuple[Condition, ...], singles: Iterable[Cell]) -> list[Cell]:
    """Return the cells of one value and of any number of values together."""
    some = sum(1 << place for place, item in enumerate(conditions) if needs_one(item.parsed))
    listed = list(singles)
    known = {(cell.holds, cell.values is None): cell for cell in listed}
    frontier = list(known.values())
    while frontier:
        cell = frontier.pop()
        for single in listed:
            joined = _join(cell, single, some)
            key = (joined.holds, joined.values is None)
            if key not in known:
                known[key] = joined
                frontier.append(joined)
        if len(known) > MOST_CELLS:
            raise BudgetSpentError
    return list(known.values())


def _join(left: Cell, right: Cell, some: int) -> Cell:
    holds = (left.holds & right.holds & ~some) | ((left.holds | right.holds) & some)
    if left.values is None or right.values is None:
        return Cell(holds, None)
    return Cell(holds, (*left.values, *right.values))


def _distinct(cells: Iterable[Cell]) -> list[Cell]:
    """Return one cell for each set of conditions, a concrete one where there is one."""
    found: dict[int, Cell] = {}
    for cell in cells:
        if cell.holds not in found or (found[cell.holds].values is None and cell.values is not None):
            found[cell.holds] = cell
    return list(found.values())
