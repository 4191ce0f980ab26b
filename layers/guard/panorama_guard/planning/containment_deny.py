"""Builds Deny documents that take an escape away: the narrow one for what escapes, or the one for all but the ceiling.

Nothing here has to be right for the guard to be safe: each document is a candidate, and the planner proves it or
passes it over. A Deny never uses a policy variable, whose value the role's user may choose.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.evaluate import action_matches
from panorama_guard.judging.decide import decide
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import CURRENT, Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob

EVERYTHING = Glob("*")
_NEGATED = {
    "StringEquals": "StringNotEquals",
    "StringLike": "StringNotLike",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "ArnEquals": "ArnNotEquals",
    "ArnLike": "ArnNotLike",
}
_IF_EXISTS = "IfExists"


@dataclass(frozen=True, slots=True)
class Rule:
    """One action pattern of a ceiling, the resources it may reach, and under which conditions."""

    action: Glob
    resources: tuple[Glob, ...]
    conditions: tuple[Condition, ...]


def narrow_denies(source: Document, ceiling: Grant) -> Iterator[str]:
    """Yield documents that deny what escapes through `source`: its actions, or all else of their services.

    The first holds each escaping action to what the ceiling gives it. Where an action pattern is wider than anything
    in the ceiling that is not enough, and the second holds their services to the ceiling.
    """
    rules = ceiling_rules(ceiling)
    actions = [action for statement in source.statements for action in _escaping_actions(statement, source, ceiling)]
    if not rules or not actions or any(_is_any_service(action) for action in actions):
        return
    yield _document(_limit(dict.fromkeys(actions), rules))
    services = {_service(action) for action in actions}
    if not services >= set(_services(rules)):
        yield _document(_hold(services, rules))


def wide_denies(ceiling: Grant) -> Iterator[str]:
    """Yield a document that denies everything outside the ceiling."""
    rules = ceiling_rules(ceiling)
    if rules is None:
        return
    if not rules:
        yield _document([{"Effect": "Deny", "Action": "*", "Resource": "*"}])
        return
    yield _document(_hold(set(_services(rules)), rules))


def _hold(services: set[str], rules: tuple[Rule, ...]) -> Iterator[dict[str, Any]]:
    """Yield statements that hold these services to the rules, and deny every service that has no rule."""
    names = (rule.action if _service(rule.action) in services else _whole(_service(rule.action)) for rule in rules)
    yield {"Effect": "Deny", "NotAction": list(_without_covered(names)), "Resource": "*"}
    for service in _services(rules):
        yield from _limit_service(service, rules) if service in services else ()


def ceiling_rules(ceiling: Grant) -> tuple[Rule, ...] | None:
    """Return the ceiling as rules, or None where it is more than Allows of named actions of named services."""
    statements = [statement for document in ceiling.policies for statement in document.statements]
    if ceiling.boundaries or not all(_is_plain(statement) for statement in statements):
        return None
    return tuple(
        Rule(Glob(action), statement.resources.globs, statement.conditions)
        for statement in statements
        for action in statement.actions.globs
        if statement.resources is not None
    )


def _is_plain(statement: Statement) -> bool:
    resources = statement.resources
    return (
        statement.effect is Effect.ALLOW
        and resources is not None
        and not (statement.actions.negated or resources.negated)
        and not any(_is_any_service(action) for action in statement.actions.globs)
    )


def _service(action: Glob) -> str:
    return action.partition(":")[0].lower()


def _services(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_service(rule.action) for rule in rules))


def _whole(service: str) -> Glob:
    return Glob(f"{service}:*")


def _is_any_service(action: Glob) -> bool:
    return "*" in _service(action) or "?" in _service(action)


def _escaping_actions(statement: Statement, source: Document, ceiling: Grant) -> Iterator[Glob]:
    """Yield the action patterns of an Allow that escape by themselves; nothing for a NotAction."""
    if statement.effect is not Effect.ALLOW or statement.actions.negated:
        return
    for action in statement.actions.globs:
        single = _with_actions(statement, (action,))
        if not isinstance(decide(Grant((_with_statements(source, (single,)),)), ceiling), Contained):
            yield action


def _limit(actions: Iterable[Glob], rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Return statements that deny each action outside the resources and conditions that the rules give it."""
    grouped: dict[tuple[Glob, ...], list[str]] = {}
    conditional: list[dict[str, Any]] = []
    for action in actions:
        concerned = [rule for rule in rules if covers_action(rule.action, action) or covers_action(action, rule.action)]
        reach = _without_covered_resources(resource for rule in concerned for resource in rule.resources)
        grouped.setdefault(reach, []).append(action)
        conditional += [denied for rule in concerned for denied in _outside_conditions(action, rule, concerned)]
    return [*(_outside(actions, reach) for reach, actions in grouped.items() if EVERYTHING not in reach), *conditional]


