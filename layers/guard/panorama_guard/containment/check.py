"""The exact answer over all requests: whether the grant is inside the ceiling.

This file has no opinion of its own about what IAM means: an escape is told only after `evaluate.py` has confirmed it.
"""

from collections.abc import Sequence

from panorama_guard.containment.budget import DEFAULT_BUDGET, Budget, BudgetSpentError
from panorama_guard.containment.clauses import compile_layer
from panorama_guard.containment.contexts import Frame, Pins, mixed_keys
from panorama_guard.containment.evaluate import decide_request
from panorama_guard.containment.hunt import Hunt, Outcome, hunt_escape
from panorama_guard.containment.records import Contained, Escaped, Grant, Undecided, Verdict, Witness
from panorama_guard.containment.shortcut import Piece
from panorama_guard.containment.variables import assignments, has_variables, with_values
from panorama_guard.policy.arn import Reading

SPENT = "the question needs more work than its budget"
DOUBT = "a condition or variable is not understood well enough to prove either"


def check(grant: Grant, ceiling: Grant, *, budget: int = DEFAULT_BUDGET) -> Verdict:
    """Return whether every request that `grant` allows is allowed by `ceiling`, with a witness if not."""
    work = Budget(budget)
    try:
        outcome = _hunt(grant, ceiling, {}, work, (grant, ceiling))
        if outcome.escape is None and has_variables(grant, ceiling):
            outcome = _with_variables(grant, ceiling, work, outcome)
    except BudgetSpentError:
        return Undecided(SPENT)
    if outcome.escape:
        return outcome.escape
    return Undecided(DOUBT) if outcome.doubtful else Contained()


def _with_variables(grant: Grant, ceiling: Grant, budget: Budget, abstract: Outcome) -> Outcome:
    """Look for an escape with the variables given values; `abstract` is what holds whatever they are."""
    if not abstract.doubtful:
        return abstract
    for values in assignments(grant, ceiling):
        concrete = (with_values(grant, values), with_values(ceiling, values))
        outcome = _hunt(*concrete, values, budget, (grant, ceiling))
        if outcome.escape:
            return outcome
    return abstract


def _hunt(grant: Grant, ceiling: Grant, pins: Pins, budget: Budget, originals: tuple[Grant, Grant]) -> Outcome:
    def replay(witness: Witness, piece: Piece) -> Escaped | None:
        readings = escaping_readings(witness, originals)
        return Escaped(witness, piece.clause.ref, readings) if readings else None

    inner, outer = (tuple(map(compile_layer, side.layers)) for side in (grant, ceiling))
    mixed = mixed_keys(test for layer in (*inner, *outer) for clause in layer.clauses for test in clause.tests)
    return hunt_escape(Hunt(inner, outer, Frame(pins, mixed), budget, replay))


def escaping_readings(witness: Witness, sides: Sequence[Grant]) -> tuple[Reading, ...]:
    """Return the readings under which the definition finds the witness in the first side and not in the second."""
    grant, ceiling = sides
    return tuple(
        reading
        for reading in Reading
        if decide_request(grant, witness.request, reading) is True
        and decide_request(ceiling, witness.request, reading) is False
    )
