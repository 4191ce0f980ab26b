"""What is found where a question stays open: a doubt, that matters more if only what is in doubt stops an escape."""

from dataclasses import replace

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.severities import When, grade
from panorama_guard.containment import Escaped, Grant, Undecided
from panorama_guard.judging.decide import Work
from panorama_guard.policy import Document, Effect


def doubt_of(source: str, reason: str) -> Finding:
    """Return the finding that something is not understood, or could not be read."""
    return Finding(Kind.UNDECIDED, grade(Kind.UNDECIDED, When.UNKNOWN), source, Undecided(reason))


def doubt_about(source: str, grant: Grant, ceiling: Grant, reason: str, work: Work) -> Finding:
    """Return the finding that a question is open, graded by what its Allows grant without the Denies.

    Whoever writes a Deny that nobody can decide would else have an administrator's policy told as a small matter.
    """
    without = work.decide(_without_denies(grant), ceiling)
    if not isinstance(without, Escaped):
        return doubt_of(source, reason)
    witness = without.witness
    told = f"{reason}. Were it not for its Denies, {witness.action} on {witness.resource} would escape"
    return Finding(Kind.UNDECIDED, grade(Kind.UNDECIDED, When.SHIELDED), source, Undecided(told))


def _without_denies(grant: Grant) -> Grant:
    return Grant(_allows(grant.policies), tuple(map(_allows, grant.boundaries)))


def _allows(documents: tuple[Document, ...]) -> tuple[Document, ...]:
    return tuple(
        replace(document, statements=tuple(one for one in document.statements if one.effect is Effect.ALLOW))
        for document in documents
    )
