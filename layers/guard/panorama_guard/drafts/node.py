"""The values of a file, each with its line, and the holes where a value is not known before the deployment."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Union


class Nothing(Enum):
    """What `AWS::NoValue` stands for: the member or item is taken out."""

    NOTHING = "AWS::NoValue"


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that the file does not say. `reason` says what it hangs on.

    `examples` holds a value that it has in some deployment whatever anybody chooses: of an account's number, say.
    `never` are the texts that it is known not to be.
    """

    reason: str
    examples: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text of which parts are not known."""

    parts: tuple[str | Hole, ...]

    @property
    def holes(self) -> tuple[Hole, ...]:
        """Return what is not known of it."""
        return tuple(part for part in self.parts if isinstance(part, Hole))


@dataclass(frozen=True, slots=True)
class Members:
    """The members of an object, in their order."""

    pairs: tuple[tuple[str, "Node"], ...]

    def get(self, name: str) -> Union["Node", None]:
        """Return the member of this name, or None."""
        return next((node for key, node in self.pairs if key == name), None)


Value = str | int | float | bool | None | Nothing | Hole | Text | Members | tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A value, and the line on which it begins."""

    value: Value
    line: int

    def get(self, name: str) -> Union["Node", None]:
        """Return the member of this name, or None where there is none or this is no object."""
        return self.value.get(name) if isinstance(self.value, Members) else None

    @property
    def pairs(self) -> tuple[tuple[str, "Node"], ...]:
        """Return the members of an object; nothing of anything else."""
        return self.value.pairs if isinstance(self.value, Members) else ()

    @property
    def items(self) -> tuple["Node", ...]:
        """Return the items of a list; a value that is no list is a list of one, as AWS reads it."""
        return self.value if isinstance(self.value, tuple) else (self,)

    def text(self, name: str) -> str:
        """Return a member that is a text, or an empty text."""
        member = self.get(name)
        return member.value if member is not None and isinstance(member.value, str) else ""


def node_of(value: object, line: int) -> Node:
    """Return JSON values as nodes of one line."""
    if isinstance(value, dict):
        return Node(Members(tuple((str(key), node_of(item, line)) for key, item in value.items())), line)
    if isinstance(value, list | tuple):
        return Node(tuple(node_of(item, line) for item in value), line)
    return Node(value if isinstance(value, str | int | float | bool | None) else str(value), line)


def at_line(node: Node, line: int) -> Node:
    """Return the node as if all of it stood on one line."""
    if isinstance(node.value, Members):
        return Node(Members(tuple((name, at_line(member, line)) for name, member in node.value.pairs)), line)
    if isinstance(node.value, tuple):
        return Node(tuple(at_line(item, line) for item in node.value), line)
    return Node(node.value, line)


def text_of(parts: Iterator[str | Hole]) -> str | Text | Hole:
    """Return the parts as one text, neighbours joined; a plain text where nothing is unknown, or a hole alone."""
    joined: list[str | Hole] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    if all(isinstance(part, str) for part in joined):
        return "".join(str(part) for part in joined)
    return joined[0] if len(joined) == 1 else Text(tuple(joined))


def parts_of(node: Node) -> tuple[str | Hole, ...]:
    """Return a value as the parts of a text, as CloudFormation and IAM write it."""
    value = node.value
    if isinstance(value, Text):
        return value.parts
    if isinstance(value, Hole | str):
        return (value,)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, int | float):
        return (str(value),)
    return (Hole("a value that is no text"),)


def holes_of(node: Node) -> Iterator[Hole]:
    """Yield every hole in a value."""
    if isinstance(node.value, Hole):
        yield node.value
    elif isinstance(node.value, Text):
        yield from node.value.holes
    elif isinstance(node.value, Members):
        yield from (hole for _, member in node.value.pairs for hole in holes_of(member))
    elif isinstance(node.value, tuple):
        yield from (hole for item in node.value for hole in holes_of(item))
