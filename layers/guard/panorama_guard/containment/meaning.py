"""What a condition means for one request: the part of the definition that reads condition operators.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from collections.abc import Callable, Mapping

from panorama_guard.containment.caller_fields import is_like_caller, keeps_fields
from panorama_guard.containment.keys import ARNS
from panorama_guard.containment.kleene import Truth, both, either, negation
from panorama_guard.containment.values import addresses, may_fold, moments, number, widest
from panorama_guard.policy.arn import ANY_ARN, Step, accepts, segmented
from panorama_guard.policy.condition import Condition, Family, Operator, Quantifier, Relation, unread_operator
from panorama_guard.policy.glob import (
    Glob,
    Variable,
    Wild,
    escape,
    literal_text,
    matches,
    render,
    tokens,
    variables_of,
    without_variables,
)
from panorama_guard.policy.text import ascii_lower

Values = Mapping[str, tuple[str, ...]]  # condition key in lower case -> its values, at least one


def condition_holds(condition: Condition, context: Values) -> Truth:
    """Say whether the condition is true in the context; None where IAM's answer is not known."""
    operator = condition.parsed
    present = context.get(condition.key)
    if operator.family is Family.UNKNOWN:
        known = present is None and unread_operator(condition.operator)
        return holds_when_absent(known) if known else None
    if operator.family is Family.NULL:
        return either(_is_null(glob, absent=present is None) for glob in condition.values)
    if present is None:
        return holds_when_absent(operator)
    if operator.quantifier is Quantifier.PLAIN and len(present) > 1:
        return None  # AWS asks for set operators on several values, and does not say what others do
    truths = [_satisfies(value, condition, operator, context) for value in present]
    return either(truths) if needs_one(operator) else both(truths)


def holds_when_absent(operator: Operator) -> Truth:
    """Say whether a comparison is true although the request does not carry the key."""
    if operator.if_exists and operator.quantifier is Quantifier.ANY:
        return None  # AWS says that an absent key is true under IfExists, and that it is false under ForAnyValue
    if operator.if_exists or operator.quantifier is Quantifier.ALL:
        return True
    return operator.negated and operator.quantifier is Quantifier.PLAIN


def needs_one(operator: Operator) -> bool:
    """Say whether one satisfying value of several is enough, rather than all being needed."""
    if operator.quantifier is Quantifier.PLAIN:
        return not operator.negated
    return operator.quantifier is Quantifier.ANY


def substituted(glob: Glob, context: Values) -> Glob | None:
    """Return `glob` with its variables replaced by their literal values, or None where one has no single value."""
    if not variables_of(glob):
        return glob
    parts: list[Glob] = []
    for part in tokens(glob):
        value = _value_of(part, context) if isinstance(part, Variable) else render((part,))
        if value is None:
            return None
        parts.append(value)
    return Glob("".join(parts))


def substituted_in(condition: Condition, glob: Glob, context: Values) -> Glob | None:
    """Return what `substituted` does of a condition's value, or None where a colon shifts the fields of a caller."""
    if "${" not in glob:
        return glob
    if not keeps_fields(glob, condition.parsed.family, lambda field: substituted(field, context)):
        return None
    return substituted(glob, context)


def _value_of(variable: Variable, context: Values) -> Glob | None:
    present = context.get(variable.key)
    if not present:
        return None if variable.default is None else escape(variable.default)
    return escape(present[0]) if len(present) == 1 else None


def _is_null(glob: Glob, *, absent: bool) -> Truth:
    wanted = {"true": True, "false": False}.get((literal_text(glob) or "").lower())
    return None if wanted is None else wanted is absent


def _satisfies(value: str, condition: Condition, operator: Operator, context: Values) -> Truth:
    matched = either(_compare(value, substituted_in(condition, glob, context), operator) for glob in condition.values)
    if operator.negated and is_foreign(value, condition):
        return None  # AWS does not say
    return negation(matched) if operator.negated else matched


def is_foreign(value: str, condition: Condition) -> bool:
    """Say whether `value` is not of the type that the condition compares: no number, time, address or ARN.

    A positive comparison with such a value does not match. Whether a negated one then does, AWS does not say.
    """
    read = _TYPED.get(condition.parsed.family)
    if read is None or (read is _arn and condition.key in ARNS):
        return False
    return read(value) is None


_OPENED = (Family.STRING, Family.LIKE, Family.ARN, Family.CALLER, Family.CALLER_ARN)


