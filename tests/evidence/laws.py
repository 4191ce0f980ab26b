"""The laws that containment obeys because it is containment of sets: each takes a seed and says whether it held."""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.policy import Document, Effect, Patterns, Statement, parse_document
from panorama_guard.policy.condition import Condition
from tests.evidence.world import World

Law = Callable[[int], bool]


def contained(grant: Grant, ceiling: Grant) -> bool:
    """Say whether the engine proves that the grant is inside the ceiling."""
    return check(grant, ceiling) == Contained()


def reflexive(seed: int) -> bool:
    """Say whether a grant is inside itself."""
    grant, _ = World(seed).pair()
    return contained(grant, grant)


def transitive(seed: int) -> bool:
    """Say whether what is inside something inside a ceiling is inside the ceiling."""
    world = World(seed)
    inner, outer = world.pair()
    middle = _with(inner, _only(Effect.ALLOW, outer.policies))
    ceiling = _with(middle, _only(Effect.ALLOW, (world.document({}, denies=0),)))
    return contained(inner, middle) and contained(middle, ceiling) and contained(inner, ceiling)


def chained(seed: int) -> bool:
    """Say whether three grants that need not be inside each other never contradict transitivity."""
    world = World(seed)
    operators = world.operators()
    first, second, third = (world.grant(operators) for _ in range(3))
    chain = contained(first, second) and contained(second, third)
    return contained(first, third) if chain else True


def monotone(seed: int) -> bool:
    """Say whether a grant is inside itself with more Allows, and an escape remains one with more Allows."""
    grant, other = World(seed).pair()
    larger = _with(grant, _only(Effect.ALLOW, other.policies))
    stays = not isinstance(check(grant, other), Escaped) or isinstance(check(larger, other), Escaped)
    return contained(grant, larger) and stays


def antitone(seed: int) -> bool:
    """Say whether more Denies leave a grant inside itself and inside its ceiling."""
    grant, other = World(seed).pair()
    smaller = _with(grant, _only(Effect.DENY, other.policies))
    return contained(smaller, grant) and (not contained(grant, other) or contained(smaller, other))


def denied_ceiling(seed: int) -> bool:
    """Say whether an escape remains one where the ceiling has more Denies."""
    world = World(seed)
    grant, ceiling = world.pair()
    smaller = _with(ceiling, _only(Effect.DENY, (world.document({}, denies=1),)))
    return not isinstance(check(grant, ceiling), Escaped) or isinstance(check(grant, smaller), Escaped)


def bounded(seed: int) -> bool:
    """Say whether a bounded grant is inside the grant and inside the boundary."""
    grant, other = World(seed).pair()
    both = Grant(grant.policies, (*grant.boundaries, *other.layers))
    return contained(both, grant) and contained(both, other)


def greatest(seed: int) -> bool:
    """Say whether a grant is inside a bounded ceiling exactly where it is inside the ceiling and the boundary."""
    world = World(seed)
    operators = world.operators()
    grant, ceiling, boundary = (world.grant(operators) for _ in range(3))
    both = Grant(ceiling.policies, (*ceiling.boundaries, *boundary.layers))
    return contained(grant, both) is (contained(grant, ceiling) and contained(grant, boundary))


def union(seed: int) -> bool:
    """Say whether two grants without Denies are together inside a ceiling exactly where each is."""
    world = World(seed)
    first, second = (Grant(_only(Effect.ALLOW, grant.policies)) for grant in world.pair())
    ceiling, _ = world.pair()
    return contained(Grant(first.policies + second.policies), ceiling) is (
        contained(first, ceiling) and contained(second, ceiling)
    )


def moved_deny(seed: int) -> bool:
    """Say whether a Deny of the grant does what an Allow of the same in the ceiling does."""
    grant, other = World(seed).pair()
    taken = _only(Effect.DENY, other.policies)
    ceiling = Grant(_only(Effect.ALLOW, other.policies))
    wider = Grant((*ceiling.policies, *map(_flipped, taken)))
    return contained(_with(grant, taken), ceiling) is contained(grant, wider)


def order(seed: int) -> bool:
    """Say whether documents, statements and lists may stand in any order."""
    grant, ceiling = World(seed).pair()
    shuffled = [_shuffled(side, random.Random(seed)) for side in (grant, ceiling)]  # noqa: S311 - chance, not secrets
    return _alike(check(grant, ceiling), check(shuffled[0], shuffled[1]))


def regrouped(seed: int) -> bool:
    """Say whether the statements of a layer may stand in one document or each in its own."""
    grant, ceiling = World(seed).pair()
    verdict = check(grant, ceiling)
    return _alike(verdict, check(_joined(grant), _joined(ceiling))) and _alike(
        verdict, check(_split(grant), _split(ceiling))
    )


def formatted(seed: int) -> bool:
    """Say whether white space, key order, a value or a list of one, and the case of actions and keys are one."""
    grant, ceiling = World(seed).pair()
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    return _alike(check(grant, ceiling), check(_reformatted(grant, source), _reformatted(ceiling, source)))


