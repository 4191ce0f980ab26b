"""The command line: `panorama-guard decide` answers questions of containment, one JSON line each."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, TextIO, assert_never

from panorama_guard.containment import Contained, Escaped, Grant, Reading, Undecided, Verdict, check
from panorama_guard.policy import Document, DocumentError, PolicyError, parse_document, parse_document_value
from panorama_guard.policy.text import decode_json

ANSWERED = 0
FAILED = 1  # a line or a file could not be read; argparse itself exits with 2

_FIELDS = {"id", "ceiling", "policies", "boundary"}
_NOTES = {"expect", "note", "why"}  # what labelled cases carry beside the question


def main(argv: Sequence[str] | None = None) -> int:
    """Run the subcommand that `argv` names and return the exit code."""
    parser = argparse.ArgumentParser(prog="panorama-guard", description="Exact decisions about IAM permission.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in _COMMANDS:
        add(commands)
    arguments = parser.parse_args(argv)
    run: Callable[[argparse.Namespace], int] = arguments.run
    try:
        return run(arguments)
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return FAILED


def _add_decide(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    decide = commands.add_parser(
        "decide",
        help="is a grant inside a ceiling? JSON lines in, JSON lines out",
        description="Each line holds id, ceiling and policies (lists of IAM documents), boundary (a document or null). "
        "Each answer holds id, verdict (contained, escaped, undecided), witness, statement, reason.",
    )
    decide.add_argument("files", nargs="*", metavar="FILE", help="read these instead of the standard input")
    decide.set_defaults(run=_decide)


def _decide(arguments: argparse.Namespace) -> int:
    """Answer every line; a line that cannot be read is told on the error stream and the others are still answered."""
    outcome = ANSWERED
    for source, opened in _sources(arguments.files):
        if isinstance(opened, OSError):
            _complain(f"{source}: {opened.strerror or opened}")
            outcome = FAILED
            continue
        for number, line in enumerate(opened, start=1):
            if line.strip() and not _answer_line(line, f"{source}: line {number}"):
                outcome = FAILED
    return outcome


def _sources(files: Sequence[str]) -> Iterator[tuple[str, Iterable[str] | OSError]]:
    if not files:
        yield "standard input", _lines(sys.stdin)
    for name in files:
        with ExitStack() as stack:
            try:
                opened = stack.enter_context(open(name, encoding="utf-8", errors="surrogateescape"))  # noqa: PTH123 - `-` below
            except OSError as error:
                yield name, error
                continue
            yield name, opened


def _lines(stream: TextIO) -> Iterable[str]:
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(encoding="utf-8", errors="surrogateescape")
    return stream


def _answer_line(line: str, where: str) -> bool:
    """Answer one question; one whose documents cannot be read is told as an error and, if it has an id, undecided."""
    question: object = None
    try:
        question = _read_line(line, where)
        answer = _answer(question, where)
    except PolicyError as error:
        _complain(str(error))
        if isinstance(question, dict) and "id" in question:
            _tell({"id": question["id"], **describe_verdict(Undecided(str(error)))})
        return False
    _tell(answer)
    return True


def _read_line(line: str, where: str) -> object:
    if any("\udc80" <= char <= "\udcff" for char in line):  # what surrogateescape makes of other bytes
        raise DocumentError(where, "not UTF-8", line[:40])
    return decode_json(line, name=where)


def _tell(answer: Mapping[str, Any]) -> None:
    print(json.dumps(answer), flush=True)  # noqa: T201 - the command's output


def _complain(problem: str) -> None:
    print(f"panorama-guard: {problem}", file=sys.stderr)  # noqa: T201 - the command's error output


def _answer(question: object, where: str) -> dict[str, Any]:
    if not isinstance(question, dict):
        raise DocumentError(where, "not an object", question)
    for field in question:
        if field not in _FIELDS | _NOTES:
            raise DocumentError(where, "unknown field", field)
    boundary = question.get("boundary")
    grant = Grant(
        _documents(question, "policies", where),
        () if boundary is None else ((_document(boundary, f"{where}: boundary", "boundary"),),),
    )
    verdict = check(grant, Grant(_documents(question, "ceiling", where)))
    return {"id": question.get("id"), **describe_verdict(verdict)}


def _documents(question: Mapping[str, object], field: str, where: str) -> tuple[Document, ...]:
    place = f"{where}: {field}"
    if field not in question:
        raise DocumentError(place, "missing in", question.get("id"))
    listed = question[field]
    if not isinstance(listed, list):
        raise DocumentError(place, "not a list of documents", listed)
    names = (f"{field}[{number}]" for number in range(len(listed)))
    return tuple(_document(item, f"{where}: {name}", name) for item, name in zip(listed, names, strict=True))


def _document(value: object, where: str, name: str) -> Document:
    try:
        return parse_document(value, name=name) if isinstance(value, str) else parse_document_value(value, name=name)
    except DocumentError as error:
        place = where + error.field.removeprefix(name)
        raise DocumentError(place, error.problem, error.value) from error


def describe_verdict(verdict: Verdict) -> dict[str, Any]:
    """Return the verdict as the values of a JSON answer."""
    match verdict:
        case Contained():
            return {"verdict": "contained", "witness": None, "statement": None, "reason": None}
        case Escaped():
            return {"verdict": "escaped", **_describe_escape(verdict)}
        case Undecided(reason):
            return {"verdict": "undecided", "witness": None, "statement": None, "reason": reason}
        case _:
            assert_never(verdict)


def _describe_escape(escaped: Escaped) -> dict[str, Any]:
    witness, statement = escaped.witness, escaped.statement
    whole = len(escaped.readings) == len(Reading)
    return {
        "witness": {
            "action": witness.action,
            "resource": witness.resource,
            "context": {key: list(values) for key, values in witness.context},
        },
        "statement": {"policy": statement.policy, "sid": statement.sid, "index": statement.index},
        "reason": None if whole else f"only where {' or '.join(reading.value for reading in escaped.readings)}",
    }


_COMMANDS = (_add_decide,)
