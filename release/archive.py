"""Archives and sums that are the same for the same files, whenever and wherever they are made."""

import _imp
import hashlib
import os
import zipfile
from pathlib import Path
from typing import Final

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first time that an archive can hold: when it was made is no part of it
_PLAIN: Final = 0o100644  # Lambda wants files that everybody may read, whatever the umask was
_EXECUTABLE: Final = 0o100755
_LEFT_OUT: Final = frozenset({"__pycache__", ".DS_Store"})
_BYTECODE: Final = ".cpython-313.pyc"  # of the functions' runtime; no other Python takes it
_UNCHECKED: Final = b"\1\0\0\0"  # https://peps.python.org/pep-0552/
SUMS: Final = "SHA256SUMS"


class BytecodeError(Exception):
    """A folder holds bytecode that is not of the source beside it."""


def write_archive(folder: Path, archive: Path, *, keeps_bytecode: bool = False) -> None:
    """Write every file under the folder into the archive, in the order of their names.

    Of compiled code the runtime's or none; raise `BytecodeError` where it is not of the source beside it.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        for path in files:
            inside = path.relative_to(folder)
            if keeps_bytecode and path.name.endswith(_BYTECODE):
                _check_bytecode(path)
            elif _LEFT_OUT.intersection(inside.parts):
                continue
            opened.writestr(_entry(path, inside), path.read_bytes(), compresslevel=9)


def _check_bytecode(compiled: Path) -> None:
    """Nobody would look again: bytecode of this kind is run whatever its source says."""
    head = compiled.read_bytes()[:16]
    source = compiled.parents[1] / f"{compiled.name.removesuffix(_BYTECODE)}.py"
    magic = int.from_bytes(
        head[:4], "little"
    )  # it is part of the hash; importlib's own function knows only this Python's
    if head[4:8] != _UNCHECKED or not source.is_file() or head[8:] != _imp.source_hash(magic, source.read_bytes()):
        message = f"bytecode that is not of its source: `{compiled.name}`"
        raise BytecodeError(message)


def _entry(path: Path, inside: Path) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(inside.as_posix(), _EARLIEST)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # Unix, so that the mode below counts
    entry.external_attr = (_EXECUTABLE if os.access(path, os.X_OK) else _PLAIN) << 16
    return entry


def write_sums(folder: Path) -> None:
    """Write the SHA-256 of every other file of the folder, as `sha256sum --check` reads them."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.name != SUMS)
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
