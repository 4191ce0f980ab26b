"""Why a witness escapes: what each statement of both sides says of it, element by element.

This file has no opinion about what IAM means: each answer is `evaluate.py`'s, asked of one element instead of all.
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from panorama_guard.containment.evaluate import action_matches, read_context, resource_matches
from panorama_guard.containment.meaning import Values, condition_holds
from panorama_guard.containment.records import Escaped, Grant, Request, StatementRef, Witness
from panorama_guard.policy.arn import Reading
from panorama_guard.policy.condition import CALLER, Condition
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.record import record

UNCERTAIN = "~"  # begins the key of what AWS leaves open about a principal, see `resource.py`


class Part(Enum):
    """The element of a statement that does not match a request."""

    ACTION = "action"
    PRINCIPAL = "principal"
    RESOURCE = "resource"
    CONDITION = "condition"


@record
class Obstacle:
    """One reason why a statement does not match a request.

    `is_sure` is False where it may match, because IAM's answer is not known. For a condition, `conditions` holds it
    and `values` what the request carries of its key: nothing, where the key is absent. For any other element,
    `patterns` holds what the statement names there, with `negated` under its Not form.
    """

    part: Part
    is_sure: bool
    conditions: tuple[Condition, ...] = ()
    values: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    negated: bool = False


@record
class Answer:
    """What one statement says of a request: it matches, or every reason why it does not."""

    statement: StatementRef
    effect: Effect
    obstacles: tuple[Obstacle, ...]

    @property
    def is_deny(self) -> bool:
        """Say whether the statement denies what it matches."""
        return self.effect is Effect.DENY

    @property
    def is_elsewhere(self) -> bool:
        """Say whether the statement is about other actions."""
        return any(obstacle.part is Part.ACTION for obstacle in self.obstacles)

    @property
    def matches(self) -> bool:
        """Say whether the statement certainly matches."""
        return not self.obstacles


@record
class EscapeExplanation:
    """Why the witness is granted and is outside the ceiling, under the first of the readings under which it is.

    `ceiling` has a group of answers for each layer of the ceiling, and `boundaries` one for each boundary.
    """

    witness: Witness
    reading: Reading
    granted_by: StatementRef
    policies: tuple[Answer, ...]
    boundaries: tuple[tuple[Answer, ...], ...]
    ceiling: tuple[tuple[Answer, ...], ...]


def explain_escape(grant: Grant, ceiling: Grant, escaped: Escaped) -> EscapeExplanation:
    """Return what every statement of both sides says of the witness."""
    request, reading = escaped.witness.request, escaped.readings[0]
    policies, *boundaries = (answers_of(layer, request, reading) for layer in grant.layers)
    limits = tuple(answers_of(layer, request, reading) for layer in ceiling.layers)
    return EscapeExplanation(escaped.witness, reading, escaped.statement, policies, tuple(boundaries), limits)


def answers_of(documents: Iterable[Document], request: Request, reading: Reading) -> tuple[Answer, ...]:
    """Return what each statement of the documents says of a request.

    A statement that is translated as two, because AWS leaves open whom it reaches, says what the one that matches
    says, or else the first.
    """
    values = read_context(request.context)
    found: dict[tuple[int, int], Answer] = {}
    for place, document in enumerate(documents):
        for item in document.statements:
            told = Answer(ref_of(document, item), item.effect, tuple(_obstacles(item, request, values, reading)))
            known = found.get((place, item.index))
            if known is None or told.matches:
                found[place, item.index] = told
    return tuple(found.values())


def ref_of(document: Document, statement: Statement) -> StatementRef:
    """Return where a statement stands."""
    return StatementRef(document.name, statement.sid, statement.index)


def _obstacles(statement: Statement, request: Request, values: Values, reading: Reading) -> Iterator[Obstacle]:
    """Yield every element that does not match; where the action does not, the others are beside the point."""
    if not action_matches(statement.actions, request.action):
        yield _unnamed(Part.ACTION, statement.actions, is_sure=True)
        return
    if statement.resources:
        matched = resource_matches(statement.resources, request.resource, values, reading)
        if matched is not True:
            yield _unnamed(Part.RESOURCE, statement.resources, is_sure=matched is False)
    for condition in statement.conditions:
        holds = condition_holds(condition, values)
        if holds is not True:
            yield _unmet(condition, statement, values, is_sure=holds is False)


def _unnamed(part: Part, patterns: Patterns, *, is_sure: bool) -> Obstacle:
    return Obstacle(part, is_sure, patterns=tuple(map(str, patterns.globs)), negated=patterns.negated)


def _unmet(condition: Condition, statement: Statement, values: Values, *, is_sure: bool) -> Obstacle:
    """Return the obstacle of a condition that does not hold; one on who calls is what a Principal element says."""
    if condition.key == CALLER or condition.key.startswith(UNCERTAIN):
        named = (statement.written or statement).principals
        patterns = tuple(f"{kind} {text}" for kind, text in named.entries) if named else ()
        return Obstacle(Part.PRINCIPAL, is_sure, patterns=patterns, negated=bool(named and named.negated))
    return Obstacle(Part.CONDITION, is_sure, (condition,), values.get(condition.key, ()))
