"""Conditions in Z3's terms, exactly, where they can be said there; NotEncodedError where not.

A context key is present or not. Its values are as many terms as a set of values ever needs: one for each condition of a
set operator, two for each other one. A text is a string; a number or time is a real, or something of another type; an
address is a number and a version. What AWS does not say (several values under an operator for one, a value of another
type under a negated operator, IfExists under ForAnyValue) is a truth value that Z3 may choose, the same for conditions
that must answer alike.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import z3

from panorama_guard.containment.keys import ARNS, TYPES, kind_of, several_keys
from panorama_guard.containment.meaning import holds_when_absent
from panorama_guard.containment.shapes import WHOLE, shape_of
from panorama_guard.containment.values import LAST_ADDRESS, addresses, moments, number
from panorama_guard.policy.arn import ANY_ARN, Step, segmented
from panorama_guard.policy.condition import Condition, Family, Operator, Quantifier, Relation
from panorama_guard.policy.glob import Glob, literal_text, tokens, variables_of

MOST_VALUES = 12  # terms for one key; more make Z3 hopeless
Matches = Callable[[Iterable[Step], Any], Any]


class NotEncodedError(Exception):
    """A condition or a variable has no exact form in Z3's terms; such questions are counted, and not asked."""


class Value(NamedTuple):
    """One value of a key: its term, and whether it is not of the type that operators of the key compare."""

    term: Any
    foreign: Any
    version: Any


class Unsaid(NamedTuple):
    """What an operator for one value says of several: a truth value of Z3's choice, and which values satisfy it."""

    key: str
    negated: bool
    satisfied: list[Any]
    answer: Any


@dataclass(slots=True)
class Context:
    """The keys of a question as terms, and what holds of them."""

    values: dict[str, tuple[Value, ...]]
    matches: Matches
    unsaid: list[Unsaid] = field(default_factory=list)

    def alike(self) -> list[Any]:
        """Return that what is true of several values is true where each that satisfies the one satisfies the other."""
        return [
            z3.Implies(
                z3.And([z3.Implies(*both) for both in zip(one.satisfied, two.satisfied, strict=True)]),
                z3.Implies(one.answer, two.answer),
            )
            for one in self.unsaid
            for two in self.unsaid
            if one is not two and one.key == two.key and one.negated is two.negated
        ]

    def facts(self) -> list[Any]:
        """Return what holds of every value: a truth value is one, an address has a number of its version."""
        found = []
        for key, listed in self.values.items():
            for value in listed:
                if TYPES.get(key) == "truth":
                    found.append(z3.Or(value.term == "true", value.term == "false"))
                if value.version is not None:
                    last = z3.If(value.version, z3.IntVal(LAST_ADDRESS[6]), z3.IntVal(LAST_ADDRESS[4]))
                    found += [value.term >= 0, value.term <= last]
                if TYPES.get(key) in ("number", "time", "address"):
                    found.append(z3.Not(value.foreign))
                if TYPES.get(key) == "number" and z3.is_real(value.term):
                    found += [value.term >= 0, *([z3.IsInt(value.term)] if key in WHOLE else [])]
                if key in ARNS and (shape := shape_of(key)):
                    found.append(z3.Or([self.matches(pattern, value.term) for pattern in shape.possible.patterns]))
        return found

    def holds(self, condition: Condition) -> Any:
        """Return the term that is true where the condition is."""
        operator = condition.parsed
        present = z3.Bool(f"{condition.key} is present")
        if operator.family is Family.UNKNOWN or condition.variables:
            raise NotEncodedError(condition.operator)
        if operator.family is Family.NULL:
            return z3.Or([_null(glob, present) for glob in condition.values])
        values = self.values[condition.key]
        satisfied = [self._satisfies(value, condition, operator) for value in values]
        absent = holds_when_absent(operator)
        unsaid = z3.Bool("IfExists counts under ForAnyValue")
        whole = self._together(condition, operator, satisfied)
        return z3.If(present, whole, unsaid if absent is None else z3.BoolVal(absent))

    def _together(self, condition: Condition, operator: Operator, satisfied: list[Any]) -> Any:
        if operator.quantifier is not Quantifier.PLAIN:
            return z3.Or(satisfied) if operator.quantifier is Quantifier.ANY else z3.And(satisfied)
        first, *others = self.values[condition.key]
        if not others:
            return satisfied[0]
        same = sorted(condition.values), operator.family.value, operator.relation.value, operator.negated
        answer = z3.Bool(f"{condition.key}: {same} on several values")
        self.unsaid.append(Unsaid(condition.key, operator.negated, satisfied, answer))
        return z3.If(z3.And([_same(first, other) for other in others]), satisfied[0], answer)

    def _satisfies(self, value: Value, condition: Condition, operator: Operator) -> Any:
        matched = z3.Or([self._compare(value, glob, operator) for glob in condition.values])
        foreign = value.foreign
        if operator.family is Family.ARN:
            is_arn = z3.BoolVal(val=True) if condition.key in ARNS else self.matches(ANY_ARN, value.term)
            foreign = z3.Not(is_arn)
        unsaid = z3.Bool(f"{condition.key}: {operator.family.value} negated, of another type")
        known = z3.Not(matched) if operator.negated else matched
        return z3.If(foreign, unsaid if operator.negated else z3.BoolVal(val=False), known)

    def _compare(self, value: Value, glob: Glob, operator: Operator) -> Any:
        match operator.family:
            case Family.LIKE:
                return self.matches([(token, True) for token in tokens(glob)], value.term)
            case Family.ARN:
                return self.matches(_known(segmented(glob)), value.term)
            case _:
                return _COMPARED[operator.family](value, _literal(glob), operator.relation)


