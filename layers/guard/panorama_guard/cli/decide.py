"""`panorama-guard decide`: JSON lines in, JSON lines out."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import TextIO

from panorama_guard.cli.output import ANSWERED, FAILED, complain, tell
from panorama_guard.cli.questions import decode_line, read_question
from panorama_guard.containment import Undecided, check
from panorama_guard.policy import PolicyError
from panorama_guard.reporting.verdict import verdict_body


def decide(files: Sequence[str]) -> int:
    """Answer every line; a line that cannot be read is told on the error stream and the others are still answered."""
    outcome = ANSWERED
    for source, opened in _sources(files):
        if isinstance(opened, OSError):
            complain(f"{source}: {opened.strerror or opened}")
            outcome = FAILED
            continue
        for number, line in enumerate(opened, start=1):
            if line.strip() and not _answer_line(line, f"{source}: line {number}"):
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


def _answer_line(line: str, where: str) -> bool:
    """Answer one question; one whose documents cannot be read is told as an error and, if it has an id, undecided."""
    question: object = None
    try:
        question = decode_line(line, where)
        grant, ceiling = read_question(question, where)
    except PolicyError as error:
        complain(str(error))
        if isinstance(question, dict) and "id" in question:
            tell({"id": question["id"], **verdict_body(Undecided(str(error)))})
        return False
    identifier = question.get("id") if isinstance(question, dict) else None
    tell({"id": identifier, **verdict_body(check(grant, ceiling))})
    return True
