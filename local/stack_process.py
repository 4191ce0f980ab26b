"""The stack as a process: found, started in the background, stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

from local.runtime import clear_workers
from local.stack_settings import ROOT

_START_SECONDS: Final = 90.0
_STOP_SECONDS: Final = 15.0
_TICK_SECONDS: Final = 0.05


class ProcessError(Exception):
    """The stack's process did not do what it was asked; the message is one line."""


def find_stack(folder: Path) -> dict[str, Any] | None:
    """Return what the running stack wrote down, or None; what a dead one left behind is cleared away."""
    path = folder / "stack.json"
    try:
        places: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if is_stack(int(places.get("pid", 0))):
        return places
    path.unlink(missing_ok=True)
    clear_workers(folder)
    return None


def is_stack(pid: int) -> bool:
    """Say whether this process is a stack: after a crash the id may be somebody else's."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return b"local" in words and b"up" in words and not _is_gone(pid)


def _is_gone(pid: int) -> bool:
    """Say whether a process has let go of everything; one that is ending loses its command line before its port."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[-1].split()[0]
    except OSError:
        return True
    return state in "ZX"


def start_in_background(folder: Path, arguments: list[str]) -> dict[str, Any]:
    """Start the stack in a process of its own and return what it wrote down, or raise `ProcessError`."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "stack.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "local", "up", "--foreground", *arguments],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ProcessError(_last_line(log))
        if (places := find_stack(folder)) is not None:
            return places
        time.sleep(_TICK_SECONDS)
    process.kill()
    message = f"the stack did not start in {_START_SECONDS:.0f} seconds, see `{log}`"
    raise ProcessError(message)


def stop_stack(folder: Path) -> bool:
    """Stop the stack; return whether there was one."""
    places = find_stack(folder)
    if places is None:
        return False
    pid = int(places["pid"])
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        _await_end(pid)
    (folder / "stack.json").unlink(missing_ok=True)
    clear_workers(folder)
    return True


def _await_end(pid: int) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while not _is_gone(pid):
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
        time.sleep(_TICK_SECONDS)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].removeprefix("panorama-guard local: ") if lines else f"the stack stopped, see `{log}`"
