"""What one kind of evidence came to, kept as JSON until the page is written."""

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from tests.benchmarks.timing import calibration

FOLDER = Path(".local/evidence")


@dataclass(frozen=True, slots=True)
class Options:
    """How much is asked, and from which seed: the defaults are those of `make evidence`."""

    seed: int = 0
    processes: int = 2
    pairs: int = 1_000_000
    requests: int = 10_000_000
    laws: int = 5_000
    z3_pairs: int = 2_000
    z3_seconds: float = 2.0
    simulations: int = 200_000
    managed_pairs: int = 20
    fuzz_seconds: int = 120
    mutation_minutes: float = 20.0
    fault_parts: int = 0  # how many parts of the fault matrix are run; 0 for all
    events: int = 10_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """One kind of evidence: what was asked, what came out, and what does not fit."""

    asked: str
    result: str
    seed: str
    command: str
    failures: tuple[str, ...] = ()
    details: str = ""  # Markdown below the table


def commit() -> str:
    """Return the commit that was tested, and whether files differ from it."""

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], capture_output=True, text=True, check=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "layers", "tests")
    return git("rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def keep(kind: str, outcome: Outcome, seconds: float) -> None:
    """Write the outcome beside those of the other kinds."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    body = {
        **asdict(outcome),
        "seconds": seconds,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "calibration": calibration(),
        "python": ".".join(map(str, sys.version_info[:3])),
    }
    (FOLDER / f"{kind}.json").write_text(json.dumps(body, indent=1), encoding="utf-8")


def kept(kind: str) -> dict[str, Any] | None:
    """Return what was kept of the kind last, or None."""
    path = FOLDER / f"{kind}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


Made = TypeVar("Made")


def once(path: Path, make: Callable[[], Made]) -> Made:
    """Return what `make` returns, or what it returned when this was asked of the same path before."""
    if path.exists():
        made: Made = pickle.loads(path.read_bytes())  # noqa: S301 - of the file that is written below
        return made
    made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_bytes(pickle.dumps(made))
    half.replace(path)
    return made


def say(text: str) -> None:
    """Tell progress."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


Task = TypeVar("Task")
Result = TypeVar("Result")


def spread(work: Callable[[Task], Result], tasks: list[Task], processes: int, label: str) -> Iterator[Result]:
    """Yield the results of all tasks in any order, done by several processes, and tell how far they are."""
    started = time.perf_counter()
    told = started
    with get_context("spawn").Pool(processes) as pool:
        for done, result in enumerate(pool.imap_unordered(work, tasks), 1):
            now = time.perf_counter()
            if now - told > 10 or done == len(tasks):
                told = now
                left = (now - started) / done * (len(tasks) - done)
                say(f"{label}: {done} of {len(tasks)} parts, {now - started:.0f} s, about {left:.0f} s left")
            yield result
