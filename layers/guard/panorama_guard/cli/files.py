"""Reads the files that the command line names."""

import json
import re
import sys
from pathlib import Path

from panorama_guard.cli.questions import decode_line
from panorama_guard.policy import DocumentError

STANDARD_INPUT = "-"
_INCIDENT = re.compile("inc-[0-9a-f]{16}")


def read_json(file: str) -> object:
    """Return the JSON value of a file, or of the standard input for `-`; raise DocumentError with what is wrong."""
    text, name = _read(file), name_of(file)
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise DocumentError(name, "a JSON value is needed here, found", "nothing")
    if len(lines) > 1 and all(map(_is_object, lines[:2])):
        raise DocumentError(
            name, "a question a line, as `decide` takes them; here only one is taken, found", len(lines)
        )
    return decode_line(text, name)


def unreadable(name: str, error: OSError) -> DocumentError:
    """Return the complaint about a file that cannot be opened, and where the name is an incident's, who tells of it."""
    if _INCIDENT.fullmatch(name):
        return DocumentError(
            name, "an incident, and no file is called so; of it tells", f"panorama-guard incidents {name}"
        )
    return DocumentError(name, "cannot be read", error.strerror or str(error))


def name_of(file: str) -> str:
    """Return how a file is told."""
    return "standard input" if file == STANDARD_INPUT else file


def _read(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        raise unreadable(name_of(file), error) from error
    return raw.decode("utf-8", "surrogateescape")


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
