"""Random requests asked of iam-simulate, an independent evaluator of single requests, and of the definition.

It is installed from npm at a pinned version into an ignored folder, and run through node; nothing imports it. It knows
one reading of `*`: no wildcard crosses a segment.
"""

import json
import random
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from panorama_guard.containment import Reading, Request
from panorama_guard.containment.evaluate import decide_request
from tests.evidence.differences import KNOWN, known_difference
from tests.evidence.documents import REQUESTS, Question, Source
from tests.evidence.outcome import FOLDER, Options, Outcome, say, spread

PEER = Path(__file__).parent / "peer"
INSTALLED = FOLDER / "peer"
CHUNK = 100  # grants in one part
LONE_STARS = 10  # one grant of so many is asked about actions without a resource
SHOWN = 20


@dataclass(slots=True)
class Tally:
    """What some requests came to."""

    compared: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    unknown: int = 0  # the definition has no answer
    complaints: list[str] = field(default_factory=list)


def install() -> str:
    """Install the peer from its lock file, without running its scripts, and return its version."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        message = "iam-simulate needs node and npm"
        raise RuntimeError(message)
    INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "simulate.mjs"):
        shutil.copy(PEER / name, INSTALLED / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=INSTALLED, check=True)
    lock = json.loads((PEER / "package-lock.json").read_text(encoding="utf-8"))
    return str(lock["packages"]["node_modules/@cloud-copilot/iam-simulate"]["version"])


def ask_peer(questions: list[Question]) -> list[list[str]]:
    """Return the peer's answers to the requests of each question."""
    lines = "".join(question.line() + "\n" for question in questions)
    run = subprocess.run(
        ["node", "simulate.mjs"], cwd=INSTALLED, input=lines, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def judge_part(seed: int, chunk: int) -> Tally:
    """Compare the answers about the grants of one part."""
    source = Source(random.Random(f"{seed}/{chunk}"))  # noqa: S311 - chance, not secrets
    questions = [source.question() if number % LONE_STARS else source.lone_star_question() for number in range(CHUNK)]
    tally = Tally()
    for question, answers in zip(questions, ask_peer(questions), strict=True):
        for request, answer in zip(question.requests, answers, strict=True):
            _compare(question, request, answer, tally)
    return tally


def _compare(question: Question, request: Request, answer: str, tally: Tally) -> None:
    ours = decide_request(question.grant(), request, Reading.SEGMENTED)
    if ours is None:
        tally.unknown += 1
        return
    tally.compared["allowed" if ours else "denied"] += 1
    if answer.startswith("error"):
        tally.complaints.append(f"{answer}: {request}")
        return
    if (answer == "Allowed") is ours:
        return
    if name := known_difference(question, request):
        tally.known[name] += 1
        return
    tally.complaints.append(f"ours {ours}, theirs {answer}: {request} by {question.policies} in {question.boundary}")


def run_simulator(options: Options) -> Outcome:
    """Ask the peer and the definition the same random requests."""
    version = install()
    say(f"iam-simulate {version} is installed in {INSTALLED}")
    parts = list(range(max(1, options.simulations // (CHUNK * REQUESTS))))
    total = Tally()
    for tally in spread(partial(judge_part, options.seed), parts, options.processes, "requests simulated"):
        total.compared += tally.compared
        total.known += tally.known
        total.unknown += tally.unknown
        total.complaints += tally.complaints
    return Outcome(
        asked=f"{total.compared.total():,} random requests about {len(parts) * CHUNK:,} grants; version {version}",
        result=f"{len(total.complaints)} disagreements beside {total.known.total():,} of known kinds",
        seed=str(options.seed),
        command=f"make evidence KINDS=simulator SIMULATIONS={options.simulations} SEED={options.seed}",
        failures=tuple(islice(total.complaints, SHOWN)),
        details=_details(total),
    )


def _details(total: Tally) -> str:
    rows = "".join(f"| {name} | {total.known[name]:,} | {item.reason} |\n" for name, item in KNOWN.items())
    return (
        f"{total.compared['allowed']:,} allowed, {total.compared['denied']:,} denied; {total.unknown:,} more were not "
        "compared, as the definition has no answer. Known differences, each looked into:\n\n"
        f"| Difference | Requests | Why ours stands |\n|---|---|---|\n{rows}"
    )
