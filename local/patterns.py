"""Matches events against EventBridge event patterns.

The rules are those of
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html: a pattern is an object whose
leaves are lists; fields are joined by "and", the members of a list by "or"; a field of the event may be a list, which
matches when one of its members does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from local.patterns_operators import PatternError, is_same, parse_operator, refuse, type_test

type_leaf = str | int | float | bool | None

_OR: Final = "$or"
_EXISTS: Final = "exists"


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
        raise refuse(path, "must be a list of objects", value)
    return tuple(_parse_object(each, path) for each in value)


def _parse_field(value: object, path: str) -> _Field:
    if not isinstance(value, list) or not value:
        raise refuse(path, "must be a list with at least one member", value)
    allows_absence = any(each == {_EXISTS: False} for each in value)
    return _Field(tuple(_parse_member(each, path) for each in value), allows_absence)


def _parse_member(member: object, path: str) -> type_test:
    if isinstance(member, dict):
        return parse_operator(member, path)
    if isinstance(member, list):
        raise refuse(path, "must not hold a list inside a list", member)
    return lambda value: is_same(value, member)


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


__all__ = ["Pattern", "PatternError", "parse_pattern"]
