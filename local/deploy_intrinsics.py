"""Resolves CloudFormation's intrinsic functions to values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from local.deploy_errors import DeployError

type_evaluate = Callable[["Resolver", Any], Any]

_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^}]+)\}")
_PAIR: Final = 2
_NO_VALUE: Final = object()
"""What AWS::NoValue resolves to; it never leaves this module."""


class Resources(Protocol):
    """Gives what Ref and GetAtt of a resource are, creating it first where needed."""

    def reference(self, logical_id: str) -> str | None:
        """Return the resource's Ref, or None when there is no such resource."""

    def attribute(self, logical_id: str, name: str) -> str:
        """Return the attribute of the resource."""


class Resolver:
    """Resolves the values of one template."""

    def __init__(self, body: Mapping[str, Any], parameters: Mapping[str, Any], resources: Resources) -> None:
        """Resolve with these parameters, pseudo parameters included."""
        self.conditions: Mapping[str, Any] = body.get("Conditions", {})
        self.mappings: Mapping[str, Any] = body.get("Mappings", {})
        self.parameters = parameters
        self.resources = resources

    def resolve(self, value: Any) -> Any:
        """Return the value with every intrinsic function replaced, or raise `DeployError` naming the function."""
        resolved = self.evaluate(value)
        return None if resolved is _NO_VALUE else resolved

    def evaluate(self, value: Any) -> Any:
        """Return the value resolved, where it may still stand for no value."""
        if isinstance(value, list):
            return [each for each in map(self.evaluate, value) if each is not _NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, operand),) = value.items()
            if name in _FUNCTIONS:
                return _FUNCTIONS[name](self, operand)
            if name.startswith("Fn::"):
                message = f"intrinsic function is not handled: `{name}`"
                raise DeployError(message)
        resolved = {name: self.evaluate(each) for name, each in value.items()}
        return {name: each for name, each in resolved.items() if each is not _NO_VALUE}

    def holds(self, name: str) -> bool:
        """Return the value of the template's condition."""
        if name not in self.conditions:
            message = f"there is no condition: `{name}`"
            raise DeployError(message)
        return self.decide(self.conditions[name])

    def decide(self, expression: Any) -> bool:
        """Return the value of a condition's expression."""
        value = self.evaluate({"Fn::If": [expression["Condition"], True, False]} if _names(expression) else expression)
        if not isinstance(value, bool):
            message = f"condition is neither true nor false: `{expression}`"
            raise DeployError(message)
        return value

    def reference(self, name: str) -> Any:
        """Return what Ref of the name is."""
        if name == "AWS::NoValue":
            return _NO_VALUE
        if name in self.parameters:
            return self.parameters[name]
        found = self.resources.reference(name)
        if found is None:
            message = f"Ref names nothing in the template: `{name}`"
            raise DeployError(message)
        return found


def _names(expression: object) -> bool:
    return isinstance(expression, dict) and list(expression) == ["Condition"]


def _ref(resolver: Resolver, operand: Any) -> Any:
    return resolver.reference(str(operand))


def _get_attribute(resolver: Resolver, operand: Any) -> str:
    logical_id, _, name = operand.partition(".") if isinstance(operand, str) else (operand[0], "", operand[1])
    return resolver.resources.attribute(logical_id, str(resolver.evaluate(name)))


def _substitute(resolver: Resolver, operand: Any) -> str:
    text, variables = (operand, {}) if isinstance(operand, str) else operand

    def replace(match: re.Match[str]) -> str:
        literal, name = match[1], match[2].strip()
        if literal:
            return f"${{{name}}}"
        if name in variables:
            return str(resolver.evaluate(variables[name]))
        return str(_get_attribute(resolver, name) if "." in name else resolver.reference(name))

    return _PLACEHOLDER.sub(replace, text)


def _join(resolver: Resolver, operand: Any) -> str:
    separator, parts = operand
    return str(separator).join(str(each) for each in resolver.evaluate(parts))


def _split(resolver: Resolver, operand: Any) -> list[str]:
    separator, text = operand
    return str(resolver.evaluate(text)).split(separator)


def _select(resolver: Resolver, operand: Any) -> Any:
    index, members = operand
    return resolver.evaluate(members)[int(resolver.evaluate(index))]


def _if(resolver: Resolver, operand: Any) -> Any:
    name, when_true, when_false = operand
    return resolver.evaluate(when_true if resolver.holds(name) else when_false)


def _equals(resolver: Resolver, operand: Any) -> bool:
    left, right = (_as_text(resolver.evaluate(each)) for each in operand)
    return left == right


def _not(resolver: Resolver, operand: Any) -> bool:
    return not resolver.decide(operand[0])


def _and(resolver: Resolver, operand: Any) -> bool:
    return all(resolver.decide(each) for each in operand)


def _or(resolver: Resolver, operand: Any) -> bool:
    return any(resolver.decide(each) for each in operand)


def _contains(resolver: Resolver, operand: Any) -> bool:
    """Say whether a list has a member: known to CloudFormation's Rules alone."""
    members, wanted = operand
    return _as_text(resolver.evaluate(wanted)) in [_as_text(each) for each in resolver.evaluate(members)]


def _find_in_map(resolver: Resolver, operand: Any) -> Any:
    name, first, second = (resolver.evaluate(each) for each in operand)
    try:
        return resolver.mappings[name][first][second]
    except KeyError:
        message = f"Fn::FindInMap finds nothing: `{name}.{first}.{second}`"
        raise DeployError(message) from None


def _as_text(value: object) -> str:
    """Write a scalar as CloudFormation compares it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


_FUNCTIONS: Final[Mapping[str, type_evaluate]] = {
    "Ref": _ref,
    "Fn::GetAtt": _get_attribute,
    "Fn::Sub": _substitute,
    "Fn::Join": _join,
    "Fn::Split": _split,
    "Fn::Select": _select,
    "Fn::If": _if,
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Fn::FindInMap": _find_in_map,
    "Fn::Contains": _contains,
}
