"""Builds Deny documents that take an escape away, from what escapes and from what the ceiling leaves of its actions.

Nothing here has to be right for the guard to be safe: each document is a candidate, and the planner proves it or
passes it over. A Deny never uses a policy variable, whose value the role's user may choose, and no condition but the
opposite of one of the ceiling's. An action that the ceiling gives on every resource stands in no NotResource statement:
that would deny it on the lone `*`, which is what an action without resource-level permission asks for.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from panorama_guard.containment import DEFAULT_BUDGET, Contained, Grant
from panorama_guard.containment.areas import Area, area_of, outside_all, singles, statements_of
from panorama_guard.containment.budget import BudgetSpentError
from panorama_guard.containment.elements import EVERYTHING, NOTHING, is_empty, is_everything, less, meets, positive
from panorama_guard.containment.grouping import as_statements, grouped, spellings
from panorama_guard.containment.negation import negated
from panorama_guard.containment.traits import traits_of
from panorama_guard.judging.allowance import allowing, charged
from panorama_guard.judging.decide import decide
from panorama_guard.policy import Document, Effect, Patterns
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import replace
from panorama_guard.policy.write import write_document

Areas = tuple[Area, ...]


def narrow_denies(extent: Document, ceiling: Grant) -> Iterator[str]:
    """Yield documents that deny the actions that escape, the shortest first: where they escape, or outside the ceiling.

    Where the ceiling gives only part of an action pattern that escapes, the whole service is held to the ceiling.
    """
    rules = ceiling_rules(ceiling)
    if not rules:
        return
    escaping = tuple(map(area_of, statements_of((extent,), Effect.ALLOW)))
    candidates = [*_as_it_escapes(extent, ceiling, rules), *_outside_ceiling(escaping, rules)]
    spelled = spellings(Grant((extent,)), ceiling)
    yield from sorted({_document(areas, spelled) for areas in candidates}, key=lambda text: (len(text), text))


@lru_cache(maxsize=32)
def wide_denies(ceiling: Grant) -> tuple[str, ...]:
    """Return a document that denies everything outside the ceiling, or none; it is the same for every escape."""
    rules = ceiling_rules(ceiling)
    if rules is None:
        return ()
    with allowing():  # it is made for one order and kept for the next
        return (_document(_hold(dict.fromkeys(map(_service_of, rules)), rules), spellings(ceiling)),)


def ceiling_rules(ceiling: Grant) -> Areas | None:
    """Return the ceiling action by action, or None where it is more than Allows of named actions of named services."""
    statements = [statement for document in ceiling.policies for statement in document.statements]
    rules = singles(map(area_of, statements))
    is_plain = all(item.effect is Effect.ALLOW for item in statements) and all(map(_is_plain, rules))
    return rules if is_plain and not ceiling.boundaries else None


def _is_plain(area: Area) -> bool:
    is_named = not area.actions.negated and not {"*", "?"} & set(_service_of(area))
    return is_named and (is_everything(area.resources) or not area.resources.negated)


def _as_it_escapes(extent: Document, ceiling: Grant, rules: Areas) -> Iterator[Areas]:
    """Yield the areas that escape, if nothing of the ceiling has to be left out of them.

    They may be under no conditions but opposites of the ceiling's.
    """
    allows = replace(extent, statements=tuple(statements_of((extent,), Effect.ALLOW)))
    escaping = tuple(map(area_of, allows.statements))
    opposites = {opposite for rule in rules for item in rule.conditions for opposite in negated(item) or ()}
    if not {condition for area in escaping for condition in area.conditions} <= opposites:
        return
    inside = Grant((allows,), ceiling.layers)
    if not traits_of(Grant((allows,))).has_variables and isinstance(decide(inside, Grant(())), Contained):
        yield escaping


def _outside_ceiling(escaping: Areas, rules: Areas) -> Iterator[Areas]:
    """Yield the escaping actions as far as they are outside the ceiling, whatever resources they escape on."""
    cells = singles(replace(area, resources=EVERYTHING, conditions=()) for area in escaping)
    if not all(map(_is_plain, cells)):
        return
    limits = {cell: _cut(cell, rules) for cell in cells}
    held = dict.fromkeys(_service_of(cell) for cell, (_, uncut) in limits.items() if uncut)
    alone = tuple(area for cell, (left, _) in limits.items() if _service_of(cell) not in held for area in left)
    yield (*alone, *_hold(held, rules)) if held else alone


def _hold(services: Iterable[str], rules: Areas) -> Iterator[Area]:
    """Yield areas outside the rules: all of these services that is, and every service that has no rule."""
    held = tuple(services)
    names = positive(_glob_of(rule) if _service_of(rule) in held else _whole(_service_of(rule)) for rule in rules)
    yield Area(Patterns(negated=True, globs=names.globs), EVERYTHING)
    for service in held:
        yield from _hold_service(service, rules)


def _hold_service(service: str, rules: Areas) -> Iterator[Area]:
    """Yield what of the service's actions is outside the rules; what no rule is about is another's to deny."""
    own = tuple(rule for rule in rules if _service_of(rule) == service)
    whole = [rule for rule in own if _glob_of(rule) == _whole(service) and not rule.conditions]
    actions = dict.fromkeys(_glob_of(rule) for rule in own if rule not in whole)
    if not whole:
        yield from (area for action in actions for area in _limit(action, own))
        return
    if any(is_everything(rule.resources) for rule in whole):
        return
    reach = positive(glob for rule in whole for glob in rule.resources.globs)
    beyond = tuple(rule for rule in own if rule not in whole and not is_empty(less(rule.resources, reach).patterns))
    wider = dict.fromkeys(map(_glob_of, beyond))
    others = dict.fromkeys(_whole(_service_of(rule)) for rule in rules if _service_of(rule) != service)
    rest = Patterns(negated=True, globs=(*others, *wider)) if wider else positive((_whole(service),))
    yield Area(rest, less(EVERYTHING, reach).patterns)
    yield from (area for action in wider for area in _limit(action, own))


def _limit(action: Glob, rules: Areas) -> Iterator[Area]:
    """Yield what of one action is outside the rules; where that cannot be said, less than that."""
    left, uncut = _cut(Area(positive((action,)), EVERYTHING), rules)
    for area in left:
        resources = area.resources
        for hole in uncut:
            resources = less(resources, hole.resources).patterns
        yield replace(area, resources=resources)


def _cut(area: Area, rules: Areas) -> tuple[Areas, Areas]:
    """Return what of an area is outside the rules, and the rules that could not be taken out of it."""
    if beside := _beside(area, rules):
        return beside, ()
    try:
        with charged(DEFAULT_BUDGET) as work:
            return outside_all((area,), sorted(rules, key=lambda rule: len(_glob_of(rule))), work)
    except BudgetSpentError:
        return (), ()


def _beside(area: Area, rules: Areas) -> Areas:
    """Return what of an action is outside rules of which some hold in any case and the others under one condition.

    What lies on resources of the latter and of none of the former is denied where the condition is not met, and that
    is said without them: outside the former, where it is not met, no rule holds. Nothing where the rules are not so.
    """
    own = [rule for rule in rules if meets(rule.actions, area.actions)]
    free, bound = [rule for rule in own if not rule.conditions], [rule for rule in own if rule.conditions]
    is_whole = all(is_empty(less(area.actions, rule.actions).patterns) for rule in own)
    under = dict.fromkeys(rule.conditions for rule in bound)
    if not (free and is_whole and len(under) == 1 and is_everything(area.resources)):
        return ()
    conditions = next(iter(under))
    opposites = [opposite for condition in conditions if (opposite := negated(condition))]
    if len(opposites) < len(conditions):
        return ()
    unmet = (Area(area.actions, _outside(free), opposite) for opposite in opposites)
    areas = (Area(area.actions, _outside(own)), *unmet)
    return tuple(one for one in areas if not one.is_empty)


def _outside(rules: list[Area]) -> Patterns:
    if any(is_everything(rule.resources) for rule in rules):
        return NOTHING
    reach = positive(glob for rule in rules for glob in rule.resources.globs)
    return less(EVERYTHING, reach).patterns


def _glob_of(area: Area) -> Glob:
    return area.actions.globs[0]


def _service_of(area: Area) -> str:
    return "*" if area.actions.negated else _glob_of(area).partition(":")[0]


def _whole(service: str) -> Glob:
    return Glob(f"{service}:*")


def _document(areas: Iterable[Area], spelled: Mapping[str, Glob]) -> str:
    denied = grouped(area for area in areas if not area.is_empty)
    return write_document(as_statements(denied, Effect.DENY, spelled))
