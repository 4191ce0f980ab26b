"""Says whether a change of a role frees more of what escapes already."""

from collections.abc import Iterator

from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import DEFAULT_BUDGET, Escaped, Grant
from panorama_guard.judging.decide import Work
from panorama_guard.judging.permissions import grant_through, read_permissions
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.subject import AnyStandard
from panorama_guard.planning.widening import is_deny_only
from panorama_guard.policy import Document, Effect
from panorama_guard.policy.record import replace

STEPS = 3 * DEFAULT_BUDGET  # of the engine, for all policies: an easy escape is found among any number of hard ones


def why_more_escapes(before: Snapshot, after: Snapshot, standard: AnyStandard) -> str:
    """Return through what a role would escape more than it does, or an empty text; a doubt shields nothing."""
    names = ", ".join(dict.fromkeys(_freed(before, after, standard)))
    return f"more would escape than does already, and no waiver in force covers that: {names}" if names else ""


def _freed(before: Snapshot, after: Snapshot, standard: AnyStandard) -> Iterator[str]:
    """Yield the names of the policies through which something is granted outside the ceiling that was not before."""
    if not (isinstance(before, RoleSnapshot) and isinstance(after, RoleSnapshot) and isinstance(standard, Standard)):
        return
    for gained in _gained(read_permissions(before).grant, read_permissions(after).grant):
        names = list(dict.fromkeys(policy.name for policy in gained.policies))
        each = [grant_through(name, gained) for name in names]
        verdicts = Work(STEPS).decide_all(each, standard.permissions)
        yield from (name for name, verdict in zip(names, verdicts, strict=True) if isinstance(verdict, Escaped))


def _gained(was: Grant, then: Grant) -> Iterator[Grant]:
    """Yield what is granted then and was not: what some layer did not allow, and what a Deny that is gone withheld."""
    layers = [layer for layer in was.boundaries if layer not in then.boundaries]
    if not all(one in was.policies or is_deny_only(one) for one in then.policies):
        layers.append(was.policies)
    for layer in layers:
        allowed = tuple(_turned(document, Effect.ALLOW, Effect.DENY) for document in layer)
        yield Grant((*then.policies, *allowed), then.boundaries)
    kept = {document for layer in then.layers for document in layer}
    gone = [document for layer in was.layers for document in layer if document not in kept]
    if gone:
        denied = tuple(_turned(document, Effect.DENY, Effect.ALLOW) for document in gone)
        yield Grant(then.policies, (*then.boundaries, denied))


def _turned(document: Document, effect: Effect, into: Effect) -> Document:
    """Return a document that does with what statements of one effect are about what the other effect does."""
    found = (statement for statement in document.statements if statement.effect is effect)
    return replace(document, statements=tuple(replace(statement, effect=into) for statement in found))
