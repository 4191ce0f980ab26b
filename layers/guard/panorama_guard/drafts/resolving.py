"""Resolves the intrinsic functions of a template in one world; what cannot be known is a hole, never a guess.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

import re
from collections.abc import Iterator

from panorama_guard.drafts.attributes import NAMED, REF
from panorama_guard.drafts.functions import CONDITIONS, FUNCTIONS
from panorama_guard.drafts.node import Hole, Members, Node, Nothing, Value, parts_of, text_of
from panorama_guard.drafts.worlds import PSEUDO, World

DEEPEST = 60  # references of references; a circle has no end
_PLACE = re.compile(r"\$\{([^}]*)\}")
_FIELD = re.compile(r"\{(\w+)\}")
NAME_OF_AWS = "the name that CloudFormation gives to {}"


class Resolver:
    """A template's values in one world: each parameter has its value there, or a hole."""

    def __init__(self, template: Node, world: World) -> None:
        """Take the template and the values of its parameters."""
        self._template, self._world = template, world
        self._depth = 0
        self._known: dict[int, tuple[Node, Node]] = {}  # by identity; holding the node keeps its identity

    def resolve(self, node: Node) -> Node:
        """Return the node with every function replaced by what it gives."""
        if id(node) in self._known:
            return self._known[id(node)][1]
        if self._depth >= DEEPEST:
            return Node(Hole("references that end nowhere, or too far away"), node.line)
        self._depth += 1
        found = Node(self._value(node), node.line)
        self._depth -= 1
        self._known[id(node)] = (node, found)
        return found

    def condition(self, name: str) -> bool | None:
        """Return whether a condition holds in this world, or None where it is not known."""
        found = (self._template.get("Conditions") or Node(None, 0)).get(name)
        return self.holds(found) if found else None

    def holds(self, node: Node) -> bool | None:
        """Return whether a condition function is true, or None where it is not known."""
        if self._depth >= DEEPEST or len(node.pairs) != 1:
            return None
        self._depth += 1
        (name, inner), *_ = node.pairs
        decide = CONDITIONS.get(name)
        found = decide(self, inner) if decide else None
        self._depth -= 1
        return found

    def attribute(self, logical_id: str, name: str) -> Value:
        """Return what `Ref` (by that name) or an attribute of a resource gives."""
        resource = (self._template.get("Resources") or Node(None, 0)).get(logical_id)
        if resource is None:
            return Hole(f"{logical_id}: nothing in the template has this name")
        named = NAMED.get(resource.text("Type"))
        form = named[1].get(name) if named else None
        if named is None or form is None:
            return Hole(f"{logical_id}.{name}" if name != REF else f"a reference to {logical_id}")
        return text_of(self._filled(form, named[0], logical_id, resource))

    def substituted(self, text: str, names: Node | None) -> Value:
        """Return a text with each `${Name}` replaced; `${!Name}` stands for `${Name}` itself."""
        return text_of(self._substituted(text, names))

    def ref(self, name: str) -> Value:
        """Return what `Ref` of a parameter, a pseudo parameter or a resource gives."""
        if name == Nothing.NOTHING.value:
            return Nothing.NOTHING
        value = self._world.value_of(name)
        if value is not None:
            return value.value
        return PSEUDO[name] if name in PSEUDO else self.attribute(name, REF)

    def mapped(self, keys: tuple[str, str, str]) -> Value:
        """Return a value of the template's mappings."""
        found: Node | None = self._template.get("Mappings")
        for key in keys:
            found = found.get(key) if found else None
        return self.resolve(found).value if found else Hole(f"the mapping {'.'.join(keys)}, which does not exist")

    def _value(self, node: Node) -> Value:
        value = node.value
        if isinstance(value, tuple):
            items = map(self.resolve, value)
            return tuple(item for item in items if item.value is not Nothing.NOTHING)
        if isinstance(value, str):
            return Hole("a dynamic reference") if "{{resolve:" in value else value
        if not isinstance(value, Members):
            return value
        names = [name for name, _ in value.pairs if name == REF or name.startswith("Fn::")]
        if len(value.pairs) == 1 and names:
            return self._called(names[0], value.pairs[0][1])
        if names:
            return Hole(f"{names[0]} beside other members")
        pairs = ((name, self.resolve(member)) for name, member in value.pairs)
        return Members(tuple((name, member) for name, member in pairs if member.value is not Nothing.NOTHING))

    def _called(self, name: str, inner: Node) -> Value:
        function = FUNCTIONS.get(name)
        return function(self, inner) if function else Hole(f"{name}, which is known only at the deployment")

    def _filled(self, form: str, naming: str, logical_id: str, resource: Node) -> Iterator[str | Hole]:
        """Yield the parts of a form with the resource's properties in it."""
        properties = resource.get("Properties") or Node(Members(()), resource.line)
        ends = 0
        for found in _FIELD.finditer(form):
            yield from self._substituted(form[ends : found.start()], None)
            given = properties.get(found[1])
            ends = found.end()
            if given is not None:
                yield from parts_of(self.resolve(given))
            else:
                yield Hole(NAME_OF_AWS.format(logical_id)) if found[1] == naming else "/"
        yield from self._substituted(form[ends:], None)

    def _substituted(self, text: str, names: Node | None) -> Iterator[str | Hole]:
        ends = 0
        for found in _PLACE.finditer(text):
            yield text[ends : found.start()]
            ends = found.end()
            name = found[1].strip()
            if name.startswith("!"):
                yield f"${{{name[1:]}}}"
                continue
            given = names.get(name) if names else None
            value = self.resolve(given).value if given else self._named(name)
            yield from parts_of(Node(value, 0))
        yield text[ends:]

    def _named(self, name: str) -> Value:
        logical_id, dot, attribute = name.partition(".")
        return self.attribute(logical_id, attribute) if dot else self.ref(name)
