"""What a glance settles: the parts of a grant that one ceiling statement plainly covers."""

from collections.abc import Container, Iterator, Sequence

from panorama_guard.containment.actions import meet
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import Actions, Clause, Layer, Roster
from panorama_guard.containment.cover import covers, entails
from panorama_guard.policy.document import Patterns
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record

ANY = Glob("*")


@record
class Piece:
    """One Allow of the grant, narrowed to one of its action globs and one of its resource globs."""

    clause: Clause
    action: Glob
    resource: Glob


def open_pieces(layer: Layer, grant: Sequence[Layer], ceiling: Sequence[Layer], budget: Budget) -> Iterator[Piece]:
    """Yield the pieces of one layer of the grant that no ceiling statement plainly covers, and no Deny plainly stops.

    A Deny of the ceiling that stands in the grant as well takes nothing more away.
    """
    shared = {deny.body for mine in grant for deny in mine.denies.clauses}
    kept = _plainly_kept(ceiling, shared)
    denies = [mine.denies for mine in grant if mine.denies.clauses]
    price = 1 + sum(len(limit.clauses) for limit in ceiling) // 8
    for clause in layer.allows.clauses:
        if clause in kept:
            continue
        for action in action_globs(clause.actions):
            budget.spend(price)
            limits = [_covering(limit, clause, action, shared) for limit in ceiling]
            outside = _outside(limits, clause.resources, budget)
            stops = [deny for listed in denies for deny in _stopping(listed, clause, action)] if outside else []
            for resource in outside:
                budget.spend(1 + len(stops) // 2)
                if not _covers_resource(stops, clause.resources, resource):
                    yield Piece(clause, action, resource)


def _outside(limits: Sequence[Sequence[Clause]], resources: Patterns, budget: Budget) -> list[Glob]:
    """Return the resource globs that some layer of the ceiling does not plainly cover."""
    listed = resource_globs(resources)
    budget.spend(len(listed) * (1 + sum(map(len, limits)) // 2))
    return [glob for glob in listed if not all(_covers_resource(limit, resources, glob) for limit in limits)]


def _plainly_kept(ceiling: Sequence[Layer], shared: Container[object]) -> frozenset[Clause]:
    """Return the clauses that every layer of the ceiling has itself and does not take away from."""
    if any(deny.body not in shared for limit in ceiling for deny in limit.denies.clauses):
        return frozenset()
    return frozenset.intersection(*(frozenset(limit.allows.clauses) for limit in ceiling))


def action_globs(actions: Actions) -> tuple[Glob, ...]:
    """Return the globs that together cover the actions."""
    return (ANY,) if actions.negated else (*map(Glob, actions.spelled),)


def resource_globs(resources: Patterns) -> tuple[Glob, ...]:
    """Return the globs that together cover the resources."""
    return (ANY,) if resources.negated else resources.globs


def _covering(limit: Layer, clause: Clause, action: Glob, shared: Container[object]) -> tuple[Clause, ...]:
    """Return the ceiling statements that cover the action wherever `clause` allows it."""
    if any(may_touch(deny.actions, action) for deny in limit.denies.clauses if deny.body not in shared):
        return ()
    named = () if clause.actions.negated else limit.allows.named.get(action, ())
    wide = (item for item in limit.allows.wide_near(action) if covers_action(item.actions, clause.actions, action))
    return tuple(item for item in (*named, *wide) if _implied(item, clause))


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
