"""The resources of a Terraform plan as they are after the apply, a hole where a value is known only then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from panorama_guard.drafts.node import Hole, Members, Node

POLICY = "aws_iam_policy"
BLOCK, _BUCKET = "aws_s3_bucket_public_access_block", "aws_s3_bucket"
_NOTHING = Node(None, 0)


@dataclass(frozen=True, slots=True)
class Planned:
    """A resource as it is after the apply."""

    address: str
    kind: str
    after: Node
    line: int


def planned(plan: Node) -> Iterator[Planned]:
    """Yield each resource that there is after the apply."""
    for one in (plan.get("resource_changes") or _NOTHING).items:
        change = one.get("change") or _NOTHING
        after = change.get("after")
        if after is not None and isinstance(after.value, Members):
            whole = _overlaid(after, change.get("after_unknown") or _NOTHING)
            yield Planned(one.text("address"), one.text("type"), whole, one.line)


def blocks_removed(plan: Node) -> Iterator[Planned]:
    """Yield each public access block that a plan takes away from a bucket that stays: as one of which nothing is on."""
    changes = [(one, one.get("change") or _NOTHING) for one in (plan.get("resource_changes") or _NOTHING).items]
    gone = [(one, change.get("before") or _NOTHING) for one, change in changes if _is_removed(change)]
    buckets = [before.text("bucket") for one, before in gone if one.text("type") == _BUCKET]
    for one, before in gone:
        name = before.get("bucket")
        if one.text("type") == BLOCK and name is not None and name.value not in buckets:
            yield Planned(one.text("address"), BLOCK, Node(Members((("bucket", name),)), one.line), one.line)


def _is_removed(change: Node) -> bool:
    actions = change.get("actions")
    return actions is not None and [one.value for one in actions.items] == ["delete"]


def owner_before(plan: Node) -> str:
    """Return the account in which the plan was made, if it has asked for it in one alone; else an empty text."""
    found = {one.after.text("account_id") for one in _before(plan, "aws_caller_identity")}
    return found.pop() if len(found) == 1 else ""


def policies_before(plan: Node) -> Iterator[Planned]:
    """Yield the policies that the plan has read from the account."""
    yield from _before(plan, POLICY)


def _before(plan: Node, kind: str) -> Iterator[Planned]:
    values = (plan.get("prior_state") or _NOTHING).get("values") or _NOTHING
    modules = [values.get("root_module") or _NOTHING]
    while modules:
        module = modules.pop()
        children, resources = module.get("child_modules"), module.get("resources")
        modules += children.items if children else ()
        for one in resources.items if resources else ():
            if one.text("type") == kind:
                yield Planned(one.text("address"), kind, one.get("values") or _NOTHING, one.line)


def _overlaid(after: Node, unknown: Node) -> Node:
    """Return what is after the apply, with a hole for each value that is known only then."""
    if unknown.value is True:
        return Node(Hole("a value that is known after apply"), after.line)
    if isinstance(unknown.value, Members):
        known = after.value.pairs if isinstance(after.value, Members) else ()
        merged = {name: _overlaid(member, unknown.get(name) or _NOTHING) for name, member in known}
        more = {name: member for name, member in unknown.value.pairs if name not in merged}
        merged |= {name: _overlaid(Node(None, after.line), member) for name, member in more.items()}
        return Node(Members(tuple(merged.items())), after.line)
    if isinstance(unknown.value, tuple) and unknown.value and isinstance(after.value, tuple | None):
        items = after.value or ()
        count = max(len(items), len(unknown.value))
        pairs = ((_at(items, at, after.line), _at(unknown.value, at, after.line)) for at in range(count))
        return Node(tuple(_overlaid(one, other) for one, other in pairs), after.line)
    return after


def _at(items: Sequence[Node], place: int, line: int) -> Node:
    return items[place] if place < len(items) else Node(None, line)
