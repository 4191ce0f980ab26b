"""What each intrinsic function of a template gives, in terms of what the resolver knows."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from panorama_guard.drafts.attributes import REF
from panorama_guard.drafts.node import Hole, Node, Text, Value, parts_of, text_of

if TYPE_CHECKING:
    from panorama_guard.drafts.resolving import Resolver

Function = Callable[["Resolver", Node], Value]
Condition = Callable[["Resolver", Node], bool | None]  # None where it is not known


def _ref(resolver: "Resolver", inner: Node) -> Value:
    return resolver.ref(inner.value) if isinstance(inner.value, str) else Hole("a reference that is no name")


def _sub(resolver: "Resolver", inner: Node) -> Value:
    text, names = (*inner.items, None, None)[:2] if isinstance(inner.value, tuple) else (inner, None)
    if text is None or not isinstance(text.value, str):
        return Hole("Fn::Sub of what is no text")
    found = resolver.substituted(text.value, names)
    return Hole("a dynamic reference") if "{{resolve:" in text.value else found


def _join(resolver: "Resolver", inner: Node) -> Value:
    between, listed = _two(resolver, inner)
    if not isinstance(between.value, str) or not isinstance(listed.value, tuple):
        return _hole_in(listed) or Hole("Fn::Join of what is no list")
    parts: list[str | Hole] = []
    for number, item in enumerate(listed.value):
        parts += [between.value] if number else []
        parts += parts_of(item)
    return text_of(iter(parts))


def _select(resolver: "Resolver", inner: Node) -> Value:
    index, listed = _two(resolver, inner)
    if not isinstance(listed.value, tuple) or not str(index.value).isdecimal():
        return _hole_in(listed) or Hole("Fn::Select of what is not known")
    place = int(str(index.value))
    return listed.value[place].value if place < len(listed.value) else Hole("Fn::Select past the end of the list")


def _split(resolver: "Resolver", inner: Node) -> Value:
    """Return the pieces; that a name or a number in an ARN holds no delimiter is not known, so only texts are split."""
    between, whole = _two(resolver, inner)
    if not isinstance(between.value, str) or not isinstance(whole.value, str) or not between.value:
        return _hole_in(whole) or Hole("Fn::Split of what is not known")
    return tuple(Node(piece, inner.line) for piece in whole.value.split(between.value))


def _find(resolver: "Resolver", inner: Node) -> Value:
    keys = [resolver.resolve(item) for item in inner.items[:3]]
    texts = ["".join(map(str, parts_of(key))) for key in keys if isinstance(key.value, str | int)]
    if len(texts) != 3:  # noqa: PLR2004 - a mapping has a name and two levels
        return next((hole for key in keys if (hole := _hole_in(key))), Hole("Fn::FindInMap of what is not known"))
    return resolver.mapped((texts[0], texts[1], texts[2]))


def _attribute(resolver: "Resolver", inner: Node) -> Value:
    listed = inner.items
    texts = [str(item.value) for item in listed if isinstance(item.value, str)]
    joined = ".".join(texts)
    logical_id, dot, name = joined.partition(".")
    if len(texts) != len(listed) or not dot:
        return Hole("Fn::GetAtt of what is not known")
    return resolver.attribute(logical_id, name)


def _if(resolver: "Resolver", inner: Node) -> Value:
    if len(inner.items) != 3 or not isinstance(inner.items[0].value, str):  # noqa: PLR2004 - condition, then, else
        return Hole("Fn::If that is not understood")
    name, then, other = inner.items
    holds = resolver.condition(str(name.value))
    if holds is None:
        return Hole(f"the condition {name.value}")
    return resolver.resolve(then if holds else other).value


def _as_json(resolver: "Resolver", inner: Node) -> Value:
    return resolver.resolve(inner).value  # a policy may be given as an object or as its text


FUNCTIONS: Mapping[str, Function] = {
    REF: _ref,
    "Fn::Sub": _sub,
    "Fn::Join": _join,
    "Fn::Select": _select,
    "Fn::Split": _split,
    "Fn::FindInMap": _find,
    "Fn::GetAtt": _attribute,
    "Fn::If": _if,
    "Fn::ToJsonString": _as_json,
}


def _equals(resolver: "Resolver", inner: Node) -> bool | None:
    first, second = (_comparable(resolver.resolve(item)) for item in _pair(inner))
    for one, other in ((first, second), (second, first)):
        if isinstance(one, Hole) and isinstance(other, str) and other in one.never:
            return False
    if isinstance(first, str) and isinstance(second, str):
        return first == second
    return None


def _not(resolver: "Resolver", inner: Node) -> bool | None:
    found = resolver.holds(inner.items[0])
    return None if found is None else not found


def _and(resolver: "Resolver", inner: Node) -> bool | None:
    found = [resolver.holds(item) for item in inner.items]
    return False if False in found else None if None in found else True


def _or(resolver: "Resolver", inner: Node) -> bool | None:
    found = [resolver.holds(item) for item in inner.items]
    return True if True in found else None if None in found else False


def _named_condition(resolver: "Resolver", inner: Node) -> bool | None:
    return resolver.condition(inner.value) if isinstance(inner.value, str) else None


CONDITIONS: Mapping[str, Condition] = {
    "Fn::Equals": _equals,
    "Fn::Not": _not,
    "Fn::And": _and,
    "Fn::Or": _or,
    "Condition": _named_condition,
}


def _two(resolver: "Resolver", inner: Node) -> tuple[Node, Node]:
    first, second = _pair(inner)
    return resolver.resolve(first), resolver.resolve(second)


def _pair(inner: Node) -> tuple[Node, Node]:
    absent = Node(Hole("an argument that is missing"), inner.line)
    first, second = (*inner.items, absent, absent)[:2]
    return first, second


def _hole_in(node: Node) -> Hole | None:
    if isinstance(node.value, Hole):
        return node.value
    return node.value.holes[0] if isinstance(node.value, Text) else None


def _comparable(node: Node) -> str | Hole | None:
    """Return a value as `Fn::Equals` compares it: as text."""
    if isinstance(node.value, Hole):
        return node.value
    parts = parts_of(node)
    return str(parts[0]) if len(parts) == 1 and isinstance(parts[0], str) else None
