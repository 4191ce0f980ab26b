"""Takes out of a trust policy what lies outside the profile, and leaves every other byte as it was."""

import json
from collections.abc import Iterator
from json.decoder import JSONDecoder
from typing import Any

from panorama_guard.containment import Contained, Grant, check
from panorama_guard.judging.trust import read_trust
from panorama_guard.policy import DocumentError

_SPACE = " \t\r\n"


def repair_trust(text: str, ceiling: Grant) -> tuple[str, ...]:
    """Return the trust policy without what escapes the ceiling; nothing if no Allow would be left of it."""
    value = json.loads(text)
    spans = list(_statement_spans(text))
    kept = [(text[start:end], _narrowed(text[start:end], value.get("Version"), ceiling)) for start, end in spans]
    statements = [narrowed for _, narrowed in kept if narrowed]
    if not any(json.loads(statement)["Effect"] == "Allow" for statement in statements):
        return ()
    return (_with_statements(text, spans, [narrowed for _, narrowed in kept]),)


def _narrowed(statement: str, version: object, ceiling: Grant) -> str:
    """Return the statement's own text if it is inside the ceiling, else what is left of it, else an empty text."""
    value = json.loads(statement)
    if value.get("Effect") != "Allow" or _is_within(value, version, ceiling):
        return statement
    parts = [part for part in _split(value) if _is_within(part, version, ceiling)]
    for member, kept in _joined(parts).items():
        statement = statement if kept == value[member] else _with_member(statement, member, kept)
    return statement if parts and _is_product(parts) else ""


def _is_within(statement: dict[str, Any], version: object, ceiling: Grant) -> bool:
    document = {"Statement": [statement]} if version is None else {"Version": version, "Statement": [statement]}
    try:
        return isinstance(check(read_trust(json.dumps(document)), ceiling), Contained)
    except DocumentError:
        return False


def _split(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the statement once for each pair of a principal and an action."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or "Action" not in statement:
        return
    for kind, values in principal.items():
        for value in _listed(values):
            for action in _listed(statement["Action"]):
                yield {**statement, "Principal": {kind: value}, "Action": action}


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the Principal and the Action that the parts have together."""
    principals: dict[str, list[str]] = {}
    for part in parts:
        for kind, value in part["Principal"].items():
            known = principals.setdefault(kind, [])
            known += [] if value in known else [value]
    principal = {kind: _single_or_list(values) for kind, values in principals.items()}
    return {"Principal": principal, "Action": _single_or_list(_actions(parts))} if parts else {}


def _is_product(parts: list[dict[str, Any]]) -> bool:
    """Say whether each of the principals comes with each of the actions, as one statement says it."""
    principals = {json.dumps(part["Principal"]) for part in parts}
    return len(parts) == len(principals) * len(_actions(parts))


def _actions(parts: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(part["Action"] for part in parts))


def _single_or_list(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values


def _with_member(statement: str, member: str, value: object) -> str:
    """Return the statement's text with another value of one member."""
    at = _member(statement, member)
    return statement[:at] + json.dumps(value) + statement[JSONDecoder().raw_decode(statement, at)[1] :]


def _with_statements(text: str, spans: list[tuple[int, int]], statements: list[str]) -> str:
    """Return the text with each statement replaced; an empty one goes, with the comma that parted it."""
    out, position = text[: spans[0][0]], spans[0][0]
    is_first = True
    for (start, end), statement in zip(spans, statements, strict=True):
        if statement:
            out += ("" if is_first else text[position:start]) + statement
            is_first = False
        position = end
    return out + text[position:]


def _statement_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each statement of a document begins and ends."""
    at = _member(text, "Statement")
    if text[at] != "[":
        yield at, JSONDecoder().raw_decode(text, at)[1]
        return
    at = _skip(text, at + 1, _SPACE)
    while text[at] != "]":
        end = JSONDecoder().raw_decode(text, at)[1]
        yield at, end
        at = _skip(text, end, _SPACE + ",")


def _member(text: str, key: str) -> int:
    """Return where the value of a member of the document's object begins."""
    at = _skip(text, 0, _SPACE + "{")
    while True:
        name, end = JSONDecoder().raw_decode(text, at)
        value = _skip(text, end, _SPACE + ":")
        if name == key:
            return value
        at = _skip(text, JSONDecoder().raw_decode(text, value)[1], _SPACE + ",")


def _skip(text: str, at: int, characters: str) -> int:
    while text[at] in characters:
        at += 1
    return at


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]
