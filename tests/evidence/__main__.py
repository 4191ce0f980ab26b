"""Gather the evidence that the guard is right, and write it down.

    python -m tests.evidence [KIND...] [--pairs N] ... [--write]      (`make evidence` does it all)

What a kind came to is kept in `.local/evidence/`; with `--write` the page `docs/evidence.md` is made of the last
outcome of each kind. Exits with 1 if anything speaks against it.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from tests.evidence.outcome import Options, Outcome, keep, say
from tests.evidence.page import KINDS, page

PAGE = Path("docs/evidence.md")


def runner_of(kind: str) -> Callable[[Options], Outcome]:
    """Return the function that gathers one kind; its module may need packages that other kinds do not."""
    module, function = KINDS[kind].runner
    found: Callable[[Options], Outcome] = getattr(import_module(f"tests.evidence.{module}"), function)
    return found


def options_from(arguments: argparse.Namespace) -> Options:
    """Return the options that the command line gives."""
    return Options(**{item.name: getattr(arguments, item.name) for item in fields(Options)})


def parser() -> argparse.ArgumentParser:
    """Return the reader of the command line: one option for each field of Options."""
    reader = argparse.ArgumentParser(prog="python -m tests.evidence", description=__doc__.partition("\n")[0])
    reader.add_argument("kinds", nargs="*", metavar="KIND", help=f"any of {', '.join(KINDS)}; all if none is named")
    reader.add_argument("--write", action="store_true", help=f"write {PAGE}")
    for item in fields(Options):
        default = os.cpu_count() or 1 if item.name == "processes" else item.default
        reader.add_argument(f"--{item.name.replace('_', '-')}", type=type(item.default), default=default)
    return reader


def gather(kind: str, options: Options) -> list[str]:
    """Gather one kind, keep what it came to, and return what speaks against it, or why there is nothing."""
    say(f"{kind}: {KINDS[kind].title}")
    started = time.perf_counter()
    try:
        outcome = runner_of(kind)(options)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        return [f"{kind}: not gathered: {error}"]
    keep(kind, outcome, time.perf_counter() - started)
    say(f"{kind}: {outcome.asked}: {outcome.result}")
    return [f"{kind}: {failure}" for failure in outcome.failures]


def main(argv: list[str]) -> int:
    """Gather the kinds that are named, and return 1 if one found a fault."""
    arguments = parser().parse_args(argv)
    unknown = [kind for kind in arguments.kinds if kind not in KINDS]
    if unknown:
        parser().error(f"no kind of evidence: {' '.join(unknown)}")
    options = options_from(arguments)
    failures = [failure for kind in arguments.kinds or KINDS for failure in gather(kind, options)]
    sys.stdout.writelines(f"{failure}\n" for failure in failures)
    if arguments.write:
        PAGE.write_text(page(), encoding="utf-8")
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
