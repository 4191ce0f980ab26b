"""The same questions asked of Z3, by the encoding that served it best of those tried.

An action and a resource are strings, a context key is a string with a truth value for its presence. Globs become the
cheapest string predicate that says the same under the reading (equality, prefix, suffix, containment), else a regular
expression; actions are in lower case beforehand, so that Z3 need not fold case. The universe is ours: well-formed ARNs
and the lone `*`, actions of a service and a name. Each reading of `*` is a question, as it is for the engine.
"""

from collections.abc import Iterable
from typing import Any

import z3

from panorama_guard.containment import Grant, Reading
from panorama_guard.policy import Document, Effect, Patterns, Statement
from panorama_guard.policy.arn import Step, steps
from panorama_guard.policy.condition import Condition, Family, ascii_lower
from panorama_guard.policy.glob import Glob, Wild, tokens

ACTION, RESOURCE = z3.Strings("action resource")
_ANY = z3.AllChar(z3.ReSort(z3.StringSort()))
_NO_COLON = z3.Union(z3.Range(chr(0), "9"), z3.Range(";", chr(0xFFFF)))
_COLON = z3.Re(":")
_FIELD = z3.Star(_NO_COLON)
_ARN = (z3.Re("arn:"), z3.Plus(_NO_COLON), _COLON, z3.Plus(_NO_COLON), *(_COLON, _FIELD) * 2, _COLON, z3.Star(_ANY))
_RESOURCES = z3.Union(z3.Concat(*_ARN), z3.Re("*"))
_LETTER = z3.Union(z3.Range("a", "z"), z3.Range("0", "9"), z3.Re("-"), z3.Re("_"))
_ACTIONS = z3.Concat(z3.Plus(_LETTER), _COLON, z3.Plus(_LETTER))


def escape_question(grant: Grant, ceiling: Grant, reading: Reading) -> Any:
    """Return the solver that is asked for a request in the grant and outside the ceiling."""
    solver = z3.Solver()
    solver.add(z3.InRe(ACTION, _ACTIONS), z3.InRe(RESOURCE, _RESOURCES))
    solver.add(_allowed(grant, reading), z3.Not(_allowed(ceiling, reading)))
    return solver


def _allowed(grant: Grant, reading: Reading) -> Any:
    return z3.And([_layer(layer, reading) for layer in grant.layers])


def _layer(documents: Iterable[Document], reading: Reading) -> Any:
    statements = [statement for document in documents for statement in document.statements]
    allows = [_statement(item, reading) for item in statements if item.effect is Effect.ALLOW]
    denies = [_statement(item, reading) for item in statements if item.effect is Effect.DENY]
    return z3.And(z3.Or(allows), z3.Not(z3.Or(denies)))


def _statement(statement: Statement, reading: Reading) -> Any:
    lowered = Patterns(statement.actions.negated, tuple(Glob(ascii_lower(glob)) for glob in statement.actions.globs))
    parts = [
        _element(lowered, ACTION, Reading.CROSSING),
        *(_condition(condition) for condition in statement.conditions),
    ]
    if statement.resources:
        parts.append(_element(statement.resources, RESOURCE, reading))
    return z3.And(parts)


def _element(patterns: Patterns, text: Any, reading: Reading) -> Any:
    found = z3.Or([_matches(steps(glob, reading), text) for glob in patterns.globs])
    return z3.Not(found) if patterns.negated else found


def _condition(condition: Condition) -> Any:
    operator = condition.parsed
    if operator.family not in (Family.STRING, Family.LIKE) or operator.negated:
        raise NotImplementedError(condition.operator)
    value, present = z3.String(condition.key), z3.Bool(f"{condition.key} is present")
    matched = z3.Or([_matches([(token, True) for token in tokens(glob)], value) for glob in condition.values])
    return z3.Or(z3.Not(present), matched) if operator.if_exists else z3.And(present, matched)


def _matches(pattern: Iterable[Step], text: Any) -> Any:
    pieces = _pieces(pattern)
    match pieces:
        case [str(only)]:
            return text == z3.StringVal(only)
        case [(Wild.MANY, True)]:
            return z3.BoolVal(True)
        case [str(start), (Wild.MANY, True)]:
            return z3.PrefixOf(z3.StringVal(start), text)
        case [(Wild.MANY, True), str(end)]:
            return z3.SuffixOf(z3.StringVal(end), text)
        case [(Wild.MANY, True), str(middle), (Wild.MANY, True)]:
            return z3.Contains(text, z3.StringVal(middle))
        case _:
            return z3.InRe(text, z3.Concat(z3.Re(""), *map(_regex, pieces)))


def _pieces(pattern: Iterable[Step]) -> list[str | Step]:
    pieces: list[str | Step] = []
    for token, crossing in pattern:
        if not isinstance(token, str):
            pieces.append((token, crossing))
        elif pieces and isinstance(pieces[-1], str):
            pieces[-1] += token
        else:
            pieces.append(token)
    return pieces


def _regex(piece: str | Step) -> Any:
    if isinstance(piece, str):
        return z3.Re(z3.StringVal(piece))
    token, crossing = piece
    char = _ANY if crossing else _NO_COLON
    return z3.Star(char) if token is Wild.MANY else char
