"""Reads the files that the command line names."""

import sys
from pathlib import Path

from panorama_guard.cli.questions import decode_line
from panorama_guard.policy import DocumentError

STANDARD_INPUT = "-"


def read_json(file: str) -> object:
    """Return the JSON value of a file, or of the standard input for `-`; raise DocumentError with what is wrong."""
    return decode_line(_read(file), name_of(file))


def name_of(file: str) -> str:
    """Return how a file is told."""
    return "standard input" if file == STANDARD_INPUT else file


def _read(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if file == STANDARD_INPUT else Path(file).read_bytes()
    except OSError as error:
        raise DocumentError(name_of(file), "cannot be read", error.strerror or str(error)) from error
    return raw.decode("utf-8", "surrogateescape")
