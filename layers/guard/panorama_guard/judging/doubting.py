"""What is found where a question stays open: a doubt, that matters more if only what is in doubt stops an escape."""

from collections.abc import Callable

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.severities import When, grade
from panorama_guard.containment import Contained, Escaped, Grant, Undecided
from panorama_guard.judging.decide import Work
from panorama_guard.policy import Document, Effect, Statement
from panorama_guard.policy.record import replace


def doubt_of(source: str, reason: str) -> Finding:
    """Return the finding that something is not understood, or could not be read."""
    return Finding(Kind.UNDECIDED, grade(Kind.UNDECIDED, When.UNKNOWN), source, Undecided(reason))


type_told = Callable[[Document, Statement], Statement]


def doubt_about(source: str, grant: Grant, ceiling: Grant, reason: str, work: Work) -> Finding:
    """Return the finding that a question is open, graded by what its Allows grant without the Denies, or conditions.

    Whoever writes a Deny or a condition that nobody can decide would else have an administrator's policy told as a
    small matter.
    """
    allowed = _with_allows(grant, _as_it_is)
    without = work.decide(allowed, ceiling)
    if isinstance(without, Escaped):
        return _doubt(source, f"{reason}. Were it not for its Denies, {_shown(without)} would escape", When.SHIELDED)

    def opened(document: Document, one: Statement) -> Statement:
        alone = Grant((replace(document, statements=(one,)),), allowed.boundaries)
        is_settled = not one.conditions or work.decide(alone, ceiling) == Contained()
        return one if is_settled else replace(one, conditions=())

    without = work.decide(_with_allows(grant, opened), ceiling)
    if not isinstance(without, Escaped):
        return doubt_of(source, reason)
    return _doubt(
        source, f"{reason}. If a request can meet its conditions, {_shown(without)} escapes", When.CONDITIONED
    )


def _doubt(source: str, told: str, when: When) -> Finding:
    return Finding(Kind.UNDECIDED, grade(Kind.UNDECIDED, when), source, Undecided(told))


def _shown(escape: Escaped) -> str:
    return f"{escape.witness.action} on {escape.witness.resource}"


def _as_it_is(_: Document, one: Statement) -> Statement:
    return one


def _with_allows(grant: Grant, told: type_told) -> Grant:
    """Return the grant without its Denies, each Allow of its policies as it is told."""
    return Grant(_allows(grant.policies, told), tuple(_allows(layer, _as_it_is) for layer in grant.boundaries))


def _allows(documents: tuple[Document, ...], told: type_told) -> tuple[Document, ...]:
    return tuple(
        replace(each, statements=tuple(told(each, one) for one in each.statements if one.effect is Effect.ALLOW))
        for each in documents
    )
