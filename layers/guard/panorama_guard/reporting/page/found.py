"""Says one finding on the page: its request, the statement that decided it, how far it reaches, how to see it."""

import json
from dataclasses import dataclass

from panorama_guard.case.finding import Deviation, Finding, Severity
from panorama_guard.case.portrait import Portrait
from panorama_guard.containment import Escaped, Undecided
from panorama_guard.reporting.page.marks import Mark
from panorama_guard.reporting.plain import is_seen, plain
from panorama_guard.reporting.review import PlacedFinding
from panorama_guard.reporting.review_text import TITLES, witness_words
from panorama_guard.reporting.statements import HOW_EXACT, escape_body, escape_lines
from panorama_guard.reporting.verdict import reading_note

LONGEST_QUOTE = 1_500  # characters of a statement as it stands
LONGEST_ESCAPE = 6_000  # characters of an escape as a policy
ALL_ESCAPES = 200_000  # characters of all of them on one page
_WHOLE = "the JSON output"
_BELOW = "the statements below"
_TONES = {Severity.CRITICAL: "out", Severity.HIGH: "out", Severity.MEDIUM: "beyond"}  # a doubt has its own

Fields = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A finding as the page has it; texts are empty where there is nothing to say."""

    severity: Mark
    title: str
    source: str
    decision: Fields
    quote: str
    extent: Fields
    document: str
    see_it: str
    notes: tuple[str, ...]


def found_of(placed: PlacedFinding, portrait: Portrait, longest_escape: int) -> Found:
    """Return a finding as the page has it; a resource has no portrait, and no statement is quoted of it."""
    finding, verdict = placed.finding, placed.verdict
    escaped = verdict if isinstance(verdict, Escaped) else None
    return Found(
        severity=Mark(_tone(finding), finding.severity.value),
        title=TITLES[finding.kind],
        source=plain(finding.source),
        decision=(*_places(placed), *_decision(verdict)),
        quote=shortened(portrait.quoted(escaped.statement), LONGEST_QUOTE) if escaped else "",
        extent=_extent(placed),
        document=_document(placed, longest_escape),
        see_it=seen(placed.see_it),
        notes=tuple(map(plain, placed.notes)),
    )


def longest_escape(findings: int) -> int:
    """Return how many characters of each escape fit on a page that tells so many findings."""
    return min(LONGEST_ESCAPE, ALL_ESCAPES // max(1, findings))


def _tone(finding: Finding) -> str:
    return "unknown" if isinstance(finding.verdict, Undecided) else _TONES.get(finding.severity, "none")


def _places(placed: PlacedFinding) -> Fields:
    """Return where in a file the cause stands; in a live account it has no place."""
    return tuple(("At", plain(place.words)) for place in placed.place)


def _decision(verdict: Escaped | Undecided | Deviation) -> Fields:
    if isinstance(verdict, Undecided):
        return (("Doubt", plain(verdict.reason)),)
    if isinstance(verdict, Deviation):
        return (("Found", plain(verdict.reason)),)
    fields = (
        ("For example", witness_words(verdict)),
        ("Reading", reading_note(verdict) or ""),
        ("Granted by", verdict.statement.words),
    )
    return tuple((name, plain(value)) for name, value in fields if value)


def _extent(placed: PlacedFinding) -> Fields:
    lines = escape_lines(placed.reach.document, _BELOW)
    fields = (*lines, ("That is", HOW_EXACT.get(placed.reach.precision, placed.reach.precision)))
    return tuple((name, plain(value)) for name, value in fields if value)


def _document(placed: PlacedFinding, longest: int) -> str:
    """Return the escape as a policy, one statement a line; of a long one, as many statements as fit."""
    if not placed.reach.document:
        return ""
    body = escape_body(placed.reach.document)
    listed = body["Statement"] if isinstance(body["Statement"], list) else []
    told, size = [], 0
    for statement in listed:
        text = json.dumps(statement)
        size += len(text)
        if size > longest:
            break
        told.append(text)
    left_out = len(listed) - len(told) + int(str(body["left_out"]))
    rest = [f"and {left_out} more statements, see {_WHOLE}"] if left_out else []
    return "\n".join([*told, *rest])


def shortened(text: str, longest: int) -> str:
    """Return a text of several lines, of a long one the beginning, with what cannot be seen as its escape."""
    return seen(text if len(text) <= longest else f"{text[:longest]}... ({len(text)} characters)")


def seen(text: str) -> str:
    """Return a text of several lines, whole, with what cannot be seen as its escape."""
    return "".join(char if char == "\n" or is_seen(char) else char.encode("unicode_escape").decode() for char in text)
