"""Finds and reads the files that `check` is given: files as they are named, and in folders what may hold roles."""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from panorama_guard.cli.files import STANDARD_INPUT, name_of
from panorama_guard.drafts.files import MARKS

_ENDINGS = frozenset({".json", ".yaml", ".yml", ".template"})
_PASSED_OVER = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file: its text, or why it could not be read. One without any mark of ours may stay unread.

    Unless the command line names it (`is_named`): whoever does means that it holds roles.
    """

    name: str
    text: str = ""
    problem: str = ""
    is_named: bool = False

    @property
    def is_marked(self) -> bool:
        """Say whether anything in the text says that it could hold roles."""
        return any(mark in self.text for mark in MARKS)


def find_files(paths: Sequence[str]) -> Iterator[FoundFile]:
    """Yield each file once, in the order of the paths; folders are searched, hidden ones in them are not."""
    seen: set[str] = set()
    for path in paths:
        is_folder = _is_folder(path)
        for name in _inside(path) if is_folder else [path]:
            if name not in seen:
                seen.add(name)
                yield replace(_read(name), is_named=not is_folder)


def _is_folder(path: str) -> bool:
    return path != STANDARD_INPUT and os.path.isdir(path)  # noqa: PTH112 - pathlib's raises for what is no path


def _inside(folder: str) -> Iterator[str]:
    """Yield the files of a folder that may hold roles; a folder that cannot be listed itself, to be complained of."""
    try:
        entries = sorted(Path(folder).iterdir())
    except OSError:
        yield folder
        return
    for path in entries:
        if path.name.startswith(".") or path.name in _PASSED_OVER:
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _inside(str(path))
        elif path.suffix.lower() in _ENDINGS and path.is_file():
            yield str(path)


def _read(name: str) -> FoundFile:
    told = name_of(name) if name == STANDARD_INPUT else _told(name)
    try:
        raw = sys.stdin.buffer.read() if name == STANDARD_INPUT else Path(name).read_bytes()
    except (OSError, ValueError) as error:
        return FoundFile(told, problem=getattr(error, "strerror", None) or str(error))
    try:
        return FoundFile(told, raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return FoundFile(told, problem="it is not UTF-8")


def _told(name: str) -> str:
    """Return a file's name as code scanning looks for it: from the working directory, if it is in there."""
    path = os.path.normpath(name)
    try:
        here = os.getcwd()  # noqa: PTH109 - as texts: a name may be no path
    except OSError:  # it was deleted meanwhile
        return path
    return os.path.relpath(path, here) if path.startswith(here + os.sep) else path