def open_steps(glob: Glob, family: Family) -> tuple[Step, ...] | None:
    """Return what a glob with variables matches for one value of them or another, or None where that is not known.

    A value may hold colons, so that no segment of an ARN is sure to stand where the pattern has it.
    """
    if family not in _OPENED:
        return None
    return tuple((token, True) for token in tokens(without_variables(glob)))


def _compare(value: str, wanted: Glob | None, operator: Operator) -> Truth:
    if wanted is None:
        # A variable without a value is equal to nothing and like nothing, so that its negation matches:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
        return False
    return _COMPARISONS[operator.family](value, wanted, operator.relation)


def _equal(value: str, wanted: Glob, _: Relation) -> Truth:
    return value == literal_text(wanted)


def _equal_caseless(value: str, wanted: Glob, _: Relation) -> Truth:
    text = literal_text(wanted) or ""
    if ascii_lower(value) == ascii_lower(text):
        return True
    return None if may_fold(value, text) else False  # AWS does not say how it folds other letters than A-Z


def _like(value: str, wanted: Glob, _: Relation) -> Truth:
    return matches(wanted, value)


def _arn_like(value: str, wanted: Glob, _: Relation) -> Truth:
    pattern = segmented(wanted)
    if pattern is not None:
        return accepts(pattern, value)
    # AWS accepts shorter patterns, and does not say what they match; `arn:*` is taken to match what its text matches.
    whole = tokens(wanted)[-1:] == (Wild.MANY,) and segmented(escape(value)) is not None
    return True if whole and matches(wanted, value) else None


def _caller_like(value: str, wanted: Glob, _: Relation) -> Truth:
    return is_like_caller(value, wanted, Family.CALLER)


def _caller_arn_like(value: str, wanted: Glob, _: Relation) -> Truth:
    return is_like_caller(value, wanted, Family.CALLER_ARN)


def _bool(value: str, wanted: Glob, _: Relation) -> Truth:
    text = (literal_text(wanted) or "").lower()
    return value.lower() == text if text in ("true", "false") else None


def _numeric(value: str, wanted: Glob, relation: Relation) -> Truth:
    return _ordered(number(value), number(literal_text(wanted) or ""), relation)


def _date(value: str, wanted: Glob, relation: Relation) -> Truth:
    bounds = moments(literal_text(wanted) or "")
    if not bounds:
        return None
    answers = {_ordered(time, bound, relation) for bound in bounds for time in moments(value) or (None,)}
    return answers.pop() if len(answers) == 1 else None  # a year or seconds: as long as it makes no difference


def _ordered(value: object, bound: object, relation: Relation) -> Truth:
    if bound is None:
        return None
    return False if value is None else _RELATIONS[relation](value, bound)


def _address(value: str, wanted: Glob, _: Relation) -> Truth:
    inner, outer = addresses(value), addresses(literal_text(wanted) or "")
    if outer is None:
        return None
    if inner is None or inner[0] != outer[0]:
        return False
    if outer[1] <= inner[1] and inner[2] <= outer[2]:
        return True
    wide = widest(literal_text(wanted) or "") or outer
    return None if wide[1] <= inner[1] and inner[2] <= wide[2] else False


def _arn(text: str) -> bool | None:
    return accepts(ANY_ARN, text) or None


_TYPED: dict[Family, Callable[[str], object]] = {
    Family.ARN: _arn,
    Family.NUMERIC: number,
    Family.DATE: lambda text: moments(text) or None,
    Family.ADDRESS: addresses,
}

_COMPARISONS: dict[Family, Callable[[str, Glob, Relation], Truth]] = {
    Family.STRING: _equal,
    Family.STRING_CASELESS: _equal_caseless,
    Family.LIKE: _like,
    Family.ARN: _arn_like,
    Family.NUMERIC: _numeric,
    Family.DATE: _date,
    Family.BOOL: _bool,
    Family.BINARY: _equal,
    Family.ADDRESS: _address,
    Family.CALLER: _caller_like,
    Family.CALLER_ARN: _caller_arn_like,
}

_RELATIONS: dict[Relation, Callable[..., bool]] = {
    Relation.EQUAL: lambda value, bound: value == bound,
    Relation.LESS: lambda value, bound: value < bound,
    Relation.LESS_EQUAL: lambda value, bound: value <= bound,
    Relation.GREATER: lambda value, bound: value > bound,
    Relation.GREATER_EQUAL: lambda value, bound: value >= bound,
}
