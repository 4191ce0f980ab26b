"""Takes out of a policy with principals what lies outside the profile, and leaves every other byte as it was."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from json.decoder import JSONDecoder
from typing import Any

from panorama_guard.containment import Grant
from panorama_guard.containment.principals import names_deleted
from panorama_guard.planning.shared_trust import Bound, is_product, join_parts, shared_statements

_SPACE = " \t\r\n"


def repair_trust(text: str, ceiling: Grant) -> tuple[str, ...]:
    """Return the trust policy without what escapes the ceiling; nothing where no Allow would be left of it.

    First only members of lists are left out. Then a statement that lets in too many becomes one that names whom the
    ceiling lets in of them: what the first leaves out of `"Principal": "*"` may be somebody inside.
    """
    return tuple(one for one in repair_document(text, Bound(ceiling)) if lets_anybody_in(one))


def repair_document(text: str, bound: Bound) -> tuple[str, ...]:
    """Return the document without what escapes the ceiling, in either way; an empty text where no statement is left.

    Then both once more without Denies of whom IAM has deleted, as AWS takes no document that names him.
    """
    held = bound.of_version(json.loads(text).get("Version"))
    repaired = [_rewritten(text, partial(way, bound=held)) for way in (_narrowed, _shared)]
    return tuple(dict.fromkeys((*repaired, *(_rewritten(one, _of_the_living) for one in repaired if one))))


def without_deleted(text: str) -> str:
    """Return a document without its Denies of whom IAM has deleted, which deny nobody anything."""
    value = json.loads(text)
    return (_rewritten(text, _of_the_living) if isinstance(value, dict) and "Statement" in value else "") or text


def lets_anybody_in(text: str) -> bool:
    """Say whether an Allow is left of a document."""
    statements = _listed(json.loads(text)["Statement"]) if text else []
    return any(one["Effect"] == "Allow" for one in statements)


def _rewritten(text: str, rewrite: Callable[[str], tuple[str, ...]]) -> str:
    """Return the text with each statement rewritten as any number of them, or an empty text if none is left."""
    spans = list(_statement_spans(text))
    rewritten = [rewrite(text[start:end]) for start, end in spans]
    if not any(rewritten):
        return ""
    joined = [", ".join(statements) for statements in rewritten]
    is_list = text[_member(text, "Statement")] == "["
    return _with_statements(text, spans, joined if is_list or len(rewritten[0]) == 1 else [f"[{joined[0]}]"])


def _narrowed(statement: str, bound: Bound) -> tuple[str, ...]:
    """Return the statement's own text if it is inside the ceiling, else what is left of it, or nothing."""
    value = json.loads(statement)
    if _may_stay(value, bound):
        return (statement,)
    parts = [part for part in _split(value) if bound.holds(part)]
    for member, kept in join_parts(parts).items():
        statement = statement if kept == value[member] else _with_member(statement, member, kept)
    return (statement,) if parts and is_product(parts) else ()


def _shared(statement: str, bound: Bound) -> tuple[str, ...]:
    """Return the statement's own text if it is inside the ceiling, else the statements of whom both let in."""
    value = json.loads(statement)
    if _may_stay(value, bound):
        return (statement,)
    return tuple(json.dumps(one) for one in shared_statements(value, bound))


def _of_the_living(statement: str) -> tuple[str, ...]:
    """Return a Deny's text without the principals that were deleted, or nothing if it names no others."""
    value = json.loads(statement)
    named = value.get("Principal")
    if value["Effect"] != "Deny" or not isinstance(named, dict):
        return (statement,)
    listed = {kind: [text for text in _listed(texts) if not names_deleted(kind, text)] for kind, texts in named.items()}
    if all(listed[kind] == _listed(texts) for kind, texts in named.items()):
        return (statement,)
    left = {kind: texts for kind, texts in listed.items() if texts}
    return (_with_member(statement, "Principal", left),) if left else ()


def _may_stay(statement: dict[str, Any], bound: Bound) -> bool:
    return statement.get("Effect") != "Allow" or bound.holds(statement)


def _split(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the statement once for each pair of a principal and an action."""
    principal = statement.get("Principal")
    if not isinstance(principal, dict) or "Action" not in statement:
        return
    for kind, values in principal.items():
        for value in _listed(values):
            for action in _listed(statement["Action"]):
                yield {**statement, "Principal": {kind: value}, "Action": action}


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
