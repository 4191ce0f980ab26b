"""The exact answer over all requests: whether the grant is inside the ceiling.

This file has no opinion of its own about what IAM means: an escape is told only after `evaluate.py` has confirmed it.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, islice

from panorama_guard.containment.actions import Rival
from panorama_guard.containment.budget import DEFAULT_BUDGET, Budget, BudgetSpentError
from panorama_guard.containment.clauses import Layer, compile_layer
from panorama_guard.containment.contexts import Frame, Pins
from panorama_guard.containment.evaluate import decide_request, for_action
from panorama_guard.containment.hunt import Hunt, Outcome, glance_escape, hunt_escape
from panorama_guard.containment.keys import mixed_keys, several_keys
from panorama_guard.containment.records import Contained, Escaped, Grant, Undecided, Verdict, Witness
from panorama_guard.containment.shortcut import Piece
from panorama_guard.containment.variables import assignments, has_variables, size_of, with_values
from panorama_guard.policy.arn import Reading
from panorama_guard.policy.condition import CALLER
from panorama_guard.policy.document import Document

REPLAYED = 8  # characters of policies that the definition reads for one step
GLANCES = 3  # sets of values for the variables that are tried before a proof is
PRINCIPAL = "a Principal stands in an identity policy, where IAM takes none"
SPENT = "the question needs more work than its budget"
DOUBT = "a condition or variable is not understood well enough, or would take too much work, to prove either"


def check(grant: Grant, ceiling: Grant, *, budget: int = DEFAULT_BUDGET) -> Verdict:
    """Return whether every request that `grant` allows is allowed by `ceiling`, with a witness if not."""
    return answer(grant, ceiling, Budget(budget))


def answer(grant: Grant, ceiling: Grant, work: Budget) -> Verdict:
    """Return what `check` does, for as much work as is left."""
    if any(map(_names_callers, (grant, ceiling))):
        return Undecided(PRINCIPAL)
    if _asks_who_calls(grant) or _asks_who_calls(ceiling):
        from panorama_guard.containment.laws import lawful  # noqa: PLC0415 - as this room is to import fast

        grant = lawful(grant, ceiling)
    decide = _decide_with_variables if has_variables(grant, ceiling) else _decide
    try:
        outcome = decide(grant, ceiling, work)
    except (BudgetSpentError, RecursionError, MemoryError):
        return Undecided(SPENT)
    if outcome.escape:
        return outcome.escape
    return Undecided(DOUBT) if outcome.doubtful else Contained()


def _names_callers(grant: Grant) -> bool:
    return any(_document_names(document) for layer in grant.layers for document in layer)


@lru_cache(maxsize=1024)
def _document_names(document: Document) -> bool:
    """Say whether a statement has a Principal that was not made a condition: it is a resource's policy, or none."""
    return any(statement.principals is not None and statement.written is None for statement in document.statements)


def _asks_who_calls(grant: Grant) -> bool:
    return any(_document_asks(document) for layer in grant.layers for document in layer)


@lru_cache(maxsize=1024)
def _document_asks(document: Document) -> bool:
    return any(condition.key == CALLER for statement in document.statements for condition in statement.conditions)


def _decide(grant: Grant, ceiling: Grant, budget: Budget) -> Outcome:
    return hunt_escape(_hunt((grant, ceiling), {}, budget, (grant, ceiling), only_proof=False))


def _decide_with_variables(grant: Grant, ceiling: Grant, budget: Budget) -> Outcome:
    """Look for an escape with the variables given values, and for a proof that holds whatever they are."""
    sides = (grant, ceiling)
    hunts = (
        _hunt((with_values(grant, values), with_values(ceiling, values)), values, budget, sides, only_proof=False)
        for values in assignments(sides, budget)
    )
    kept = list(islice(hunts, GLANCES))
    for hunt in kept:
        if escape := glance_escape(hunt):
            return Outcome(escape, doubtful=False)
    proof = hunt_escape(_hunt(sides, {}, budget, sides, only_proof=True))
    if not proof.doubtful or (proof.escape and len(proof.escape.readings) == len(Reading)):
        return proof
    outcomes = (hunt_escape(hunt) for hunt in chain(kept, hunts))
    return next((outcome for outcome in outcomes if outcome.escape), proof)


def _hunt(sides: Sequence[Grant], pins: Pins, budget: Budget, originals: Sequence[Grant], *, only_proof: bool) -> Hunt:
    size = sum(map(size_of, originals))
    budget.spend(1 + size if pins else 1)

    def replay(witness: Witness, piece: Piece) -> Escaped | None:
        budget.spend(1 + size // REPLAYED)
        readings = escaping_readings(witness, originals)
        return Escaped(witness, piece.clause.ref, readings) if readings else None

    inner, outer = (tuple(map(compile_layer, side.layers)) for side in sides)
    clauses = [clause for layer in (*inner, *outer) for clause in layer.clauses]
    tests = {test for clause in clauses for test in clause.tests}
    frame = Frame(pins, mixed_keys(tests), several_keys(tests))
    names = tuple(
        sorted({name for layer in (*inner, *outer) for clause in layer.clauses for name in clause.actions.names})
    )
    return Hunt(inner, outer, frame, budget, replay, only_proof, _rivals(inner, outer), names, set())


def _rivals(grant: Sequence[Layer], ceiling: Sequence[Layer]) -> tuple[Rival, ...]:
    """Return who has a say about an Allow of the grant's policies: all but the other Allows beside it."""
    wanted = [layer.allows for layer in grant[1:]] + [layer.denies for layer in ceiling]
    unwanted = [layer.denies for layer in grant] + [layer.allows for layer in ceiling]
    sides = ((wanted, True), (unwanted, False))
    return tuple(
        Rival(clause.actions, is_wanted) for rosters, is_wanted in sides for one in rosters for clause in one.clauses
    )


def escaping_readings(witness: Witness, sides: Sequence[Grant]) -> tuple[Reading, ...]:
    """Return the readings under which the definition finds the witness in the first side and not in the second."""
    request = witness.request
    grant, ceiling = (for_action(side, request.action) for side in sides)
    return tuple(
        reading
        for reading in Reading
        if decide_request(grant, request, reading) is True and decide_request(ceiling, request, reading) is False
    )
