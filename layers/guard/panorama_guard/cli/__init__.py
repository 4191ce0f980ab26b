"""The command line: `decide` and `explain` answer questions of containment, the others ask a deployed guard."""

import sys
from collections.abc import Sequence

from panorama_guard.cli.arguments import parse_arguments
from panorama_guard.cli.output import FAILED, complain


def main(argv: Sequence[str] | None = None) -> int:
    """Run the subcommand that `argv` names and return the exit code."""
    run = parse_arguments(argv)
    try:
        return run()
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return FAILED
    except KeyboardInterrupt:
        complain("stopped")
        return FAILED
