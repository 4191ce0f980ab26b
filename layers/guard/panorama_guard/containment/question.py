"""One action's question: which clauses of both sides have a say, and when a request escapes."""

from collections.abc import Iterable, Iterator

from panorama_guard.containment.clauses import Clause, Layer, Roster, covering
from panorama_guard.containment.kleene import Truth
from panorama_guard.policy.glob import Glob, beginning
from panorama_guard.policy.record import record


@record
class Court:
    """The clauses of one layer that have a say, as bits: any of `allows`, none of `denies`."""

    allows: int
    denies: int

    def admits(self, surely: int, perhaps: int) -> Truth:
        """Return whether the layer lets the request pass, given the clauses that match surely and perhaps."""
        if not self.allows & perhaps or self.denies & surely:
            return False
        return True if self.allows & surely and not self.denies & perhaps else None


@record
class Question:
    """Whether a request that `clauses[0]`, an Allow of the grant, matches can be outside the ceiling."""

    clauses: tuple[Clause, ...]
    grant: tuple[Court, ...]
    ceiling: tuple[Court, ...]

    __hash__ = object.__hash__  # as of clauses
    __eq__ = object.__eq__

    def escapes(self, surely: int, perhaps: int) -> Truth:
        """Return whether the request escapes, given the clauses (as bits) that match it surely and perhaps."""
        unknown = False
        for court in self.grant:
            admits = court.admits(surely, perhaps)
            if admits is False:
                return False
            unknown = unknown or admits is None
        inside = self._inside(surely, perhaps)
        if inside is True:
            return False
        return None if unknown or inside is None else True

    def _inside(self, surely: int, perhaps: int) -> Truth:
        unknown = False
        for court in self.ceiling:
            admits = court.admits(surely, perhaps)
            if admits is False:
                return False
            unknown = unknown or admits is None
        return None if unknown else True

    @property
    def is_open(self) -> bool:
        """Say whether every layer of the grant has an Allow that covers the action."""
        return all(court.allows for court in self.grant)

    @property
    def wanted(self) -> int:
        """Return the clauses, as bits, that help a request to escape by matching it."""
        return sum(court.allows for court in self.grant) | sum(court.denies for court in self.ceiling)


def heard(layers: Iterable[Layer], action: str) -> tuple[tuple[Clause, ...], ...]:
    """Return who covers the action: of actions of which it is the same, the questions are the same as well."""
    return tuple(covering(roster, action) for layer in layers for roster in (layer.allows, layer.denies))


def ask(piece: Clause, grant: Iterable[Layer], ceiling: Iterable[Layer], action: str, resource: Glob) -> Question:
    """Return the question for one Allow of the grant, one lower-case action that it covers, and one of its resources.

    Statements whose resources begin otherwise have no say.
    """
    clauses: list[Clause] = [piece]
    about = (action, beginning(resource))
    courts = [_court(layer, clauses, about, piece if first else None) for first, layer in _with_first(grant)]
    limits = [_court(layer, clauses, about, None) for layer in ceiling]
    return Question(tuple(clauses), tuple(courts), tuple(limits))


def _with_first(layers: Iterable[Layer]) -> Iterable[tuple[bool, Layer]]:
    return ((place == 0, layer) for place, layer in enumerate(layers))


def _court(layer: Layer, clauses: list[Clause], about: tuple[str, str], piece: Clause | None) -> Court:
    allows = 1 if piece else _enter(layer.allows, clauses, about)
    return Court(allows, _enter(layer.denies, clauses, about))


def _enter(listed: Roster, clauses: list[Clause], about: tuple[str, str]) -> int:
    bits = 0
    action, start = about
    for clause in covering(listed, action):
        if start and not clause.resources.negated and not _may_begin(clause, start):
            continue
        bits |= 1 << len(clauses)
        clauses.append(clause)
    return bits


def _may_begin(clause: Clause, start: str) -> bool:
    """Say whether the statement may match a resource that begins so."""
    return any(start.startswith(own) or own.startswith(start) for own in map(beginning, clause.resources.globs))


def places(bits: int) -> Iterator[int]:
    """Yield the numbers of the bits that are set."""
    place = 0
    while bits >> place:
        if bits >> place & 1:
            yield place
        place += 1
