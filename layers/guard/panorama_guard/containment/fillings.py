"""Patterns with what is known of their variables' values put in."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, reduce
from itertools import product
from operator import mul

from panorama_guard.policy.arn import SEPARATORS
from panorama_guard.policy.glob import Glob, Variable, Wild, matches, render, tokens, variables_of, without_variables
from panorama_guard.policy.record import record

ANY = Glob("*")
MOST_FILLINGS = 32  # ways of filling the variables of one pattern; beyond, they are any text


@record
class ValueKind:
    """The texts of which each list of patterns matches, as bits, or does not; and one of them, where one is known."""

    lists: tuple[tuple[Glob, ...], ...]
    matched: int
    example: str | None

    @property
    def bounds(self) -> tuple[Glob, ...]:
        """Return globs of which one matches whatever is of the kind: of the lists that it matches the shortest."""
        lists = (globs for place, globs in enumerate(self.lists) if self.matched >> place & 1)
        return min(lists, key=len, default=(ANY,))

    def has(self, text: str) -> bool:
        """Say whether the text is of the kind."""
        matched = (any(matches(glob, text) for glob in globs) for globs in self.lists)
        return all(answer is bool(self.matched >> place & 1) for place, answer in enumerate(matched))


Kinds = Mapping[str, ValueKind]  # by the key of a variable
NO_KINDS: Kinds = {}


def keys_of(glob: Glob) -> frozenset[str]:
    """Return the keys of the variables in `glob`."""
    return frozenset(variable.key for variable in variables_of(glob))


def is_short(glob: Glob) -> bool:
    """Say whether the glob has too few colons to be an ARN."""
    return tokens(glob).count(":") < SEPARATORS


def is_early(glob: Glob) -> bool:
    """Say whether a variable stands before the fifth colon of an ARN pattern: AWS takes none there.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    if not variables_of(glob) or is_short(glob):
        return False
    parts = tokens(glob)
    first = next(place for place, part in enumerate(parts) if isinstance(part, Variable))
    return parts[:first].count(":") < SEPARATORS


def with_early_open(glob: Glob) -> Glob:
    """Return the pattern with any text in the place of its variables before the fifth colon; the others stay."""
    colons, parts = 0, []
    for part in tokens(glob):
        colons += part == ":"
        parts.append(Wild.MANY if isinstance(part, Variable) and colons < SEPARATORS else part)
    return render(parts)


def filled(glob: Glob, texts: Mapping[str, Glob]) -> Glob:
    """Return the glob with these patterns in the place of its variables, or any text where there is none."""
    parts = (texts.get(part.key, ANY) if isinstance(part, Variable) else render((part,)) for part in tokens(glob))
    return render(tokens(Glob("".join(parts))))


def fillings(glob: Glob, kinds: Kinds) -> tuple[Glob, ...]:
    """Return globs without variables of which one matches whatever `glob` does where its values are of these kinds."""
    bounds = {key: kinds[key].bounds for key in sorted(keys_of(glob) & kinds.keys())}
    if reduce(mul, map(len, bounds.values()), 1) > MOST_FILLINGS:
        return (without_variables(glob),)
    chosen = (dict(zip(bounds, texts, strict=True)) for texts in product(*bounds.values()))
    return tuple(dict.fromkeys(filled(glob, texts) for texts in chosen))


def telling(glob: Glob, kinds: Kinds) -> Iterator[tuple[bool, tuple[Glob, ...]]]:
    """Yield lists of globs that tell whether a text matches `glob` for values of these kinds: it must match, or not."""
    is_sharp = _is_sharp(glob)
    for key in sorted(keys_of(glob) & kinds.keys()):
        kind = kinds[key]
        for place, globs in enumerate(kind.lists):
            is_matched = bool(kind.matched >> place & 1)
            if is_matched or is_sharp:
                yield is_matched, _each_filled(glob, key, globs)


@lru_cache(maxsize=4096)
def _each_filled(glob: Glob, key: str, globs: tuple[Glob, ...]) -> tuple[Glob, ...]:
    return tuple(filled(glob, {key: text}) for text in globs)


def may_match(glob: Glob, text: str, kinds: Kinds) -> bool:
    """Say whether a text that `glob` matches for some values may do so for values of these kinds."""
    return all(any(matches(one, text) for one in globs) is wanted for wanted, globs in telling(glob, kinds))


def _is_sharp(glob: Glob) -> bool:
    """Say whether a text that matches tells what the variable's value is."""
    parts = tokens(glob)
    return Wild.MANY not in parts and sum(isinstance(part, Variable) for part in parts) == 1
