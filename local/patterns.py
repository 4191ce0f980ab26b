"""Matches events against EventBridge event patterns.

The rules are those of
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: a pattern is an object whose
leaves are lists; fields are joined by "and", the members of a list by "or"; a field of the event may be a list, which
matches when one of its members does.
"""

from __future__ import annotations

import ipaddress
import json
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

type_leaf = str | int | float | bool | None
type_test = Callable[[Any], bool]

_OR: Final = "$or"
_EXISTS: Final = "exists"
_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class PatternError(ValueError):
    """The pattern is not one that EventBridge would accept."""


@dataclass(frozen=True, slots=True)
class _Field:
    """What one leaf of a pattern asks of the values found in an event."""

    tests: tuple[type_test, ...]
    allows_absence: bool

    def matches(self, values: tuple[type_leaf, ...]) -> bool:
        if not values:
            return self.allows_absence
        return any(test(value) for test in self.tests for value in values)


@dataclass(frozen=True, slots=True)
class _Object:
    """What a pattern asks of an object: every field, and one alternative of every `$or`."""

    fields: tuple[tuple[str, _Field], ...]
    objects: tuple[tuple[str, _Object], ...]
    alternatives: tuple[tuple[_Object, ...], ...]

    def matches(self, value: Mapping[str, Any]) -> bool:
        return (
            all(field.matches(tuple(_leaves(value, name))) for name, field in self.fields)
            and all(_matches_nested(nested, value.get(name, {})) for name, nested in self.objects)
            and all(any(choice.matches(value) for choice in choices) for choices in self.alternatives)
        )


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that was understood in full."""

    text: str
    _root: _Object

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Say whether the event matches."""
        return self._root.matches(event)


def parse_pattern(pattern: str | Mapping[str, Any]) -> Pattern:
    """Return the pattern, or raise `PatternError` naming the field that EventBridge would refuse."""
    text = pattern if isinstance(pattern, str) else json.dumps(pattern)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"pattern is not JSON ({error}): `{text}`"
        raise PatternError(message) from None
    if not isinstance(value, dict) or not value:
        message = f"pattern must be an object with at least one field: `{text}`"
        raise PatternError(message)
    return Pattern(text, _parse_object(value, ""))


def _parse_object(value: Mapping[str, Any], path: str) -> _Object:
    fields: list[tuple[str, _Field]] = []
    objects: list[tuple[str, _Object]] = []
    alternatives: list[tuple[_Object, ...]] = []
    for name, child in value.items():
        where = f"{path}.{name}" if path else name
        if name == _OR:
            alternatives.append(_parse_alternatives(child, where))
        elif isinstance(child, dict) and child:
            objects.append((name, _parse_object(child, where)))
        else:
            fields.append((name, _parse_field(child, where)))
    return _Object(tuple(fields), tuple(objects), tuple(alternatives))


def _parse_alternatives(value: object, path: str) -> tuple[_Object, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(each, dict) and each for each in value):
        raise _refuse(path, "must be a list of objects", value)
    return tuple(_parse_object(each, path) for each in value)


def _parse_field(value: object, path: str) -> _Field:
    if not isinstance(value, list) or not value:
        raise _refuse(path, "must be a list with at least one member", value)
    allows_absence = any(each == {_EXISTS: False} for each in value)
    return _Field(tuple(_parse_member(each, path) for each in value), allows_absence)


def _parse_member(member: object, path: str) -> type_test:
    if isinstance(member, dict):
        return _parse_operator(member, path)
    if isinstance(member, list):
        raise _refuse(path, "must not hold a list inside a list", member)
    return lambda value: _is_same(value, member)


def _parse_operator(member: Mapping[str, Any], path: str) -> type_test:
    if len(member) != 1:
        raise _refuse(path, "must hold exactly one operator in each object", member)
    ((name, operand),) = member.items()
    parse = _OPERATORS.get(name)
    if parse is None:
        raise _refuse(path, "has an unknown operator", name)
    return parse(operand, path)


def _parse_exists(operand: object, path: str) -> type_test:
    if not isinstance(operand, bool):
        raise _refuse(path, "exists takes true or false", operand)
    return lambda _: operand


def _parse_prefix(operand: object, path: str) -> type_test:
    return _parse_edge(operand, path, str.startswith, "prefix")


def _parse_suffix(operand: object, path: str) -> type_test:
    return _parse_edge(operand, path, str.endswith, "suffix")


