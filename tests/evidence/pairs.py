"""Random pairs of grants and random requests: every verdict held against the definition."""

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from panorama_guard.containment import Contained, Grant, Undecided
from panorama_guard.containment.check import check
from tests.evidence.laws import LAWS
from tests.evidence.outcome import Options, Outcome, spread
from tests.evidence.supposing import complaint
from tests.evidence.world import World, some_requests

CHUNK = 1000
CONTAINED_SHARE = 0.24  # of the pairs, a little less than it is, so that there are requests enough
EVERY_WITH_VARIABLES = 10  # one part of so many has policy variables; there a pair may be undecided
SHOWN = 20


@dataclass(slots=True)
class Tally:
    """What some pairs came to."""

    verdicts: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    undecided: int = 0  # of those without variables, each of which depends on what AWS does not say
    complaints: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Count the other's as well."""
        self.verdicts += other.verdicts
        self.requests += other.requests
        self.undecided += other.undecided
        self.complaints += other.complaints


def judge_pairs(chunk: int, seed: int, pairs: int, requests: int) -> Tally:
    """Judge `pairs` pairs of part `chunk`, each contained one against `requests` requests."""
    variables = chunk % EVERY_WITH_VARIABLES == EVERY_WITH_VARIABLES - 1
    world, tally = World(seed * 1_000_003 + chunk, variables=variables), Tally()
    for number in range(pairs):
        grant, ceiling = world.pair()
        if problem := _judge(world, grant, ceiling, requests, tally):
            tally.complaints.append(f"seed {seed}, part {chunk}, pair {number}: {problem}: {grant} in {ceiling}")
    return tally


def _judge(world: World, grant: Grant, ceiling: Grant, requests: int, tally: Tally) -> str | None:
    verdict = check(grant, ceiling)
    tally.verdicts[type(verdict).__name__] += 1
    asked = list(some_requests(world.random, requests, grant, ceiling))
    if isinstance(verdict, Contained):
        tally.requests += len(asked)
    if isinstance(verdict, Undecided):
        if world.variables:
            return None
        tally.undecided += 1
    return complaint(grant, ceiling, verdict, asked)


def judge_laws(seed: int) -> list[str]:
    """Return the laws that do not hold for the pairs of `seed`."""
    return [f"law `{law.__name__}` fails at seed {seed}" for law in LAWS if not law(seed)]


def run_pairs(options: Options) -> Outcome:
    """Judge random pairs, and hold every verdict of `contained` against random requests."""
    sizes = [min(CHUNK, options.pairs - first) for first in range(0, options.pairs, CHUNK)]
    requests = max(1, math.ceil(options.requests / max(1, options.pairs) / CONTAINED_SHARE))
    work = partial(_judge_part, options.seed, requests)
    total = Tally()
    for tally in spread(work, list(enumerate(sizes)), options.processes, "pairs"):
        total.add(tally)
    counts = ", ".join(f"{count:,} {name.lower()}" for name, count in sorted(total.verdicts.items()))
    return Outcome(
        asked=f"{options.pairs:,} random pairs; {total.requests:,} random requests against the contained ones",
        result=f"{counts}; {len(total.complaints)} disagreements with the definition",
        seed=str(options.seed),
        command=f"make evidence KINDS=pairs PAIRS={options.pairs} REQUESTS={options.requests} SEED={options.seed}",
        failures=tuple(islice(total.complaints, SHOWN)),
        details=_details(total),
    )


def _judge_part(seed: int, requests: int, part: tuple[int, int]) -> Tally:
    chunk, pairs = part
    return judge_pairs(chunk, seed, pairs, requests)


def _details(total: Tally) -> str:
    with_variables = total.verdicts["Undecided"] - total.undecided
    return (
        f"Of the undecided pairs {with_variables:,} have policy variables. Each of the other {total.undecided:,} was "
        "held against the requests of the small world with everything supposed that AWS does not say (several values "
        "under an operator for one, a value of another type under a negated operator): a request escapes under some "
        "supposition, and none was found that escapes under all, so the verdict is right to stay open."
    )


def run_laws(options: Options) -> Outcome:
    """Try the laws of sets on random grants."""
    seeds = list(range(options.seed, options.seed + options.laws))
    failures = [line for lines in spread(judge_laws, seeds, options.processes, "laws") for line in lines]
    return Outcome(
        asked=f"{len(LAWS)} laws on {options.laws:,} random grants each",
        result=f"{len(failures)} failures",
        seed=f"{options.seed} to {options.seed + options.laws - 1}",
        command=f"make evidence KINDS=laws LAWS={options.laws} SEED={options.seed}",
        failures=tuple(failures[:SHOWN]),
        details="Laws: " + ", ".join(f"`{law.__name__}`" for law in LAWS) + " (`tests/evidence/laws.py`).",
    )
