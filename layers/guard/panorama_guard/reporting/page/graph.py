"""Draws whom a role's trust lets in: one node for each of them, and an edge to the role."""

from dataclasses import dataclass

from panorama_guard.case.portrait import Standing, TrustEdge
from panorama_guard.reporting.page.marks import STANDINGS, Mark
from panorama_guard.reporting.plain import plain

MOST_NODES = 8  # of the drawing; the list beside it has as many as MOST_TOLD
MOST_TOLD = 24
STEP, HEIGHT, TOP = 44, 36, 4
WIDTH = 360
_LONGEST = 27  # characters of a node's text


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody who is let in: the kind, a name that fits, and where the node stands."""

    kind: str
    name: str
    y: int
    mark: Mark


@dataclass(frozen=True, slots=True)
class Entry:
    """The same in words, whole."""

    principal: str
    actions: str
    conditions: str
    mark: Mark
    reason: str


@dataclass(frozen=True, slots=True)
class Graph:
    """The drawing, and the same in words; `more` are left out of the list."""

    nodes: tuple[Node, ...]
    height: int
    words: str
    entries: tuple[Entry, ...]
    more: int

    @property
    def middle(self) -> int:
        """Return the height at which the edges meet the role."""
        return self.height // 2


def graph_of(edges: tuple[TrustEdge, ...]) -> Graph:
    """Return the graph of a trust policy, those who are outside the profile first."""
    ordered = sorted(edges, key=lambda edge: _ORDER.index(edge.standing))
    nodes = tuple(_node(number, edge) for number, edge in enumerate(ordered[:MOST_NODES]))
    counts = ((sum(edge.standing is one for edge in edges), one) for one in _ORDER)
    words = ", ".join(f"{count} {one.value}" for count, one in counts if count)
    entries = tuple(_entry(edge) for edge in ordered[:MOST_TOLD])
    return Graph(nodes, TOP + STEP * max(1, len(nodes)), words, entries, len(ordered[MOST_TOLD:]))


_ORDER = (Standing.OUTSIDE, Standing.UNDECIDED, Standing.INSIDE, Standing.STOPPED)


def _node(number: int, edge: TrustEdge) -> Node:
    kind, _, name = edge.principal.partition(" ")
    return Node(plain(kind), _shortened(plain(name or kind)), TOP + STEP * number, STANDINGS[edge.standing])


def _shortened(text: str) -> str:
    """Return a text that fits into a node: of a long one, its end, which tells ARNs apart."""
    return text if len(text) <= _LONGEST else f"...{text[3 - _LONGEST :]}"


def _entry(edge: TrustEdge) -> Entry:
    principal, actions, conditions, reason = map(plain, (edge.principal, edge.actions, edge.conditions, edge.reason))
    return Entry(principal, actions, conditions, STANDINGS[edge.standing], reason)
