"""Says a review to a person: a line for each role, and under it what escapes, through what, and where that stands.

Of resources those have a line on which something was found; all are counted.
"""

from collections import Counter
from collections.abc import Iterator

from panorama_guard.case.finding import Deviation, Kind
from panorama_guard.containment import Escaped, Undecided
from panorama_guard.containment.caller import describe_principal, told_context
from panorama_guard.reporting.plain import field_line, plain
from panorama_guard.reporting.review import (
    Outcome,
    PlacedFinding,
    Review,
    Reviewed,
    ReviewedResource,
    ReviewedRole,
    State,
)
from panorama_guard.reporting.statements import HOW_EXACT, escape_lines
from panorama_guard.reporting.verdict import reading_note

WHOLE = "`escape` in the JSON output"
TITLES = {
    Kind.PERMISSION_ESCAPE: "permission leaves the naming pattern",
    Kind.TRUST_ESCAPE: "somebody outside the profile may become the role",
    Kind.BOUNDARY_ESCAPE: "permission leaves the naming pattern since the boundary is lost",
    Kind.UNDECIDED: "it could not be decided",
    Kind.RESOURCE_ESCAPE: "opened to somebody outside the profile",
    Kind.SAFEGUARD_LOST: "a safeguard is missing",
    Kind.WEAKNESS: "a setting weakens it",
}
_WORDS = {  # by which a line on a resource opens: as one on a role, and of a weak setting its own
    State.OPEN: Outcome.ESCAPED.value,
    State.UNGUARDED: Outcome.ESCAPED.value,
    State.UNDECIDED: Outcome.UNDECIDED.value,
    State.WEAK: "weak",
    State.INSIDE: Outcome.CONTAINED.value,
}
_INDENT = "  "
_WORD = 10  # characters of the longest outcome, and a space

Line = tuple[str, str]  # a word that opens the line and says how it ended, which may be painted; and the rest


def review_lines(review: Review) -> Iterator[Line]:
    """Yield the review line by line."""
    yield "", f"{plain(review.about)}, posture {review.posture}"
    yield "", ""
    for role in review.roles:
        yield from _role_lines(role)
    if review.roles and not review.roles[-1].findings:
        yield "", ""
    for resource in review.resources:
        yield from _resource_lines(resource) if resource.findings else ()
    yield from (("", line) for line in _summary(review))


def witness_words(escaped: Escaped) -> str:
    """Return the request that shows an escape."""
    witness = escaped.witness
    principal = describe_principal(witness)
    context = "".join(f" with {key} = {', '.join(values)}" for key, values in told_context(witness))
    return f"{witness.action} " + (f"by {principal}" if principal else f"on {witness.resource}") + context


def finding_words(role: Reviewed, placed: PlacedFinding) -> str:
    """Return a finding in one line."""
    finding = placed.finding
    start = f"{role.name}: {TITLES[finding.kind]}, through {finding.source}"
    match placed.verdict:
        case Escaped() as escaped:
            return plain(f"{start}: {witness_words(escaped)}")
        case Undecided(reason) | Deviation(reason):
            return plain(f"{start}: {reason}")


def finding_lines(placed: PlacedFinding) -> Iterator[str]:
    """Yield all about a finding, each line under its name."""
    finding = placed.finding
    fields = [("Finding", f"{finding.severity.value} {TITLES[finding.kind]}")]
    fields += [("At", place.words) for place in placed.place]
    fields += [("Through", finding.source)]
    match placed.verdict:
        case Escaped() as escaped:
            fields += [("For example", witness_words(escaped)), ("Reading", reading_note(escaped) or "")]
            fields += [("Granted by", escaped.statement.words), *escape_lines(placed.reach.document, WHOLE)]
            fields += [("That is", HOW_EXACT.get(placed.reach.precision, placed.reach.precision))]
        case Undecided(reason):
            fields += [("Doubt", reason)]
        case Deviation(reason):
            fields += [("Found", reason)]
    fields += [("Note", note) for note in placed.notes]
    yield from (line for name, value in fields for line in field_line(name, value))
    # It is to be copied: quoted so that every character is seen; and whole.
    yield from [f"{'See it:':<13}{placed.see_it}"] if placed.see_it else []


def _role_lines(role: ReviewedRole) -> Iterator[Line]:
    likeness = f" ({role.likeness})" if role.likeness else ""
    where = "".join(f" at {place.words}" for place in role.place)
    yield role.outcome.value, plain(f"{role.name}{likeness} {role.arn}{where}".strip())
    yield from _findings_lines(role)


def _resource_lines(resource: ReviewedResource) -> Iterator[Line]:
    where = "".join(f" at {place.words}" for place in resource.place)
    told = f"{resource.type} {resource.name} {resource.arn}{where}: {resource.state.value}"
    yield _WORDS[resource.state], plain(told)
    yield from _findings_lines(resource)


def _findings_lines(one: Reviewed) -> Iterator[Line]:
    for number, placed in enumerate(one.findings):
        yield from [("", "")] if number else []
        yield from (("", _INDENT + line) for line in finding_lines(placed))
    if one.findings:
        yield "", ""


def _summary(review: Review) -> Iterator[str]:
    counts = ", ".join(f"{review.count(outcome)} {outcome.value}" for outcome in Outcome)
    severities = ", ".join(f"{count} {severity.value.lower()}" for severity, count in review.severities())
    total = sum(count for _, count in review.severities())
    states = Counter(resource.state for resource in review.resources)
    how = ", ".join(f"{states[state]} {state.value}" for state in State if states[state])
    roles = f"{_counted(len(review.roles), 'role')} judged: {counts}"
    resources = f"; {_counted(len(review.resources), 'resource')}: {how}" if review.resources else ""
    yield f"{roles}{resources}; {_counted(total, 'finding')}" + (f": {severities}" if severities else "")
    yield from (line for text in review.unread for line in field_line("Not read", text))
    yield from (line for text in review.notes for line in field_line("Note", text))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def line_text(line: Line) -> str:
    """Return a line as text, without paint."""
    word, rest = line
    return f"{word.upper():<{_WORD}}{rest}" if word else rest
