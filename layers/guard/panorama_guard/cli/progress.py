"""Shows how far long work has come: on the error stream, and only on a terminal."""

import sys


def show_progress(words: str) -> None:
    """Put words in the place of the last ones."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{words}", end="", file=sys.stderr, flush=True)  # noqa: T201 - for a person


def clear_progress() -> None:
    """Leave nothing behind."""
    show_progress("")
