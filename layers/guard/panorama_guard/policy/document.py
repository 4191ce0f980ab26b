"""Policy documents: read exactly, or not at all."""

from collections.abc import Callable, Mapping
from enum import Enum

from panorama_guard.policy.arn import parse_resource
from panorama_guard.policy.condition import Condition, parse_condition
from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.glob import Glob, parse_glob
from panorama_guard.policy.record import record
from panorama_guard.policy.text import ascii_lower, decode_json

CURRENT = "2012-10-17"  # the version that knows policy variables
FIRST = "2008-10-17"  # the version of a document that names none


class Effect(Enum):
    """What a statement does."""

    __hash__ = object.__hash__  # members are compared often, and Python would hash their names

    ALLOW = "Allow"
    DENY = "Deny"


@record
class Patterns:
    """A list of globs, or with `negated` all that is in none of them (NotAction, NotResource)."""

    negated: bool
    globs: tuple[Glob, ...]


@record
class Principals:
    """The (type, identifier) pairs of Principal, or with `negated` of NotPrincipal."""

    negated: bool
    entries: tuple[tuple[str, str], ...]


@record
class Statement:
    """One statement; `resources` or `principals` is None where the document has no such element.

    `written` is the statement as its document has it, where this one is a translation for the engine.
    """

    index: int
    sid: str | None
    effect: Effect
    actions: Patterns
    resources: Patterns | None
    conditions: tuple[Condition, ...]
    principals: Principals | None = None
    written: "Statement | None" = None


@record
class Document:
    """A policy document under the name it is told by: an inline policy's name or a managed policy's ARN."""

    name: str
    version: str
    statements: tuple[Statement, ...]

    def __hash__(self) -> int:
        """Return a hash that costs the same for long documents; equality looks at all of them.

        Many roles of an account have a policy of one name whose statements differ in a resource or a condition only.
        """
        ends = tuple(map(_mark, (*self.statements[:1], *self.statements[-1:])))
        return hash((self.name, self.version, len(self.statements), ends))


def _mark(statement: Statement) -> tuple[object, ...]:
    """Return what most often tells a statement from one that has the same place in a policy of the same name."""
    resources = statement.resources.globs if statement.resources else ()
    asked = [
        (one.key, one.values[:1], one.values[-1:]) for one in (*statement.conditions[:1], *statement.conditions[-1:])
    ]
    return (statement.actions, resources[:1], resources[-1:], *asked)


def parse_document(text: str, *, name: str) -> Document:
    """Return the document that `text` is, or raise DocumentError naming field and value."""
    return parse_document_value(decode_json(text, name=name), name=name)


def parse_document_value(value: object, *, name: str) -> Document:
    """Return the document that the decoded JSON `value` is, or raise DocumentError naming field and value."""
    body = _members(value, name, {"Version", "Id", "Statement"})
    version = _text(body.get("Version", FIRST), f"{name}: Version")
    if version not in (CURRENT, FIRST):
        raise DocumentError(_field(name, "Version"), "not a policy version", version)
    if "Id" in body:
        _text(body["Id"], _field(name, "Id"))
    if "Statement" not in body:
        raise DocumentError(_field(name, "Statement"), "missing in", value)
    listed = body["Statement"]
    statements = listed if isinstance(listed, list) else [listed]
    return Document(
        name,
        version,
        tuple(_statement(item, index, name, variables=version == CURRENT) for index, item in enumerate(statements)),
    )


_ELEMENTS = {
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
}


def _statement(value: object, index: int, name: str, *, variables: bool) -> Statement:
    where = f"{name}: statement {index + 1}"
    body = _members(value, where, _ELEMENTS)
    actions = _patterns(body, "Action", where, _read_action)
    resources = _patterns(body, "Resource", where, lambda text: parse_resource(text, variables=variables))
    principals = _principals(body, where)
    if actions is None:
        raise DocumentError(_field(where, "Action"), "missing in", value)
    if resources is None and principals is None:
        raise DocumentError(_field(where, "Resource"), "missing in", value)
    return Statement(
        index,
        _text(body["Sid"], _field(where, "Sid")) if "Sid" in body else None,
        _effect(body.get("Effect"), _field(where, "Effect")),
        actions,
        resources,
        _conditions(body.get("Condition", {}), _field(where, "Condition"), variables=variables),
        principals,
    )


