"""Says in words, and for machines, what an IAM document holds: the statements of how far an escape reaches.

Whoever wrote the role's policies chose the texts, so each one is made plain.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from panorama_guard.reporting.plain import plain

HOW_EXACT = {
    "exactly": "all that escapes and nothing else, decided over all requests",
    "at most": "more than what escapes: decided over all requests, nothing else does",
}
MOST_LISTED = 6  # members of one list that are told
MOST_LINES = 4  # statements of one effect that are told
LONGEST_DOCUMENT = 6_000  # characters of a document for machines


def escape_lines(document: str, whole: str) -> Iterator[tuple[str, str]]:
    """Yield lines for a person, each under its name: what the document allows, and what it takes out of that again.

    Where not all of it is told, `whole` says where it is.
    """
    statements = _statements(document)
    for effect, name in (("Allow", "Escapes"), ("Deny", "But not")):
        lines = [statement_words(statement) for statement in statements if statement["Effect"] == effect]
        more = len(lines) - MOST_LINES
        yield from ((name, line) for line in (lines[:MOST_LINES] if more > 1 else lines))
        if more > 1:
            yield name, f"and {more} more statements, see {whole}"


def escape_body(document: str) -> dict[str, object]:
    """Return the document for machines; of a long one, as many statements as fit, and how many were left out."""
    statements, told, size = _statements(document), [], 0
    for statement in statements:
        size += len(json.dumps(statement))
        if size > LONGEST_DOCUMENT:
            break
        told.append(_plain(statement))
    return {"Version": "2012-10-17", "Statement": told, "left_out": len(statements) - len(told)}


def statement_words(statement: Mapping[str, Any]) -> str:
    """Return one statement in words: actions, resources or principals, conditions."""
    actions = _element(statement, "Action", "every action")
    if "Principal" in statement or "NotPrincipal" in statement:
        return f"{actions} by {_principals(statement)}{_conditions(statement)}"
    return f"{actions} on {_element(statement, 'Resource', 'everything')}{_conditions(statement)}"


def _statements(document: str) -> list[dict[str, Any]]:
    return list(json.loads(document)["Statement"]) if document else []


def _element(statement: Mapping[str, Any], name: str, everything: str) -> str:
    if name in statement:
        listed = _listed(statement[name])
        return everything if listed == ["*"] else enumerated(listed)
    return f"{everything} but {enumerated(_listed(statement[f'Not{name}']))}"


def _principals(statement: Mapping[str, Any]) -> str:
    is_negated = "NotPrincipal" in statement
    named = statement["NotPrincipal" if is_negated else "Principal"]
    if named == "*":
        return "nobody" if is_negated else "everybody"
    texts = [f"{kind} {text}" for kind, listed in named.items() for text in _listed(listed)]
    return f"everybody but {enumerated(texts)}" if is_negated else enumerated(texts)


def _conditions(statement: Mapping[str, Any]) -> str:
    block: Mapping[str, Mapping[str, object]] = statement.get("Condition", {})
    tests = [
        f"{operator} {key} {enumerated(_listed(values))}"
        for operator, keys in block.items()
        for key, values in keys.items()
    ]
    return f" if {' and '.join(tests)}" if tests else ""


def enumerated(texts: Iterable[str], most: int = MOST_LISTED, between: str = ", ") -> str:
    """Return texts one after the other, of many the first and how many more there are."""
    listed = list(texts)
    more = len(listed) - most
    if more > 1:
        return f"{between.join(listed[:most])} and {more} more"
    return between.join(listed)


def _listed(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {plain(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else plain(str(value))
