"""What two patterns with variables say of each other, whatever the values are: one is in the other, or none in both."""

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from itertools import takewhile

from panorama_guard.containment.cover import COMPARED
from panorama_guard.containment.fillings import Kinds, keys_of
from panorama_guard.policy.arn import segmented
from panorama_guard.policy.condition import Family
from panorama_guard.policy.glob import Glob, Token, Variable, Wild, literal_text, tokens
from panorama_guard.policy.record import record


def are_texts(*patterns: tuple[Family, Glob]) -> bool:
    """Say whether the patterns match no more than their characters say, whatever their families."""
    return all(family is Family.LIKE or (family is Family.ARN and segmented(glob)) for family, glob in patterns)


def implies(one: Glob, other: Glob, families: tuple[Family, Family]) -> bool:
    """Say whether what matches `one`, compared as the first family, matches `other`, for the same values."""
    compare = COMPARED.get(families)
    return compare is not None and compare(other, one)


def excludes(one: Glob, other: Glob, kinds: Kinds) -> bool:
    """Say whether no text can match both, for the same values of these kinds, by counting characters."""
    left, right = _size(one), _size(other)
    if _is_apart(one, other) or _is_unfit(one, other, kinds) or _is_unfit(other, one, kinds):
        return True
    return _is_more(left, right, kinds) or _is_more(right, left, kinds) or _is_no_length(left, right, kinds)


def _is_apart(one: Glob, other: Glob) -> bool:
    """Say whether the two begin, or end, with other characters."""
    return any(
        not left.startswith(right) and not right.startswith(left)
        for left, right in zip(_ends(one), _ends(other), strict=True)
    )


@lru_cache(maxsize=4096)
def _ends(glob: Glob) -> tuple[str, str]:
    """Return the characters before the first wildcard or variable, and those behind the last one, backwards."""
    return _first_characters(tokens(glob)), _first_characters(reversed(tokens(glob)))


def _first_characters(parts: Iterable[Token]) -> str:
    return "".join(str(part) for part in takewhile(lambda part: isinstance(part, str), parts))


def is_all_but_variables(glob: Glob) -> bool:
    """Say whether the glob has no wildcard."""
    size = _size(glob)
    return not size.ones and not size.is_open


def fit(glob: Glob, text: str) -> str | None:
    """Return the value of the only variable of a glob without wildcards that makes it `text`."""
    parts = tokens(glob)
    places = [place for place, part in enumerate(parts) if isinstance(part, Variable)]
    size, rest = divmod(len(text) - len(parts) + len(places), len(places))
    value = text[places[0] : places[0] + max(size, 0)]
    made = "".join(value if isinstance(part, Variable) else str(part) for part in parts)
    return value if rest == 0 and made == text else None


def _is_unfit(one: Glob, other: Glob, kinds: Kinds) -> bool:
    """Say whether `other` is a text that no value of the only variable of `one` makes of it."""
    text = literal_text(other)
    if text is None or len(_size(one).variables) != 1 or not is_all_but_variables(one):
        return False
    value, (key,) = fit(one, text), keys_of(one)
    return value is None or (key in kinds and not kinds[key].has(value))


@record
class _Size:
    """How often each character and each variable stands in a pattern; whether it has wildcards."""

    chars: Counter[str]
    variables: Counter[Variable]
    ones: int
    is_open: bool  # it has a `*`

    @property
    def length(self) -> int:
        """Return the least length of a match whose variables are empty."""
        return self.chars.total() + self.ones


@lru_cache(maxsize=4096)
def _size(glob: Glob) -> _Size:
    parts = tokens(glob)
    chars = Counter(part for part in parts if isinstance(part, str))
    variables = Counter(part for part in parts if isinstance(part, Variable))
    return _Size(chars, variables, parts.count(Wild.ONE), Wild.MANY in parts)


def _is_more(one: _Size, other: _Size, kinds: Kinds) -> bool:
    """Say whether `one` always has more of something than `other` can have."""
    if other.is_open or other.variables - one.variables:
        return False
    more = sum(count * _least(part, kinds) for part, count in (one.variables - other.variables).items())
    return one.length + more > other.length or any(
        count > other.chars[char] + other.ones for char, count in one.chars.items()
    )


def _is_no_length(one: _Size, other: _Size, kinds: Kinds) -> bool:
    """Say whether the only variable that stands more often in one of them cannot make up for a difference in length."""
    counts = {part: one.variables[part] - other.variables[part] for part in one.variables | other.variables}
    differing = [(part, count) for part, count in counts.items() if count]
    if one.is_open or other.is_open or len(differing) != 1:
        return False
    (part, count), missing = differing[0], other.length - one.length
    return missing % count != 0 or missing // count < _least(part, kinds)


def _least(variable: Variable, kinds: Kinds) -> int:
    """Return the least length that the value of a variable is known to have."""
    kind = kinds.get(variable.key)
    return 0 if kind is None or kind.has("") else 1
