"""Conditions that are true where others are not, and two lists of conditions joined, as far as IAM can write it."""

from collections.abc import Iterable

from panorama_guard.containment.meaning import holds_when_absent
from panorama_guard.policy.condition import Condition, Quantifier, parse_operator
from panorama_guard.policy.glob import Glob, literal_text

_IF_EXISTS = "IfExists"
_PAIRS = (
    ("StringEquals", "StringNotEquals"),
    ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    ("StringLike", "StringNotLike"),
    ("ArnEquals", "ArnNotEquals"),
    ("ArnLike", "ArnNotLike"),
    ("NumericEquals", "NumericNotEquals"),
    ("DateEquals", "DateNotEquals"),
    ("IpAddress", "NotIpAddress"),
)
_OPPOSITES = {**dict(_PAIRS), **{right: left for left, right in _PAIRS}}
_ORDERS = (("LessThan", "GreaterThanEquals"), ("LessThanEquals", "GreaterThan"))
_REVERSED = {  # of one value: less than either of two is not the opposite of at least either
    kind + name: kind + other for kind in ("Numeric", "Date") for pair in _ORDERS for name, other in (pair, pair[::-1])
}
_QUANTIFIERS = {Quantifier.PLAIN: "", Quantifier.ANY: "ForAllValues:", Quantifier.ALL: "ForAnyValue:"}
_TRUTH = {"true": Glob("false"), "false": Glob("true")}


def negated(condition: Condition) -> tuple[Condition, ...] | None:
    """Return conditions that hold together exactly where `condition` does not, or None where none are known."""
    base = condition.operator.rpartition(":")[2].removesuffix(_IF_EXISTS)
    if base in ("Bool", "Null"):
        return _negated_truth(condition, base)
    if base in _OPPOSITES:
        return _where_absent(condition, _QUANTIFIERS[condition.parsed.quantifier] + _OPPOSITES[base], condition.values)
    if base in _REVERSED and len(condition.values) == 1 and condition.parsed.quantifier is Quantifier.PLAIN:
        return _where_absent(condition, _REVERSED[base], condition.values)
    return None


def joined(conditions: Iterable[Condition], more: Iterable[Condition]) -> tuple[Condition, ...] | None:
    """Return conditions that hold where all of both do, or None where one operator would ask twice for one key."""
    found: dict[tuple[str, str], Condition] = {}
    for item in (*conditions, *more):
        place = (item.operator, item.key)
        both = _both(found[place], item) if place in found else item
        if both is None:
            return None
        found[place] = both
    return _without_excluded(found)


def _without_excluded(found: dict[tuple[str, str], Condition]) -> tuple[Condition, ...]:
    """Return the conditions with no value in a `StringEquals` that a `StringNotEquals` on its key excludes.

    If any value is left, that says what both said.
    """
    kept = dict(found)
    for (operator, key), item in found.items():
        excluded = found.get(("StringNotEquals", key))
        if operator != "StringEquals" or excluded is None or item.variables or excluded.variables:
            continue
        left = tuple(glob for glob in item.values if glob not in excluded.values)
        if left:
            kept[operator, key] = _like(item, operator, left)
            del kept["StringNotEquals", key]
    return tuple(kept.values())


def _negated_truth(condition: Condition, base: str) -> tuple[Condition, ...] | None:
    texts = [(literal_text(glob) or "").lower() for glob in condition.values]
    if len(texts) != 1 or texts[0] not in _TRUTH or ":" in condition.operator:
        return None
    other = (_TRUTH[texts[0]],)
    if base == "Null":
        return (_like(condition, base, other),)
    return _where_absent(condition, base, other)


def _where_absent(condition: Condition, operator: str, values: tuple[Glob, ...]) -> tuple[Condition, ...]:
    """Return the comparison, made true where the key is absent if `condition` is not, and the other way round."""
    wanted = not holds_when_absent(condition.parsed)
    if holds_when_absent(parse_operator(operator)) is wanted:
        return (_like(condition, operator, values),)
    if wanted:
        return (_like(condition, operator + _IF_EXISTS, values),)
    return _like(condition, operator, values), _like(condition, "Null", (Glob("false"),))


def _like(condition: Condition, operator: str, values: tuple[Glob, ...]) -> Condition:
    return Condition(operator, condition.key, values, condition.spelled)


def _both(one: Condition, other: Condition) -> Condition | None:
    if set(one.values) == set(other.values):
        return one
    if one.parsed.negated and one.parsed.quantifier is not Quantifier.ANY:  # none of these and none of those
        return _like(one, one.operator, tuple(dict.fromkeys((*one.values, *other.values))))
    return None
