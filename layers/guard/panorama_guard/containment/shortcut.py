"""What a glance settles: the parts of a grant that one ceiling statement plainly covers."""

from collections.abc import Container, Iterator, Sequence

from panorama_guard.containment.actions import meet
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import Actions, Clause, Layer
from panorama_guard.containment.cover import covers
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
    """Yield the pieces of one layer of the grant that no ceiling statement plainly covers.

    A Deny of the ceiling that stands in the grant as well takes nothing more away.
    """
    shared = {deny.body for mine in grant for deny in mine.denies.clauses}
    kept = _plainly_kept(ceiling, shared)
    for clause in layer.allows.clauses:
        if clause in kept:
            continue
        for action in action_globs(clause.actions):
            budget.spend(1 + sum(len(limit.clauses) for limit in ceiling) // 8)
            limits = [_covering(limit, clause, action, shared) for limit in ceiling]
            price = 1 + sum(map(len, limits)) // 2
            for resource in resource_globs(clause.resources):
                budget.spend(price)
                if not all(_covers_resource(limit, clause.resources, resource) for limit in limits):
                    yield Piece(clause, action, resource)


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


def covers_action(outer: Actions, inner: Actions, action: Glob) -> bool:
    """Say whether `outer` certainly has every action of `inner` that `action` matches."""
    if outer.negated:
        return inner.negated and outer.spelled.keys() <= inner.spelled.keys()
    return action in outer.names or any(covers(glob, action) for glob in outer.globs_near(action))


def may_touch(actions: Actions, action: Glob) -> bool:
    """Say whether `actions` may have an action that `action` matches."""
    return actions.negated or any(meet(Glob(text), action) for text in actions.spelled)


def _implied(outer: Clause, inner: Clause) -> bool:
    return not outer.tests or set(outer.tests) <= set(inner.tests)


def _covers_resource(limit: Sequence[Clause], resources: Patterns, resource: Glob) -> bool:
    for clause in limit:
        outer = clause.resources
        if outer.negated:
            if resources.negated and set(outer.globs) <= set(resources.globs):
                return True
        elif any(covers(glob, resource) for glob in outer.globs):
            return True
    return False
