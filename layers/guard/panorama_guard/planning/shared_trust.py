"""Writes down whom both a statement and the profile let in: what stays of a statement that lets in too many."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from panorama_guard.containment import Contained, Grant, Verdict
from panorama_guard.judging.decide import decide
from panorama_guard.judging.trust import read_trust
from panorama_guard.policy import DocumentError, Effect, Statement
from panorama_guard.policy.record import record, replace

_REPLACED = ("Principal", "NotPrincipal", "Action", "NotAction", "Condition")


@record
class Bound:
    """What a document's statements are held to: the ceiling, how a document like this is read, and who is asked."""

    ceiling: Grant
    read: Callable[[str], Grant] = read_trust
    version: object = None
    ask: Callable[[Grant, Grant], Verdict] = decide

    def of_version(self, version: object) -> "Bound":
        """Return the bound of a document of this version."""
        return replace(self, version=version)

    def grant_of(self, statement: dict[str, Any]) -> Grant | None:
        """Return whom one statement lets in, or None if it is not understood."""
        version = {} if self.version is None else {"Version": self.version}
        try:
            return self.read(json.dumps({**version, "Statement": [statement]}))
        except DocumentError:
            return None

    def holds(self, statement: dict[str, Any], ceiling: Grant | None = None) -> bool:
        """Say whether whom a statement lets in is proved to be inside the ceiling, or inside another one."""
        grant = self.grant_of(statement)
        return grant is not None and isinstance(
            self.ask(grant, self.ceiling if ceiling is None else ceiling), Contained
        )


def shared_statements(statement: dict[str, Any], bound: Bound) -> tuple[dict[str, Any], ...]:
    """Return statements that let in who is let in by a statement and by the ceiling, as far as that can be written.

    Each is inside both. That nobody is left out is for the proof to say.
    """
    allows = (one for document in bound.ceiling.policies for one in document.statements if one.effect is Effect.ALLOW)
    allowed = dict.fromkeys((one.index, one.written or one) for one in allows)
    shared = [found for _, one in allowed for found in _shared(statement, one, bound)]
    unnamed = [{key: value for key, value in one.items() if key != "Sid"} for one in shared[1:]]
    return (*shared[:1], *unnamed)  # a Sid stands once in a document


def _shared(statement: dict[str, Any], allowed: Statement, bound: Bound) -> Iterator[dict[str, Any]]:
    whole = _with_condition(statement, allowed)
    own = bound.grant_of(statement)
    if whole is None or own is None:
        return
    parts = [
        {**whole, "Principal": {kind: name}, "Action": action}
        for kind, name in (allowed.principals.entries if allowed.principals else ())
        for action in _actions_of(statement, allowed)
    ]
    inside = [part for part in parts if bound.holds(part, own) and bound.holds(part)]
    if not is_product(inside):
        yield from inside
    elif inside:
        yield {**whole, **join_parts(inside)}


def _actions_of(statement: dict[str, Any], allowed: Statement) -> tuple[str, ...]:
    """Return the ceiling's actions, or where it allows every one, the statement's own."""
    if tuple(allowed.actions.globs) != ("*",) or "Action" not in statement:
        return allowed.actions.globs
    return tuple(statement["Action"]) if isinstance(statement["Action"], list) else (statement["Action"],)


def _with_condition(statement: dict[str, Any], allowed: Statement) -> dict[str, Any] | None:
    """Return the statement without whom it lets in, under the conditions of both; None where they ask for one key."""
    block = {operator: dict(keys) for operator, keys in statement.get("Condition", {}).items()}
    for condition in allowed.conditions:
        keys = block.setdefault(condition.operator, {})
        if condition.key.lower() in {key.lower() for key in keys}:
            return None
        keys[condition.key] = list(condition.values)
    rest = {key: value for key, value in statement.items() if key not in _REPLACED}
    return {**rest, "Condition": block} if block else rest


def join_parts(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the Principal and the Action that the parts of a statement have together."""
    principals: dict[str, list[str]] = {}
    for part in parts:
        for kind, value in part["Principal"].items():
            known = principals.setdefault(kind, [])
            known += [] if value in known else [value]
    principal = {kind: _single_or_list(values) for kind, values in principals.items()}
    return {"Principal": principal, "Action": _single_or_list(_actions(parts))} if parts else {}


def is_product(parts: list[dict[str, Any]]) -> bool:
    """Say whether each of the principals comes with each of the actions, as one statement says it."""
    pairs = {(json.dumps(part["Principal"]), part["Action"]) for part in parts}
    return len(pairs) == len({principal for principal, _ in pairs}) * len(_actions(parts))


def _actions(parts: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(part["Action"] for part in parts))


def _single_or_list(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
