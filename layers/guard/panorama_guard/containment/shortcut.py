"""What a glance settles: the parts of a grant that one ceiling statement plainly covers."""

from collections.abc import Container, Hashable, Iterator, Sequence
from functools import lru_cache
from itertools import repeat

from panorama_guard.containment.actions import meet
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import Actions, Clause, Layer, Roster
from panorama_guard.containment.cover import covers, entails, is_split
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record, replace

ANY = Glob("*")


@record
class Piece:
    """One Allow of the grant, narrowed to one of its action globs and one of its resource globs."""

    clause: Clause
    action: Glob
    resource: Glob


def open_pieces(
    layer: Layer, grant: Sequence[Layer], ceiling: Sequence[Layer], several: Container[str], budget: Budget
) -> Iterator[Piece]:
    """Yield the pieces of one layer of the grant that the ceiling does not plainly cover, and no Deny plainly stops.

    A Deny of the ceiling that stands in the grant as well takes nothing more away. The keys in `several` may have
    several values in one request.
    """
    shared = {deny.body for mine in grant for deny in mine.denies.clauses}
    kept = _plainly_kept(ceiling, shared)
    denies = [mine.denies for mine in grant if mine.denies.clauses]
    takers = [tuple(deny for deny in limit.denies.clauses if deny.body not in shared) for limit in ceiling]
    price = 1 + sum(len(limit.clauses) for limit in ceiling) // 8
    known: dict[object, list[Glob]] = {}
    for clause in layer.allows.clauses:
        if kept and clause.body in kept:
            continue
        for action in action_globs(clause.actions):
            budget.spend(price)
            limits = tuple(map(_covering, ceiling, takers, repeat(clause), repeat(action)))
            asked = (limits, clause.resources.globs, clause.resources.negated, clause.tests)
            if asked not in known:
                known[asked] = _outside(limits, clause, several, budget)
            outside = known[asked]
            stops = [deny for listed in denies for deny in _stopping(listed, clause, action)] if outside else []
            for resource in outside:
                budget.spend(1 + len(stops) // 2)
                if not _covers_resource(stops, clause.resources, resource):
                    yield Piece(clause, action, resource)


def _outside(limits: Sequence[Sequence[Clause]], clause: Clause, several: Container[str], budget: Budget) -> list[Glob]:
    """Return the resource globs of a clause that some layer of the ceiling does not plainly cover."""
    resources, listed = clause.resources, resource_globs(clause.resources)
    budget.spend(len(listed) * (1 + sum(map(len, limits)) // 2))
    implied = [[item for item in limit if _implied(item, clause)] for limit in limits]
    left = [glob for glob in listed if not all(_covers_resource(limit, resources, glob) for limit in implied)]
    splits = [test for test in clause.tests if is_split(test, several)] if left else []
    budget.spend(sum(len(test.values) + sum(map(len, limits)) for test in splits) * len(left))
    return [
        glob
        for glob in left
        if not any(all(_covers_each(test, limit, clause, glob) for limit in limits) for test in splits)
    ]


def _covers_each(test: Condition, limit: Sequence[Clause], clause: Clause, resource: Glob) -> bool:
    """Say whether each value that a test lists is covered by some ceiling statement, with all else of the clause."""
    others = [mine for mine in clause.tests if mine != test]
    asked: dict[Condition, None] = {}
    for item in limit:
        if not _covers_resource([item], clause.resources, resource):
            continue
        more = [one for one in item.tests if one not in others and not any(entails(mine, one) for mine in others)]
        asked.update(dict.fromkeys(more if len(more) == 1 else ()))
    parts = (replace(test, values=(value,)) for value in test.values)
    return bool(asked) and all(part in asked or any(entails(part, one) for one in asked) for part in parts)


def _plainly_kept(ceiling: Sequence[Layer], shared: Container[object]) -> frozenset[Hashable]:
    """Return what every layer of the ceiling says itself, as clauses of it, and does not take away from."""
    if any(deny.body not in shared for limit in ceiling for deny in limit.denies.clauses):
        return frozenset()
    first, *others = map(_bodies, ceiling)
    return first.intersection(*others) if others else first


@lru_cache(maxsize=256)
def _bodies(layer: Layer) -> frozenset[Hashable]:
    return frozenset(clause.body for clause in layer.allows.clauses)


def action_globs(actions: Actions) -> tuple[Glob, ...]:
    """Return the globs that together cover the actions."""
    return (ANY,) if actions.negated else tuple(map(Glob, actions.spelled))


def resource_globs(resources: Patterns) -> tuple[Glob, ...]:
    """Return the globs that together cover the resources."""
    return (ANY,) if resources.negated else resources.globs


def _covering(limit: Layer, takers: Sequence[Clause], clause: Clause, action: Glob) -> tuple[Clause, ...]:
    """Return the ceiling statements that cover the action wherever `clause` allows it, whatever their conditions.

    None does where one of the `takers`, the Denies that count, may touch the action.
    """
    if any(may_touch(deny.actions, action) for deny in takers):
        return ()
    named = () if clause.actions.negated else limit.allows.named.get(action, ())
    near = limit.allows.wide_near(action) if limit.allows.wide else ()
    return (*named, *(item for item in near if covers_action(item.actions, clause.actions, action))) if near else named


def _stopping(denies: Roster, clause: Clause, action: Glob) -> Iterator[Clause]:
    """Yield the Denies that hold whatever the context is, for the action wherever `clause` allows it."""
    named = () if clause.actions.negated else denies.named.get(action, ())
    wide = (item for item in denies.wide_near(action) if covers_action(item.actions, clause.actions, action))
    return (item for item in (*named, *wide) if not item.tests)


def covers_action(outer: Actions, inner: Actions, action: Glob) -> bool:
    """Say whether `outer` certainly has every action of `inner` that `action` matches."""
    if action in inner.names:
        return outer.covers(action)
    if outer.negated:
        excluded = outer.spelled.keys()
        is_wider = inner.negated and excluded <= inner.spelled.keys()
        return is_wider or not any(meet(Glob(text), action) for text in excluded)
    return action in outer.names or any(covers(glob, action) for glob in outer.globs_near(action))


def may_touch(actions: Actions, action: Glob) -> bool:
    """Say whether `actions` may have an action that `action` matches."""
    return actions.negated or any(meet(Glob(text), action) for text in actions.spelled)


def _implied(outer: Clause, inner: Clause) -> bool:
    return all(test in inner.tests or any(entails(mine, test) for mine in inner.tests) for test in outer.tests)


def _covers_resource(limit: Sequence[Clause], resources: Patterns, resource: Glob) -> bool:
    for clause in limit:
        outer = clause.resources
        if outer.negated:
            if resources.negated and set(outer.globs) <= set(resources.globs):
                return True
        elif any(covers(glob, resource) for glob in outer.globs):
            return True
    return False