def witnessed(seed: int) -> bool:
    """Say whether a witness is in the grant and outside the ceiling by the definition, by a statement of the grant."""
    grant, ceiling = World(seed).pair()
    verdict = check(grant, ceiling)
    if not isinstance(verdict, Escaped):
        return True
    request, readings = verdict.witness.request, verdict.readings
    named = any(document.name == verdict.statement.policy for document in grant.policies)
    return named and all(allows(grant, request, item) and not allows(ceiling, request, item) for item in readings)


LAWS: tuple[Law, ...] = (
    reflexive,
    transitive,
    chained,
    monotone,
    antitone,
    denied_ceiling,
    bounded,
    greatest,
    union,
    moved_deny,
    order,
    regrouped,
    formatted,
    witnessed,
)


def _alike(one: object, other: object) -> bool:
    """Say whether two verdicts are of one kind; of two escapes the witnesses may differ."""
    return type(one) is type(other)


def _with(grant: Grant, more: Iterable[Document]) -> Grant:
    return Grant((*grant.policies, *more), grant.boundaries)


def _only(effect: Effect, documents: Iterable[Document]) -> tuple[Document, ...]:
    return tuple(
        replace(document, statements=tuple(item for item in document.statements if item.effect is effect))
        for document in documents
    )


def _flipped(document: Document) -> Document:
    return replace(document, statements=tuple(replace(item, effect=Effect.ALLOW) for item in document.statements))


def _mapped(grant: Grant, change: Callable[[tuple[Document, ...]], Iterable[Document]]) -> Grant:
    layers = [tuple(change(layer)) for layer in grant.layers]
    return Grant(layers[0], tuple(layers[1:]))


def _shuffled(grant: Grant, source: random.Random) -> Grant:
    def statement(item: Statement) -> Statement:
        return replace(
            item,
            actions=patterns(item.actions),
            resources=item.resources and patterns(item.resources),
            conditions=tuple(source.sample(item.conditions, len(item.conditions))),
        )

    def patterns(listed: Patterns) -> Patterns:
        return replace(listed, globs=tuple(source.sample(listed.globs, len(listed.globs))))

    def document(item: Document) -> Document:
        mixed = source.sample(item.statements, len(item.statements))
        return replace(item, statements=tuple(map(statement, mixed)))

    return _mapped(grant, lambda layer: map(document, source.sample(layer, len(layer))))


def _joined(grant: Grant) -> Grant:
    def join(layer: tuple[Document, ...]) -> list[Document]:
        return [replace(layer[0], statements=tuple(item for document in layer for item in document.statements))]

    return _mapped(grant, join)


def _split(grant: Grant) -> Grant:
    def split(layer: tuple[Document, ...]) -> list[Document]:
        return [replace(document, statements=(item,)) for document in layer for item in document.statements]

    return _mapped(grant, split)


def _reformatted(grant: Grant, source: random.Random) -> Grant:
    return _mapped(grant, lambda layer: [parse_document(_text(item, source), name=item.name) for item in layer])


def _text(document: Document, source: random.Random) -> str:
    """Return the document as JSON text, written as nobody would write it."""
    statements = [_mixed(_body(item, source), source) for item in document.statements]
    body = _mixed({"Version": document.version, "Id": "x", "Statement": _one_or_list(statements, source)}, source)
    return json.dumps(body, indent=source.choice((None, 0, 3)), separators=source.choice(((",", ":"), (" , ", " : "))))


def _body(statement: Statement, source: random.Random) -> dict[str, Any]:
    body: dict[str, Any] = {"Effect": statement.effect.value, "Sid": f"S{statement.index}"}
    actions = [_cased(glob, source) for glob in statement.actions.globs]
    body["NotAction" if statement.actions.negated else "Action"] = _one_or_list(actions, source)
    if statement.resources:
        globs = list(statement.resources.globs)
        body["NotResource" if statement.resources.negated else "Resource"] = _one_or_list(globs, source)
    if statement.conditions:
        body["Condition"] = _mixed(_conditions(statement.conditions, source), source)
    return body


def _conditions(conditions: Iterable[Condition], source: random.Random) -> dict[str, Any]:
    found: dict[str, dict[str, Any]] = {}
    for item in conditions:
        values: list[Any] = list(item.values)
        if item.parsed.family.value in ("Bool", "Null"):
            values = [value == "true" if source.random() < 0.5 else str(value) for value in values]
        found.setdefault(item.operator, {})[_cased(item.key, source)] = _one_or_list(values, source)
    return found


def _one_or_list(values: list[Any], source: random.Random) -> Any:
    return values[0] if len(values) == 1 and source.random() < 0.5 else values


def _cased(text: str, source: random.Random) -> str:
    return "".join(char.upper() if source.random() < 0.5 else char.lower() for char in text)


def _mixed(members: dict[str, Any], source: random.Random) -> dict[str, Any]:
    return dict(source.sample(list(members.items()), len(members)))
