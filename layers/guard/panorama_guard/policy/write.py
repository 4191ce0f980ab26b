"""Writes statements as IAM text that reads back as the same statements."""

import json
from collections.abc import Iterable

from panorama_guard.policy.condition import A_VARIABLE, NO_VALUE, Condition, Family
from panorama_guard.policy.document import CURRENT, Patterns, Principals, Statement
from panorama_guard.policy.glob import Glob

TYPE_CHECKING = False  # see `record`
if TYPE_CHECKING:
    from typing import Any

_WILD = (Family.LIKE, Family.ARN)


def write_document(statements: Iterable[Statement]) -> str:
    """Return the text of a document of these statements, without a space too many."""
    return json.dumps(document_value(statements), separators=(",", ":"))


def document_value(statements: Iterable[Statement]) -> "dict[str, Any]":
    """Return a document of these statements as JSON values."""
    return {"Version": CURRENT, "Statement": [_statement(statement) for statement in statements]}


def _statement(statement: Statement) -> "dict[str, Any]":
    value: dict[str, Any] = {"Sid": statement.sid} if statement.sid is not None else {}
    value["Effect"] = statement.effect.value
    if statement.principals is not None:
        value |= _principals(statement.principals)
    value |= _element("Action", statement.actions, [_action_text(glob) for glob in statement.actions.globs])
    if statement.resources is not None:
        value |= _element("Resource", statement.resources, list(map(str, statement.resources.globs)))
    if statement.conditions:
        value["Condition"] = _conditions(statement.conditions)
    return value


def _principals(principals: Principals) -> "dict[str, Any]":
    kinds: dict[str, list[str]] = {}
    for kind, text in principals.entries:
        kinds.setdefault(kind, []).append(text)
    named = "NotPrincipal" if principals.negated else "Principal"
    return {named: "*" if kinds == {"AWS": ["*"]} else {kind: _listed(texts) for kind, texts in kinds.items()}}


def _element(name: str, patterns: Patterns, texts: list[str]) -> dict[str, str | list[str]]:
    return {f"Not{name}" if patterns.negated else name: _listed(texts)}


def _listed(texts: list[str]) -> str | list[str]:
    return texts[0] if len(texts) == 1 else texts


def _action_text(glob: Glob) -> str:
    return glob.replace("${$}", "$")  # an action knows no variables, so its dollar needs no escape


def _conditions(conditions: Iterable[Condition]) -> dict[str, dict[str, str | list[str]]]:
    block: dict[str, dict[str, str | list[str]]] = {}
    for condition in conditions:
        operator = condition.operator.removesuffix(NO_VALUE).removesuffix(A_VARIABLE)
        block.setdefault(operator, {})[condition.spelled or condition.key] = _listed(_values(condition))
    return block


def _values(condition: Condition) -> list[str]:
    if condition.parsed.family in _WILD:
        return list(map(str, condition.values))
    return [glob.replace("${*}", "*").replace("${?}", "?") for glob in condition.values]
