"""How far an escape reaches: everything that is granted outside the ceiling, as the statements of an IAM policy.

The statements are made from the grant's own, the ceiling's being cut out of them. What cannot be cut out stays beside
them as a Deny. Nothing of this is believed before the engine has proved it: `precision` says what was proved.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from panorama_guard.containment.areas import (
    Area,
    allowed_areas,
    area_of,
    denied_areas,
    outside_all,
    singles,
    statements_of,
    surely_granted_areas,
    trimmed,
)
from panorama_guard.containment.budget import Budget, BudgetSpentError
from panorama_guard.containment.extent_proof import Precision, prove_extent
from panorama_guard.containment.grouping import grouped, spellings
from panorama_guard.containment.pruning import Sides, document_of, escaping_part, needed_denies
from panorama_guard.containment.records import Grant
from panorama_guard.policy.document import Document, Effect
from panorama_guard.policy.write import write_document

EXTENT_BUDGET = 400_000  # steps, see `budget.py`: two seconds at most, for the hardest grants that IAM accepts


@dataclass(frozen=True, slots=True)
class Extent:
    """The statements that describe an escape, and what is proved of them."""

    document: Document
    precision: Precision

    @property
    def text(self) -> str:
        """Return the statements as the text of an IAM policy."""
        return write_document(self.document.statements)


def measure_escape(grant: Grant, ceiling: Grant, *, budget: int = EXTENT_BUDGET) -> Extent:
    """Return everything that `grant` allows and `ceiling` does not, in as few words as are found for it.

    Where it cannot be said, or not be proved within the budget, the answer is more than that and says so.
    """
    sides = Sides(grant, ceiling, spellings(grant, ceiling), Budget(budget))
    best = _all_of_the_policies(sides)
    with suppress(BudgetSpentError, RecursionError, MemoryError):
        for extent in _attempts(sides):
            best = extent
    return best


def _all_of_the_policies(sides: Sides) -> Extent:
    """Return all that the grant's policies allow: that needs no proof."""
    allows, denies = (
        tuple(map(area_of, statements_of(sides.grant.policies, effect))) for effect in (Effect.ALLOW, Effect.DENY)
    )
    return Extent(document_of(allows, denies, sides), Precision.AT_MOST)


class _Draft(NamedTuple):
    """Areas that hold the escape, and what of the grant's and the ceiling's has to be denied in them."""

    areas: tuple[Area, ...]
    denies: tuple[Area, ...]


def _attempts(sides: Sides) -> Iterator[Extent]:
    """Yield what is proved of descriptions of the escape, each better than the one before it."""
    rows = singles(area for each in allowed_areas(sides.grant, sides.work) for area in each.areas)
    own = denied_areas(sides.grant)
    rules = tuple(sorted(surely_granted_areas(sides.ceiling, rows, own, sides.work), key=_width))
    drafts = _drafts(rows, rules, sides.work)
    for draft in sorted(drafts, key=partial(_length, sides=sides)):
        allows = escaping_part(draft.areas, (*own, *draft.denies), sides)
        own_met, uncut = _met(own, allows), _met(draft.denies, allows)
        extent = document_of(allows, grouped((*own_met, *uncut)), sides)
        precision = prove_extent(extent, sides.grant, sides.ceiling, sides.work)
        if precision is Precision.EXACT:
            yield Extent(extent, precision)
            yield Extent(document_of(allows, needed_denies(allows, own_met, uncut, sides), sides), precision)
            return
        if precision:
            yield Extent(extent, precision)


def _length(draft: _Draft, *, sides: Sides) -> int:
    return len(write_document(document_of(grouped(draft.areas), grouped(draft.denies), sides).statements))


def _width(rule: Area) -> tuple[bool, int]:
    """Return a key that puts wide rules before narrow ones: what a wide one has cut out needs no narrow one."""
    return bool(rule.conditions), 0 if rule.actions.negated else min(map(len, rule.actions.globs), default=0)


def _drafts(rows: Sequence[Area], rules: Sequence[Area], work: Budget) -> tuple[_Draft, _Draft]:
    """Return the rows with the rules cut out as far as can be, and the rows as they are with the rules as Denies."""
    cut = [(row, outside_all((row,), rules, work)) for row in rows]
    left = tuple(area for _, (areas, _) in cut for area in areas)
    whole = tuple(row for row, (areas, _) in cut if areas)
    uncut = dict.fromkeys(hole for _, (_, holes) in cut for hole in holes)
    return _Draft(left, _met(uncut, left)), _Draft(whole, _met(rules, whole))


def _met(holes: Iterable[Area], areas: Sequence[Area]) -> tuple[Area, ...]:
    """Return of the holes what has to do with the areas."""
    return tuple(dict.fromkeys(trimmed(hole, area) for hole in holes for area in areas if hole.may_meet(area)))
