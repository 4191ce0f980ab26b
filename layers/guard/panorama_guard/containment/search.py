"""Find texts by walking a machine: all kinds of text, or the one text that escapes."""

from collections import deque
from collections.abc import Container, Iterable, Iterator
from heapq import heappop, heappush

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.machine import Machine
from panorama_guard.policy.record import record

FRONT = 96  # states that later ones are compared with


@record
class Aim:
    """What a search may leave out: states that cannot become an escape, and those no better than one seen."""

    needed: tuple[int, ...]  # of each of these masks a place must stay reachable
    banned: int  # no place of these may be reached
    unwanted: int  # places whose being reached speaks against an escape; all others speak for it


class Trail:
    """How each state was reached, so that the text can be told when somebody asks."""

    __slots__ = ("came", "start")

    def __init__(self, start: int) -> None:
        """Begin at `start`."""
        self.start = start
        self.came: dict[int, tuple[int, str]] = {start: (0, "")}

    def text(self, state: int) -> str:
        """Return the text that led to `state`."""
        chars: list[str] = []
        while state != self.start:
            state, char = self.came[state]
            chars.append(char)
        return "".join(reversed(chars))


@record
class Limits:
    """Of which texts the kinds are wanted."""

    needed: int  # of these a place must stay reachable, if there are any
    banned: int  # no place of these may be reached
    alphabet: frozenset[str]  # the characters, where not all are allowed


ANYWHERE = Limits(0, 0, frozenset())


def every_kind(machine: Machine, budget: Budget, limits: Limits = ANYWHERE) -> Iterator[tuple[int, int, Trail]]:
    """Yield (sets, state, trail) until every combination of sets that some text matches was yielded."""
    trail = Trail(machine.start)
    waiting = deque([machine.start])
    while waiting:
        state = waiting.popleft()
        yield machine.accepted(state), state, trail
        for char in machine.characters(state):
            if limits.alphabet and char not in limits.alphabet:
                continue
            budget.spend(machine.cost)
            after = machine.step(state, char)
            if after & limits.banned or (limits.needed and not after & limits.needed):
                continue
            if after not in trail.came:
                trail.came[after] = (state, char)
                waiting.append(after)


def promising_kinds(
    machine: Machine, aim: Aim, budget: Budget, alphabet: Container[str] | None = None
) -> Iterator[tuple[int, int, Trail]]:
    """Yield (sets, state, trail), most promising first, until no text with a better combination of sets is left.

    A state that matches no more of the wanted and no less of the unwanted than another can only lead to what the other
    leads to as well (a step keeps that order), so it is not followed.
    """
    trail = Trail(machine.start)
    waiting = [(0, 0, machine.start)]
    lacking: deque[int] = deque(maxlen=FRONT)  # of each state that was followed: what it does not match
    while waiting:
        _, depth, state = heappop(waiting)
        good = state ^ aim.unwanted
        if _dominated(good, lacking):
            continue
        lacking.appendleft(~good)
        yield machine.accepted(state), state, trail
        for char in machine.characters(state):
            if alphabet is not None and char not in alphabet:
                continue
            budget.spend(machine.cost)
            after = machine.step(state, char)
            if after not in trail.came and _may_escape(after, aim):
                trail.came[after] = (state, char)
                heappush(waiting, (-(after ^ aim.unwanted).bit_count(), depth + 1, after))


def _dominated(good: int, lacking: Iterable[int]) -> bool:
    for lacks in lacking:  # noqa: SIM110 - half of the time of hard questions goes here, and `any` doubles it
        if not good & lacks:
            return True
    return False


def _may_escape(state: int, aim: Aim) -> bool:
    return not state & aim.banned and all(state & mask for mask in aim.needed)
