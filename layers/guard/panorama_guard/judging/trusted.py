"""Tells whom a trust policy lets in, one by one, and how each stands to the profile."""

from collections.abc import Iterator

from panorama_guard.case.portrait import Standing, TrustEdge
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.trust import trust_grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.trust import TRUST
from panorama_guard.policy import Document, DocumentError, Effect, parse_document
from panorama_guard.policy.document import Principals, Statement
from panorama_guard.policy.record import replace


def trust_edges(text: str, ceiling: Grant) -> tuple[TrustEdge, ...]:
    """Return an edge for each principal of each statement that lets somebody in; a doubt if it is not understood."""
    try:
        document = parse_document(text, name=TRUST)
    except DocumentError as error:
        return (TrustEdge("not understood", "", "", Standing.UNDECIDED, str(error)),)
    allows = (one for one in document.statements if one.effect is Effect.ALLOW)
    return tuple(edge for one in allows for edge in _edges(document, one, ceiling))


def _edges(document: Document, statement: Statement, ceiling: Grant) -> Iterator[TrustEdge]:
    denies = tuple(one for one in document.statements if one.effect is Effect.DENY)
    for words, principals in _each(statement.principals):
        alone = replace(document, statements=(replace(statement, principals=principals), *denies))
        standing, reason = _standing(alone, ceiling)
        yield TrustEdge(words, _actions(statement), _conditions(statement), standing, reason)


def _each(principals: Principals | None) -> Iterator[tuple[str, Principals | None]]:
    if principals is None:
        yield "nobody named", None
    elif principals.negated:
        yield f"everybody but {', '.join(f'{kind} {text}' for kind, text in principals.entries)}", principals
    else:
        for kind, text in principals.entries:
            words = "everybody" if (kind, text) == ("AWS", "*") else f"{kind} {text}"
            yield words, Principals(negated=False, entries=((kind, text),))


def _standing(alone: Document, ceiling: Grant) -> tuple[Standing, str]:
    """Return how whom a document of one principal lets in stands to the profile, and why that is not known."""
    try:
        grant = trust_grant(alone)
    except DocumentError as error:
        return Standing.UNDECIDED, str(error)
    verdict = decide(grant, ceiling)
    if isinstance(verdict, Escaped):
        return Standing.OUTSIDE, ""
    if isinstance(verdict, Contained):
        is_empty = isinstance(decide(grant, Grant(())), Contained)
        return (Standing.STOPPED if is_empty else Standing.INSIDE), ""
    return Standing.UNDECIDED, verdict.reason


def _actions(statement: Statement) -> str:
    listed = ", ".join(map(str, statement.actions.globs))
    return f"every action but {listed}" if statement.actions.negated else listed


def _conditions(statement: Statement) -> str:
    return " and ".join(
        f"{one.operator} {one.spelled or one.key} {', '.join(one.values)}" for one in statement.conditions
    )
