"""Parses arguments as argparse does, and says what is wrong with them in one line."""

import argparse
from collections.abc import Sequence
from textwrap import fill
from typing import Any, NoReturn

from panorama_guard.reporting.plain import is_seen

WRONG_ARGUMENTS = 2
WIDTH = 100  # characters of a line of help
FILES = ("FILE", "PATH", "EVENT.json")  # what stands in the help for a file
_COMPLETES_FILES = {"bash": "_shtab_compgen_files", "zsh": "_files", "tcsh": "f"}  # as shtab.FILE, which is not needed


class OneLineParser(argparse.ArgumentParser):
    """A parser whose errors are one line, which names the help; argparse would print the whole usage before it."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end."""
        shown = "".join(char if is_seen(char) else char.encode("unicode_escape").decode() for char in message)
        self.exit(WRONG_ARGUMENTS, f"{self.prog}: error: {shown}; see {self.prog} --help\n")

    def add_argument(self, *names: Any, **more: Any) -> argparse.Action:
        """Add an argument; shells complete the names of files where one is wanted."""
        action = super().add_argument(*names, **more)
        if action.metavar in FILES:
            action.complete = _COMPLETES_FILES  # type: ignore[attr-defined] # shtab reads it
        return action


def show_examples(parser: argparse.ArgumentParser, *examples: str) -> None:
    """Put examples into the help of a command, each on a line that can be copied, before what it ends with."""
    lines = "\n".join(f"  {example}" for example in examples)
    parser.description = fill(parser.description or "", WIDTH)
    parser.epilog = f"examples:\n{lines}\n\n{fill(parser.epilog or '', WIDTH)}"
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


class TellVersion(argparse.Action):
    """Prints which version is installed, and ends."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,  # noqa: ARG002 - argparse gives all four
        values: str | Sequence[Any] | None,  # noqa: ARG002 - as above
        option_string: str | None = None,  # noqa: ARG002 - as above
    ) -> NoReturn:
        """Print it on the standard output."""
        from panorama_guard.cli.reviewed import tool_version  # noqa: PLC0415 - a command loads only what it needs

        print(f"panorama-guard {tool_version()}")  # noqa: T201 - the command's output
        parser.exit()