def _parse_edge(operand: object, path: str, compare: Callable[[str, str], bool], name: str) -> type_test:
    if isinstance(operand, dict) and list(operand) == ["equals-ignore-case"]:
        folded = _text(operand["equals-ignore-case"], path, name).lower()
        return lambda value: isinstance(value, str) and compare(value.lower(), folded)
    text = _text(operand, path, name)
    return lambda value: isinstance(value, str) and compare(value, text)


def _parse_ignoring_case(operand: object, path: str) -> type_test:
    text = _text(operand, path, "equals-ignore-case").lower()
    return lambda value: isinstance(value, str) and value.lower() == text


def _parse_wildcard(operand: object, path: str) -> type_test:
    text = _text(operand, path, "wildcard")
    if "**" in text.replace(r"\\", "").replace(r"\*", ""):
        raise _refuse(path, "wildcard must not hold two stars in a row", text)
    pieces = re.findall(r"\\[\\*]|.", text, re.DOTALL)
    if any(piece == "\\" for piece in pieces):
        raise _refuse(path, "wildcard may escape only a star or a backslash", text)
    regex = re.compile("".join(".*" if piece == "*" else re.escape(piece[-1]) for piece in pieces), re.DOTALL)
    return lambda value: isinstance(value, str) and regex.fullmatch(value) is not None


def _parse_numeric(operand: object, path: str) -> type_test:
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        raise _refuse(path, "numeric takes one or two comparisons", operand)
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    if not all(isinstance(sign, str) and sign in _COMPARISONS and _is_number(bound) for sign, bound in pairs):
        raise _refuse(path, "numeric takes =, <, <=, > or >= and a number", operand)
    return lambda value: _is_number(value) and all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)


def _parse_cidr(operand: object, path: str) -> type_test:
    try:
        network = ipaddress.ip_network(_text(operand, path, "cidr"), strict=False)
    except ValueError:
        raise _refuse(path, "cidr takes an address range", operand) from None
    return lambda value: isinstance(value, str) and _is_inside(value, network)


def _parse_anything_but(operand: object, path: str) -> type_test:
    if isinstance(operand, dict):
        return _parse_nested_refusal(operand, path)
    refused = operand if isinstance(operand, list) else [operand]
    kinds = {"text" if isinstance(each, str) else "number" if _is_number(each) else "other" for each in refused}
    if len(kinds) != 1 or "other" in kinds:
        raise _refuse(path, "anything-but takes strings, or numbers, or one operator", operand)
    return lambda value: not any(_is_same(value, each) for each in refused)


def _parse_nested_refusal(operand: Mapping[str, Any], path: str) -> type_test:
    if len(operand) != 1 or not operand.keys() <= _REFUSABLE:
        raise _refuse(path, f"anything-but takes one of {', '.join(sorted(_REFUSABLE))}", operand)
    ((name, nested),) = operand.items()
    tests = [_OPERATORS[name](each, path) for each in (nested if isinstance(nested, list) else [nested])]
    if not tests:
        raise _refuse(path, "anything-but takes at least one value", operand)
    return lambda value: not any(test(value) for test in tests)


_REFUSABLE: Final = frozenset({"prefix", "suffix", "equals-ignore-case", "wildcard"})
_OPERATORS: Final[Mapping[str, Callable[[object, str], type_test]]] = {
    "exists": _parse_exists,
    "prefix": _parse_prefix,
    "suffix": _parse_suffix,
    "equals-ignore-case": _parse_ignoring_case,
    "wildcard": _parse_wildcard,
    "numeric": _parse_numeric,
    "cidr": _parse_cidr,
    "anything-but": _parse_anything_but,
}


def _matches_nested(nested: _Object, value: object) -> bool:
    if isinstance(value, list):
        return any(_matches_nested(nested, each) for each in value)
    return nested.matches(value if isinstance(value, dict) else {})


def _leaves(value: Mapping[str, Any], name: str) -> Iterator[type_leaf]:
    if name in value:
        yield from _flatten(value[name])


def _flatten(value: object) -> Iterator[type_leaf]:
    if isinstance(value, list):
        for each in value:
            yield from _flatten(each)
    elif value is None or isinstance(value, str | int | float):
        yield value


def _is_same(value: object, wanted: object) -> bool:
    """Compare as JSON does: true is not 1, and 300 is 3.0e2."""
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_inside(text: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.ip_address(text) in network
    except ValueError:
        return False


def _text(operand: object, path: str, name: str) -> str:
    if not isinstance(operand, str):
        raise _refuse(path, f"{name} takes a string", operand)
    return operand


def _refuse(path: str, reason: str, value: object) -> PatternError:
    return PatternError(f"pattern field {path} {reason}: `{value if isinstance(value, str) else json.dumps(value)}`")