_NAME = "name"
_ACTION = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:*?")


def _read_action(text: str) -> Glob:
    if not _ACTION.issuperset(text):
        raise DocumentError(_NAME, "characters that no action has in", text)
    return parse_glob(text, variables=False)


def _effect(value: object, field: str) -> Effect:
    if value not in ("Allow", "Deny"):
        raise DocumentError(field, "neither Allow nor Deny", value)
    return Effect(value)


def _patterns(body: Mapping[str, object], element: str, where: str, parse: Callable[[str], Glob]) -> Patterns | None:
    named = _either(body, element, where)
    if named is None:
        return None
    texts = _texts(body[named], _field(where, named))
    return Patterns(
        named != element, tuple(dict.fromkeys(_parsed(text, _field(where, named), parse) for text in texts))
    )


def _parsed(text: str, field: str, parse: Callable[[str], Glob]) -> Glob:
    try:
        return parse(text)
    except DocumentError as error:
        raise DocumentError(_field(field, error.field), error.problem, error.value) from error


def _either(body: Mapping[str, object], element: str, where: str) -> str | None:
    named = [key for key in (element, f"Not{element}") if key in body]
    if len(named) > 1:
        raise DocumentError(_field(where, element), "stands beside", named[1])
    return named[0] if named else None


def _principals(body: Mapping[str, object], where: str) -> Principals | None:
    named = _either(body, "Principal", where)
    if named is None:
        return None
    field = _field(where, named)
    value = body[named]
    if value == "*":
        return Principals(named != "Principal", (("AWS", "*"),))
    kinds = _members(value, field, {"AWS", "Service", "Federated", "CanonicalUser"})
    entries = tuple((kind, text) for kind, listed in kinds.items() for text in _texts(listed, _field(field, kind)))
    return Principals(named != "Principal", entries)


def _conditions(value: object, field: str, *, variables: bool) -> tuple[Condition, ...]:
    found: list[Condition] = []
    for operator, block in _members(value, field, None).items():
        keys = _members(block, _field(field, operator), None)
        _refuse_twins(keys, _field(field, operator))
        for key, listed in keys.items():
            place = _field(_field(field, operator), key)
            values = tuple(_scalar(item, place) for item in (listed if isinstance(listed, list) else [listed]))
            try:
                found.append(parse_condition(operator, key, values, variables=variables))
            except DocumentError as error:
                raise DocumentError(_field(place, error.field), error.problem, error.value) from error
    return tuple(found)


def _refuse_twins(keys: Mapping[str, object], field: str) -> None:
    """Raise DocumentError where a key stands in two spellings: names ignore case, and AWS does not say which counts."""
    seen: set[str] = set()
    for key in keys:
        if ascii_lower(key) in seen:
            raise DocumentError(field, "the same key in another spelling", key)
        seen.add(ascii_lower(key))


def _scalar(value: object, field: str) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            raise DocumentError(field, "not a text, number or truth value", value)


def _members(value: object, field: str, known: set[str] | None) -> dict[str, object]:
    if not isinstance(value, dict):
        raise DocumentError(field, "not an object", value)
    for key in value:
        if known is not None and key not in known:
            raise DocumentError(field, "unknown element", key)
    return value


def _texts(value: object, field: str) -> tuple[str, ...]:
    return tuple(_text(item, field) for item in (value if isinstance(value, list) else [value]))


def _text(value: object, field: str) -> str:
    if not isinstance(value, str):
        raise DocumentError(field, "not a text", value)
    return value


def _field(where: str, element: str) -> str:
    return f"{where}: {element}"
