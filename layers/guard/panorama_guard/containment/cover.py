"""The quick proofs: one glob or condition inside another, seen from their tokens, whatever reading `*` has."""

from collections.abc import Callable, Container, Sequence
from functools import lru_cache

from panorama_guard.containment.values import addresses, is_documented, number, widest
from panorama_guard.policy.arn import SEPARATORS, segmented
from panorama_guard.policy.condition import Condition, Family, Quantifier, Relation
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, literal_text, matches, tokens
from panorama_guard.policy.text import ascii_lower

MOST_TURNS = 2000  # tokens that are read in vain before all readings are looked at together


@lru_cache(maxsize=65536)
def covers(outer: Glob, inner: Glob) -> bool:
    """Say whether `outer` certainly matches all that `inner` matches; False is no proof of the opposite.

    ARN patterns are compared segment by segment: a `*` of `outer` then takes up only what its own segment holds, which
    is right under every reading.
    """
    if outer in (inner, "*"):
        return True
    if "$" not in outer and "$" not in inner:
        fields = _fields(outer), _fields(inner)
        return len(fields[0]) == len(fields[1]) and all(map(_covers_field, *fields))
    outer_parts, inner_parts = _segments(outer), _segments(inner)
    if len(outer_parts) != len(inner_parts) or any(_has_variable(parts) for parts in inner_parts[:-1]):
        return False
    return all(embeds(left, right) for left, right in zip(outer_parts, inner_parts, strict=True))


def _fields(glob: Glob) -> list[str]:
    """Return the segments of a glob without variables and escapes."""
    fields = glob.split(":", SEPARATORS)
    return fields if len(fields) > SEPARATORS else [glob]


def _covers_field(outer: str, inner: str) -> bool:
    """Say what `embeds` does of two texts of tokens: a wildcard of `inner` is a character that only a `*` reads."""
    if outer in (inner, "*"):
        return True
    if "?" in outer:
        return embeds(tokens(Glob(outer)), tokens(Glob(inner)))
    return "*" in outer and matches(Glob(outer), inner)


@lru_cache(maxsize=65536)
def entails(inner: Condition, outer: Condition) -> bool:
    """Say whether `outer` certainly holds wherever `inner` does; False is no proof of the opposite.

    Only lists of values are compared, on one key, under operators that differ in nothing but what an absent key says.
    """
    one, two = inner.parsed, outer.parsed
    if inner.key != outer.key or one.quantifier is not two.quantifier or one.negated is not two.negated:
        return False
    compare = COMPARED.get((one.family, two.family))
    if compare is None or (one.if_exists and not two.if_exists) or one.relation is not two.relation:
        return False
    if inner.variables or outer.variables:
        return False
    if one.negated and compare is not covers:
        # The same texts answer alike, whatever AWS makes of a value of another type.
        return one.family is two.family and set(outer.values) <= set(inner.values)
    narrow, wide = (outer.values, inner.values) if one.negated else (inner.values, outer.values)
    known = set(wide) if one.relation is Relation.EQUAL else set()
    return all(glob in known or any(compare(other, glob) for other in wide) for glob in narrow)


def is_split(test: Condition, several: Container[str]) -> bool:
    """Say whether the test holds exactly where one of its values does by itself: it is the sum of its values.

    An operator for one value may ask all of several values at once: each could match another value of the list.
    """
    operator = test.parsed
    is_list = len(test.values) > 1 and not operator.negated and operator.relation is Relation.EQUAL
    is_sum = operator.quantifier is Quantifier.ANY or (
        operator.quantifier is Quantifier.PLAIN and test.key not in several
    )
    return is_list and is_sum and (operator.family, operator.family) in COMPARED and not test.variables


def _covers_arn(outer: Glob, inner: Glob) -> bool:
    """Compare component by component, where both have six; what a shorter pattern matches AWS does not say."""
    return segmented(outer) is not None and segmented(inner) is not None and covers(outer, inner)


def _covers_caseless(outer: Glob, inner: Glob) -> bool:
    return ascii_lower(outer) == ascii_lower(inner)


def _is_number(outer: Glob, inner: Glob) -> bool:
    texts = literal_text(outer) or "", literal_text(inner) or ""
    if not all(is_documented("number", text) for text in texts):
        return outer == inner
    return bool(number(texts[0]) == number(texts[1]))


def _covers_address(outer: Glob, inner: Glob) -> bool:
    texts = literal_text(outer) or "", literal_text(inner) or ""
    if not all(is_documented("address", text) for text in texts):
        return outer == inner
    wide, narrow = addresses(texts[0]), widest(texts[1])
    return (
        wide is not None
        and narrow is not None
        and (wide[0] == narrow[0] and wide[1] <= narrow[1] and narrow[2] <= wide[2])
    )


COMPARED: dict[tuple[Family, Family], Callable[[Glob, Glob], bool]] = {
    **{(one, two): covers for one in (Family.STRING, Family.LIKE) for two in (Family.STRING, Family.LIKE)},
    (Family.ARN, Family.ARN): _covers_arn,
    **{(one, Family.STRING_CASELESS): _covers_caseless for one in (Family.STRING, Family.LIKE, Family.STRING_CASELESS)},
    (Family.NUMERIC, Family.NUMERIC): _is_number,
    (Family.ADDRESS, Family.ADDRESS): _covers_address,
}


def embeds(outer: Sequence[Token], inner: Sequence[Token]) -> bool:
    """Say whether the tokens of `inner` can be read by `outer`, a `*` being read only by a `*`."""
    place = at = resume = turns = 0
    mark = -1
    while at < len(inner):
        if place < len(outer) and outer[place] is Wild.MANY:
            mark, resume, place = place, at, place + 1
        elif place < len(outer) and _reads(outer[place], inner[at]):
            place, at = place + 1, at + 1
        elif mark >= 0:
            resume, turns = resume + 1, turns + at - resume
            place, at = mark + 1, resume
        else:
            return False
        if turns > MOST_TURNS:
            return _embeds_at_once(outer, inner)
    return all(token is Wild.MANY for token in outer[place:])


def _embeds_at_once(outer: Sequence[Token], inner: Sequence[Token]) -> bool:
    """Say what `embeds` does with all places of `outer` looked at together, as bits: no reading is taken back."""
    readers: dict[Token, int] = {}
    for place, token in enumerate(outer):
        readers[token] = readers.get(token, 0) | 1 << place
    stars, ones = readers.get(Wild.MANY, 0), readers.get(Wild.ONE, 0)
    reached = 1
    for token in inner:
        reached |= (reached & stars) << 1
        if token is Wild.MANY:
            reached &= stars
            continue
        one = ones if isinstance(token, (str, Wild)) else 0
        reached = (reached & (readers.get(token, 0) | one)) << 1 | reached & stars
    reached |= (reached & stars) << 1
    return bool(reached >> len(outer) & 1)


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
