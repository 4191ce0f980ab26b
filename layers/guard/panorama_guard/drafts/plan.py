"""Reads the roles that a Terraform plan would make or change, from what `terraform show -json` prints of it.

https://developer.hashicorp.com/terraform/internals/json-format
What the plan calls known after apply is a hole, unless the configuration says which resource it comes from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.exposed import BUCKET_POLICIES, unjudged
from panorama_guard.drafts.naming import name_in_arn, names_of, shown
from panorama_guard.drafts.node import Hole, Members, Node
from panorama_guard.drafts.references import References, without_index
from panorama_guard.drafts.roles import Draft, DraftBucket, Drafted, DraftPolicy, join_drafts
from panorama_guard.drafts.worlds import ACCOUNT

_NOTHING = Node(None, 0)
_ROLE, _POLICY = "aws_iam_role", "aws_iam_policy"
# For each type that concerns roles: the attribute that names one or several, and the one with its policies.
_CONCERN = {
    _ROLE: "name",
    "aws_iam_role_policy": "role",
    "aws_iam_role_policy_attachment": "role",
    "aws_iam_policy_attachment": "roles",
    "aws_iam_role_policy_attachments_exclusive": "role_name",
}
_ATTACHED = {
    _ROLE: "managed_policy_arns",
    "aws_iam_role_policy_attachment": "policy_arn",
    "aws_iam_policy_attachment": "policy_arn",
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
}
_UNDERSTOOD = {*_CONCERN, _POLICY, "aws_iam_role_policies_exclusive"}
_MAY_CONCERN = re.compile(r"iam_(role|policy|managed_policy)|cloudformation_stack")


@dataclass(frozen=True, slots=True)
class _Planned:
    """A resource as it is after the apply."""

    address: str
    kind: str
    after: Node
    line: int


def read_plan(plan: Node, guarded: Sequence[str]) -> Drafted:
    """Return what a plan holds; raise DraftError for a plan that does not say what changes."""
    if plan.get("resource_changes") is None:
        raise DraftError(plan.line, "the plan has no resource_changes; print it with `terraform show -json PLAN`")
    return _Reader(plan, guarded).read()


class _Reader:
    """Reads the roles of one plan."""

    def __init__(self, plan: Node, guarded: Sequence[str]) -> None:
        self._guarded = guarded
        self._references = References(plan)
        self._resources = tuple(_planned(plan))
        self._sources = (*self._resources, *_prior(plan))

    def read(self) -> Drafted:
        """Return the roles, and what concerns a role whose name is not known."""
        drafts, notes = [], []
        for resource in self._resources:
            for node in self._named(resource):
                names = list(names_of(node, self._guarded))
                drafts += [
                    self._draft(Draft(name, "", "", resource.line, is_sure=sure), resource) for name, sure in names
                ]
            if self._is_unclear(resource):
                notes.append(f"not judged: {resource.address}: it concerns a role whose name is not known")
        buckets = tuple(bucket for one in self._resources for bucket in self._buckets(one))
        return Drafted(join_drafts(tuple(drafts)), (), (*notes, *self._others()), buckets=buckets)

    def _others(self) -> Iterator[str]:
        """Yield a line for each resource that may concern a role and is not understood."""
        for one in self._resources:
            if one.kind not in _UNDERSTOOD and _MAY_CONCERN.search(one.kind):
                yield f"not judged: {one.address}: resources of type {one.kind} are not read"
            yield from unjudged(one.kind, one.address, one.after)

    def _buckets(self, resource: _Planned) -> Iterator[DraftBucket]:
        """Yield the policy that a resource puts on a bucket; of a bucket of the same plan the name is looked up."""
        member, document = BUCKET_POLICIES.get(resource.kind, ("", ""))
        name, policy = resource.after.get(member), resource.after.get(document)
        if name and policy:
            found = self._referred(resource, member, "aws_s3_bucket") if isinstance(name.value, Hole) else ()
            for node in [one.after.get(member) or name for one in found] or [name]:
                yield DraftBucket(node, policy, policy.line or resource.line)

    def _named(self, resource: _Planned) -> Iterator[Node]:
        """Yield the values that name the roles of a resource, looked up where the plan does not know them."""
        attribute = _CONCERN.get(resource.kind, "")
        found = resource.after.get(attribute)
        for node in found.items if found is not None else ():
            if not isinstance(node.value, Hole):
                yield node
            elif resource.kind == _ROLE:
                yield _name(resource)
            else:
                yield from [_name(one) for one in self._referred(resource, attribute, _ROLE)] or [node]

    def _is_unclear(self, resource: _Planned) -> bool:
        """Say whether a role is concerned that may be guarded by its name; one without a name has a made-up one."""
        if resource.kind == _ROLE:
            name = resource.after.get("name") or _NOTHING
            return isinstance(name.value, Hole) and self._references.has(resource.address, "name")
        return any(isinstance(node.value, Hole) for node in self._named(resource))

    def _draft(self, draft: Draft, resource: _Planned) -> Draft:
        if resource.kind == _ROLE:
            return self._role(draft, resource)
        if resource.kind == "aws_iam_role_policy":
            return replace(draft, inline=(_inline(resource.after, resource),))
        return replace(draft, attached=tuple(self._attached(resource)))

    def _role(self, draft: Draft, resource: _Planned) -> Draft:
        after, path = resource.after, resource.after.text("path") or "/"
        inline, trust = after.get("inline_policy"), after.get("assume_role_policy")
        return replace(
            draft,
            path=path,
            arn=after.text("arn") or f"arn:aws:iam::{ACCOUNT}:role{path}{draft.name}",
            inline=tuple(self._inline(inline, resource)) if inline else (),
            attached=tuple(self._attached(resource)),
            boundary=tuple(self._boundary(resource)),
            trust=(DraftPolicy("trust policy", (trust,), trust.line),) if trust and trust.value is not None else (),
        )

    def _inline(self, listed: Node, resource: _Planned) -> Iterator[DraftPolicy]:
        if isinstance(listed.value, Hole) and self._references.has(resource.address, "inline_policy"):
            yield DraftPolicy(f"{resource.address}: inline policies", (listed,), resource.line)
        yield from (_inline(one, resource) for one in listed.items if one.get("policy"))

    def _attached(self, resource: _Planned) -> Iterator[DraftPolicy]:
        attribute = _ATTACHED[resource.kind]
        found = resource.after.get(attribute)
        is_given = found is not None and found.value is not None
        # Terraform says known after apply of what a role does not set at all.
        is_unset = found is not None and isinstance(found.value, Hole) and resource.kind == _ROLE
        if found is not None and is_given and not (is_unset and not self._references.has(resource.address, attribute)):
            yield from (policy for item in found.items for policy in self._managed(item, resource, attribute))

    def _boundary(self, resource: _Planned) -> Iterator[DraftPolicy]:
        found = resource.after.get("permissions_boundary")
        if found is not None and found.value not in (None, ""):
            yield from list(self._managed(found, resource, "permissions_boundary"))[:1]

    def _managed(self, arn: Node, resource: _Planned, attribute: str) -> Iterator[DraftPolicy]:
        """Yield the managed policies that a value names, with their documents if the plan has them."""
        if isinstance(arn.value, Hole):
            found = self._referred(resource, attribute, _POLICY)
            if not found:
                yield DraftPolicy(f"{resource.address}: {arn.value.reason}", (), resource.line)
        else:
            same = (one for one in self._sources if one.kind == _POLICY and one.after.text("arn") == arn.value)
            found = tuple(same)[:1]
            if not found:
                yield DraftPolicy(shown(arn), (), arn.line)
        for one in found:
            document = one.after.get("policy") or _NOTHING
            yield DraftPolicy(_arn(one), (document,), document.line)

    def _referred(self, resource: _Planned, attribute: str, kind: str) -> tuple[_Planned, ...]:
        """Return the resources of a type that an attribute comes from: of several instances that of the same index."""
        addresses = self._references.of(resource.address, attribute)
        found = [one for one in self._sources if one.kind == kind and without_index(one.address) in addresses]
        index = _last_index(resource.address)
        same = [one for one in found if index and one.address.endswith(index)]
        return tuple(same or found)


def _planned(plan: Node) -> Iterator[_Planned]:
    for one in (plan.get("resource_changes") or _NOTHING).items:
        change = one.get("change") or _NOTHING
        after = change.get("after")
        if after is not None and isinstance(after.value, Members):
            whole = _overlaid(after, change.get("after_unknown") or _NOTHING)
            yield _Planned(one.text("address"), one.text("type"), whole, one.line)


def _prior(plan: Node) -> Iterator[_Planned]:
    """Yield the policies that the plan has read from the account."""
    values = (plan.get("prior_state") or _NOTHING).get("values") or _NOTHING
    modules = [values.get("root_module") or _NOTHING]
    while modules:
        module = modules.pop()
        children, resources = module.get("child_modules"), module.get("resources")
        modules += children.items if children else ()
        for one in resources.items if resources else ():
            if one.text("type") == _POLICY:
                yield _Planned(one.text("address"), _POLICY, one.get("values") or _NOTHING, one.line)


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


def _name(role: _Planned) -> Node:
    """Return the name of a role; of one that is not known what is told instead, after the beginning that is known."""
    name = role.after.get("name") or _NOTHING
    if not isinstance(name.value, Hole):
        return name
    return Node(f"{role.after.text('name_prefix')}{{the name that Terraform gives to {role.address}}}", role.line)


def _inline(policy: Node, resource: _Planned) -> DraftPolicy:
    document, name = policy.get("policy") or _NOTHING, policy.get("name")
    told = shown(name) if name and isinstance(name.value, str) else resource.address
    return DraftPolicy(told, (document,), document.line or resource.line)


def _arn(policy: _Planned) -> str:
    known = policy.after.text("arn")
    name = policy.after.text("name") or name_in_arn(policy.address)
    return known or f"arn:aws:iam::{ACCOUNT}:policy{policy.after.text('path') or '/'}{name}"


def _last_index(address: str) -> str:
    return address[address.rindex("[") :] if address.endswith("]") else ""
