"""Draws how far a role's permission reaches, service by service: a bar in each zone that it has something in.

The line between the second zone and the third is the ceiling: a bar beyond it is an escape.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from panorama_guard.case.portrait import EVERY_OTHER, Presence, ServiceReach, Share
from panorama_guard.reporting.page.marks import service_mark
from panorama_guard.reporting.plain import plain

LEFT, LANE, GAP = 112, 82, 2  # units of the drawing, which is 360 wide: as many pixels on a telephone
TOP, ROW, HEIGHT = 22, 20, 14
WIDTH = LEFT + 3 * LANE + GAP
_LONGEST_NAME = 15  # characters of a service in the drawing
_ZONES = ("baseline", "beyond", "outside")


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in one zone: `tone` says which zone, or that it is not known whether there is anything in it."""

    tone: str
    x: int


@dataclass(frozen=True, slots=True)
class Row:
    """The bars of one service."""

    name: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """What is beyond the baseline: where, and one request of it; or what is not known, and why."""

    tone: str
    services: str
    words: str


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing, and the same in words."""

    rows: tuple[Row, ...]
    height: int
    words: str
    examples: tuple[Example, ...]


def service_name(service: str) -> str:
    """Return how a service is called on the page."""
    return "every other" if service == EVERY_OTHER else plain(service)


def picture_of(services: tuple[ServiceReach, ...]) -> Picture:
    """Return the picture of what a role may do; services in which nothing is granted have no row."""
    shown = [reach for reach in services if service_mark(reach).tone != "none"]
    rows = tuple(_row(number, reach) for number, reach in enumerate(shown))
    words = "; ".join(f"{service_name(reach.service)}: {_zone_words(reach)}" for reach in shown)
    return Picture(rows, TOP + ROW * len(rows) + GAP, words, tuple(_examples(shown)))


def _row(number: int, reach: ServiceReach) -> Row:
    name = service_name(reach.service)
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 3]}..."
    return Row(short, TOP + ROW * number, tuple(_bars(reach)))


def _shares(reach: ServiceReach) -> tuple[Share, Share, Share]:
    return reach.baseline, reach.beyond, reach.outside


def _bars(reach: ServiceReach) -> list[Bar]:
    tones = zip(("in", "beyond", "out"), _shares(reach), strict=True)
    return [
        Bar(tone if share.presence is Presence.SOME else "unknown", LEFT + LANE * place)
        for place, (tone, share) in enumerate(tones)
        if share.presence is not Presence.NONE
    ]


def _zone_words(reach: ServiceReach) -> str:
    """Return the zones of a service in words."""
    known = {Presence.SOME: "", Presence.UNKNOWN: " unknown"}
    pairs = zip(_ZONES, _shares(reach), strict=True)
    return ", ".join(f"{zone}{known[share.presence]}" for zone, share in pairs if share.presence in known)


def _examples(shown: list[ServiceReach]) -> Iterator[Example]:
    """Yield one request for each bar that leaves the baseline, the farthest first; each doubt once for all services."""
    doubts: dict[str, list[str]] = {}
    for tone, zone in (("out", 2), ("beyond", 1), ("in", 0)):
        for reach in shown:
            share, name = _shares(reach)[zone], service_name(reach.service)
            if share.presence is Presence.UNKNOWN:
                doubts.setdefault(plain(share.words), []).append(name)
            elif share.presence is Presence.SOME and tone != "in":
                yield Example(tone, name, plain(share.words))
    yield from (Example("unknown", ", ".join(dict.fromkeys(names)), words) for words, names in doubts.items())
