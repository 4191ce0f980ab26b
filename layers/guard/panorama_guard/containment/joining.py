"""How the cells of single values join to cells of several values."""

from collections.abc import Iterable, Sequence
from itertools import product

from panorama_guard.containment.answers import Cell, concrete_cells, price_of
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import needs_one
from panorama_guard.policy.condition import Condition, Family, Quantifier
from panorama_guard.policy.glob import literal_text
from panorama_guard.policy.record import record

MOST_CELLS = 4096
COMPARED = 4  # cells that are joined or compared for one step


def joined_cells(
    conditions: tuple[Condition, ...], singles: Iterable[Cell], budget: Budget, helpful: Sequence[Truth] = ()
) -> list[Cell]:
    """Return the cells of one value and of any number of values together.

    Where it is told whether each condition is `helpful` by holding, or by not holding, those that another one betters
    are left out: more values make of the better one something better too.
    """
    listed = list(singles)
    joint = _Joint.of(conditions, listed)
    order = _Order.of(helpful)
    waiting: list[Cell] = []
    texts = [_only_text(cell, conditions, budget) for cell in listed]
    for cell, text in zip(listed, texts, strict=True):
        budget.spend(len(listed))
        pairs = zip(listed, texts, strict=True)
        waiting += [joint.join(cell, single) for single, other in pairs if text is None or text != other]
    # Where no operator is for one value, several values that answer as one does are no other case.
    known = {_answers(cell): cell for cell in listed} if order and not joint.plain else {}
    while waiting:
        cell = waiting.pop()
        if (key := _answers(cell)) in known:
            continue
        budget.spend(1 + (len(listed) + len(known)) // COMPARED if order else len(listed))
        if order and any(order.is_better(other, cell) for other in known.values()):
            continue
        if order:
            known = {of: other for of, other in known.items() if not order.is_better(cell, other)}
        known[key] = cell
        waiting += [joint.join(cell, single) for single in listed]
        if len(known) << len(joint.alike) > MOST_CELLS:
            raise BudgetSpentError
    return [*listed, *(found for cell in known.values() for found in joint.suppose(cell))]


def _answers(cell: Cell) -> tuple[int, int, bool]:
    return cell.holds, cell.unsure, cell.values is None


def _only_text(cell: Cell, conditions: tuple[Condition, ...], budget: Budget) -> str | None:
    """Return the one text that answers as the cell does, if a condition says that there is no other.

    That is one that names texts and that the cell meets, or of the negated ones one that it surely does not meet. A
    request has a value once: two cells of one text, which differ in what is supposed of it, are no two values.
    """
    told = (
        (item, (cell.reach if item.parsed.negated else cell.holds) >> place & 1)
        for place, item in enumerate(conditions)
    )
    named = (_texts(item) for item, answer in told if answer != item.parsed.negated)
    listed = min(filter(None, named), key=len, default=frozenset[str]())
    budget.spend(len(listed) * (1 + price_of(conditions) // 3))
    answers = concrete_cells(conditions, ((text,) for text in sorted(listed)))
    found = [one for one in answers if not (one.holds & ~cell.reach or cell.holds & ~one.reach)]
    return found[0].values[0] if len(found) == 1 and found[0].values else None


def _texts(condition: Condition) -> frozenset[str]:
    """Return the texts of a condition that matches these and no others."""
    exact = condition.parsed.family in (Family.STRING, Family.BINARY) and not condition.variables
    texts = map(literal_text, condition.values if exact else ())
    return frozenset(text for text in texts if text is not None)


@record
class _Order:
    """Which of two cells is of more use to an escape: conditions, as bits, that are to hold, or not to, or either."""

    wanted: int
    unwanted: int
    fixed: int

    @classmethod
    def of(cls, helpful: Sequence[Truth]) -> "_Order | None":
        """Return the order, given whether each condition helps by holding; None where nothing is told of them."""
        if not helpful:
            return None
        asked = (True, False, None)
        return cls(*(sum((help_ is one) << place for place, help_ in enumerate(helpful)) for one in asked))

    def is_better(self, one: Cell, other: Cell) -> bool:
        """Say whether all that can be done with the other cell can be done with the one."""
        if one.values is None and other.values is not None:
            return False
        return not any(
            (mine ^ its) & self.fixed or its & ~mine & self.wanted or mine & ~its & self.unwanted
            for mine, its in ((one.holds, other.holds), (one.reach, other.reach))
        )


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
        values = None if left.values is None or right.values is None else _together(left.values, right.values)
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


def _together(left: tuple[str, ...], right: tuple[str, ...]) -> tuple[str, ...]:
    """Return all values once; those that are the same twice, for another that answers alike."""
    return (*left, *right) if left == right else tuple(dict.fromkeys((*left, *right)))


def _sameness(condition: Condition) -> object:
    """Return what is equal for conditions that answer values alike; the key is there, so IfExists changes nothing."""
    operator = condition.parsed
    known = (operator.family, operator.relation, operator.negated)
    named = condition.operator if operator.family is Family.UNKNOWN else known
    return named, frozenset(condition.values)
