"""Texts in which the value of a variable stands between brackets: read as letters, and as the value that it is.

A pattern with variables is read by its marks (`machine.mark_of`): it surely matches where it reads the value as one.
All other patterns read the letters. So it is seen at once what the value is made of and what else it is equal to.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from itertools import chain

from panorama_guard.containment.budget import Budget
from panorama_guard.containment.fillings import Kinds, ValueKind
from panorama_guard.containment.machine import PLAIN, Machine, build, mark_of
from panorama_guard.containment.search import FRONT, Aim
from panorama_guard.policy.arn import Reading, Step, steps
from panorama_guard.policy.glob import Variable
from panorama_guard.policy.record import record


@record
class Marked:
    """What reads marks: set 0 is the pattern that is followed, and must match; set 1 must not; others speak against."""

    machine: Machine
    keys: Mapping[str, str]  # mark -> the key of its variable

    @classmethod
    def of(cls, followed: Sequence[Step], sets: Sequence[Sequence[Sequence[Step]]]) -> "Marked":
        """Return what follows one pattern and reads `sets`."""
        variables = {token for token, _ in followed if isinstance(token, Variable)}
        return cls(build([[followed], *sets]), {mark_of(variable): variable.key for variable in variables})

    @property
    def unwanted(self) -> int:
        """Return the places that speak against an escape."""
        return sum(self.machine.whole[1:])


@record
class Place:
    """How far a text was read: by its letters, by its marks, and, inside a value, by what is known of values."""

    plain: int
    marked: int
    key: str  # of the variable whose value is being read, "" outside
    value: int


@record
class Reader:
    """The machines, what an escape needs of the letters, and what is known of the values."""

    plain: Machine
    aim: Aim
    marked: Marked
    kinds: Kinds

    @property
    def start(self) -> Place:
        """Return where reading begins."""
        return Place(self.plain.start, self.marked.machine.start, "", 0)

    def is_whole(self, place: Place) -> bool:
        """Say whether the value that is being read, if one is, may end here."""
        kind = self.kinds.get(place.key)
        return kind is None or value_machine(kind).accepted(place.value) == kind.matched

    def after(self, place: Place) -> Iterator[tuple[str, Place]]:
        """Yield the places after one more character, or after the beginning of a value, named by its key."""
        if place.key:
            values = value_machine(self.kinds.get(place.key))
            for char in _characters(self.plain, place.plain, values, place.value):
                inside = values.step(place.value, char)
                yield char, Place(self.plain.step(place.plain, char), place.marked, place.key, inside)
        if not self.is_whole(place):
            return
        machine = self.marked.machine
        for char in _characters(self.plain, place.plain, machine, place.marked):
            yield char, Place(self.plain.step(place.plain, char), machine.step(place.marked, char), "", 0)
        expected = machine.undecided(place.marked) & machine.whole[0]
        for mark, key in self.marked.keys.items():
            if not expected & machine.literal[mark]:
                continue
            start = value_machine(self.kinds.get(key)).start
            yield mark, Place(place.plain, machine.step(place.marked, mark), key, start)

    def may_escape(self, place: Place) -> bool:
        """Say whether an escape may still come of it."""
        machine = self.marked.machine
        is_followed = place.marked & machine.whole[0] and not place.marked & machine.absorbing[1]
        plain = place.plain
        return bool(is_followed) and not plain & self.aim.banned and all(plain & mask for mask in self.aim.needed)


@lru_cache(maxsize=1024)
def value_machine(kind: ValueKind | None) -> Machine:
    """Return what reads the letters of a value."""
    lists = kind.lists if kind else ()
    return build([[steps(glob, Reading.CROSSING) for glob in globs] for globs in lists])


def _characters(one: Machine, state: int, other: Machine, place: int) -> Iterator[str]:
    """Yield characters that stand for all: each one that matters to a machine, and one that does not."""
    listed = {char for char in (*one.characters(state), *other.characters(place)) if len(char) == 1}
    yield from sorted(listed)
    names = one.literal.keys() | other.literal.keys()
    yield next(char for char in chain(PLAIN, map(chr, range(0x4E00, 0xD000))) if char not in names)


def bracketed_kinds(reader: Reader, budget: Budget) -> Iterator[tuple[int, int, dict[str, str]]]:
    """Yield (sets of the letters, sets of the marks, values) until no text is left that is better for an escape."""
    start = reader.start
    waiting: list[tuple[int, int, Place, tuple[tuple[str, str], ...]]] = [(0, 0, start, ())]
    number = 0
    seen = {start}
    fronts: dict[tuple[str, int], list[tuple[int, int]]] = {}
    while waiting:
        *_, place, values = heappop(waiting)
        front = fronts.setdefault((place.key, place.value), [])
        good = (place.plain ^ reader.aim.unwanted, place.marked ^ reader.marked.unwanted)
        if any(not good[0] & ~plain and not good[1] & ~marked for plain, marked in front[-FRONT:]):
            continue
        front.append(good)
        if reader.is_whole(place):
            yield reader.plain.accepted(place.plain), reader.marked.machine.accepted(place.marked), dict(values)
        for char, after in reader.after(place):
            budget.spend(reader.plain.cost + reader.marked.machine.cost)
            if after not in seen and reader.may_escape(after):
                seen.add(after)
                number += 1
                hope = (after.plain ^ reader.aim.unwanted).bit_count()
                hope += (after.marked ^ reader.marked.unwanted).bit_count()
                heappush(waiting, (-hope, number, after, _grown(values, after, char)))


def _grown(values: tuple[tuple[str, str], ...], after: Place, char: str) -> tuple[tuple[str, str], ...]:
    """Return the values that were read, the last one of them longer by a character, or one more that is empty."""
    if not after.key:
        return values
    if len(char) > 1:
        return (*values, (after.key, ""))
    key, text = values[-1]
    return (*values[:-1], (key, text + char))
