"""A resource of a template or a plan as it is made in one world, whichever of the two it stands in."""

from collections.abc import Iterator
from dataclasses import dataclass

from panorama_guard.drafts.node import Hole, Members, Node, Nothing, parts_of, text_of

_NONE = (None, "", (), Nothing.NOTHING)


@dataclass(frozen=True, slots=True)
class Made:
    """A resource: its type, where it stands, its name as others refer to it, and its members with their holes.

    `is_sure` is false where it may or may not be made.
    """

    kind: str
    where: str
    name: Node
    values: Node
    line: int
    is_sure: bool = True

    def get(self, *path: str) -> Node | None:
        """Return what stands at a path of members, or None; of a block of Terraform's, its only item."""
        return member_at(self.values, *path)

    def listed(self, *path: str) -> tuple[Node, ...]:
        """Return the items at a path, or nothing."""
        found = self.get(*path)
        return found.items if found is not None else ()


def member_at(node: Node, *path: str) -> Node | None:
    """Return what stands at a path of members, or None where nothing does."""
    found: Node | None = node
    for name in path:
        found = _only(found).get(name) if found is not None else None
    return None if found is None or found.value in _NONE else found


def word_at(node: Node, *path: str) -> str:
    """Return the text or number at a path, as far as it is known; an empty text where nothing is."""
    found = member_at(node, *path)
    return "".join(part for part in parts_of(found) if isinstance(part, str)) if found is not None else ""


def hole_at(node: Node, *path: str) -> Hole | None:
    """Return why what stands at a path is not known, or None where it is, or nothing is there."""
    found = member_at(node, *path)
    parts = parts_of(found) if found is not None and not found.pairs and not isinstance(found.value, tuple) else ()
    return next((part for part in parts if isinstance(part, Hole) and not part.examples), None)


def structure(line: int, **members: Node | object) -> Node:
    """Return an object of nodes and plain values, without those that are None."""
    nodes = {name: one if isinstance(one, Node) else Node(one, line) for name, one in members.items()}  # type: ignore[arg-type]
    return Node(Members(tuple((name, one) for name, one in nodes.items() if one.value is not None)), line)


def name_after(node: Node, mark: str, *ends: str) -> Node:
    """Return what of a name or an ARN stands after a mark, and before any of these ends; all of it without the mark."""
    parts = list(parts_of(node))
    for at, part in enumerate(parts):
        if isinstance(part, str) and mark in part:
            parts = [part.partition(mark)[2], *parts[at + 1 :]]
            break
    return Node(text_of(_before(parts, ends)), node.line)


def _before(parts: list[str | Hole], ends: tuple[str, ...]) -> Iterator[str | Hole]:
    for part in parts:
        found = [part.index(end) for end in ends if end in part] if isinstance(part, str) else []
        yield part[: min(found)] if found and isinstance(part, str) else part
        if found:
            return


def _only(node: Node) -> Node:
    """Return the item of a list of one, or the node itself."""
    return node.value[0] if isinstance(node.value, tuple) and len(node.value) == 1 else node
