"""Many globs simulated at once: one integer holds the places that all of them have reached.

Bit n of a state is "the first n tokens of this pattern are matched" (patterns lie one after another in the integer), a
`*` is a place that also stays. A step is two masks, a shift and an or, whatever the number of patterns.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from panorama_guard.policy.arn import Step
from panorama_guard.policy.glob import Token, Variable, Wild
from panorama_guard.policy.record import record

PLAIN = "xqzwvkjyu1234567890XQZ_~^\u00a7\u00b6\u00a4\u2603"  # characters to stand for "any other", the plainest first


WIDE = 3000  # places that a step handles at about the price of a narrow one
MANY = 16  # sets likewise


@record
class Machine:
    """The patterns of several sets, compiled together; the masks say which places accept which character."""

    start: int
    literal: dict[str, int]  # places whose token is exactly this character
    moves: dict[str, tuple[int, int]]  # per character that is not any other: places that go on, places that stay
    one: int  # places of `?`
    one_crossing: int  # those that accept a colon
    stay: int  # places of `*`
    stay_crossing: int
    finals: tuple[int, ...]  # per set: the places after its patterns' last tokens
    absorbers: int  # all of the next that do not stand alone in their set
    absorbing: tuple[int, ...]  # per set: the final places that accept whatever follows
    whole: tuple[int, ...]  # per set: all of its places
    settling: tuple[tuple[int, int], ...]  # the last two, of the sets whose absorbers have places beside them
    cost: int  # what a step costs of the budget: wide integers take longer
    others: str  # a character that is no literal of any pattern, or all of an alphabet that has none

    @property
    def colon_differs(self) -> bool:
        """Say whether some wildcard does not match a colon."""
        return self.one != self.one_crossing or self.stay != self.stay_crossing

    def step(self, state: int, char: str) -> int:
        """Return the places reached from `state` by one character."""
        forward, stay = self.moves.get(char) or (self.one, self.stay)
        moved = ((state & forward) << 1) | (state & stay)
        return self.settle(moved) if moved & self.absorbers else moved

    def settle(self, state: int) -> int:
        """Return the state with all places of each set that accepts whatever follows: there is no more to tell."""
        for absorbing, whole in self.settling:
            if state & absorbing:
                state |= whole
        return state

    def undecided(self, state: int) -> int:
        """Return the places of `state` in sets that do not yet accept whatever follows."""
        for absorbing, whole in self.settling:
            if state & absorbing:
                state &= ~whole
        return state

    def accepted(self, state: int) -> int:
        """Return, as bits, the sets of which a pattern matches all that was read."""
        return sum(1 << place for place, finals in enumerate(self.finals) if state & finals)

    def characters(self, state: int) -> Iterator[str]:
        """Return characters that stand for all: each one that matters in `state`, and one that does not."""
        open_places = self.undecided(state) if state & self.absorbers else state
        for char, places in self.literal.items():
            if open_places & places:
                yield char
        yield from islice((char for char in self.others if not open_places & self.literal.get(char, 0)), 1)
        if self.colon_differs and not open_places & self.literal.get(":", 0):
            yield ":"

    def read(self, text: str) -> int:
        """Return the sets, as bits, that match `text`."""
        state = self.start
        for char in text:
            state = self.step(state, char)
        return self.accepted(state)


class _Builder:
    __slots__ = ("one", "one_crossing", "size", "start", "stay", "stay_crossing")

    def __init__(self) -> None:
        self.start = self.one = self.one_crossing = self.stay = self.stay_crossing = self.size = 0

    def add(self, pattern: Sequence[Step], literal: dict[str, int], *, caseless: bool) -> int:
        """Lay `pattern` out behind the others and return its final place."""
        bit = 1 << self.size
        self.start |= bit
        for token, crossing in pattern:
            if token is Wild.MANY:
                self.stay |= bit
                self.stay_crossing |= bit if crossing else 0
                continue
            if token is Wild.ONE:
                self.one |= bit
                self.one_crossing |= bit if crossing else 0
            else:
                for char in _readings(token) if caseless or isinstance(token, Variable) else (str(token),):
                    literal[char] = literal.get(char, 0) | bit
            bit <<= 1
        self.size = bit.bit_length()
        return bit


def build(
    sets: Iterable[Iterable[Sequence[Step]]],
    *,
    caseless: frozenset[int] = frozenset(),
    alphabet: frozenset[str] = frozenset(),
) -> Machine:
    """Return the machine of `sets`; those whose number is in `caseless` ignore the case of ASCII letters.

    What stands for any other character is one of `alphabet`, where that is not empty.
    """
    builder, literal = _Builder(), dict[str, int]()
    finals: list[int] = []
    whole: list[int] = []
    for number, patterns in enumerate(sets):
        first = builder.size
        finals.append(sum(builder.add(pattern, literal, caseless=number in caseless) for pattern in patterns))
        whole.append((1 << builder.size) - (1 << first))
    absorbing = tuple(final & builder.stay_crossing for final in finals)
    settling = tuple(pair for pair in zip(absorbing, whole, strict=True) if pair[0] and pair[0] != pair[1])
    return Machine(
        start=builder.start,
        literal=literal,
        moves=_moves(builder, literal),
        one=builder.one,
        one_crossing=builder.one_crossing,
        stay=builder.stay,
        stay_crossing=builder.stay_crossing,
        finals=tuple(finals),
        absorbers=sum(pair[0] for pair in settling),
        absorbing=absorbing,
        whole=tuple(whole),
        settling=settling,
        cost=1 + builder.size // WIDE + len(finals) // MANY,
        others=next((char for char in _any_other(alphabet) if char not in literal), "".join(sorted(alphabet - {":"}))),
    )


def _moves(builder: _Builder, literal: dict[str, int]) -> dict[str, tuple[int, int]]:
    moves = {char: (places | builder.one, builder.stay) for char, places in literal.items()}
    moves[":"] = (literal.get(":", 0) | builder.one_crossing, builder.stay_crossing)
    for mark, places in literal.items():
        if len(mark) > 1:  # the value of a variable: any text, colons included, so `?` does not match it
            moves[mark] = (places, builder.stay_crossing)
    return moves


def _readings(token: Token) -> set[str]:
    """Return the characters that are read as a token of which the case does not count, or marks of a variable."""
    if isinstance(token, Variable):
        # Where the key has a value, the variable is that value whatever its default is.
        return {mark_of(token), mark_of(Variable(token.key, None))}
    char = str(token)
    return {char.lower(), char.upper()} if char.isascii() else {char}


def _any_other(alphabet: frozenset[str]) -> Iterator[str]:
    yield from (char for char in PLAIN if char in alphabet or not alphabet)
    yield from sorted(alphabet - {":"}) if alphabet else map(chr, range(0x4E00, 0xD000))


def mark_of(variable: Variable) -> str:
    """Return what stands for the value of `variable` where a machine reads characters; it is longer than one."""
    return "${" + variable.key + "," + repr(variable.default)
