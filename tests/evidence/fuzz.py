"""Coverage-guided fuzzing of what is parsed, target by target, each in a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.evidence.fuzz_targets import TARGETS, dictionary, seeds
from tests.evidence.outcome import FOLDER, Options, Outcome, spread

WORK = FOLDER / "fuzz"
SLOW = 10  # seconds that one input may take
MEMORY = 2048  # megabytes
LONGEST = 8192  # bytes of an input
SHOWN = 2000  # characters of a crash's report


@dataclass(frozen=True, slots=True)
class Run:
    """What fuzzing one target came to."""

    target: str
    inputs: int
    coverage: int
    started_from: int
    kept: int
    crash: str


def fuzz(seconds: int, seed: int, target: str) -> Run:
    """Fuzz one target for so many seconds, from its seeds and what earlier runs kept."""
    folder = WORK / target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    planted = [corpus / f"seed-{number}" for number, data in enumerate(_plant(target, corpus))]
    (folder / "words").write_text("".join(f'"{_quoted(word)}"\n' for word in dictionary()), encoding="ascii")
    flags = [f"-max_total_time={seconds}", f"-seed={seed + 1}", f"-timeout={SLOW}", f"-rss_limit_mb={MEMORY}"]
    flags += [f"-max_len={LONGEST}", f"-dict={folder / 'words'}", f"-artifact_prefix={folder}/", "-print_final_stats=1"]
    run = subprocess.run(
        [sys.executable, "-m", "tests.evidence.fuzz_run", target, *flags, str(corpus)],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    log = run.stdout + run.stderr
    (folder / "log").write_text(log, encoding="utf-8")
    crash = "" if run.returncode == 0 else log[-SHOWN:]
    kept = len(list(corpus.iterdir()))
    return Run(target, _number(r"number_of_executed_units: (\d+)", log), _last_coverage(log), len(planted), kept, crash)


def _plant(target: str, corpus: Path) -> Iterator[bytes]:
    for number, data in enumerate(seeds(target)):
        (corpus / f"seed-{number}").write_bytes(data)
        yield data


def _quoted(word: str) -> str:
    return "".join(char if char.isalnum() else f"\\x{ord(char):02x}" for char in word)


def _number(pattern: str, log: str) -> int:
    found = re.search(pattern, log)
    return int(found[1]) if found else 0


def _last_coverage(log: str) -> int:
    found = re.findall(r" cov: (\d+) ", log)
    return int(found[-1]) if found else 0


def run_fuzz(options: Options) -> Outcome:
    """Fuzz every target."""
    work = partial(fuzz, options.fuzz_seconds, options.seed)
    runs = sorted(spread(work, list(TARGETS), options.processes, "targets fuzzed"), key=lambda run: run.target)
    rows = "".join(
        f"| `{run.target}` | {run.inputs:,} | {run.started_from:,} | {run.kept:,} | {run.coverage:,} |\n"
        for run in runs
    )
    crashes = tuple(f"{run.target}: {run.crash}" for run in runs if run.crash)
    return Outcome(
        asked=f"{sum(run.inputs for run in runs):,} inputs to {len(runs)} targets, {options.fuzz_seconds} s each",
        result=f"{len(crashes)} crashes, slow inputs or broken round trips",
        seed=str(options.seed),
        command=f"make evidence KINDS=fuzz FUZZ_SECONDS={options.fuzz_seconds} SEED={options.seed}",
        failures=crashes,
        details=f"| Target | Inputs | Seeds | Kept | Edges |\n|---|---|---|---|---|\n{rows}",
    )
