"""How one assignment of a context key answers a list of conditions: surely, or in each way that must be supposed."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import product

from panorama_guard.containment.budget import BudgetSpentError
from panorama_guard.containment.debatable import debatable
from panorama_guard.containment.fillings import NO_KINDS, Kinds, may_match
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import condition_holds, is_foreign, open_steps
from panorama_guard.containment.relations import are_texts, excludes, implies
from panorama_guard.policy.arn import accepts
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, variables_of
from panorama_guard.policy.record import record
from panorama_guard.policy.text import ascii_lower

MOST_ATOMS = 7
CELL_BUDGET = 80_000  # steps for all cells of one key


@record
class Cell:
    """The conditions (as bits) that hold, and the key's values that make it so: () is absent, None is not known.

    Of the conditions `unsure` (as bits) the definition has no answer for the values.
    """

    holds: int
    values: tuple[str, ...] | None
    unsure: int

    @property
    def reach(self) -> int:
        """Return the conditions that hold or may."""
        return self.holds | self.unsure


@record
class Cells:
    """The cells of one key; `whole` says that no other cell is possible."""

    cells: tuple[Cell, ...]
    whole: bool
    cost: int


def distinct(cells: Iterable[Cell]) -> list[Cell]:
    """Return one cell for each set of conditions, a concrete one where there is one."""
    found: dict[tuple[int, int], Cell] = {}
    for cell in cells:
        key = (cell.holds, cell.unsure)
        if key not in found or (found[key].values is None and cell.values is not None):
            found[key] = cell
    return list(found.values())


def price_of(conditions: Iterable[Condition]) -> int:
    """Return what it costs to ask the definition about three values."""
    return sum(1 + sum(map(_glob_price, condition.values)) for condition in conditions)


def _glob_price(glob: Glob) -> int:
    return 1 + len(glob) if "*" in glob or "?" in glob else 1 + len(glob) // 64


def concrete_cells(conditions: tuple[Condition, ...], assignments: Iterable[tuple[str, ...]]) -> Iterator[Cell]:
    """Yield the cell of each assignment, as far as the definition understands it."""
    for values in assignments:
        truths = [_truth(condition, values) for condition in conditions]
        unsure = sum(1 << place for place, truth in enumerate(truths) if truth is None) if None in truths else 0
        yield Cell(sum(1 << place for place, truth in enumerate(truths) if truth), values, unsure)


def _truth(condition: Condition, values: tuple[str, ...]) -> Truth:
    if condition.variables and values:
        return None
    return condition_holds(condition, {condition.key: values} if values else {})


Atom = tuple[Family | str, str]  # what is not sure: how a pattern is compared, and the pattern; or a name for the rest


def supposed_cells(
    conditions: tuple[Condition, ...], values: tuple[str, ...], kinds: Kinds = NO_KINDS
) -> Iterator[Cell]:
    """Yield the cell of `values`, and one abstract cell for each possible answer of what is not sure."""
    yield from concrete_cells(conditions, (values,))
    atoms = sorted({atom for item in conditions for atom in _atoms(item, values, kinds)}, key=str)
    if len(atoms) > MOST_ATOMS:
        raise BudgetSpentError
    for answers in product((False, True), repeat=len(atoms)):
        true = {atom for atom, answer in zip(atoms, answers, strict=True) if answer}
        if atoms and not _is_possible(true, atoms, kinds):
            continue
        truths = [_supposed(item, values, true, kinds) for item in conditions]
        yield Cell(sum(1 << place for place, truth in enumerate(truths) if truth), None if atoms else values, 0)


def _is_possible(true: AbstractSet[Atom], atoms: Sequence[Atom], kinds: Kinds) -> bool:
    """Say whether one text may match just these of the patterns, as far as two of them tell."""
    patterns = [(family, Glob(text)) for family, text in atoms if isinstance(family, Family)]
    return not any(
        (are_texts((own, one), (family, other)) and excludes(one, other, kinds))
        if (family, other) in true
        else implies(one, other, (own, family))
        for own, one in patterns
        if (own, one) in true
        for family, other in patterns
        if (family, other) != (own, one)
    )


def _atoms(condition: Condition, values: tuple[str, ...], kinds: Kinds) -> tuple[Atom, ...]:
    """Return names for what is not sure of the condition; equal names have equal answers."""
    opened = _opened(condition, values, kinds)
    whole = (_whole(condition, values),) if _settled(condition, values, opened) is None else ()
    return (*(_name(condition, glob) for glob in opened), *whole)


def _opened(condition: Condition, values: tuple[str, ...], kinds: Kinds) -> tuple[Glob, ...]:
    """Return the globs that each may match the values or not: those with variables, and debatable ones."""
    if not values:
        return ()
    unsure = {glob for value in values for glob in debatable(condition, value)}
    return tuple(glob for glob in condition.values if glob in unsure or _may_match(glob, condition, values, kinds))


def _may_match(glob: Glob, condition: Condition, values: tuple[str, ...], kinds: Kinds) -> bool:
    """Say whether one of the values is matched by a glob for some value of its variables."""
    if not variables_of(glob):
        return False
    pattern = open_steps(glob, condition.parsed.family)
    return pattern is None or any(accepts(pattern, value) and may_match(glob, value, kinds) for value in values)


def _name(condition: Condition, glob: Glob) -> Atom:
    family = condition.parsed.family
    if family in (Family.NUMERIC, Family.DATE):
        return f"{family.value} {condition.parsed.relation.value}", glob
    if family in (Family.STRING, Family.BINARY):
        return Family.LIKE, glob  # it is compared as one that has no wildcard
    return family, ascii_lower(glob) if family is Family.STRING_CASELESS else glob


def _whole(condition: Condition, values: tuple[str, ...]) -> Atom:
    family = condition.parsed.family
    if not values and family not in (Family.NULL, Family.UNKNOWN):
        return "IfExists under ForAnyValue", ""
    foreign = any(is_foreign(value, condition) for value in values)
    return ("foreign", family.value) if foreign else (condition.operator, str(condition.values))


def _settled(condition: Condition, values: tuple[str, ...], opened: tuple[Glob, ...]) -> Truth:
    """Return what the definition says of the condition without its globs that are open."""
    left = tuple(glob for glob in condition.values if glob not in opened) if opened else condition.values
    rest = Condition(condition.operator, condition.key, left) if opened else condition
    return condition_holds(rest, {rest.key: values} if values else {})


def _supposed(condition: Condition, values: tuple[str, ...], true: AbstractSet[Atom], kinds: Kinds) -> bool:
    opened = _opened(condition, values, kinds)
    settled = _settled(condition, values, opened)
    known = _whole(condition, values) in true if settled is None else settled
    if not opened:
        return known
    negated = condition.parsed.negated
    matched = known is not negated or any(_name(condition, glob) in true for glob in opened)
    return matched is not negated
