"""`panorama-guard decide`: JSON lines in, JSON lines out."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any, TextIO

from panorama_guard.cli.files import unreadable
from panorama_guard.cli.output import ANSWERED, FAILED, complain, tell
from panorama_guard.cli.questions import decode_line, read_question
from panorama_guard.containment import Grant, Undecided, Verdict
from panorama_guard.containment.check import check
from panorama_guard.containment.doubt import explain_doubt
from panorama_guard.policy import PolicyError
from panorama_guard.reporting.doubts import doubt_reason
from panorama_guard.reporting.verdict import verdict_body

LONG_NUMBER = 400


def decide(files: Sequence[str]) -> int:
    """Answer every line; one that cannot be read is told on the error stream too, and the others are still answered."""
    outcome = ANSWERED
    for source, opened in _sources(files):
        if isinstance(opened, OSError):
            complain(str(unreadable(source, opened)))
            outcome = FAILED
            continue
        for number, line in enumerate(opened, start=1):
            if line.strip() and not _answer_line(line, number, source):
                outcome = FAILED
    return outcome


def _sources(files: Sequence[str]) -> Iterator[tuple[str, Iterable[str] | OSError]]:
    if not files:
        yield "standard input", lines_of(sys.stdin)
    for name in files:
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(open(name, encoding="utf-8", errors="surrogateescape"))  # noqa: PTH123 - `-` below
            except OSError as error:
                yield name, error
                continue
            yield name, opened


def lines_of(stream: TextIO) -> TextIO:
    """Return a standard stream as one that keeps bytes which are no text, to be complained of."""
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    return stream


def _answer_line(line: str, number: int, source: str) -> bool:
    """Answer one line and say whether it could be read."""
    where = f"{source}: line {number}"
    try:
        question = decode_line(line, where)
        grant, ceiling = read_question(question, where)
    except PolicyError as error:
        complain(str(error))
        tell(_unread(line, number, str(error)))
        return False
    identifier = question.get("id") if isinstance(question, dict) else None
    tell({"id": identifier, **verdict_body(_decided(grant, ceiling))})
    return True


def _decided(grant: Grant, ceiling: Grant) -> Verdict:
    """Return the verdict; one that is undecided says what it turns on."""
    verdict = check(grant, ceiling)
    if isinstance(verdict, Undecided):
        return Undecided(doubt_reason(verdict.reason, explain_doubt(grant, ceiling)))
    return verdict


def _unread(line: str, number: int, reason: str) -> dict[str, Any]:
    """Return the answer to a line that cannot be read: undecided under its id, or an error under its number."""
    body = verdict_body(Undecided(reason))
    for identifier in _identifier_of(line):
        return {"id": identifier, **body}
    return {"id": None, "line": number, **body, "verdict": "error"}


def _identifier_of(line: str) -> tuple[object, ...]:
    """Return the id of a question that cannot be read as it is: with a key that stands twice, say; or nothing."""
    try:
        line.encode()  # not UTF-8 is no id either
        question = json.loads(line, parse_int=_short_number, parse_float=_finite, parse_constant=str)
    except (ValueError, RecursionError):
        return ()
    return (question["id"],) if isinstance(question, dict) and "id" in question else ()


def _finite(text: str) -> object:
    return float(text) if abs(float(text)) < float("inf") else text  # what is larger is no JSON number of Python's


def _short_number(text: str) -> object:
    return int(text) if len(text) < LONG_NUMBER else text  # Python refuses to convert very long ones
