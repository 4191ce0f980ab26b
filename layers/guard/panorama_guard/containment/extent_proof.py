"""Proves what statements say of an escape, in the directions that make it exact.

With an extent of Allows A and Denies D, a grant G, and a ceiling C whose layers have Allows and Denies of their own:

stays    A less D is inside G; and what is in A and in C is in D;
reaches  whatever of G is outside C is in A less D. A layer of C lets a request out by not allowing it, so G is inside A
         and the layer's Allows together, or by denying it, so what is in G and denied there is inside A; and what is in
         G and in D is inside C.
"""

from collections.abc import Iterable
from enum import Enum

from panorama_guard.containment.areas import statements_of
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import answer
from panorama_guard.containment.records import Contained, Grant
from panorama_guard.policy.document import Document, Effect, Statement
from panorama_guard.policy.record import replace

FEW = 3  # action patterns of an extent


class Precision(Enum):
    """What is proved of an extent: that it is the escape and nothing else, or that the escape is in it."""

    EXACT = "exactly"
    AT_MOST = "at most"


def prove_extent(extent: Document, grant: Grant, ceiling: Grant, work: Budget) -> Precision | None:
    """Return what the engine proves of the extent, for as much work as is left; None where it proves neither."""
    if not reaches_all(extent, grant, ceiling, work):
        return None
    stays = is_inside_grant(extent, grant, work) and is_outside_ceiling(extent, ceiling, work)
    return Precision.EXACT if stays else Precision.AT_MOST


def is_inside_grant(extent: Document, grant: Grant, work: Budget) -> bool:
    """Say whether everything in the extent is proved to be granted."""
    return is_within(Grant((extent,)), grant, work)


def is_outside_ceiling(extent: Document, ceiling: Grant, work: Budget) -> bool:
    """Say whether nothing in the extent is proved to be inside the ceiling: what its Allows have there it denies."""
    allows, denied = (_only(extent, Effect.ALLOW),), Grant((_as_allows(extent),))
    # The same question whichever side comes first, and only the first is taken apart. The ceiling's statements are
    # answered by Denies one by one where there are many; where there are few Allows, these are soon searched.
    if _is_brief(allows[0]):
        return is_within(Grant(allows, ceiling.layers), denied, work)
    return is_within(Grant(ceiling.policies, (*ceiling.boundaries, allows)), denied, work)


def _is_brief(document: Document) -> bool:
    globs = [glob for item in document.statements for glob in item.actions.globs]
    is_wide = any(item.actions.negated for item in document.statements) or any(glob[:1] == "*" for glob in globs)
    return len(globs) <= FEW and not is_wide


def reaches_all(extent: Document, grant: Grant, ceiling: Grant, work: Budget) -> bool:
    """Say whether everything granted outside the ceiling is proved to be in the extent."""
    allows = _only(extent, Effect.ALLOW)
    if not is_within(_also_in(grant, (extent,)), ceiling, work):
        return False
    for layer in ceiling.layers:
        sides = (allows, *(_only(document, Effect.ALLOW) for document in layer))
        if not is_within(grant, Grant(sides), work) or not is_within(_also_in(grant, layer), Grant((allows,)), work):
            return False
    return True


def is_within(grant: Grant, ceiling: Grant, work: Budget) -> bool:
    """Say whether the grant is proved to be inside the ceiling."""
    return isinstance(answer(grant, ceiling, work), Contained)


def _also_in(grant: Grant, documents: Iterable[Document]) -> Grant:
    """Return what of the grant is denied by the documents."""
    denied = tuple(_as_allows(document) for document in documents)
    return Grant(grant.policies, (*grant.boundaries, denied))


def _only(document: Document, effect: Effect) -> Document:
    return replace(document, statements=tuple(statements_of((document,), effect)))


def _as_allows(document: Document) -> Document:
    return replace(document, statements=tuple(map(_as_allow, statements_of((document,), Effect.DENY))))


def _as_allow(statement: Statement) -> Statement:
    return replace(statement, effect=Effect.ALLOW)
