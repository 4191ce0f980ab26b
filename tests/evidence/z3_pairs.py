"""Random pairs of grants asked of Z3: it must find an escape exactly where the engine does not prove containment."""

from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import z3

from panorama_guard.containment import Contained, Escaped, Grant, Reading
from panorama_guard.containment.check import check
from tests.benchmarks.z3_conditions import NotEncodedError
from tests.benchmarks.z3_peer import escape_question
from tests.evidence.outcome import Options, Outcome, spread
from tests.evidence.world import World

CHUNK = 50
SHOWN = 20


@dataclass(slots=True)
class Tally:
    """What some pairs came to."""

    answers: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def disagreement(grant: Grant, ceiling: Grant, seconds: float, answers: Counter[str]) -> str | None:
    """Return how Z3 disagrees with the engine about a pair, or None; count what it answered."""
    verdict = check(grant, ceiling)
    found = {reading: ask_z3(grant, ceiling, reading, seconds) for reading in Reading}
    answers[f"{type(verdict).__name__.lower()}, Z3 {'/'.join(sorted(set(found.values())))}"] += 1
    if isinstance(verdict, Contained):
        return f"contained, and Z3 finds an escape: {found}" if "sat" in found.values() else None
    if isinstance(verdict, Escaped):
        denied = [reading for reading in verdict.readings if found[reading] == "unsat"]
        return f"escaped, and Z3 proves the contrary under {denied}: {verdict}" if denied else None
    return "undecided, and Z3 proves containment" if set(found.values()) == {"unsat"} else None


def version() -> str:
    """Return Z3's version."""
    return str(z3.get_version_string())


def ask_z3(grant: Grant, ceiling: Grant, reading: Reading, seconds: float) -> str:
    """Return what Z3 says of an escape: sat, unsat, timeout or not encoded."""
    try:
        solver = escape_question(grant, ceiling, reading)
    except NotEncodedError:
        return "not encoded"
    solver.set("timeout", int(seconds * 1000))
    answer = solver.check()
    return "timeout" if answer == z3.unknown else str(answer)


def judge_part(seed: int, seconds: float, chunk: int) -> Tally:
    """Ask Z3 about the pairs of one part."""
    world, tally = World(seed * 1_000_003 + chunk), Tally()
    for number in range(CHUNK):
        grant, ceiling = world.pair()
        if problem := disagreement(grant, ceiling, seconds, tally.answers):
            tally.complaints.append(f"seed {seed}, part {chunk}, pair {number}: {problem}: {grant} in {ceiling}")
    return tally


def run_z3(options: Options) -> Outcome:
    """Ask Z3 about random pairs."""
    parts = list(range(max(1, options.z3_pairs // CHUNK)))
    answers: Counter[str] = Counter()
    complaints: list[str] = []
    for tally in spread(
        partial(judge_part, options.seed, options.z3_seconds), parts, options.processes, "pairs asked of Z3"
    ):
        answers += tally.answers
        complaints += tally.complaints
    pairs = answers.total()
    silent = sum(count for name, count in answers.items() if "timeout" in name or "not encoded" in name)
    rows = "".join(f"| {name} | {count:,} |\n" for name, count in sorted(answers.items()))
    return Outcome(
        asked=f"{pairs:,} random pairs under each reading; Z3 {version()}, {options.z3_seconds:g} s each",
        result=f"{len(complaints)} disagreements; Z3 silent on a reading of {silent:,} pairs",
        seed=str(options.seed),
        command=f"make evidence KINDS=z3 Z3_PAIRS={options.z3_pairs} SEED={options.seed}",
        failures=tuple(islice(complaints, SHOWN)),
        details=f"| Engine, and what Z3 says of the three readings | Pairs |\n|---|---|\n{rows}",
    )
