"""Areas grouped into as few statements as is easily found, and the names of their actions written as people do."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain

from panorama_guard.containment.areas import Area
from panorama_guard.containment.elements import NOTHING, is_everything, positive
from panorama_guard.containment.overlap import plainly_covers
from panorama_guard.containment.plausible import PUBLISHED
from panorama_guard.containment.records import Grant
from panorama_guard.policy.document import Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import replace
from panorama_guard.policy.text import ascii_lower

MOST_COMPARED = 300  # patterns of areas that are held against each other


def grouped(areas: Iterable[Area]) -> tuple[Area, ...]:
    """Return the same areas, those joined that are alike but for their resources, then but for their actions."""
    by_resources = _joined(
        dict.fromkeys(areas), lambda area: area.resources, lambda area, it: replace(area, resources=it)
    )
    return _without_inner(_joined(by_resources, lambda area: area.actions, lambda area, it: replace(area, actions=it)))


def _joined(
    areas: Iterable[Area], element: Callable[[Area], Patterns], put: Callable[[Area, Patterns], Area]
) -> tuple[Area, ...]:
    """Return the areas with those joined that differ in one element only, where that is a list of patterns."""
    found: dict[Area, list[Glob]] = {}
    for area in areas:
        patterns = element(area)
        found.setdefault(area if patterns.negated else put(area, NOTHING), []).extend(patterns.globs)
    return tuple(area if element(area).negated else put(area, positive(globs)) for area, globs in found.items())


def _without_inner(areas: tuple[Area, ...]) -> tuple[Area, ...]:
    """Return the areas without those that plainly lie in another one."""
    if sum(area.size for area in areas) > MOST_COMPARED:
        return areas
    kept: list[Area] = []
    for area in areas:
        if not any(holds(other, area) for other in kept):
            kept = [other for other in kept if not holds(area, other)]
            kept.append(area)
    return tuple(kept)


def holds(outer: Area, inner: Area) -> bool:
    """Say whether `inner` plainly lies in `outer`."""
    return (
        set(outer.conditions) <= set(inner.conditions)
        and _covers_all(outer.actions, inner.actions)
        and _covers_all(outer.resources, inner.resources)
    )


def _covers_all(outer: Patterns, inner: Patterns) -> bool:
    if is_everything(outer):
        return True
    if outer.negated:
        return inner.negated and all(any(plainly_covers(more, less) for more in inner.globs) for less in outer.globs)
    return not inner.negated and all(any(plainly_covers(more, less) for more in outer.globs) for less in inner.globs)


def spellings(*grants: Grant) -> dict[str, Glob]:
    """Return how the grants, the first before the others, spell their actions, by lower case."""
    documents = chain.from_iterable(layer for grant in grants for layer in grant.layers)
    globs = (glob for document in documents for item in document.statements for glob in item.actions.globs)
    spelled: dict[str, Glob] = {}
    for glob in globs:
        spelled.setdefault(ascii_lower(glob), glob)
    return spelled


def as_statements(areas: Iterable[Area], effect: Effect, spelled: Mapping[str, Glob]) -> tuple[Statement, ...]:
    """Return the statements that allow, or deny, the areas."""
    return tuple(_statement(area, effect, spelled, index) for index, area in enumerate(areas))


def _statement(area: Area, effect: Effect, spelled: Mapping[str, Glob], index: int) -> Statement:
    globs = tuple(spelled.get(glob) or Glob(PUBLISHED.get(glob, glob)) for glob in area.actions.globs)
    actions = _written(Patterns(area.actions.negated, globs))
    return Statement(index, None, effect, actions, _written(area.resources), area.conditions)


def _written(patterns: Patterns) -> Patterns:
    """Return the patterns as they stand in a document, where a list has to have a member."""
    return Patterns(negated=False, globs=(Glob("*"),)) if is_everything(patterns) else patterns
