"""The quick proofs: one glob or condition inside another, seen from their tokens, whatever reading `*` has."""

from collections.abc import Sequence
from functools import lru_cache

from panorama_guard.policy.arn import SEPARATORS
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, tokens


@lru_cache(maxsize=65536)
def covers(outer: Glob, inner: Glob) -> bool:
    """Say whether `outer` certainly matches all that `inner` matches; False is no proof of the opposite.

    ARN patterns are compared segment by segment: a `*` of `outer` then takes up only what its own segment holds, which
    is right under every reading.
    """
    if outer in (inner, "*"):
        return True
    outer_parts, inner_parts = _segments(outer), _segments(inner)
    if len(outer_parts) != len(inner_parts) or any(_has_variable(parts) for parts in inner_parts[:-1]):
        return False
    return all(embeds(left, right) for left, right in zip(outer_parts, inner_parts, strict=True))


_TEXTS = (Family.STRING, Family.LIKE)


@lru_cache(maxsize=4096)
def entails(inner: Condition, outer: Condition) -> bool:
    """Say whether `outer` certainly holds wherever `inner` does; False is no proof of the opposite.

    Only lists of texts are compared, on one key, under operators that differ in nothing but what an absent key says.
    """
    one, two = inner.parsed, outer.parsed
    if (
        inner.key != outer.key
        or one.family not in _TEXTS
        or two.family not in _TEXTS
        or inner.variables
        or outer.variables
    ):
        return False
    if one.quantifier is not two.quantifier or one.negated is not two.negated or (one.if_exists and not two.if_exists):
        return False
    narrow, wide = (outer.values, inner.values) if one.negated else (inner.values, outer.values)
    known = set(wide)
    return all(glob in known or any(covers(other, glob) for other in wide) for glob in narrow)


def embeds(outer: Sequence[Token], inner: Sequence[Token]) -> bool:
    """Say whether the tokens of `inner` can be read by `outer`, a `*` being read only by a `*`."""
    place = at = resume = 0
    mark = -1
    while at < len(inner):
        if place < len(outer) and outer[place] is Wild.MANY:
            mark, resume, place = place, at, place + 1
        elif place < len(outer) and _reads(outer[place], inner[at]):
            place, at = place + 1, at + 1
        elif mark >= 0:
            resume += 1
            place, at = mark + 1, resume
        else:
            return False
    return all(token is Wild.MANY for token in outer[place:])


def _has_variable(parts: Sequence[Token]) -> bool:
    return any(isinstance(token, Variable) for token in parts)


def _reads(outer: Token, inner: Token) -> bool:
    if outer is Wild.ONE:
        return inner is Wild.ONE or isinstance(inner, str)
    return outer == inner


@lru_cache(maxsize=65536)
def _segments(glob: Glob) -> tuple[tuple[Token, ...], ...]:
    parts: list[list[Token]] = [[]]
    splits = SEPARATORS if tokens(glob).count(":") >= SEPARATORS else 0
    for part in tokens(glob):
        if part == ":" and len(parts) <= splits:
            parts.append([])
        else:
            parts[-1].append(part)
    return tuple(map(tuple, parts))
