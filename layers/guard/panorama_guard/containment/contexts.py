"""Find a context in which a request escapes, or prove that there is none: the conditions of all clauses together."""

from collections.abc import Mapping

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.fillings import NO_KINDS, Kinds
from panorama_guard.containment.question import Question
from panorama_guard.containment.records import Context
from panorama_guard.policy.record import record

Pins = Mapping[str, tuple[str, ...]]  # keys whose values are given; () is absent


@record
class Frame:
    """What holds for every context of a question: given values, and keys whose values may be anything."""

    pins: Pins
    mixed: frozenset[str]
    several: frozenset[str]  # keys of which a request may carry several values
    kinds: Kinds = NO_KINDS  # what is known of the values of policy variables, which are not given


@record
class Found:
    """The answer: a context, or none; `doubtful` when none was found and none was excluded either."""

    context: Context | None
    doubtful: bool


NOTHING = Found(None, doubtful=False)
DOUBT = Found(None, doubtful=True)


def find_context(question: Question, matched: int, frame: Frame, budget: Budget) -> Found:
    """Return a context in which the request that the clauses `matched` match escapes."""
    start = without_context(question, matched)
    outcome = question.escapes(*start)
    if outcome is None:
        from panorama_guard.containment.solving import solve  # noqa: PLC0415 - as this room is to import fast

        return solve(question, start, frame, budget)
    given = tuple(sorted((key, values) for key, values in frame.pins.items() if values))
    return Found(given, doubtful=False) if outcome else NOTHING


def without_context(question: Question, matched: int) -> tuple[int, int]:
    """Return the clauses that match surely and perhaps, before anything is known of the context."""
    free = sum(1 << place for place, clause in enumerate(question.clauses) if not clause.tests)
    return matched & free, matched
