"""The exact answer over all requests: whether the grant is inside the ceiling.

This file has no opinion of its own about what IAM means: an escape is told only after `evaluate.py` has confirmed it.
"""

from collections.abc import Sequence

from panorama_guard.containment.budget import DEFAULT_BUDGET, Budget, BudgetSpentError
from panorama_guard.containment.evaluate import REPLAYED, escaping_readings
from panorama_guard.containment.records import Contained, Escaped, Grant, StatementRef, Undecided, Verdict, Witness
from panorama_guard.containment.traits import remembered, size_of, traits_of
from panorama_guard.policy.document import Effect
from panorama_guard.policy.record import replace

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
    from panorama_guard.containment.deciding import decide, decide_with_variables  # noqa: PLC0415 - see above

    ask = decide_with_variables if any(one.has_variables for one in traits) else decide
    try:
        outcome = ask(grant, ceiling, work)
    except (BudgetSpentError, RecursionError, MemoryError):
        return Undecided(SPENT)
    if outcome.escape:
        return _as_aws_writes(outcome.escape, (grant, ceiling), work)
    return Undecided(DOUBT) if outcome.doubtful else Contained()


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
