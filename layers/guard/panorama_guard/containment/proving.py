"""Prove of a question with policy variables that nothing escapes, whatever their values are: case by case.

Where a case is not proved, the values by which it looked like an escape are tried.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from panorama_guard.containment.candidates import FAMILIAR, FOREIGN
from panorama_guard.containment.cases import instances
from panorama_guard.containment.context_types import may_be
from panorama_guard.containment.contexts import NOTHING, find_context
from panorama_guard.containment.equal_keys import equal_keys, resource_with_equal_keys, with_equal_keys
from panorama_guard.containment.hunt import search_readings
from panorama_guard.containment.inquiry import Hunt, Known, Outcome
from panorama_guard.containment.instances import Case, UnlikeError, question_in, resource_in
from panorama_guard.containment.question import Question
from panorama_guard.containment.shortcut import Piece
from panorama_guard.containment.supposing import Opened, kinds_of_resources, suppositions
from panorama_guard.policy.arn import Reading
from panorama_guard.policy.glob import variables_of
from panorama_guard.policy.record import record, replace

NONE = Outcome(None, doubtful=False)
DOUBT = Outcome(None, doubtful=True)
MOST_TRIED = 3  # sets of values that are tried for one case


@record
class Asked:
    """A question, what it is asked for, and the hunt that asks."""

    hunt: Hunt
    piece: Piece
    question: Question
    action: str


def search_cases(hunt: Hunt, piece: Piece, question: Question, action: str) -> Outcome:
    """Return an escape, or that there is none, or that there is a doubt, over all values of the variables."""
    outcome = _over_cases(Asked(hunt, piece, question, action))
    same = equal_keys(question, hunt.frame.several) if outcome.doubtful and not outcome.escape else {}
    if not same:
        return outcome
    hunt.budget.spend(2 + len(question.clauses))
    piece = replace(piece, resource=resource_with_equal_keys(piece.resource, same))
    return _over_cases(Asked(hunt, piece, with_equal_keys(question, same), action))


def _over_cases(asked: Asked) -> Outcome:
    return _first(
        _search_case(asked, instance.question, instance.case)
        for instance in instances(asked.question, asked.hunt.frame, asked.hunt.budget)
    )


def _first(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the first escape or doubt, if there is one."""
    return next((outcome for outcome in outcomes if outcome.escape or outcome.doubtful), NONE)


def _search_case(asked: Asked, question: Question, case: Case) -> Outcome:
    inside = _inside(asked, question, case)
    if inside is None:
        return NONE
    if any(variables_of(glob) for clause in question.clauses for glob in clause.resources.globs):
        doubts = _doubts(inside)
    else:
        outcome = _search_readings(inside)
        if outcome.escape or not outcome.doubtful:
            return outcome
        doubts = iter([{}])
    tried = [_try(asked, case, values) for values in islice(doubts, MOST_TRIED)]
    escape = next((outcome.escape for outcome in tried if outcome.escape), None)
    return Outcome(escape, doubtful=bool(tried) and escape is None)


def _inside(asked: Asked, question: Question, case: Case) -> Asked | None:
    """Return the question that is asked as it is in the case, or None where the case has no request for it."""
    first = question.clauses[0].resources
    if not first.negated and not first.globs:
        return None
    resource = resource_in(asked.piece.resource, case)
    if resource is None:
        return None
    hunt = replace(asked.hunt, frame=replace(asked.hunt.frame, pins=case.values, kinds=case.kinds), known=Known())
    return Asked(hunt, Piece(question.clauses[0], asked.piece.action, resource), question, asked.action)


def _search_readings(asked: Asked) -> Outcome:
    return _first(search_readings(asked.hunt, asked.piece, asked.question, asked.action))


def _try(asked: Asked, case: Case, values: Mapping[str, str]) -> Outcome:
    """Return an escape with these values of the variables that the case leaves open, if there is one."""
    likely = {key: kind.example or FAMILIAR.get(key, FOREIGN) for key, kind in case.kinds.items()}
    given = {key: (text,) for key, text in {**likely, **values}.items() if may_be(key, text)}
    exact = replace(asked, hunt=replace(asked.hunt, only_proof=False))
    given_case = Case({**case.values, **given}, {}, {})
    asked.hunt.budget.spend(len(asked.question.clauses))
    try:
        inside = _inside(exact, question_in(asked.question, given_case), given_case)
    except UnlikeError:
        return DOUBT
    return _search_readings(inside) if inside else DOUBT


def _doubts(asked: Asked) -> Iterator[Mapping[str, str]]:
    """Yield values of variables by which the question looks like an escape; none where nothing can escape."""
    opened = Opened.of(asked.question, asked.piece.resource)
    known: dict[int, bool] = {}

    def is_excluded(matched: int) -> bool:
        if matched not in known:
            known[matched] = find_context(asked.question, matched, asked.hunt.frame, asked.hunt.budget) == NOTHING
        return known[matched]

    for reading in Reading:
        for supposed in suppositions(opened, asked.hunt.frame.kinds, asked.hunt.budget):
            ways = kinds_of_resources(opened, supposed, asked.hunt.frame.kinds, reading, asked.hunt.budget)
            shown: Mapping[str, str] | None = None
            for way in ways:
                shown = next((values for matched, values in way if not is_excluded(matched)), None)
                if shown is None:
                    break
            if shown is not None:
                yield shown
