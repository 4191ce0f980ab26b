"""Where iam-simulate is known to answer otherwise than the definition, and why."""

from collections.abc import Callable
from typing import NamedTuple

from panorama_guard.containment import Request
from tests.evidence.documents import Question


class Difference(NamedTuple):
    """A known difference: when it may be the cause, and why ours stands."""

    reason: str
    applies: Callable[[Question, Request], bool]


KNOWN: dict[str, Difference] = {}


def known_difference(question: Question, request: Request) -> str | None:
    """Return the name of a known difference that may be why the peer answers otherwise, or None."""
    return next((name for name, item in KNOWN.items() if item.applies(question, request)), None)
