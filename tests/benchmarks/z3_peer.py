"""The same questions asked of Z3, by the encoding that served it best of those tried.

An action and a resource are strings; context keys are in `z3_conditions`. Globs become the
cheapest string predicate that says the same under the reading (equality, prefix, suffix, containment), else a regular
expression; actions are in lower case beforehand, so that Z3 need not fold case. The universe is ours: well-formed ARNs
and the lone `*`, actions of a service and a name. Each reading of `*` is a question, as it is for the engine.
"""

import time
from collections.abc import Iterable
from typing import Any, NamedTuple

import z3

from panorama_guard.containment import Grant, Reading
from panorama_guard.policy import Document, Effect, Patterns, Statement
from panorama_guard.policy.arn import Step, steps
from panorama_guard.policy.glob import Glob, Wild, variables_of
from panorama_guard.policy.text import ascii_lower
from tests.benchmarks.z3_conditions import Context, NotEncodedError, context_of

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
    """Return the solver that is asked for a request in the grant and outside the ceiling.

    NotEncodedError says that a condition or variable is not encoded.
    """
    solver = z3.Solver()
    statements = [
        item for side in (grant, ceiling) for layer in side.layers for found in layer for item in found.statements
    ]
    context = context_of((condition for item in statements for condition in item.conditions), matches)
    solver.add(z3.InRe(ACTION, _ACTIONS), z3.InRe(RESOURCE, _RESOURCES), *context.facts())
    question = _Question(reading, context)
    solver.add(question.allowed(grant), z3.Not(question.allowed(ceiling)), *context.alike())
    return solver


def timed_answer(grant: Grant, ceiling: Grant, cap: float) -> tuple[set[str], float, float]:
    """Return what Z3 answers under the readings, the seconds with making its terms, and those of its check alone.

    A reading that needs longer than `cap` seconds is given up and counted with what it took.
    """
    answers: set[str] = set()
    whole = checks = 0.0
    for reading in Reading:
        started = time.perf_counter()
        solver = escape_question(grant, ceiling, reading)
        solver.set("timeout", int(cap * 1000))
        asked = time.perf_counter()
        answers.add(str(solver.check()))
        done = time.perf_counter()
        whole, checks = whole + done - started, checks + done - asked
    return answers, whole, checks


class _Question(NamedTuple):
    """What is the same for all statements."""

    reading: Reading
    context: Context

    def allowed(self, grant: Grant) -> Any:
        return z3.And([self.layer(layer) for layer in grant.layers])

    def layer(self, documents: Iterable[Document]) -> Any:
        statements = [statement for document in documents for statement in document.statements]
        allows = [self.statement(item) for item in statements if item.effect is Effect.ALLOW]
        denies = [self.statement(item) for item in statements if item.effect is Effect.DENY]
        return z3.And(z3.Or(allows), z3.Not(z3.Or(denies)))

    def statement(self, statement: Statement) -> Any:
        actions = statement.actions
        lowered = Patterns(actions.negated, tuple(Glob(ascii_lower(glob)) for glob in actions.globs))
        parts = [_element(lowered, ACTION, Reading.CROSSING), *map(self.context.holds, statement.conditions)]
        if statement.resources:
            parts.append(_element(statement.resources, RESOURCE, self.reading))
        return z3.And(parts)


def _element(patterns: Patterns, text: Any, reading: Reading) -> Any:
    if any(variables_of(glob) for glob in patterns.globs):
        raise NotEncodedError(patterns)
    found = z3.Or([matches(steps(glob, reading), text) for glob in patterns.globs])
    return z3.Not(found) if patterns.negated else found


def matches(pattern: Iterable[Step], text: Any) -> Any:
    """Return the term that is true where the pattern matches the text."""
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
