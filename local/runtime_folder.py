"""Lays out what Lambda's own image holds: the interpreter, the runtime interface client and boto3, and no more."""

from __future__ import annotations

import hashlib
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Final

import samcli

_ROOTS: Final = ("awslambdaric", "boto3")
_EMULATORS: Final = {
    "x86_64": "x86_64",
    "amd64": "x86_64",
    "aarch64": "arm64",
    "arm64": "arm64",
}


class RuntimeMissingError(Exception):
    """This machine has no Lambda runtime."""


@dataclass(frozen=True, slots=True)
class RuntimeFolder:
    """The Lambda runtime on this machine; without a folder for bytecode none is written, as in Lambda."""

    python: Path
    emulator: Path
    packages: Path
    bytecode: Path | None
    home: Path


def assemble_runtime(folder: Path) -> RuntimeFolder:
    """Make the folder with the runtime's packages, or raise `RuntimeMissingError`.

    Stacks share it: what one has compiled, the next need not. A set of packages has a folder of its own, made in one
    step, so that who makes it at the same time changes nothing under another's feet.
    """
    emulator, home = _find_emulator(), folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    paths = sorted(_find_packages())
    packages = folder / f"packages-{hashlib.sha256(repr(paths).encode()).hexdigest()[:16]}"
    if not packages.exists():
        _link_packages(paths, packages)
    return RuntimeFolder(Path(sys.executable), emulator, packages, folder / "bytecode", home)


def _link_packages(paths: list[Path], packages: Path) -> None:
    draft = Path(tempfile.mkdtemp(dir=packages.parent))
    for path in paths:
        (draft / path.name).symlink_to(path)
    try:
        draft.rename(packages)
    except OSError:
        if not packages.exists():
            raise
        shutil.rmtree(draft)  # another stack was faster


def _find_emulator() -> Path:
    name = _EMULATORS.get(platform.machine().lower())
    path = Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{name}"
    if name is None or not path.is_file() or sys.platform != "linux":
        message = f"the Lambda runtime emulator runs on Linux (x86_64, arm64), not on: `{platform.platform()}`"
        raise RuntimeMissingError(message)
    return path


def _find_packages() -> set[Path]:
    """Return the modules and packages of the roots and of all that they need."""
    found: set[Path] = set()
    seen: set[str] = set()
    waiting = list(_ROOTS)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        package = distribution(name)
        found |= {path for path in _top_level(package) if path.exists()}
        waiting += _requirements_of(package)
    return found


def _top_level(package: Distribution) -> Iterator[Path]:
    for file in package.files or []:
        first = file.parts[0]
        if first not in {"..", "__pycache__"} and not first.endswith(".pth"):
            yield Path(str(package.locate_file(first)))


def _requirements_of(package: Distribution) -> list[str]:
    needed = [each for each in package.requires or [] if "extra ==" not in each]
    return [match[0].lower().replace("_", "-") for each in needed if (match := re.match(r"[\w.-]+", each))]