def context_of(conditions: Iterable[Condition], matches: Matches) -> Context:
    """Return the terms of the keys that the conditions ask for; `matches` says in Z3 that a pattern matches a text."""
    listed = list(dict.fromkeys(conditions))
    several = several_keys(listed)
    values: dict[str, tuple[Value, ...]] = {}
    for key in dict.fromkeys(item.key for item in listed):
        asked = [item for item in listed if item.key == key and item.parsed.family is not Family.NULL]
        needed = sum(1 if item.parsed.quantifier is not Quantifier.PLAIN else 2 for item in asked)
        count = max(1, needed) if key in several else 1
        kinds = {kind_of(item) for item in asked}
        if count > MOST_VALUES or (kinds - {TYPES.get(key)} and TYPES.get(key) in ("number", "time", "address")):
            raise NotEncodedError(key)
        values[key] = tuple(_value(f"{key} {place}", {*kinds}) for place in range(count))
    return Context(values, matches)


def _value(name: str, kinds: set[str]) -> Value:
    if len(kinds) > 1:
        raise NotEncodedError(name)
    foreign = z3.Bool(f"{name} is of another type")
    match kinds.pop() if kinds else "text":
        case "text":
            return Value(z3.String(name), z3.BoolVal(val=False), None)
        case "address":
            return Value(z3.Int(name), foreign, z3.Bool(f"{name} is IPv6"))
        case _:
            return Value(z3.Real(name), foreign, None)


def _same(one: Value, other: Value) -> Any:
    versions = one.version == other.version if one.version is not None else z3.BoolVal(val=True)
    return z3.And(one.term == other.term, one.foreign == other.foreign, versions)


def _null(glob: Glob, present: Any) -> Any:
    return z3.Not(present) if _one_of(_literal(glob).lower(), ("true", "false")) == "true" else present


def _equal(value: Value, text: str, _: Relation) -> Any:
    return value.term == z3.StringVal(text)


def _caseless(value: Value, text: str, _: Relation) -> Any:
    if not text.isascii():
        raise NotEncodedError(text)
    chars = [z3.Union(z3.Re(char.lower()), z3.Re(char.upper())) if char.isalpha() else z3.Re(char) for char in text]
    return z3.InRe(value.term, z3.Concat(z3.Re(""), z3.Re(""), *chars))


def _bool(value: Value, text: str, relation: Relation) -> Any:
    return _caseless(value, _one_of(text.lower(), ("true", "false")), relation)


def _numeric(value: Value, text: str, relation: Relation) -> Any:
    return _ordered(value.term, _known(number(text)), relation)


def _date(value: Value, text: str, relation: Relation) -> Any:
    (moment,) = moments(text) if len(moments(text)) == 1 else (None,)
    return _ordered(value.term, _known(moment), relation)


def _address(value: Value, text: str, _: Relation) -> Any:
    version, first, last = _known(addresses(text))
    right = value.version if version == 6 else z3.Not(value.version)
    return z3.And(right, value.term >= z3.IntVal(first), value.term <= z3.IntVal(last))


_COMPARED: dict[Family, Callable[[Value, str, Relation], Any]] = {
    Family.STRING: _equal,
    Family.BINARY: _equal,
    Family.STRING_CASELESS: _caseless,
    Family.BOOL: _bool,
    Family.NUMERIC: _numeric,
    Family.DATE: _date,
    Family.ADDRESS: _address,
}


def _ordered(term: Any, bound: Any, relation: Relation) -> Any:
    limit = z3.RealVal(str(bound))
    return {
        Relation.EQUAL: term == limit,
        Relation.LESS: term < limit,
        Relation.LESS_EQUAL: term <= limit,
        Relation.GREATER: term > limit,
        Relation.GREATER_EQUAL: term >= limit,
    }[relation]


def _known(found: Any) -> Any:
    if found is None:
        raise NotEncodedError
    return found


def _literal(glob: Glob) -> str:
    if variables_of(glob):
        raise NotEncodedError(glob)
    return str(_known(literal_text(glob)))


def _one_of(text: str, known: tuple[str, ...]) -> str:
    return str(_known(text if text in known else None))
