"""Reads the roles that a CloudFormation or SAM template would make or change, in each world of its parameters."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from panorama_guard.drafts.attributes import NAMED, REF
from panorama_guard.drafts.exposed import texts_in
from panorama_guard.drafts.made import Made
from panorama_guard.drafts.naming import mentioned, names_of, shown
from panorama_guard.drafts.node import Hole, Members, Node, Nothing
from panorama_guard.drafts.resolving import NAME_OF_AWS, Resolver
from panorama_guard.drafts.roles import Doubt, Draft, Drafted, DraftPolicy, join_drafts
from panorama_guard.drafts.sam import with_roles_of_functions
from panorama_guard.drafts.shaping import SHAPES, shape, told_unjudged
from panorama_guard.drafts.worlds import World, worlds_of

_INLINE = ("AWS::IAM::Policy", "AWS::IAM::RolePolicy")
_NESTED = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application", "AWS::CloudFormation::StackSet")
_MACROS_KNOWN = ("AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::CodeDeployBlueGreen")
_TRANSFORM = "Fn::Transform"
_NOTHING = Node(None, 0)


@dataclass(frozen=True, slots=True)
class _Resource:
    """A resource of the template that is made in this world, surely or perhaps."""

    logical_id: str
    kind: str
    properties: Node
    line: int
    is_sure: bool


def read_template(template: Node, guarded: Sequence[str], given: Mapping[str, str]) -> tuple[Drafted, ...]:
    """Return what a template holds, world by world; `given` are values of its parameters."""
    template = with_roles_of_functions(template)
    worlds = worlds_of(template, given)
    notes = (*worlds.supposed, *_nested(template))
    doubts = (*_macros(template), *_included(template), *_loops(template))
    read = (_Reader(template, world, guarded).read() for world in worlds.each)
    return tuple(replace(one, doubts=(*doubts, *one.doubts), notes=(*notes, *one.notes)) for one in read)


class _Reader:
    """Reads the roles of one world."""

    def __init__(self, template: Node, world: World, guarded: Sequence[str]) -> None:
        self._resolver = Resolver(template, world)
        self._template, self._world, self._guarded = template, world, guarded
        self._guarded_names = frozenset(name.lower() for name in guarded)
        self._resources = tuple(self._made())

    def read(self) -> Drafted:
        """Return the roles, and what else is to be told."""
        roles = [draft for one in self._resources for draft in self._drafts(one)]
        notes = [note for one in self._resources for note in self._unnamed(one)]
        doubts = tuple(doubt for one in self._resources for doubt in (*self._connectors(one), *self._nested(one)))
        resources = shape(tuple(self._as_made(one) for one in self._resources), self._guarded)
        return Drafted(join_drafts(tuple(roles)), doubts, tuple(notes), self._world.words, resources)

    def _made(self) -> Iterator[_Resource]:
        for logical_id, found in (self._template.get("Resources") or _NOTHING).pairs:
            condition = found.text("Condition")
            holds = self._resolver.condition(condition) if condition else True
            if holds is not False and found.text("Type"):
                properties = found.get("Properties") or _NOTHING
                yield _Resource(logical_id, found.text("Type"), properties, found.line, holds is True)

    def _get(self, resource: _Resource, name: str) -> Node | None:
        """Return a property with what it gives in this world, or None."""
        found = resource.properties.get(name)
        value = self._resolver.resolve(found) if found is not None else None
        return None if value is None or value.value is Nothing.NOTHING else value

    def _drafts(self, resource: _Resource) -> Iterator[Draft]:
        """Yield what a resource says of each role that it concerns."""
        for name, is_named in self._names(resource):
            draft = Draft(name, "", "", resource.line, is_sure=is_named)
            if resource.kind == "AWS::IAM::Role":
                yield self._role(draft, resource)
            elif resource.kind in _INLINE:
                yield replace(draft, inline=(self._inline(self._resolver.resolve(resource.properties), resource),))
            elif resource.kind == "AWS::IAM::ManagedPolicy":
                yield replace(draft, attached=(self._managed(self._ref(resource), resource),))

    def _names(self, resource: _Resource) -> Iterator[tuple[str, bool]]:
        for node in self._named(resource):
            yield from list(names_of(node, self._guarded)) or [(shown(node), True)]

    def _named(self, resource: _Resource) -> tuple[Node, ...]:
        """Return the values that name the roles of a resource."""
        member = {"AWS::IAM::Role": "RoleName", "AWS::IAM::RolePolicy": "RoleName"}.get(resource.kind, "Roles")
        if resource.kind not in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy", *_INLINE):
            return ()
        found = self._get(resource, member)
        if found is not None:
            return found.items
        return (self._ref(resource),) if resource.kind == "AWS::IAM::Role" else ()

    def _as_made(self, resource: _Resource) -> Made:
        where = f"{resource.logical_id} (line {resource.line})"
        values = self._resolver.resolve(resource.properties)
        if resource.kind == "AWS::Serverless::Function":
            common = self._resolver.resolve((self._template.get("Globals") or _NOTHING).get("Function") or _NOTHING)
            values = Node(Members(values.pairs + common.pairs), values.line)  # the first of a name counts
        made_up = Node(Hole(NAME_OF_AWS.format(resource.logical_id)), resource.line)
        name = self._ref(resource) if resource.kind in NAMED else made_up
        return Made(resource.kind, where, name, values, resource.line, resource.is_sure)

    def _unnamed(self, resource: _Resource) -> Iterator[str]:
        where = f"{resource.logical_id} (line {resource.line})"
        yield from told_unjudged(self._as_made(resource), self._guarded)
        for node in self._named(resource):
            if isinstance(node.value, Hole) and "that CloudFormation gives" not in node.value.reason:
                why = f"it concerns a role whose name is not known: {node.value.reason}"
                yield f"not judged: {where}: {why}"

    def _role(self, draft: Draft, resource: _Resource) -> Draft:
        trust, path = self._get(resource, "AssumeRolePolicyDocument"), self._get(resource, "Path")
        arn = Node(self._resolver.attribute(resource.logical_id, "Arn"), resource.line)
        listed, attached = self._get(resource, "Policies"), self._get(resource, "ManagedPolicyArns")
        return replace(
            draft,
            path=shown(path) if path else "/",
            arn=shown(arn),
            inline=tuple(self._inline(one, resource) for one in (listed.items if listed else ())),
            attached=tuple(self._managed(one, resource) for one in (attached.items if attached else ())),
            boundary=tuple(self._boundary(resource)),
            trust=(DraftPolicy("trust policy", (trust,), trust.line, resource.is_sure),) if trust else (),
        )

    def _boundary(self, resource: _Resource) -> Iterator[DraftPolicy]:
        found = self._get(resource, "PermissionsBoundary")
        if found is not None:
            yield self._managed(found, resource)

    def _inline(self, policy: Node, resource: _Resource) -> DraftPolicy:
        if isinstance(policy.value, Hole):
            return DraftPolicy(
                f"{resource.logical_id}: {policy.value.reason}", (policy,), policy.line, resource.is_sure
            )
        name, document = policy.get("PolicyName"), policy.get("PolicyDocument")
        told = shown(name) if name else resource.logical_id
        line = document.line if document else policy.line or resource.line
        return DraftPolicy(told, (document or _NOTHING,), line, resource.is_sure)

    def _managed(self, arn: Node, resource: _Resource) -> DraftPolicy:
        """Return a managed policy, with its document if the template makes it."""
        own = (one for one in self._resources if one.kind == "AWS::IAM::ManagedPolicy")
        found = next((one for one in own if self._ref(one).value == arn.value), None)
        if found is None:
            return DraftPolicy(shown(arn), (), arn.line or resource.line, resource.is_sure)
        document = self._get(found, "PolicyDocument") or _NOTHING
        return DraftPolicy(shown(arn), (document,), document.line, resource.is_sure and found.is_sure)

    def _ref(self, resource: _Resource) -> Node:
        return Node(self._resolver.attribute(resource.logical_id, REF), resource.line)

    def _connectors(self, resource: _Resource) -> Iterator[Doubt]:
        """Yield a doubt for each SAM connector that gives a guarded role more than the template says."""
        if resource.kind != "AWS::Serverless::Connector":
            return
        source = self._get(resource, "Source") or _NOTHING
        roles = [found for found in (source.get("RoleName"),) if found is not None]
        roles += [self._ref(one) for one in self._resources if one.logical_id == source.text("Id")]
        for name, _ in (named for role in roles for named in names_of(role, self._guarded)):
            if name.lower() in self._guarded_names:
                yield Doubt(name, f"the connector {resource.logical_id} adds policies to it", resource.line)

    def _nested(self, resource: _Resource) -> Iterator[Doubt]:
        """Yield a doubt for each guarded role that a nested stack names: its template may add to it."""
        if resource.kind in _NESTED:
            for name in mentioned(self._resolver.resolve(resource.properties), self._guarded):
                yield Doubt(name, f"{resource.logical_id} names it, and its template is not read", resource.line)


def _nested(template: Node) -> Iterator[str]:
    for logical_id, found in (template.get("Resources") or _NOTHING).pairs:
        if found.text("Type") in _NESTED:
            yield f"not read: the template of {logical_id} ({found.text('Type')}, line {found.line})"


def _macros(template: Node) -> Iterator[Doubt]:
    transform = template.get("Transform")
    for item in transform.items if transform else ():
        name = item.value if isinstance(item.value, str) else item.text("Name") or "a transform"
        if name not in _MACROS_KNOWN:
            yield Doubt("the template", f"the macro {name} may add or change any role", item.line)


def _included(template: Node) -> Iterator[Doubt]:
    """Yield a doubt for each place where a transform brings in what nobody sees here."""
    resources = (template.get("Resources") or _NOTHING).pairs
    places = [("the template", template), ("the template", template.get("Resources") or _NOTHING)]
    places += [(name, found.get("Properties") or _NOTHING) for name, found in resources if _is_judged(found)]
    for about, place in places:
        included = place.get(_TRANSFORM)
        if included is not None:
            yield Doubt(about, f"{_TRANSFORM} brings in what is not read", included.line)


def _loops(template: Node) -> Iterator[Doubt]:
    for name, found in (template.get("Resources") or _NOTHING).pairs:
        if name.startswith("Fn::ForEach") and _names_iam(found):
            yield Doubt("the template", f"{name} makes IAM resources, and is not followed", found.line)
        elif name.startswith("Fn::ForEach") and any("panorama" in text.lower() for text in texts_in(found)):
            yield Doubt("the template", f"{name} makes resources that name Panorama, and is not followed", found.line)


def _is_judged(resource: Node) -> bool:
    return resource.text("Type") in SHAPES or _names_iam(resource)


def _names_iam(node: Node) -> bool:
    if isinstance(node.value, tuple):
        return any(map(_names_iam, node.value))
    if isinstance(node.value, str):
        return node.value.startswith("AWS::IAM::")
    return any(_names_iam(member) for _, member in node.pairs)
