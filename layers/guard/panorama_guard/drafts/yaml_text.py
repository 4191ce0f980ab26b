"""Reads YAML with the line of every value, CloudFormation's short forms (`!Sub`) included.

PyYAML comes with the extra `check`; the functions never load this module.
"""

from collections.abc import Iterator
from typing import Any

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.node import Members, Node

MOST_NODES = 500_000  # aliases can make a short text grow without end
_PREFIX = "tag:yaml.org,2002:"
_BARE = {"!Ref": "Ref", "!Condition": "Condition"}


def read_yaml_text(text: str) -> tuple[Node, ...]:
    """Return the documents of a text; raise DraftError with the line of what is wrong."""
    try:
        import yaml  # noqa: PLC0415 - an extra of the package
    except ImportError:
        raise DraftError(0, "YAML needs PyYAML: pip install 'panorama-guard[check]'") from None
    try:
        roots = [root for root in yaml.compose_all(text, Loader=yaml.SafeLoader) if root is not None]
        nodes = [_Reader().node(root) for root in roots]
        return tuple(node for node in nodes if node.value is not None)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise DraftError(line, f"not YAML: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise DraftError(0, f"not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise DraftError(0, "YAML that is too deep to be read") from None


class _Reader:
    """Turns PyYAML's nodes into ours, and counts them."""

    def __init__(self) -> None:
        self._left = MOST_NODES

    def node(self, found: Any) -> Node:
        """Return a node; what has a tag of its own is the long form of an intrinsic function."""
        self._left -= 1
        line = found.start_mark.line + 1
        if self._left < 0:
            raise DraftError(line, "YAML whose aliases make it too large to be read")
        tag = str(found.tag)
        if not tag.startswith("!"):
            return Node(self._value(found, tag.removeprefix(_PREFIX)), line)
        inner = Node(self._value(found, "str" if found.id == "scalar" else ""), line)
        if tag == "!GetAtt" and isinstance(inner.value, str):
            inner = Node(tuple(Node(part, line) for part in inner.value.split(".", 1)), line)
        return Node(Members(((_BARE.get(tag, f"Fn::{tag[1:]}"), inner),)), line)

    def _value(self, found: Any, tag: str) -> Any:
        if found.id == "mapping":
            return Members(tuple(dict(self._pairs(found)).items()))
        if found.id == "sequence":
            return tuple(self.node(item) for item in found.value)
        return _scalar(found.value, tag)

    def _pairs(self, found: Any) -> Iterator[tuple[str, Node]]:
        seen: set[str] = set()
        merged = [value for key, value in found.value if key.tag == f"{_PREFIX}merge"]
        for value in merged:  # first, as what the mapping itself says counts
            yield from self._merged(value, value.start_mark.line + 1)
        for key, value in found.value:
            name, line = str(key.value), key.start_mark.line + 1
            if key.id != "scalar":
                raise DraftError(line, "a name that is no text")
            if key.tag == f"{_PREFIX}merge":
                continue
            if name in seen:
                raise DraftError(line, f"the name `{name}` stands twice")
            seen.add(name)
            yield name, self.node(value)

    def _merged(self, found: Any, line: int) -> Iterator[tuple[str, Node]]:
        for one in found.value if found.id == "sequence" else [found]:
            if one.id != "mapping":
                raise DraftError(line, "`<<` of what is no mapping")
            yield from self._pairs(one)


def _scalar(text: str, tag: str) -> str | int | bool | None:
    """Return a scalar; a date stays as it is written: `Version: 2012-10-17`."""
    if tag == "null":
        return None
    if tag == "bool":
        return text.lower() in ("true", "yes", "on")
    if tag == "int" and text.removeprefix("-").isdecimal() and not text.removeprefix("-").startswith("0"):
        return int(text)
    return text
