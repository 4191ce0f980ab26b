"""Says which guarded roles a resource is given, surely or perhaps."""

from collections.abc import Iterator
from dataclasses import dataclass

from panorama_guard.drafts.made import name_after
from panorama_guard.drafts.naming import names_of
from panorama_guard.drafts.node import Hole, Node, parts_of, text_of
from panorama_guard.drafts.resources import DraftPart
from panorama_guard.drafts.worlds import PSEUDO

_ACCOUNT = PSEUDO["AWS::AccountId"]


@dataclass(frozen=True, slots=True)
class GivenRole:
    """A guarded role that a resource is given; where that is not sure, `why` says on what it hangs."""

    arn: Node
    is_sure: bool
    why: str = ""


def given_roles(node: Node | None, guarded: tuple[str, ...]) -> Iterator[GivenRole]:
    """Yield the guarded role that a value is; or those that it may be, of which a part of the name is known."""
    if node is None:
        return
    lowered = {name.lower() for name in guarded}
    name = role_name(node)
    for found, is_sure in names_of(name, guarded):
        if is_sure and found.lower() in lowered:
            yield GivenRole(node, is_sure=True)
        elif not is_sure:
            hole = next((part for part in parts_of(name) if isinstance(part, Hole)), Hole("a value"))
            parts = ("arn:aws:iam::", _ACCOUNT, f":role/{found}")
            arn = Node(text_of(part for part in parts if isinstance(part, str | Hole)), node.line)
            yield GivenRole(arn, is_sure=False, why=hole.reason)


def role_name(node: Node) -> Node:
    """Return the name at the end of a role's ARN, or the name itself."""
    name = name_after(node, ":role/")
    parts = list(parts_of(name))
    for at in reversed(range(len(parts))):
        part = parts[at]
        if isinstance(part, str) and "/" in part:
            return Node(text_of(iter([part.rpartition("/")[2], *parts[at + 1 :]])), node.line)
    return name


def roles_part(name: str, given: list[GivenRole], line: int, *, is_listed: bool = True) -> DraftPart:
    """Return the part that says as which guarded roles a resource acts."""
    sure = [one for one in given if one.is_sure]
    told = sure or given[:1]
    arns = tuple(one.arn for one in told)
    value = Node(arns, line) if is_listed else arns[0]
    return DraftPart(name, value, line, is_sure=bool(sure), is_json=True, why="".join(one.why for one in told))
