"""What the command line writes, and with which code it ends."""

import json
import sys
from collections.abc import Mapping
from typing import Any

from panorama_guard.reporting.plain import is_seen

ANSWERED = 0
FAILED = 1  # a line or a file could not be read; argparse itself exits with 2
ESCAPED = 3
UNDECIDED = 4

# The operator's commands have codes of their own.
REFUSED = 3
WAITING = 4
DIFFERS = 5


def tell(answer: Mapping[str, Any]) -> None:
    """Write one JSON object on a line of its own: ASCII, so that nothing in it acts on a terminal."""
    tell_line(json.dumps(answer))


def tell_line(line: str) -> None:
    """Write a line."""
    print(line, flush=True)  # noqa: T201 - the command's output


def complain(problem: str) -> None:
    """Write one line of what is wrong."""
    shown = "".join(char if is_seen(char) else char.encode("unicode_escape").decode() for char in problem)
    print(f"panorama-guard: {shown}", file=sys.stderr)  # noqa: T201 - the command's error output
