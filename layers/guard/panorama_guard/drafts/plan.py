"""Reads the roles that a Terraform plan would make or change, from what `terraform show -json` prints of it.

https://developer.hashicorp.com/terraform/internals/json-format
What the plan calls known after apply is a hole, unless the configuration says which resource it comes from.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from panorama_guard.drafts.errors import DraftError
from panorama_guard.drafts.linking import Links
from panorama_guard.drafts.naming import mentioned, name_in_arn, names_of, shown
from panorama_guard.drafts.node import Hole, Node
from panorama_guard.drafts.planned import POLICY, Planned, blocks_removed, owner_before, planned, policies_before
from panorama_guard.drafts.references import References, last_index, without_index
from panorama_guard.drafts.roles import Doubt, Draft, Drafted, DraftPolicy, join_drafts
from panorama_guard.drafts.shaping import shape, told_unjudged
from panorama_guard.drafts.worlds import ACCOUNT

_NOTHING = Node(None, 0)
_ROLE = "aws_iam_role"
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
_UNDERSTOOD = {*_CONCERN, POLICY, "aws_iam_role_policies_exclusive"}
_MAY_CONCERN = re.compile(r"iam_(role|policy|managed_policy)|cloudformation_stack")


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
        self._resources = tuple(planned(plan))
        self._removed, self._owner = tuple(blocks_removed(plan)), owner_before(plan)
        self._sources = (*self._resources, *policies_before(plan))
        self._links = Links(self._references, self._sources)

    def read(self) -> Drafted:
        """Return the roles, and what concerns a role whose name is not known."""
        drafts, notes, unnamed = [], [], []
        for resource in self._resources:
            for node in self._named(resource):
                names = list(names_of(node, self._guarded))
                drafts += [
                    self._draft(Draft(name, "", "", resource.line, is_sure=sure), resource) for name, sure in names
                ]
            if self._is_unclear(resource):
                notes.append(f"not judged: {resource.address}: it concerns a role whose name is not known")
                unnamed += [self._draft(Draft(resource.address, "", "", resource.line), resource)]
        resources = shape(tuple(map(self._links.made, (*self._resources, *self._removed))), self._guarded)
        return Drafted(
            join_drafts(tuple(drafts)),
            tuple(self._doubts()),
            (*notes, *self._others()),
            resources=resources,
            unnamed=tuple(unnamed),
            owner=self._owner,
        )

    def _doubts(self) -> Iterator[Doubt]:
        """Yield a doubt for each guarded role that a resource names which may concern it and is not understood."""
        for one in self._resources:
            if self._is_not_understood(one) and "data." not in without_index(one.address):
                for name in mentioned(one.after, self._guarded):
                    yield Doubt(
                        name, f"{one.address} names it, and resources of type {one.kind} are not read", one.line
                    )

    def _is_not_understood(self, resource: Planned) -> bool:
        return resource.kind not in _UNDERSTOOD and bool(_MAY_CONCERN.search(resource.kind))

    def _others(self) -> Iterator[str]:
        """Yield a line for each resource that may concern a role and is not understood."""
        for one in self._resources:
            if self._is_not_understood(one):
                yield f"not judged: {one.address}: resources of type {one.kind} are not read"
            yield from told_unjudged(self._links.made(one), self._guarded)

    def _is_given(self, value: Node, resource: Planned, attribute: str) -> bool:
        """Say whether an attribute is set: Terraform says known after apply of what a role does not set at all."""
        if isinstance(value.value, Hole):
            return resource.kind != _ROLE or self._references.has(resource.address, attribute)
        return value.value not in (None, "")

    def _named(self, resource: Planned) -> Iterator[Node]:
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

    def _is_unclear(self, resource: Planned) -> bool:
        """Say whether a role is concerned that may be guarded by its name; one without a name has a made-up one."""
        if resource.kind == _ROLE:
            name = resource.after.get("name") or _NOTHING
            return isinstance(name.value, Hole) and self._references.has(resource.address, "name")
        return any(isinstance(node.value, Hole) for node in self._named(resource))

    def _draft(self, draft: Draft, resource: Planned) -> Draft:
        if resource.kind == _ROLE:
            return self._role(draft, resource)
        if resource.kind == "aws_iam_role_policy":
            return replace(draft, inline=(_inline(resource.after, resource),))
        return replace(draft, attached=tuple(self._attached(resource)))

    def _role(self, draft: Draft, resource: Planned) -> Draft:
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

    def _inline(self, listed: Node, resource: Planned) -> Iterator[DraftPolicy]:
        if isinstance(listed.value, Hole) and self._references.has(resource.address, "inline_policy"):
            yield DraftPolicy(f"{resource.address}: inline policies", (listed,), resource.line)
        yield from (_inline(one, resource) for one in listed.items if one.get("policy"))

    def _attached(self, resource: Planned) -> Iterator[DraftPolicy]:
        attribute = _ATTACHED[resource.kind]
        found = resource.after.get(attribute)
        if found is not None and self._is_given(found, resource, attribute):
            yield from (policy for item in found.items for policy in self._managed(item, resource, attribute))

    def _boundary(self, resource: Planned) -> Iterator[DraftPolicy]:
        found = resource.after.get("permissions_boundary")
        if found is not None and found.value not in (None, ""):
            yield from list(self._managed(found, resource, "permissions_boundary"))[:1]

    def _managed(self, arn: Node, resource: Planned, attribute: str) -> Iterator[DraftPolicy]:
        """Yield the managed policies that a value names, with their documents if the plan has them."""
        if isinstance(arn.value, Hole):
            found = self._referred(resource, attribute, POLICY)
            if not found:
                yield DraftPolicy(f"{resource.address}: {arn.value.reason}", (), resource.line)
        else:
            same = (one for one in self._sources if one.kind == POLICY and one.after.text("arn") == arn.value)
            found = tuple(same)[:1]
            if not found:
                yield DraftPolicy(shown(arn), (), arn.line)
        for one in found:
            document = one.after.get("policy") or _NOTHING
            yield DraftPolicy(_arn(one), (document,), document.line)

    def _referred(self, resource: Planned, attribute: str, kind: str) -> tuple[Planned, ...]:
        """Return the resources of a type that an attribute comes from: of several instances that of the same index."""
        addresses = self._references.of(resource.address, attribute)
        found = [one for one in self._sources if one.kind == kind and without_index(one.address) in addresses]
        index = last_index(resource.address)
        same = [one for one in found if index and one.address.endswith(index)]
        return tuple(same or found)


def _name(role: Planned) -> Node:
    """Return the name of a role; of one that is not known what is told instead, after the beginning that is known."""
    name = role.after.get("name") or _NOTHING
    if not isinstance(name.value, Hole):
        return name
    return Node(f"{role.after.text('name_prefix')}{{the name that Terraform gives to {role.address}}}", role.line)


def _inline(policy: Node, resource: Planned) -> DraftPolicy:
    document, name = policy.get("policy") or _NOTHING, policy.get("name")
    told = shown(name) if name and isinstance(name.value, str) else resource.address
    return DraftPolicy(told, (document,), document.line or resource.line)


def _arn(policy: Planned) -> str:
    known = policy.after.text("arn")
    name = policy.after.text("name") or name_in_arn(policy.address)
    return known or f"arn:aws:iam::{ACCOUNT}:policy{policy.after.text('path') or '/'}{name}"
