"""What two globs have in common: nothing, or again globs."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from panorama_guard.containment.cover import covers
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, render, tokens, variables_of

LONGEST = 400  # tokens of two globs whose common texts are written down
MOST = 8  # globs that may be needed for that
Place = tuple[int, int]


@lru_cache(maxsize=65536)
def disjoint(one: Glob, other: Glob) -> bool:
    """Say whether no text matches both globs, whatever the reading and the values of variables."""
    if not _begin_alike(one, other):
        return True
    left, right = tokens(one), tokens(other)
    waiting: list[Place] = [(0, 0)]
    seen = {(0, 0)}
    while waiting:
        place = waiting.pop()
        if place == (len(left), len(right)):
            return False
        for after in _moves(left, right, place):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    return True


@lru_cache(maxsize=4096)
def common_globs(one: Glob, other: Glob) -> tuple[Glob, ...] | None:
    """Return globs that together match what both match, or None where that takes variables or too many."""
    if disjoint(one, other):
        return ()
    if covers(one, other):
        return (other,)
    if covers(other, one):
        return (one,)
    left, right = tokens(one), tokens(other)
    if variables_of(one) or variables_of(other) or len(left) + len(right) > LONGEST:
        return None
    found = _woven(left, right)
    return None if found is None else tuple(dict.fromkeys(map(render, found)))


def plainly_covers(outer: Glob, inner: Glob) -> bool:
    """Say what `covers` does; most globs begin differently, and that is seen at once."""
    return inner.startswith(_beginning(outer)) and covers(outer, inner)


def _begin_alike(one: Glob, other: Glob) -> bool:
    left, right = _beginning(one), _beginning(other)
    return left.startswith(right) or right.startswith(left)


@lru_cache(maxsize=65536)
def _beginning(glob: Glob) -> str:
    places = [place for char in "*?$" if (place := glob.find(char)) >= 0]
    return glob[: min(places, default=len(glob))]


def _moves(left: Sequence[Token], right: Sequence[Token], place: Place) -> Iterator[Place]:
    """Yield the places that are reached by one more character of both, or by ending a `*`."""
    at, by = place
    ahead, beside = left[at : at + 1], right[by : by + 1]
    if _is_open(ahead):
        yield at + 1, by
        if beside:
            yield at, by + 1
    if _is_open(beside):
        yield at, by + 1
        if ahead:
            yield at + 1, by
    elif ahead and beside and not _is_open(ahead) and _narrower(ahead[0], beside[0]) is not None:
        yield at + 1, by + 1


def _is_open(parts: Sequence[Token]) -> bool:
    """Say whether the first of `parts`, if there is one, may be any number of characters."""
    return bool(parts) and (parts[0] is Wild.MANY or isinstance(parts[0], Variable))


def _narrower(one: Token, other: Token) -> Token | None:
    """Return the token that both, no `*`, match; None if there is none."""
    if one is Wild.ONE:
        return other
    return one if other in (one, Wild.ONE) else None


Woven = frozenset[tuple[Token, ...]]


def _woven(left: Sequence[Token], right: Sequence[Token]) -> Woven | None:
    """Return the token sequences of which each text matches both, or None where there are too many.

    Built from the ends backwards, so that no text can make it go deep.
    """
    known: dict[Place, Woven] = {}
    for at in range(len(left), -1, -1):
        for by in range(len(right), -1, -1):
            found = frozenset(_weave(left, right, (at, by), known))
            if len(found) > MOST:
                return None
            known[at, by] = found
    return known[0, 0]


def _weave(
    left: Sequence[Token], right: Sequence[Token], place: Place, known: dict[Place, Woven]
) -> Iterable[tuple[Token, ...]]:
    at, by = place
    if at == len(left) or by == len(right):
        return [()] if all(part is Wild.MANY for part in (*left[at:], *right[by:])) else []
    one, other = left[at], right[by]
    if one is Wild.MANY and other is Wild.MANY:
        # The one that ends first leaves the other open.
        return [_put_before(one, rest) for rest in (*known[at + 1, by], *known[at, by + 1])]
    if one is Wild.MANY:
        return [*known[at + 1, by], *(_put_before(other, rest) for rest in known[at, by + 1])]
    if other is Wild.MANY:
        return [*known[at, by + 1], *(_put_before(one, rest) for rest in known[at + 1, by])]
    token = _narrower(one, other)
    return [] if token is None else [_put_before(token, rest) for rest in known[at + 1, by + 1]]


def _put_before(token: Token, rest: tuple[Token, ...]) -> tuple[Token, ...]:
    return rest if token is Wild.MANY and rest[:1] == (Wild.MANY,) else (token, *rest)
