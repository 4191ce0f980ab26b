"""One text for each combination of patterns that some text matches: a plain walk, without the engine's machine."""

from collections import deque
from collections.abc import Iterator, Sequence

from panorama_guard.policy.arn import Step
from panorama_guard.policy.glob import Wild

MOST_STATES = 20_000
State = tuple[frozenset[int], ...]  # of each pattern the places that are reached
Pattern = tuple[Step, ...]


def texts_of_every_kind(patterns: Sequence[Pattern], alphabet: str) -> Iterator[str]:
    """Yield texts of the alphabet until every combination of patterns was yielded, or very many states were seen."""
    start = tuple(_skipped(pattern, {0}) for pattern in patterns)
    seen, told = {start}, set[tuple[bool, ...]]()
    waiting = deque([(start, "")])
    while waiting and len(seen) < MOST_STATES:
        state, text = waiting.popleft()
        matched = tuple(len(pattern) in places for pattern, places in zip(patterns, state, strict=True))
        if matched not in told:
            told.add(matched)
            yield text
        for char in alphabet:
            after = tuple(_step(pattern, places, char) for pattern, places in zip(patterns, state, strict=True))
            if after not in seen:
                seen.add(after)
                waiting.append((after, text + char))


def alphabet_of(patterns: Sequence[Pattern], others: str) -> str:
    """Return the characters that the patterns name, and the others."""
    named = {token for pattern in patterns for token, _ in pattern if isinstance(token, str)}
    return "".join(sorted(named.union(others)))


def _step(pattern: Pattern, places: frozenset[int], char: str) -> frozenset[int]:
    moved: set[int] = set()
    for place in places:
        if place < len(pattern):
            token, crossing = pattern[place]
            wild = isinstance(token, Wild) and (char != ":" or crossing)
            if wild or token == char:
                moved.add(place if token is Wild.MANY else place + 1)
    return _skipped(pattern, moved)


def _skipped(pattern: Pattern, places: set[int]) -> frozenset[int]:
    reached = set(places)
    for place in places:
        after = place
        while after < len(pattern) and pattern[after][0] is Wild.MANY:
            after += 1
            reached.add(after)
    return frozenset(reached)
