"""Fills the holes of a policy document, in the two ways that bound what it can grant.

WIDEST grants at least as much as the document does with any values in its holes; SUREST grants only what some
deployment grants whatever anybody chooses. Of a Deny the widest is the one that denies least.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.json_text import read_json_text
from panorama_guard.drafts.node import Hole, Members, Node, Nothing, Text, at_line, parts_of, text_of

_COLONS_OF_AN_ARN = 5  # before them a `*` may not stand for what has colons itself
_MARK = re.compile("\ue000(\\d+)\ue001")
_PATTERNS = ("Action", "Resource")
_PRINCIPALS = ("Principal", "NotPrincipal")


class Way(Enum):
    """How holes are filled."""

    WIDEST = "widest"
    SUREST = "surest"


@dataclass(frozen=True, slots=True)
class Filled:
    """A document without holes, and the line of each of its statements."""

    text: str
    lines: tuple[int, ...]

    def line_of(self, index: int) -> int:
        """Return the line of a statement, or 0."""
        return self.lines[index] if index < len(self.lines) else 0


def fill(document: Node, way: Way) -> Filled:
    """Return a document with its holes filled; one that cannot be read stays as unreadable as it is."""
    read = as_object(document)
    statements = read.get("Statement")
    if statements is None:
        return _whole(read, way)
    filled = [(_statement(item, way), item.line) for item in statements.items]
    kept = [(value, line) for value, line in filled if value is not None]
    body = {name: _plain(member) for name, member in read.pairs if name != "Statement" and not has_hole(member)}
    body["Statement"] = [value for value, _ in kept]
    return Filled(json.dumps(body), tuple(line for _, line in kept))


def as_object(document: Node) -> Node:
    """Return the document that a text holds, holes and all; anything else as it is."""
    if not isinstance(document.value, str | Text):
        return document
    parts = parts_of(document)
    text = "".join(part if isinstance(part, str) else f"\ue000{number}\ue001" for number, part in enumerate(parts))
    try:
        return _unmarked(at_line(read_json_text(text), document.line), parts)
    except DraftError:
        return document


def has_hole(node: Node) -> bool:
    """Say whether anything in a value is not known."""
    if isinstance(node.value, Hole | Text):
        return True
    if isinstance(node.value, tuple):
        return any(map(has_hole, node.value))
    return any(has_hole(member) for _, member in node.pairs)


def with_examples(node: Node) -> Node:
    """Return a value with its examples in the holes that have one."""
    value = node.value
    if isinstance(value, Hole | Text):
        return Node(text_of(_example(part) for part in parts_of(node)), node.line)
    if isinstance(value, tuple):
        return Node(tuple(map(with_examples, value)), node.line)
    return (
        Node(Members(tuple((name, with_examples(member)) for name, member in node.pairs)), node.line)
        if (isinstance(value, Members))
        else node
    )


def _example(part: str | Hole) -> str | Hole:
    return part.examples[0] if isinstance(part, Hole) and part.examples else part


def _unmarked(node: Node, parts: tuple[str | Hole, ...]) -> Node:
    value = node.value
    if isinstance(value, str) and _MARK.search(value):
        pieces = _MARK.split(value)  # text, number, text, number, ...
        return Node(text_of(parts[int(one)] if at % 2 else one for at, one in enumerate(pieces)), node.line)
    if isinstance(value, tuple):
        return Node(tuple(_unmarked(item, parts) for item in value), node.line)
    if isinstance(value, Members):
        return Node(Members(tuple((name, _unmarked(member, parts)) for name, member in value.pairs)), node.line)
    return node


def _whole(read: Node, way: Way) -> Filled:
    """Return what is no document: a hole may be any document, anything else is what it is."""
    if not has_hole(read):
        return Filled(read.value if isinstance(read.value, str) else json.dumps(_plain(read)), (read.line,))
    statements = [_anything()] if way is Way.WIDEST else []
    return Filled(json.dumps({"Statement": statements}), (read.line,))


def _anything() -> dict[str, object]:
    """Return a statement that allows whatever a statement can: in a trust policy, everybody."""
    return {"Effect": "Allow", "Action": "*", "Resource": "*"}


def _statement(found: Node, way: Way) -> dict[str, object] | None:
    if not has_hole(found):
        return _plain_members(found)
    statement = with_examples(found) if way is Way.SUREST else found
    effect = statement.get("Effect")
    if not isinstance(statement.value, Members) or (effect is not None and has_hole(effect)):
        return _anything() if way is Way.WIDEST else None
    is_more = (way is Way.WIDEST) is not (statement.text("Effect") == "Deny")
    made: dict[str, object] = {}
    for name, member in statement.pairs:
        element = _element(name, member, is_more=is_more)
        if element is None:
            return None
        made |= element
    return made


def _element(name: str, member: Node, *, is_more: bool) -> dict[str, object] | None:
    """Return an element with holes filled so that it matches more, or less; None if it then matches nothing."""
    if not has_hole(member):
        return {name: _plain(member)}
    if name.removeprefix("Not") in _PATTERNS:
        return _patterns(name, member, is_more=is_more)
    if name in _PRINCIPALS:
        return _principals(name, member, is_more=is_more)
    if name == "Condition":
        return _conditions(member) if is_more else None
    return {}  # Sid, or an element that is not known


def _patterns(name: str, member: Node, *, is_more: bool) -> dict[str, object] | None:
    is_negated = name.startswith("Not")
    takes_all = is_more is not is_negated  # a hole matches all that it may, or nothing
    texts = [text for item in member.items for text in _pattern(item, takes_all=takes_all)]
    if texts:
        return {name: texts}
    return {name.removeprefix("Not"): "*"} if is_negated else None


def _pattern(item: Node, *, takes_all: bool) -> Iterator[object]:
    if not has_hole(item):
        yield _plain(item)
    elif takes_all:
        yield _wild(parts_of(item))


def _wild(parts: tuple[str | Hole, ...]) -> str:
    """Return the pattern of every text that the parts may be."""
    made = ""
    for part in parts:
        if isinstance(part, str):
            made += part
            continue
        if made.count(":") < _COLONS_OF_AN_ARN and not part.examples:
            return "*"  # its value could have colons, which a `*` there may not cross
        made += "*"
    return made


def _principals(name: str, member: Node, *, is_more: bool) -> dict[str, object] | None:
    if is_more:
        return {"Principal": "*"}
    if name == "NotPrincipal" or not isinstance(member.value, Members):
        return None
    sure = {kind: [_plain(item) for item in listed.items if not has_hole(item)] for kind, listed in member.pairs}
    kept = {kind: texts for kind, texts in sure.items() if texts}
    return {name: kept} if kept else None


def _conditions(member: Node) -> dict[str, object]:
    """Return the conditions that have no holes: fewer of them match more."""
    blocks: dict[str, object] = {}
    for operator, block in member.pairs:
        sure = {key: _plain(values) for key, values in block.pairs if not has_hole(values)}
        if sure:
            blocks[operator] = sure
    return {"Condition": blocks} if blocks else {}


def _plain_members(node: Node) -> dict[str, object]:
    value = _plain(node)
    return value if isinstance(value, dict) else {"Statement": value}  # which the reader of policies refuses


def _plain(node: Node) -> object:
    value = node.value
    if isinstance(value, Members):
        return {name: _plain(member) for name, member in value.pairs}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return None if isinstance(value, Nothing | Hole | Text) else value
