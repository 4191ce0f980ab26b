"""The worlds of a template: the combinations of values that its parameters may have, as far as they can be listed.

A parameter with allowed values has each of them; one that a condition compares has each text that it is compared with,
and one more that is none of them. Any other one has its default, which is said, or is not known.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from types import MappingProxyType

from panorama_guard.drafts.node import Hole, Node, Value

ACCOUNT, REGION = "123456789012", "us-east-1"
MOST_WORLDS = 64

# Partition and suffix are those that the profile is for. Nobody's choice makes an account or region into another text.
PSEUDO: Mapping[str, Value] = MappingProxyType(
    {
        "AWS::AccountId": Hole("AWS::AccountId", (ACCOUNT,)),
        "AWS::Region": Hole("AWS::Region", (REGION,)),
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::StackName": Hole("AWS::StackName"),
        "AWS::StackId": Hole("AWS::StackId"),
        "AWS::NotificationARNs": Hole("AWS::NotificationARNs"),
    }
)
_PLACE = re.compile(r"\$\{([^}!]*)\}")
_COMPARED = ("AWS::AccountId", "AWS::Region", "AWS::StackName")


@dataclass(frozen=True, slots=True)
class World:
    """One combination of values. `words` say which, where there are several."""

    values: tuple[tuple[str, Node], ...]
    words: str = ""

    def value_of(self, name: str) -> Node | None:
        """Return the value that a parameter has in this world, or None for what is no parameter."""
        return next((value for key, value in self.values if key == name), None)


@dataclass(frozen=True, slots=True)
class Worlds:
    """All worlds of a template, and what was supposed to have as few of them."""

    each: tuple[World, ...]
    supposed: tuple[str, ...]


def worlds_of(template: Node, given: Mapping[str, str]) -> Worlds:
    """Return the worlds of a template, in which the parameters that are `given` have one value."""
    parameters = (template.get("Parameters") or Node(None, 0)).pairs
    compared = _compared(template.get("Conditions"))
    choices = {name: _choices(name, parameter, given, compared) for name, parameter in parameters}
    choices |= {name: _pseudo(name, compared[name]) for name in _COMPARED if name in compared}
    if _size(choices.values()) > MOST_WORLDS:
        choices = {name: values if name in compared else _narrowed(name, values) for name, values in choices.items()}
    if _size(choices.values()) > MOST_WORLDS:
        choices = {name: _narrowed(name, values) for name, values in choices.items()}
    several = [name for name, values in choices.items() if len(values) > 1]
    combined = (dict(zip(choices, values, strict=True)) for values in product(*choices.values()))
    worlds = tuple(World(tuple(values.items()), _words(values, several)) for values in combined)
    return Worlds(worlds, tuple(_supposed(parameters, given, choices)))


def _choices(name: str, parameter: Node, given: Mapping[str, str], compared: Mapping[str, list[str]]) -> list[Node]:
    kind, line = parameter.text("Type"), parameter.line
    if name in given:
        return [_typed(given[name], kind, line)]
    if kind.startswith("AWS::SSM::Parameter::Value"):
        return [Node(Hole(f"parameter {name}, which SSM holds"), line)]
    allowed, default = parameter.get("AllowedValues"), parameter.get("Default")
    if allowed is not None:
        return [_typed(str(item.value), kind, line) for item in allowed.items]
    known = [str(default.value)] if default is not None else []
    if name in compared:
        texts = dict.fromkeys([*known, *compared[name]])
        return [*(_typed(text, kind, line) for text in texts), Node(Hole(f"parameter {name}", (), tuple(texts)), line)]
    return [_typed(text, kind, line) for text in known] or [Node(Hole(f"parameter {name}"), line)]


def _pseudo(name: str, compared: Sequence[str]) -> list[Node]:
    value = PSEUDO[name]
    examples = value.examples if isinstance(value, Hole) else ()
    others = tuple(example for example in examples if example not in compared)
    return [*(Node(text, 0) for text in compared), Node(Hole(name, others, tuple(compared)), 0)]


def _narrowed(name: str, values: list[Node]) -> list[Node]:
    return values if len(values) == 1 else [Node(Hole(f"parameter {name}, one of too many combinations"), 0)]


def _typed(text: str, kind: str, line: int) -> Node:
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return Node(tuple(Node(item.strip(), line) for item in text.split(",")), line)
    return Node(text, line)


def _compared(conditions: Node | None) -> dict[str, list[str]]:
    """Return for each parameter that a condition compares the texts that it is compared with."""
    found: dict[str, list[str]] = {}
    for one in _equalities(conditions) if conditions else ():
        texts = [str(item.value) for item in one.items if isinstance(item.value, str | int)]
        for name in _references(one):
            found.setdefault(name, []).extend(text for text in texts if text not in found[name])
    return found


def _equalities(node: Node) -> Iterator[Node]:
    for name, member in node.pairs:
        if name == "Fn::Equals":
            yield member
        yield from _equalities(member)
    if isinstance(node.value, tuple):
        yield from (found for item in node.value for found in _equalities(item))


def _references(node: Node) -> Iterator[str]:
    for name, member in node.pairs:
        if name == "Ref" and isinstance(member.value, str):
            yield member.value
        if name == "Fn::Sub" and isinstance(member.items[0].value, str):
            yield from (found.strip() for found in _PLACE.findall(member.items[0].value))
        yield from _references(member)
    if isinstance(node.value, tuple):
        yield from (found for item in node.value for found in _references(item))


def _size(choices: Iterable[list[Node]]) -> int:
    return prod(len(values) for values in choices)


def _words(values: Mapping[str, Node], several: Sequence[str]) -> str:
    return ", ".join(f"{name} = {_word(values[name])}" for name in several)


def _word(node: Node) -> str:
    if isinstance(node.value, Hole):
        return "another value"
    return ",".join(str(item.value) for item in node.items)


def _supposed(
    parameters: Sequence[tuple[str, Node]], given: Mapping[str, str], choices: Mapping[str, list[Node]]
) -> Iterator[str]:
    for name, parameter in parameters:
        is_known = len(choices[name]) == 1 and not isinstance(choices[name][0].value, Hole)
        if is_known and name not in given and parameter.get("AllowedValues") is None:
            yield f"parameter {name} is `{_word(choices[name][0])}`, its default; --parameter {name}=VALUE says another"
