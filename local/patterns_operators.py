"""The operators of event patterns: each becomes a test of one value."""

from __future__ import annotations

import ipaddress
import json
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

type_test = Callable[[Any], bool]

_COMPARISONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class PatternError(ValueError):
    """The pattern is not one that EventBridge would accept."""


def parse_operator(member: Mapping[str, Any], path: str) -> type_test:
    """Return the test that an operator object asks for, or raise `PatternError`."""
    if len(member) != 1:
        raise refuse(path, "must hold exactly one operator in each object", member)
    ((name, operand),) = member.items()
    parse = _OPERATORS.get(name)
    if parse is None:
        raise refuse(path, "has an unknown operator", name)
    return parse(operand, path)


def _parse_exists(operand: object, path: str) -> type_test:
    if not isinstance(operand, bool):
        raise refuse(path, "exists takes true or false", operand)
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
        raise refuse(path, "wildcard must not hold two stars in a row", text)
    pieces = re.findall(r"\\[\\*]|.", text, re.DOTALL)
    if any(piece == "\\" for piece in pieces):
        raise refuse(path, "wildcard may escape only a star or a backslash", text)
    regex = re.compile("".join(".*" if piece == "*" else re.escape(piece[-1]) for piece in pieces), re.DOTALL)
    return lambda value: isinstance(value, str) and regex.fullmatch(value) is not None


def _parse_numeric(operand: object, path: str) -> type_test:
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        raise refuse(path, "numeric takes one or two comparisons", operand)
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    if not all(isinstance(sign, str) and sign in _COMPARISONS and _is_number(bound) for sign, bound in pairs):
        raise refuse(path, "numeric takes =, <, <=, > or >= and a number", operand)
    return lambda value: _is_number(value) and all(_COMPARISONS[sign](value, bound) for sign, bound in pairs)


def _parse_cidr(operand: object, path: str) -> type_test:
    try:
        network = ipaddress.ip_network(_text(operand, path, "cidr"), strict=False)
    except ValueError:
        raise refuse(path, "cidr takes an address range", operand) from None
    return lambda value: isinstance(value, str) and _is_inside(value, network)


def _parse_anything_but(operand: object, path: str) -> type_test:
    if isinstance(operand, dict):
        return _parse_nested_refusal(operand, path)
    refused = operand if isinstance(operand, list) else [operand]
    kinds = {"text" if isinstance(each, str) else "number" if _is_number(each) else "other" for each in refused}
    if len(kinds) != 1 or "other" in kinds:
        raise refuse(path, "anything-but takes strings, or numbers, or one operator", operand)
    return lambda value: not any(is_same(value, each) for each in refused)


def _parse_nested_refusal(operand: Mapping[str, Any], path: str) -> type_test:
    if len(operand) != 1 or not operand.keys() <= _REFUSABLE:
        raise refuse(path, f"anything-but takes one of {', '.join(sorted(_REFUSABLE))}", operand)
    ((name, nested),) = operand.items()
    tests = [_OPERATORS[name](each, path) for each in (nested if isinstance(nested, list) else [nested])]
    if not tests:
        raise refuse(path, "anything-but takes at least one value", operand)
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


def is_same(value: object, wanted: object) -> bool:
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
        raise refuse(path, f"{name} takes a string", operand)
    return operand


def refuse(path: str, reason: str, value: object) -> PatternError:
    """Return the error that names the field and its value."""
    return PatternError(f"pattern field {path} {reason}: `{value if isinstance(value, str) else json.dumps(value)}`")
