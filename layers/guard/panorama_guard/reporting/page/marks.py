"""The marks of the page: each says how something stands in a word, by a symbol and by a tone, never by a tone alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from panorama_guard.case.finding import TRUST_SOURCE, Kind
from panorama_guard.case.portrait import Portrait, Presence, ServiceReach, Standing
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import Outcome, PlacedFinding, ReviewedRole


@dataclass(frozen=True, slots=True)
class Mark:
    """A symbol of the page (its name is the tone's), a word beside it, and, where it needs one, a longer text."""

    tone: str
    word: str
    more: str = ""


OUTCOMES = {
    Outcome.ESCAPED: Mark("out", "escapes"),
    Outcome.UNDECIDED: Mark("unknown", "undecided"),
    Outcome.CONTAINED: Mark("in", "contained"),
}
ZONES = {
    "in": Mark("in", "inside"),
    "beyond": Mark("beyond", "beyond"),
    "out": Mark("out", "outside"),
    "unknown": Mark("unknown", "unknown"),
    "none": Mark("none", "none"),
}
STANDINGS = {
    Standing.INSIDE: Mark("in", "inside"),
    Standing.OUTSIDE: Mark("out", "outside"),
    Standing.UNDECIDED: Mark("unknown", "undecided"),
    Standing.STOPPED: Mark("none", "denied"),
}


def service_mark(reach: ServiceReach) -> Mark:
    """Return the farthest that a role's permission reaches in a service."""
    shares = (("out", reach.outside), ("beyond", reach.beyond), ("in", reach.baseline))
    for zone, share in shares:
        if share.presence is not Presence.NONE:
            return ZONES[zone if share.presence is Presence.SOME else "unknown"]
    return ZONES["none"]


def permission_mark(role: ReviewedRole, portrait: Portrait) -> Mark:
    """Return how a role's permission stands to its ceiling: by its findings, and where there are none, by its reach."""
    found = [placed for placed in role.findings if not _is_about_trust(placed)]
    if found:
        return _found_mark(found)
    tones = [service_mark(reach).tone for reach in portrait.services]
    if "beyond" in tones:
        return Mark("beyond", "beyond baseline")
    return Mark("in", "in baseline") if "in" in tones else Mark("none", "none")


def trust_mark(role: ReviewedRole, portrait: Portrait) -> Mark:
    """Return how a role's trust stands to the profile."""
    found = [placed for placed in role.findings if _is_about_trust(placed)]
    if found:
        return _found_mark(found)
    standings = [edge.standing for edge in portrait.trust if edge.standing is not Standing.STOPPED]
    worst = (one for one in (Standing.OUTSIDE, Standing.UNDECIDED, Standing.INSIDE) if one in standings)
    return next((STANDINGS[standing] for standing in worst), Mark("none", "nobody"))


def boundary_mark(portrait: Portrait) -> Mark:
    """Return whether a permissions boundary limits a role, and which."""
    if not portrait.boundary:
        return Mark("none", "none")
    name = portrait.boundary[0]
    if name in portrait.unread:
        return Mark("unknown", "not read", plain(name))
    return Mark("limit", "set", plain(name))


def doubt_mark(role: ReviewedRole) -> Mark:
    """Return how many doubts there are about a role."""
    doubts = sum(not placed.is_escape for placed in role.findings)
    return Mark("unknown", str(doubts)) if doubts else Mark("none", "none")


def _is_about_trust(placed: PlacedFinding) -> bool:
    return placed.finding.kind is Kind.TRUST_ESCAPE or placed.finding.source == TRUST_SOURCE


def _found_mark(found: Iterable[PlacedFinding]) -> Mark:
    escapes = any(placed.is_escape for placed in found)
    return Mark("out", "escapes") if escapes else Mark("unknown", "undecided")
