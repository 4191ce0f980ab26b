"""What an undecided question turns on: the elements of which the engine, or AWS, does not say what they mean.

Nothing is decided here. What is named are the statements that may have a say about an Allow in doubt, and of these the
elements for which the definition has no answer.
"""

from collections.abc import Collection, Iterable, Iterator
from enum import Enum

from panorama_guard.containment.areas import area_of
from panorama_guard.containment.binary import is_base64
from panorama_guard.containment.budget import Budget
from panorama_guard.containment.check import PRINCIPAL, SPENT, answer
from panorama_guard.containment.covering import COVERING_BUDGET, Placed, alone, placed
from panorama_guard.containment.explain import UNCERTAIN, ref_of
from panorama_guard.containment.keys import ARNS, kind_of, several_keys
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.containment.records import Grant, StatementRef, Undecided
from panorama_guard.policy.condition import CALLER, Condition, Family, Quantifier
from panorama_guard.policy.document import Effect
from panorama_guard.policy.glob import Glob, variables_of
from panorama_guard.policy.record import record, replace


class Unsure(Enum):
    """Why it is not known whether a statement matches; the first ones are never known."""

    OPERATOR = "operator not understood"
    VALUE = "value not understood"
    OPEN = "not settled by AWS"
    VARIABLE = "policy variable"
    KINDS = "operators of different kinds on one key"
    WORK = "too much work"


@record
class Cause:
    """An element that is not sure, and where it stands.

    `conditions` holds the condition that it is or is in, and `patterns` the values or resources that are not sure. Both
    are empty for a principal that is not sure, and for too much work.
    """

    unsure: Unsure
    statement: StatementRef
    conditions: tuple[Condition, ...] = ()
    patterns: tuple[Glob, ...] = ()


@record
class Doubt:
    """An Allow that is undecided by itself, and what that may be due to, the surest first."""

    statement: StatementRef
    causes: tuple[Cause, ...]


@record
class DoubtExplanation:
    """The Allows of a grant that are undecided by themselves."""

    doubts: tuple[Doubt, ...]


@record
class _Keys:
    """The keys of a question that may have several values, and those that operators of different kinds compare."""

    several: frozenset[str]
    mixed: frozenset[str]

    @classmethod
    def of(cls, conditions: Collection[Condition]) -> "_Keys":
        """Return the keys of the conditions."""
        kinds: dict[str, set[str]] = {}
        for condition in conditions:
            kind = "bytes" if condition.parsed.family is Family.BINARY else kind_of(condition)
            kinds.setdefault(condition.key, set()).update({kind} - {""})
        return cls(several_keys(conditions), frozenset(key for key, found in kinds.items() if len(found) > 1))


def explain_doubt(grant: Grant, ceiling: Grant, *, budget: int = COVERING_BUDGET) -> DoubtExplanation:
    """Return which Allows of an undecided grant are undecided by themselves, and why."""
    work, allows = Budget(budget), tuple(placed(grant.policies, Effect.ALLOW))
    verdicts = [answer(alone(one, grant), ceiling, work) for one in allows]
    asked = zip(allows, verdicts, strict=True)
    return DoubtExplanation(
        tuple(
            _doubt(one, grant, ceiling, verdict)
            for one, verdict in asked
            if isinstance(verdict, Undecided) and verdict.reason != PRINCIPAL
        )
    )


def _doubt(allow: Placed, grant: Grant, ceiling: Grant, verdict: Undecided) -> Doubt:
    ref, parts = ref_of(*allow), tuple(_with_a_say(allow, grant, ceiling))
    too_much = Cause(Unsure.WORK, ref)
    if verdict.reason == SPENT:
        return Doubt(ref, (too_much,))
    keys = _Keys.of([condition for _, statement in parts for condition in statement.conditions])
    causes = dict.fromkeys(cause for part in parts for cause in _causes(part, keys))
    ranks = list(Unsure)
    return Doubt(ref, tuple(sorted(causes, key=lambda cause: ranks.index(cause.unsure))) or (too_much,))


def _with_a_say(allow: Placed, grant: Grant, ceiling: Grant) -> Iterator[Placed]:
    """Yield the Allow, and every other statement that may match a request that it matches."""
    yield allow
    area = area_of(allow[1])
    others = [*placed(grant.policies, Effect.DENY)]
    layers = (*grant.layers[1:], *ceiling.layers)
    others += [one for layer in layers for effect in Effect for one in placed(layer, effect)]
    yield from (other for other in others if area.may_meet(area_of(other[1])))


def _causes(part: Placed, keys: _Keys) -> Iterator[Cause]:
    ref, statement = ref_of(*part), part[1]
    for condition in statement.conditions:
        if condition.key.startswith(UNCERTAIN):
            yield Cause(Unsure.OPEN, ref)
        elif condition.key != CALLER:
            yield from (Cause(unsure, ref, (condition,), values) for unsure, values in _unsure(condition, keys))
    if variable := _with_variables(statement.resources.globs if statement.resources else ()):
        yield Cause(Unsure.VARIABLE, ref, (), variable)


def _unsure(condition: Condition, keys: _Keys) -> Iterator[tuple[Unsure, tuple[Glob, ...]]]:
    """Yield why a condition is not sure: the worst reason alone, where it has no answer for any request."""
    if condition.parsed.family is Family.UNKNOWN:
        yield Unsure.OPERATOR, ()
        return
    if unread := tuple(glob for glob in condition.values if not _is_read(glob, condition)):
        yield (Unsure.OPEN if condition.parsed.family is Family.ARN else Unsure.VALUE), unread
    if variable := _with_variables(condition.values):
        yield Unsure.VARIABLE, variable
    if _is_open(condition, keys):
        yield Unsure.OPEN, ()
    if condition.key in keys.mixed:
        yield Unsure.KINDS, ()


_SAMPLES = {  # a value of each type, of which the definition says how it compares with every value that it can read
    Family.ARN: "arn:aws:s3:::example",
    Family.NUMERIC: "1",
    Family.DATE: "0001-01-01",
    Family.BOOL: "true",
    Family.ADDRESS: "192.0.2.1",
}


def _is_read(glob: Glob, condition: Condition) -> bool:
    """Say whether the definition knows what the operator does with a value of the policy."""
    family = condition.parsed.family
    if family is Family.BINARY:
        return is_base64(glob)
    if variables_of(glob) or (family not in _SAMPLES and family is not Family.NULL):
        return True
    context = {condition.key: (_SAMPLES[family],)} if family in _SAMPLES else {}
    return condition_holds(replace(condition, values=(glob,)), context) is not None


def _is_open(condition: Condition, keys: _Keys) -> bool:
    """Say whether AWS leaves open what the condition means for some requests; see docs/semantics.md."""
    operator = condition.parsed
    if operator.quantifier is Quantifier.PLAIN:
        is_typed = operator.family in (Family.NUMERIC, Family.DATE, Family.ADDRESS, Family.ARN)
        may_be_foreign = operator.negated and is_typed and condition.key not in ARNS
        return may_be_foreign or condition.key in keys.several or _is_folded(condition)
    return (operator.if_exists and operator.quantifier is Quantifier.ANY) or _is_folded(condition)


def _is_folded(condition: Condition) -> bool:
    return condition.parsed.family is Family.STRING_CASELESS and not all(value.isascii() for value in condition.values)


def _with_variables(globs: Iterable[Glob]) -> tuple[Glob, ...]:
    return tuple(glob for glob in globs if variables_of(glob))
