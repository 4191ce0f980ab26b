"""Takes out of a description of an escape what says nothing, with the engine as the judge."""

from collections.abc import Iterable, Iterator, Sequence

from panorama_guard.containment.areas import Area, singles, statements_of
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.elements import positive
from panorama_guard.containment.extent_proof import is_inside_grant, is_outside_ceiling, is_within
from panorama_guard.containment.grouping import as_statements, grouped
from panorama_guard.containment.records import Grant
from panorama_guard.policy.document import CURRENT, Document, Effect
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record, replace

NAME = "escape"
MOST_CELLS = 40  # actions times resources of one area that are asked about one by one
MOST_TRIED = 40  # Denies that are tried to be left out


@record
class Sides:
    """A grant, its ceiling, how they spell their actions, and the work that is left."""

    grant: Grant
    ceiling: Grant
    spelled: dict[str, Glob]
    work: Budget


def document_of(allows: Iterable[Area], denies: Iterable[Area], sides: Sides) -> Document:
    """Return the document that allows these areas less those."""
    statements = (
        *as_statements(allows, Effect.ALLOW, sides.spelled),
        *as_statements(denies, Effect.DENY, sides.spelled),
    )
    return Document(NAME, CURRENT, statements)


def escaping_part(areas: Iterable[Area], denies: Sequence[Area], sides: Sides) -> tuple[Area, ...]:
    """Return the areas, grouped, without what of them is proved not to escape.

    A part that no condition and no Deny has a say in escapes for certain: nothing is asked about it.
    """
    found: list[Area] = []
    for area in grouped(areas):
        if not area.conditions and not any(area.may_meet(deny) for deny in denies):
            found.append(area)
        elif _escapes(area, sides):
            found += _escaping(area, sides)
    return grouped(found)


def _escaping(area: Area, sides: Sides) -> Iterator[Area]:
    """Yield the area action by action, with only those of its resources that escape; whole where that is too many."""
    cells = [part for one in singles((area,)) for part in _by_resource(one)]
    if not 1 < len(cells) <= MOST_CELLS:
        yield area
        return
    yield from (cell for cell in cells if _escapes(cell, sides))


def _by_resource(area: Area) -> Iterator[Area]:
    if area.resources.negated:
        yield area
        return
    yield from (replace(area, resources=positive((glob,))) for glob in area.resources.globs)


def _escapes(area: Area, sides: Sides) -> bool:
    """Say whether something of the area may be granted outside the ceiling."""
    grant = sides.grant
    denies = tuple(statements_of((document for layer in grant.layers for document in layer), Effect.DENY))
    allows = document_of((area,), (), sides)
    alone = Grant((allows, Document(NAME, CURRENT, denies)), grant.boundaries)
    return not is_within(alone, sides.ceiling, sides.work)


def needed_denies(allows: Sequence[Area], own: Sequence[Area], uncut: Sequence[Area], sides: Sides) -> tuple[Area, ...]:
    """Return the Denies that keep the Allows inside the grant (of its `own`) and outside the ceiling (its `uncut`).

    Of an `uncut` part something is in the Allows, unless conditions or one of the grant's own Denies are in its way.
    """
    needed = grouped((*own, *uncut))
    doubted = [deny for deny in needed if any(_bears_on(other, deny, allows) for other in own)]
    doubted += [deny for deny in needed if any(area.conditions and area.may_meet(deny) for area in allows)]
    for deny in tuple(dict.fromkeys(doubted))[:MOST_TRIED]:
        fewer = tuple(other for other in needed if other is not deny)
        if _stays(allows, fewer, sides):
            needed = fewer
    return needed


def _bears_on(own: Area, deny: Area, allows: Sequence[Area]) -> bool:
    return own.may_meet(deny) and any(area.may_meet(own) and area.may_meet(deny) for area in allows)


def _stays(allows: Sequence[Area], denies: Sequence[Area], sides: Sides) -> bool:
    extent = document_of(allows, denies, sides)
    return is_outside_ceiling(extent, sides.ceiling, sides.work) and is_inside_grant(extent, sides.grant, sides.work)
