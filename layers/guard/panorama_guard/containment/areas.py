"""Areas: the requests that one statement matches, and what one area leaves of another, again as areas.

Actions stand in lower case here, because their case does not count.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import service_of
from panorama_guard.containment.elements import (
    EVERYTHING,
    NOTHING,
    Said,
    common,
    is_empty,
    less,
    meeting,
    meets,
    narrowed,
    plain,
    positive,
)
from panorama_guard.containment.negation import joined, negated
from panorama_guard.containment.records import Grant
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record, replace
from panorama_guard.policy.text import ascii_lower

MOST_AREAS = 500


@record
class Area:
    """The requests with one of these actions, on one of these resources, in a context that meets the conditions."""

    actions: Patterns
    resources: Patterns
    conditions: tuple[Condition, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether no request is in it."""
        return is_empty(self.actions) or is_empty(self.resources)

    def may_meet(self, other: "Area") -> bool:
        """Say whether a request may be in both."""
        return self.is_near(other) and meets(self.actions, other.actions) and meets(self.resources, other.resources)

    def is_near(self, other: "Area") -> bool:
        """Say whether both may be about one service."""
        mine, its = _services(self.actions), _services(other.actions)
        return "" in mine or "" in its or not mine.isdisjoint(its)

    @property
    def size(self) -> int:
        """Return about how much there is to read in it."""
        return len(self.actions.globs) + sum(map(len, self.resources.globs)) // 16


@lru_cache(maxsize=4096)
def _services(actions: Patterns) -> frozenset[str]:
    return frozenset({""} if actions.negated else map(service_of, actions.globs))


@record
class Areas:
    """Areas that together are what was asked for; where not `exact` they are more than that, for want of words."""

    areas: tuple[Area, ...]
    exact: bool


def area_of(statement: Statement) -> Area:
    """Return the area of a statement, whatever its effect."""
    actions = Patterns(statement.actions.negated, tuple(Glob(ascii_lower(glob)) for glob in statement.actions.globs))
    return Area(plain(actions), plain(statement.resources or EVERYTHING), tuple(dict.fromkeys(statement.conditions)))


def statements_of(documents: Iterable[Document], effect: Effect) -> Iterator[Statement]:
    """Yield the statements of one effect."""
    return (item for document in documents for item in document.statements if item.effect is effect)


def allowed_areas(grant: Grant, budget: Budget) -> tuple[Areas, ...]:
    """Return what the Allows of all layers allow together, whatever the Denies say: an area for each combination."""
    first, *others = (tuple(map(area_of, statements_of(layer, Effect.ALLOW))) for layer in grant.layers)
    found = tuple(Areas((area,), exact=True) for area in first)
    for layer in others:
        budget.spend(len(found) * len(layer))
        found = tuple(_further(each, other) for each in found for other in layer)
        found = tuple(each for each in found if each.areas)
    return found


def _further(areas: Areas, other: Area) -> Areas:
    shared = [shared_area(area, other) for area in areas.areas]
    parts = tuple(area for each in shared for area in each.areas)
    return Areas(parts, areas.exact and all(each.exact for each in shared))


def surely_granted_areas(allowed: Sequence[Area], denied: Sequence[Area], budget: Budget) -> tuple[Area, ...]:
    """Return areas of which every request is allowed and not denied: all that is, as far as it can be written."""
    if not denied:
        return tuple(allowed)
    left, uncut = outside_all(allowed, denied, budget)
    return tuple(area for area in left if not any(map(area.may_meet, uncut)))


def denied_areas(grant: Grant) -> tuple[Area, ...]:
    """Return what any Deny of any layer of the grant denies."""
    return tuple(area_of(item) for layer in grant.layers for item in statements_of(layer, Effect.DENY))


def shared_area(one: Area, other: Area) -> Areas:
    """Return what both areas have in common."""
    if not one.may_meet(other):
        return Areas((), exact=True)
    actions, resources = common(one.actions, other.actions), common(one.resources, other.resources)
    conditions = joined(one.conditions, other.conditions)
    area = Area(actions.patterns, resources.patterns, one.conditions if conditions is None else conditions)
    exact = actions.exact and resources.exact and conditions is not None
    return Areas(() if area.is_empty else (area,), exact)


def outside(area: Area, hole: Area) -> Areas:
    """Return what is left of an area outside another one."""
    if not area.may_meet(hole):
        return Areas((area,), exact=True)
    others = less(area.actions, hole.actions)
    inside = _covered(area.actions, others.patterns, hole.actions) if others.exact else Said(NOTHING, exact=False)
    if not inside.exact:
        return Areas((area,), exact=False)
    beside = less(area.resources, hole.resources)
    unmet = _unmet(Area(inside.patterns, area.resources, area.conditions), hole)
    if unmet is None or (hole.conditions and not beside.exact):
        return Areas((area,), exact=False)
    parts = (
        Area(others.patterns, area.resources, area.conditions),
        Area(inside.patterns, beside.patterns, area.conditions),
        *unmet,
    )
    return Areas(tuple(part for part in parts if not part.is_empty), beside.exact)


def _covered(actions: Patterns, others: Patterns, hole: Patterns) -> Said:
    """Return what of the actions is in the hole, if the others are exactly those that are not."""
    if actions.negated or hole.negated:
        return common(actions, hole)
    return Said(positive(glob for glob in actions.globs if glob not in others.globs), exact=True)


def outside_all(
    areas: Iterable[Area], holes: Iterable[Area], budget: Budget
) -> tuple[tuple[Area, ...], tuple[Area, ...]]:
    """Return what is left of the areas outside all holes, and the parts of holes that could not be cut out of it."""
    left, uncut = singles(areas), dict[Area, None]()
    for hole in holes:
        near = [area for area in left if area.is_near(hole)]
        budget.spend(1 + len(left) // 16 + sum(1 + area.size * hole.size // 4 for area in near))
        cut = {area: outside(area, hole) for area in near}
        uncut.update((trimmed(hole, area), None) for area, rest in cut.items() if not rest.exact)
        after = singles(part for area in left for part in (cut[area].areas if area in cut else (area,)))
        if len(after) > MOST_AREAS:
            uncut[hole] = None
        else:
            left = after
    return left, tuple(uncut)


def singles(areas: Iterable[Area]) -> tuple[Area, ...]:
    """Return the same areas, each with one action pattern where it names actions at all."""
    found = (one for area in areas for one in _singles(area))
    return tuple(dict.fromkeys(found))


def _singles(area: Area) -> Iterator[Area]:
    if area.actions.negated:
        yield area
        return
    yield from (replace(area, actions=positive((glob,))) for glob in area.actions.globs)


def trimmed(hole: Area, area: Area) -> Area:
    """Return a hole that has the same in common with the area, and little else."""
    return Area(narrowed(hole.actions, area.actions), meeting(hole.resources, area.resources), hole.conditions)


def _unmet(area: Area, hole: Area) -> tuple[Area, ...] | None:
    """Return where the area lies inside the hole but for the hole's conditions; None where that cannot be written."""
    if not hole.conditions:
        return ()
    if set(hole.conditions) <= set(area.conditions):
        return ()
    inside = common(area.resources, hole.resources)
    opposites = [negated(condition) for condition in hole.conditions]
    met = [None if opposite is None else joined(area.conditions, opposite) for opposite in opposites]
    if not inside.exact or None in met:
        return None
    return tuple(Area(area.actions, inside.patterns, conditions) for conditions in met if conditions is not None)
