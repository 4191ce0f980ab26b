"""How far an escape of a trust policy reaches: as a trust policy of those whom the ceiling does not let in.

The statements are the policy's own, with only those principals and actions that escape; where one of them reaches into
the ceiling as well (`*`, an account, `sts:*`), the ceiling's statements stand beside them as Denies. The engine proves
what is written, read again as any trust policy is.
"""

from collections.abc import Iterable, Iterator, Sequence

from panorama_guard.containment.areas import statements_of
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.extent import EXTENT_BUDGET, Extent
from panorama_guard.containment.extent_proof import Precision, is_within, prove_extent
from panorama_guard.containment.records import Grant
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy.document import CURRENT, Document, Effect, Patterns, Principals, Statement
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import replace

NAME = "escape"
Entry = tuple[str, str]


def measure_trust(trust: Document, ceiling: Grant, *, budget: int = EXTENT_BUDGET) -> Extent:
    """Return who may become a role by a trust policy, and may not by the ceiling, in as few words as are found."""
    return trust_within(Budget(budget), trust, ceiling)


def trust_within(work: Budget, trust: Document, ceiling: Grant) -> Extent:
    """Return what `measure_trust` does, for as much work as is left."""
    own = tuple(statements_of((trust,), Effect.DENY))
    allows = [one for allow in statements_of((trust,), Effect.ALLOW) for one in _escaping(allow, own, ceiling, work)]
    limits = tuple(_written_allows(ceiling))
    for denies in ((), own, limits, (*own, *limits)):
        document = _document((*allows, *denies))
        if _prove(document, trust, ceiling, work) is Precision.EXACT:
            return Extent(document, Precision.EXACT)
    return Extent(trust, Precision.AT_MOST)


def _prove(document: Document, trust: Document, ceiling: Grant, work: Budget) -> Precision | None:
    (translated,) = trust_grant(document).policies
    return prove_extent(translated, trust_grant(trust), ceiling, work)


def _escaping(allow: Statement, own: Sequence[Statement], ceiling: Grant, work: Budget) -> Iterator[Statement]:
    """Yield the statement with only those principals and actions that escape, as few statements as that takes."""
    actions: dict[Principals, list[Glob]] = {}
    for principals in _each_principal(allow):
        for action in _each_action(allow.actions):
            part = replace(allow, principals=principals, actions=action)
            if not is_within(trust_grant(_document((part, *own))), ceiling, work):
                actions.setdefault(principals, []).extend(action.globs)
    alike: dict[tuple[Glob, ...], list[Entry]] = {}
    for principals, globs in actions.items():
        alike.setdefault(tuple(globs), []).extend(principals.entries)
    for listed, entries in alike.items():
        named = Principals(_is_negated(allow), tuple(entries))
        yield replace(allow, sid=None, principals=named, actions=Patterns(allow.actions.negated, listed))


def _each_principal(allow: Statement) -> Iterator[Principals]:
    if allow.principals is None or allow.principals.negated:
        yield allow.principals or Principals(negated=True, entries=())
        return
    yield from (Principals(negated=False, entries=(entry,)) for entry in allow.principals.entries)


def _each_action(actions: Patterns) -> Iterator[Patterns]:
    if actions.negated:
        yield actions
        return
    yield from (Patterns(negated=False, globs=(glob,)) for glob in actions.globs)


def _is_negated(allow: Statement) -> bool:
    return allow.principals is not None and allow.principals.negated


def _written_allows(ceiling: Grant) -> Iterator[Statement]:
    """Yield the Allows of the ceiling as its documents have them, as Denies."""
    allows = statements_of(ceiling.policies, Effect.ALLOW)
    written = dict.fromkeys(one.written or one for one in allows)
    yield from (replace(one, effect=Effect.DENY, sid=None) for one in written)


def _document(statements: Iterable[Statement]) -> Document:
    return Document(NAME, CURRENT, tuple(replace(one, index=index) for index, one in enumerate(statements)))
