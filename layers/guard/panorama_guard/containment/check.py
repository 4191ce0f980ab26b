"""The exact answer over all requests: whether the grant is inside the ceiling.

This file has no opinion of its own about what IAM means: an escape is told only after `evaluate.py` has confirmed it.
"""

from collections.abc import Sequence
from itertools import chain, islice

from panorama_guard.containment.budget import DEFAULT_BUDGET, Budget, BudgetSpentError
from panorama_guard.containment.clauses import compile_layer
from panorama_guard.containment.contexts import Frame, Pins
from panorama_guard.containment.evaluate import decide_request, for_action
from panorama_guard.containment.hunt import glance_escape, hunt_escape
from panorama_guard.containment.inquiry import Hunt, Known, Outcome
from panorama_guard.containment.keys import mixed_keys, several_keys
from panorama_guard.containment.records import Contained, Escaped, Grant, StatementRef, Undecided, Verdict, Witness
from panorama_guard.containment.shortcut import Piece
from panorama_guard.containment.traits import remembered, size_of, traits_of
from panorama_guard.policy.arn import Reading
from panorama_guard.policy.document import Effect
from panorama_guard.policy.record import replace

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
    grant, ceiling = remembered(grant), remembered(ceiling)
    traits = traits_of(grant), traits_of(ceiling)
    if any(one.has_principal for one in traits):
        return Undecided(PRINCIPAL)
    if any(one.compares_bytes for one in traits):
        from panorama_guard.containment.binary import without_bytes  # noqa: PLC0415 - as this room is to import fast

        grant, ceiling = without_bytes(grant, ceiling)
    if any(one.asks_who_calls for one in traits):
        from panorama_guard.containment.laws import lawful  # noqa: PLC0415 - as this room is to import fast

        grant = lawful(grant, ceiling)
    decide = _decide_with_variables if any(one.has_variables for one in traits) else _decide
    try:
        outcome = decide(grant, ceiling, work)
    except (BudgetSpentError, RecursionError, MemoryError):
        return Undecided(SPENT)
    if outcome.escape:
        return _as_aws_writes(outcome.escape, (grant, ceiling), work)
    return Undecided(DOUBT) if outcome.doubtful else Contained()


def _decide(grant: Grant, ceiling: Grant, budget: Budget) -> Outcome:
    return hunt_escape(_hunt((grant, ceiling), {}, budget, (grant, ceiling), only_proof=False))


def _decide_with_variables(grant: Grant, ceiling: Grant, budget: Budget) -> Outcome:
    """Look for an escape with the variables given values, and for a proof that holds whatever they are."""
    from panorama_guard.containment.variables import assignments, with_values  # noqa: PLC0415 - see `answer`

    sides = (grant, ceiling)
    hunts = (
        _hunt((with_values(grant, values), with_values(ceiling, values)), values, budget, sides, only_proof=False)
        for values in assignments(sides, budget)
    )
    kept: list[Hunt] = []
    for hunt in islice(hunts, GLANCES):
        kept.append(hunt)
        if escape := glance_escape(hunt):
            return Outcome(escape, doubtful=False)
    proof = hunt_escape(_hunt(sides, {}, budget, sides, only_proof=True))
    if not proof.doubtful or (proof.escape and len(proof.escape.readings) == len(Reading)):
        return proof
    outcomes = (hunt_escape(hunt) for hunt in chain(kept, hunts))
    return next((outcome for outcome in outcomes if outcome.escape), proof)


def _hunt(sides: Sequence[Grant], pins: Pins, budget: Budget, originals: Sequence[Grant], *, only_proof: bool) -> Hunt:
    budget.spend(1 + sum(map(size_of, originals)) if pins else 1)

    def replay(witness: Witness, piece: Piece) -> Escaped | None:
        budget.spend(1 + sum(map(size_of, originals)) // REPLAYED)
        readings = escaping_readings(witness, originals)
        return Escaped(witness, piece.clause.ref, readings) if readings else None

    inner, outer = (tuple(map(compile_layer, side.layers)) for side in sides)
    tests = {test for layer in (*inner, *outer) for test in layer.tests}
    frame = Frame(pins, mixed_keys(tests), several_keys(tests))
    return Hunt(inner, outer, frame, budget, replay, only_proof, Known())


def _as_aws_writes(escape: Escaped, sides: Sequence[Grant], budget: Budget) -> Escaped:
    """Return the escape with a witness of which no part is odd, as far as the statement grants that as well."""
    from panorama_guard.containment.natural import more_natural  # noqa: PLC0415 - see `answer`

    def escapes(witness: Witness) -> bool:
        budget.spend(1 + sum(map(size_of, sides)) // REPLAYED)
        granted = _by_statement(sides[0], escape.statement)
        return set(escape.readings) <= set(escaping_readings(witness, (granted, sides[1])))

    try:
        told = more_natural(escape.witness, escapes)
    except BudgetSpentError:
        return escape
    return escape if told is escape.witness else replace(escape, witness=told)


def _by_statement(grant: Grant, ref: StatementRef) -> Grant:
    """Return the grant with no other Allow in its policies than the statement."""
    policies = tuple(
        replace(
            document,
            statements=tuple(
                item
                for item in document.statements
                if item.effect is Effect.DENY or (document.name, item.index) == (ref.policy, ref.index)
            ),
        )
        for document in grant.policies
    )
    return replace(grant, policies=policies)


def escaping_readings(witness: Witness, sides: Sequence[Grant]) -> tuple[Reading, ...]:
    """Return the readings under which the definition finds the witness in the first side and not in the second."""
    request = witness.request
    grant, ceiling = (for_action(side, request.action) for side in sides)
    return tuple(
        reading
        for reading in Reading
        if decide_request(grant, request, reading) is True and decide_request(ceiling, request, reading) is False
    )
