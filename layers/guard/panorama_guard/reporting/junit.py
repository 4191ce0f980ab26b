"""Writes a review as JUnit XML, which every CI server reads.

There is a test case for each role and resource, and one more for what was not read. A weak setting is no failure.

There is no one specification; this is what Jenkins' schema takes (tests/schemas/junit-10.xsd).
"""

from xml.sax.saxutils import escape, quoteattr

from panorama_guard.case.finding import Kind
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import PlacedFinding, Review, Reviewed
from panorama_guard.reporting.review_text import finding_lines, finding_words

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def junit_text(review: Review) -> str:
    """Return the review as the text of an XML document."""
    judged: tuple[Reviewed, ...] = (*review.roles, *review.resources)
    cases = [line for one in judged for line in _case(review, one)]
    failures = sum(1 for one in judged if any(_is_failure(placed) for placed in one.findings))
    errors = 1 if review.unread else 0
    tests = len(judged) + errors
    name = f"panorama-guard {review.command}"
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}"'
    return "\n".join(
        [
            _HEAD,
            f"<testsuites name={_attribute(name)} {counts}>",
            f"  <testsuite name={_attribute(f'{name}: {review.about}')} {counts}>",
            *cases,
            *_unread(review),
            *_notes(review),
            "  </testsuite>",
            "</testsuites>",
        ]
    )


def _case(review: Review, role: Reviewed) -> list[str]:
    where = next((place.file for place in role.place), review.about)
    head = f"    <testcase classname={_attribute(where)} name={_attribute(role.name)}"
    if not role.findings:
        return [f"{head}/>"]
    failures, weak = [], []
    for placed in role.findings:
        told = f"type={_attribute(placed.finding.kind.value)} message={_attribute(finding_words(role, placed))}"
        text = "\n".join(_text(line) for line in finding_lines(placed))
        if _is_failure(placed):
            failures.append(f"      <failure {told}>{text}</failure>")
        else:
            weak.append(text)
    noted = "\n\n".join(weak)
    output = [f"      <system-out>{noted}</system-out>"] if weak else []
    return [f"{head}>", *failures, *output, "    </testcase>"]


def _is_failure(placed: PlacedFinding) -> bool:
    return placed.finding.kind is not Kind.WEAKNESS


def _unread(review: Review) -> list[str]:
    if not review.unread:
        return []
    errors = [f'      <error type="not read" message={_attribute(text)}/>' for text in review.unread]
    return [
        f'    <testcase classname={_attribute(review.about)} name="what was to be read">',
        *errors,
        "    </testcase>",
    ]


def _notes(review: Review) -> list[str]:
    text = "\n".join(_text(plain(note)) for note in review.notes)
    return [f"    <system-out>{text}</system-out>"] if text else []


def _attribute(text: str) -> str:
    return quoteattr(_text_of(plain(text)))


def _text(line: str) -> str:
    return escape(_text_of(line))


def _text_of(line: str) -> str:
    """Return the line without what XML 1.0 has no way to write; `plain` and its like leave none, commands may."""
    return "".join(char if char.isprintable() else "?" for char in line)
