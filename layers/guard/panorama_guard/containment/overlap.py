"""What two globs have in common: nothing, or again globs."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from panorama_guard.containment.cover import covers
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, render, tokens, variables_of
from panorama_guard.policy.record import record

LONGEST = 120  # tokens of two globs, where they differ, whose common texts are written down
MOST = 8  # globs that may be needed for that
Place = tuple[int, int]


@lru_cache(maxsize=65536)
def disjoint(one: Glob, other: Glob) -> bool:
    """Say whether no text matches both globs, whatever the reading and the values of variables."""
    if not _begin_alike(one, other):
        return True
    right = _masks(tokens(other))
    reached = 1
    for token in tokens(one):
        reached = _after_open(reached, right)
        if _is_open(token):
            # Any number of characters: every later place is reached as well.
            reached = right.whole & -(reached & -reached)
        else:
            reached = (reached & right.read(token)) << 1 | reached & right.open
        if not reached:
            return True
    return not _after_open(reached, right) & right.final


@record
class _Masks:
    """The tokens of a glob as bits: which of them match any number of characters, one, or exactly which."""

    open: int
    one: int
    literal: dict[Token, int]
    final: int  # the place after the last token

    @property
    def whole(self) -> int:
        """Return all places."""
        return (self.final << 1) - 1

    def read(self, token: Token) -> int:
        """Return the tokens that match one character as `token`, no open one, does."""
        if token is Wild.ONE:
            return self.final - 1 & ~self.open
        return self.one | self.literal.get(token, 0)


@lru_cache(maxsize=4096)
def _masks(parts: tuple[Token, ...]) -> _Masks:
    is_open = one = 0
    literal: dict[Token, int] = {}
    for place, token in enumerate(parts):
        bit = 1 << place
        if _is_open(token):
            is_open |= bit
        elif token is Wild.ONE:
            one |= bit
        else:
            literal[token] = literal.get(token, 0) | bit
    return _Masks(is_open, one, literal, 1 << len(parts))


def _after_open(places: int, masks: _Masks) -> int:
    """Return the places, and those behind a token that may match nothing."""
    while more := (places & masks.open) << 1 & ~places:
        places |= more
    return places


@lru_cache(maxsize=4096)
def common_globs(one: Glob, other: Glob) -> tuple[Glob, ...] | None:
    """Return globs that together match what both match, or None where that takes variables or too many."""
    if disjoint(one, other):
        return ()
    if covers(one, other):
        return (other,)
    if covers(other, one):
        return (one,)
    if variables_of(one) or variables_of(other):
        return None
    left, right = tokens(one), tokens(other)
    first, last = _alike(left, right), _alike(left[::-1], right[::-1])
    last = min(last, len(left) - first, len(right) - first)
    inner = (left[first : len(left) - last], right[first : len(right) - last])
    found = _woven(*inner) if len(inner[0]) + len(inner[1]) <= LONGEST else None
    if found is None:
        return None
    return tuple(dict.fromkeys(render((*left[:first], *part, *left[len(left) - last :])) for part in found))


def _alike(left: Sequence[Token], right: Sequence[Token]) -> int:
    """Return how many literal characters both begin with."""
    pairs = zip(left, right, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other or isinstance(one, Wild)),
        min(len(left), len(right)),
    )


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


def _is_open(token: Token) -> bool:
    """Say whether a token may be any number of characters."""
    return token is Wild.MANY or isinstance(token, Variable)


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
