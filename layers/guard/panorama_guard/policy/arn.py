"""ARN-shaped globs: how IAM completes a short one, and which of its wildcards may cross a colon.

AWS says that a `*` which is the last character of a segment can match beyond the colon, and elsewhere that a wildcard
cannot span segments; so there are three readings, and a question is asked under each of them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from itertools import accumulate

from panorama_guard.policy.glob import Glob, Token, Wild, parse_glob, render, tokens
from panorama_guard.policy.record import record

SEPARATORS = 5  # arn:partition:service:region:account:resource
PREFIX = "arn"


class Reading(Enum):
    """Which wildcards of an ARN's first five segments may match a colon."""

    __hash__ = object.__hash__  # members are compared often, and Python would hash their names

    CROSSING = "every wildcard crosses colons"
    SEGMENTED = "no wildcard crosses a segment"
    FINAL = "a wildcard crosses only at the end of its segment"


Step = tuple[Token, bool]  # a token, and whether it may match a colon


class _Steps(dict[str, Step]):
    """The step of each character of a glob without escapes and variables."""

    __slots__ = ()

    def __missing__(self, char: str) -> Step:
        """Return the step of a character that stands for itself."""
        return char, True


_OPEN, _CLOSED = (_Steps({wild.value: (wild, crossing) for wild in Wild}) for crossing in (True, False))


def parse_resource(text: str, *, variables: bool) -> Glob:
    """Return the glob of a resource, a short ARN completed with `*` as AWS completes it."""
    glob = parse_glob(text, variables=variables)
    if glob != PREFIX and not glob.startswith(f"{PREFIX}:"):
        return glob
    return Glob(glob + ":*" * (SEPARATORS - colons(glob)))


def colons(glob: Glob) -> int:
    """Return how many characters of the pattern itself are colons: one in a variable's default is none."""
    return tokens(glob).count(":") if "$" in glob else glob.count(":")


@lru_cache(maxsize=65536)
def steps(glob: Glob, reading: Reading) -> tuple[Step, ...]:
    """Return the tokens of a resource glob with what `reading` lets each of them match."""
    if "$" not in glob:
        return _plain_steps(glob, reading)
    parts = tokens(glob)
    # What has no six segments is no ARN pattern (`*`, say): it is plain text under every reading.
    if reading is Reading.CROSSING or colons(glob) < SEPARATORS:
        return tuple((part, True) for part in parts)
    passed = accumulate((part == ":" for part in parts), initial=0)
    return tuple(
        (part, before >= SEPARATORS or crosses(parts, place, reading))
        for place, (part, before) in enumerate(zip(parts, passed, strict=False))
    )


@lru_cache(maxsize=65536)
def _alike(glob: Glob) -> tuple[int, ...]:
    """Return a number for each reading; those that read the glob alike have the same."""
    if "$" not in glob and not any(wild in part for part in glob.split(":", SEPARATORS)[:-1] for wild in "*?"):
        return _ALL_ALIKE
    read = [steps(glob, reading) for reading in Reading]
    return tuple(map(read.index, read))


_ALL_ALIKE = tuple(0 for _ in Reading)


def distinct_readings(globs: Iterable[Glob]) -> tuple[Reading, ...]:
    """Return readings of which one reads all the globs as each other reading does."""
    told = set(map(_alike, globs)) - {_ALL_ALIKE}
    found: dict[tuple[int, ...], Reading] = {}
    for place, reading in enumerate(Reading):
        found.setdefault(tuple(numbers[place] for numbers in told), reading)
    return tuple(found.values())


def _plain_steps(glob: Glob, reading: Reading) -> tuple[Step, ...]:
    *fields, rest = glob.split(":", SEPARATORS)
    if reading is Reading.CROSSING or len(fields) < SEPARATORS:
        return tuple(map(_OPEN.__getitem__, glob))
    found: list[Step] = []
    for field in fields:
        is_open = reading is Reading.FINAL and field.endswith("*")
        found += map(_CLOSED.__getitem__, field[:-1] if is_open else field)
        found += ((Wild.MANY, True), _OPEN[":"]) if is_open else (_OPEN[":"],)
    return (*found, *map(_OPEN.__getitem__, rest))


def crosses(parts: Sequence[Token], place: int, reading: Reading) -> bool:
    """Say whether the token at `place` of the first five segments of an ARN pattern may match a colon."""
    if not isinstance(parts[place], Wild):
        return True
    return reading is Reading.FINAL and parts[place] is Wild.MANY and parts[place + 1 : place + 2] == (":",)


def segmented(glob: Glob) -> tuple[Step, ...] | None:
    """Return the steps of a pattern whose six components are compared separately, or None where it has fewer."""
    if colons(glob) < SEPARATORS:
        return None
    return steps(glob, Reading.SEGMENTED)


def fielded(glob: Glob, fields: int) -> tuple[Step, ...]:
    """Return the steps of a pattern of which no wildcard leaves one of the first `fields` fields, parted by colons."""
    parts = tokens(glob)
    passed = accumulate((part == ":" for part in parts), initial=0)
    return tuple(
        (part, not isinstance(part, Wild) or before >= fields) for part, before in zip(parts, passed, strict=False)
    )


@lru_cache(maxsize=65536)
def split(glob: Glob, fields: int) -> tuple[Glob, ...]:
    """Return the patterns of the first fields of a pattern, parted by colons, and of all the rest as one."""
    parts: list[list[Token]] = [[]]
    for part in tokens(glob):
        if part == ":" and len(parts) <= fields:
            parts.append([])
        else:
            parts[-1].append(part)
    return tuple(map(render, parts))


ANY_ARN = steps(Glob("arn:*:*:*:*:*"), Reading.SEGMENTED)
EVERYTHING: tuple[Step, ...] = ((Wild.MANY, True),)


@record
class _Masks:
    """A pattern as bits, one for each place: where a character may be read, and where a `*` stays in its place."""

    literal: dict[str, int]
    wild: int  # any character but a colon
    stars: int
    wild_crossing: int  # a colon too
    stars_crossing: int


@lru_cache(maxsize=2048)
def _masks(pattern: tuple[Step, ...]) -> _Masks:
    literal: dict[str, int] = {}
    wild, stars = [0, 0], [0, 0]
    for place, (token, crossing) in enumerate(pattern):
        if isinstance(token, str):
            literal[token] = literal.get(token, 0) | 1 << place
        elif isinstance(token, Wild):
            into = stars if token is Wild.MANY else wild
            into[0] |= 1 << place
            into[1] |= crossing << place
    return _Masks(literal, wild[0], stars[0], wild[1], stars[1])


def accepts(pattern: Sequence[Step], text: str) -> bool:
    """Say whether the pattern matches the whole of `text`; all its places are looked at together, as bits."""
    if pattern == EVERYTHING:
        return True
    masks = _masks(tuple(pattern))
    reached = _past_stars(1, masks.stars)
    for char in text:
        wild, stars = (masks.wild_crossing, masks.stars_crossing) if char == ":" else (masks.wild, masks.stars)
        moved = (reached & (masks.literal.get(char, 0) | wild)) << 1 | reached & stars
        if not moved:
            return False
        reached = _past_stars(moved, masks.stars)
    return bool(reached >> len(pattern) & 1)


def _past_stars(places: int, stars: int) -> int:
    """Return `places` and those after a `*` that matches nothing."""
    while (reached := places | (places & stars) << 1) != places:
        places = reached
    return places