def _limit_service(service: str, rules: tuple[Rule, ...]) -> list[dict[str, Any]]:
    """Return statements that hold every action of one service to what the rules give it."""
    own = [rule for rule in rules if _service(rule.action) == service]
    whole = _whole(service)
    actions = list(dict.fromkeys(rule.action for rule in own if rule.action.lower() != whole))
    if len(actions) == len({rule.action for rule in own}):
        return _limit(actions, rules)
    reach = _without_covered_resources(r for rule in own if rule.action.lower() == whole for r in rule.resources)
    wider = [action for action in actions if not _reach_of(action, own) <= set(reach)]
    others = [_whole(other) for other in _services(rules) if other != service]
    rest = {"Effect": "Deny", "NotAction": [*others, *wider], "NotResource": list(reach)}
    simple = {"Effect": "Deny", "Action": whole, "NotResource": list(reach)}
    limits = _limit(wider, rules)
    return limits if EVERYTHING in reach else [rest if wider else simple, *limits]


def _reach_of(action: Glob, rules: Iterable[Rule]) -> set[Glob]:
    covering = (rule for rule in rules if covers_action(rule.action, action))
    return set(_without_covered_resources(resource for rule in covering for resource in rule.resources))


def _outside(actions: list[str], reach: tuple[Glob, ...]) -> dict[str, Any]:
    if not reach:
        return {"Effect": "Deny", "Action": actions, "Resource": "*"}
    return {"Effect": "Deny", "Action": actions, "NotResource": list(reach)}


def _outside_conditions(action: Glob, rule: Rule, concerned: list[Rule]) -> Iterator[dict[str, Any]]:
    """Yield, for each condition of a rule, the Deny of what does not meet it, on the rule's own resources."""
    free = {resource for other in concerned if not other.conditions for resource in other.resources}
    reach = [resource for resource in rule.resources if resource not in free]
    for condition in rule.conditions if reach else ():
        operator = condition.operator.removesuffix(_IF_EXISTS)
        if operator not in _NEGATED:
            continue
        block: dict[str, Any] = {_NEGATED[operator]: {condition.key: list(condition.values)}}
        if condition.operator.endswith(_IF_EXISTS):
            block["Null"] = {condition.key: "false"}  # a negated operator is also true where the key is absent
        yield {"Effect": "Deny", "Action": action, "Resource": reach, "Condition": block}


def covers_action(wide: Glob, narrow: Glob) -> bool:
    """Say whether `wide` matches `narrow` read as text, and so each action that `narrow` matches.

    Where a `?` meets a `*` this says too much: the proof finds out.
    """
    if "*" not in wide and "?" not in wide:
        return wide.lower() == narrow.lower()
    return _service(wide) == _service(narrow) and action_matches(Patterns(negated=False, globs=(wide,)), narrow)


def _without_covered(actions: Iterable[Glob]) -> tuple[Glob, ...]:
    distinct = list(dict.fromkeys(actions))
    whole = {glob for glob in distinct if glob.endswith(":*")}
    return tuple(glob for glob in distinct if glob in whole or _whole(_service(glob)) not in whole)


def _without_covered_resources(resources: Iterable[Glob]) -> tuple[Glob, ...]:
    distinct = tuple(dict.fromkeys(resources))
    return (EVERYTHING,) if EVERYTHING in distinct else distinct


def _with_actions(statement: Statement, actions: tuple[Glob, ...]) -> Statement:
    patterns = Patterns(negated=False, globs=actions)
    return Statement(
        statement.index, statement.sid, statement.effect, patterns, statement.resources, statement.conditions
    )


def _with_statements(document: Document, statements: tuple[Statement, ...]) -> Document:
    return Document(document.name, document.version, statements)


def _document(statements: Iterable[dict[str, Any]]) -> str:
    merged: dict[str, dict[str, Any]] = {}
    for statement in statements:
        rest = {key: value for key, value in statement.items() if key != "Action"}
        if "Action" not in statement:
            merged[json.dumps(statement)] = statement
            continue
        known = merged.setdefault(json.dumps(rest), {**rest, "Action": []})
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        known["Action"] = list(dict.fromkeys([*known["Action"], *actions]))
    return json.dumps({"Version": CURRENT, "Statement": list(merged.values())}, separators=(",", ":"))
