"""How far an escape reaches: everything that is granted outside the ceiling, as the statements of an IAM policy.

The statements are made from the grant's own, the ceiling's being cut out of them. What cannot be cut out stays beside
them as a Deny. Nothing of this is believed before the engine has proved it: `precision` says what was proved.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from panorama_guard.containment.areas import (
    Area,
    allowed_areas,
    area_of,
    denied_areas,
    outside_all,
    shared_area,
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
from panorama_guard.policy.record import record, replace
from panorama_guard.policy.write import write_document

EXTENT_BUDGET = 250_000  # steps, see `budget.py`: little more than a second, three for the hardest documents


@record
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
    return escape_within(Budget(budget), grant, ceiling)


def escape_within(work: Budget, grant: Grant, ceiling: Grant) -> Extent:
    """Return what `measure_escape` does, for as much work as is left."""
    sides = Sides(grant, ceiling, spellings(grant, ceiling), work)
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


@record
class _Draft:
    """Areas that hold the escape, and what of the grant's and the ceiling's has to be denied in them."""

    areas: tuple[Area, ...]
    denies: tuple[Area, ...]


def _attempts(sides: Sides) -> Iterator[Extent]:
    """Yield what is proved of descriptions of the escape, each better than the one before it."""
    own = denied_areas(sides.grant)
    for draft in sorted(_drafts(sides), key=partial(_length, sides=sides)):
        allows = _escaping_part(draft, own, sides)
        own_met, uncut = _met(own, allows, sides.work), _met(draft.denies, allows, sides.work)
        extent = document_of(allows, grouped((*own_met, *uncut)), sides)
        precision = prove_extent(extent, sides.grant, sides.ceiling, sides.work)
        if precision is Precision.EXACT:
            yield Extent(extent, precision)
            yield Extent(document_of(allows, needed_denies(allows, own_met, uncut, sides), sides), precision)
            return
        if precision:
            yield Extent(extent, precision)


def _escaping_part(draft: _Draft, own: Sequence[Area], sides: Sides) -> tuple[Area, ...]:
    """Return what of the draft's areas escapes, for half of the work that is left: the rest is for the proof."""
    work = Budget(sides.work.left // 2)
    given = work.left
    allows = escaping_part(draft.areas, (*own, *draft.denies), replace(sides, work=work))
    sides.work.spend(given - max(work.left, 0))
    return allows


def _length(draft: _Draft, *, sides: Sides) -> int:
    return len(write_document(document_of(grouped(draft.areas), grouped(draft.denies), sides).statements))


def _width(rule: Area) -> tuple[bool, int]:
    """Return a key that puts wide rules before narrow ones: what a wide one has cut out needs no narrow one."""
    return bool(rule.conditions), 0 if rule.actions.negated else min(map(len, rule.actions.globs), default=0)


def _drafts(sides: Sides) -> Iterator[_Draft]:
    """Yield the grant with the ceiling cut out, and the grant with the ceiling as Denies.

    What a ceiling denies is no part of it. Where that cannot be cut out of its Allows, it is put beside what escapes.
    """
    rows = singles(area for each in allowed_areas(sides.grant, sides.work) for area in each.areas)
    allowed = tuple(area for each in allowed_areas(sides.ceiling, sides.work) if each.exact for area in each.areas)
    own = denied_areas(sides.grant)
    denied = [deny for deny in denied_areas(sides.ceiling) if deny not in own and any(map(deny.may_meet, rows))]
    rules = sorted(surely_granted_areas(allowed, denied, sides.work), key=_width)
    cut = [(row, outside_all((row,), rules, sides.work)) for row in rows]
    left = (area for _, (areas, _) in cut for area in areas)
    yield _draft(left, (hole for _, (_, holes) in cut for hole in holes), sides.work)
    yield _draft((row for row, (areas, _) in cut if areas), rules, sides.work)
    if denied:
        outer, uncut = outside_all(rows, sorted(allowed, key=_width), sides.work)
        shared = (area for row in rows for deny in denied for area in shared_area(row, deny).areas)
        yield _draft((*outer, *shared), uncut, sides.work)


def _draft(areas: Iterable[Area], holes: Iterable[Area], work: Budget) -> _Draft:
    listed = tuple(dict.fromkeys(areas))
    return _Draft(listed, _met(dict.fromkeys(holes), listed, work))


def _met(holes: Iterable[Area], areas: Sequence[Area], work: Budget) -> tuple[Area, ...]:
    """Return of the holes what has to do with the areas."""
    met: dict[Area, None] = {}
    for hole in holes:
        near = [area for area in areas if area.is_near(hole)]
        work.spend(1 + len(areas) // 16 + sum(1 + area.size * hole.size // 4 for area in near))
        met |= {trimmed(hole, area): None for area in near if hole.may_meet(area)}
    return tuple(met)
