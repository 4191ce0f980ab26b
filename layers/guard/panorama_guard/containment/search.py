"""Find texts by walking a machine: all kinds of text, or the one text that escapes."""

from collections import deque
from collections.abc import Container, Iterator
from heapq import heappop, heappush
from typing import NamedTuple

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.machine import Machine

FRONT = 96  # states that later ones are compared with


class Aim(NamedTuple):
    """What a search may leave out: states that cannot become an escape, and those no better than one seen."""

    needed: tuple[int, ...]  # of each of these masks a place must stay reachable
    banned: int  # no place of these may be reached
    unwanted: int  # places whose being reached speaks against an escape; all others speak for it


def every_text(machine: Machine, budget: Budget, alphabet: Container[str] | None = None) -> Iterator[tuple[int, str]]:
    """Yield (sets, text) until every combination of sets that some text of `alphabet` can match has been yielded."""
    trail: dict[int, tuple[int, str]] = {machine.start: (0, "")}
    waiting = deque([machine.start])
    while waiting:
        state = waiting.popleft()
        yield machine.accepted(state), _text(trail, state, machine.start)
        for char in machine.characters(state):
            budget.spend()
            after = machine.step(state, char)
            if after not in trail and (alphabet is None or char in alphabet):
                trail[after] = (state, char)
                waiting.append(after)


def promising_texts(machine: Machine, aim: Aim, budget: Budget) -> Iterator[tuple[int, str]]:
    """Yield (sets, text), most promising first, until no text with a better combination of sets is left.

    A state that matches no more of the wanted and no less of the unwanted than another can only lead to what the other
    leads to as well (a step keeps that order), so it is not followed.
    """
    trail: dict[int, tuple[int, str]] = {machine.start: (0, "")}
    waiting = [(0, 0, machine.start)]
    front: list[int] = []
    while waiting:
        _, depth, state = heappop(waiting)
        good = state ^ aim.unwanted
        if _dominated(good, front):
            continue
        front = [*front[-FRONT:], good]
        yield machine.accepted(state), _text(trail, state, machine.start)
        for char in machine.characters(state):
            budget.spend()
            after = machine.step(state, char)
            if after not in trail and _may_escape(after, aim):
                trail[after] = (state, char)
                heappush(waiting, (-(after ^ aim.unwanted).bit_count(), depth + 1, after))


def _dominated(good: int, front: list[int]) -> bool:
    return any(not good & ~better for better in front)


def _may_escape(state: int, aim: Aim) -> bool:
    return not state & aim.banned and all(state & mask for mask in aim.needed)


def _text(trail: dict[int, tuple[int, str]], state: int, start: int) -> str:
    chars: list[str] = []
    while state != start:
        state, char = trail[state]
        chars.append(char)
    return "".join(reversed(chars))
