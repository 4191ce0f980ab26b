"""Tells a review in the format that is asked for, and says how it ended."""

import json
import os
import sys
from importlib.metadata import PackageNotFoundError, version

from panorama_guard.cli.output import complain, tell_line
from panorama_guard.reporting.junit import junit_text
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import VERSION, Outcome, Review, State
from panorama_guard.reporting.review_body import review_body
from panorama_guard.reporting.review_text import Line, line_text, review_lines
from panorama_guard.reporting.sarif import sarif_body

OUTPUTS = ("text", "json", "sarif", "junit")
FAIL_ON = ("undecided", "escaped")

# The exit codes of `audit` and `check`.
CLEAN = 0
FOUND = 1
UNREAD = 2  # wrong arguments too: argparse exits with it
IN_DOUBT = 3

_PAINT = {Outcome.ESCAPED.value: "31;1", Outcome.UNDECIDED.value: "33;1", Outcome.CONTAINED.value: "32"} | {
    State.UNDECIDED.value: "33;1",
    State.WEAK.value: "33",
    State.INSIDE.value: "32",
}


def tell_review(review: Review, output: str, fail_on: str) -> int:
    """Write the review to the standard output and return the exit code."""
    if output == "json":
        tell_line(json.dumps(review_body(review), indent=2))
    elif output == "sarif":
        tell_line(json.dumps(sarif_body(review), indent=2))
    elif output == "junit":
        tell_line(junit_text(review))
    else:
        paints = is_painted()
        tell_line("\n".join(painted(line) if paints else line_text(line) for line in review_lines(review)))
    return end_review(review, output, fail_on)


def end_review(review: Review, output: str, fail_on: str) -> int:
    """Return the exit code; what could not be read is said to a person, where what was written is for a machine."""
    if review.unread and output != "text":
        more = f" (and {len(review.unread) - 1} more)" if review.unread[1:] else ""
        complain(f"not read: {plain(review.unread[0])}{more}")
    return exit_code(review, fail_on)


def exit_code(review: Review, fail_on: str) -> int:
    """Return how it ended: an escape comes before what could not be read, and that before a doubt."""
    if review.worst is Outcome.ESCAPED:
        return FOUND
    if review.unread:
        return UNREAD
    return IN_DOUBT if review.worst is Outcome.UNDECIDED and fail_on == "undecided" else CLEAN


def is_painted() -> bool:
    """Say whether colours are wanted: on a terminal that has them, unless NO_COLOR says no (no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def tool_version() -> str:
    """Return the version that is installed."""
    try:
        return version("panorama-guard")
    except PackageNotFoundError:
        return VERSION


def painted(line: Line) -> str:
    """Return a line with its first word in the colour of how it ended."""
    word, _ = line
    text = line_text(line)
    paint = _PAINT.get(word, _PAINT[Outcome.ESCAPED.value])
    return f"\x1b[{paint}m{text[: len(word)]}\x1b[0m{text[len(word) :]}" if word else text
