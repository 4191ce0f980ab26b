"""An escape, or that there is none: what is looked for, with the variables given values and without."""

from collections.abc import Sequence
from itertools import chain, islice

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.clauses import compile_layer
from panorama_guard.containment.contexts import Frame, Pins
from panorama_guard.containment.evaluate import REPLAYED, escaping_readings
from panorama_guard.containment.hunt import glance_escape, hunt_escape
from panorama_guard.containment.inquiry import Hunt, Known, Outcome
from panorama_guard.containment.keys import mixed_keys, several_keys
from panorama_guard.containment.records import Escaped, Grant, Witness
from panorama_guard.containment.shortcut import Piece
from panorama_guard.containment.traits import size_of
from panorama_guard.policy.arn import Reading

GLANCES = 3  # sets of values for the variables that are tried before a proof is


def decide(grant: Grant, ceiling: Grant, budget: Budget) -> Outcome:
    """Return what a search finds whose question has no variables."""
    return hunt_escape(_hunt((grant, ceiling), {}, budget, (grant, ceiling), only_proof=False))


def decide_with_variables(grant: Grant, ceiling: Grant, budget: Budget) -> Outcome:
    """Look for an escape with the variables given values, and for a proof that holds whatever they are."""
    from panorama_guard.containment.one_way import one_way  # noqa: PLC0415 - few have any
    from panorama_guard.containment.variables import assignments, with_values  # noqa: PLC0415 - few have any

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
    proof = hunt_escape(_hunt(one_way(sides), {}, budget, sides, only_proof=True))
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
