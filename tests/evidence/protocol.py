"""Checks the model of the protocol exhaustively with spin, and that each of its claims can fail.

The model is `tests/evidence/protocol/guard.pml`. A world is a set of bounds on it; spin visits every state of it. A
mutant is the model without one of its safeguards, in one world: spin must find the claim broken that it names.
"""

import re
import shutil
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from tests.evidence.outcome import Options, Outcome, spread

MODEL = Path(__file__).parent / "protocol" / "guard.pml"
INSTALL = "`make evidence KINDS=protocol` needs spin and gcc: apt-get install spin gcc"
MEGABYTES = 3500  # of one run; two may run at once on a machine that has room for them
DEPTH = 1_000_000


class World(NamedTuple):
    """What may happen, and how often: the values of the model's bounds, by their names."""

    bounds: str
    shows: str


WORLDS: dict[str, World] = {
    "attack": World(
        "MOVES=4 REFUSED_PLANS=1 VAIN_WRITES=1",
        "an attacker between any two steps, a plan that is refused, a write that never shows",
    ),
    "workers": World(
        "MOVES=2 INSPECTORS=2 REMEDIATORS=2 SWEEPS=1 RECHECKS=1", "two workers of each kind, a sweep beside an event"
    ),
    "crashes": World("MOVES=2 INSPECTORS=2 CRASHES=1 RECHECKS=1", "a worker killed at any step, beside another one"),
    "kills": World("MOVES=2 CRASHES=3", "three kills"),
    "losses": World(
        "MOVES=3 LOST_EVENTS=1 CRASHES=1 LOST_ORDERS=1 SWEEPS=1 RECHECKS=1",
        "a lost event, and an order among the dead letters",
    ),
    "telling": World("MOVES=3 TELLING=1 LOST_IMAGES=1 CRASHES=1 RECHECKS=1", "the stream, and an image that it loses"),
    "deletion": World("MOVES=3 DELETIONS=1 CRASHES=2", "a role that is deleted at any time"),
    "breaker": World("MOVES=9 COUNT_ACTS=1 LIMIT=1 RECHECKS=1", "a war within the breaker's window"),
    "another": World("MOVES=4 SUBJECTS=2 LIMIT=1 RECHECKS=1", "a war on one subject, and an escape on another"),
    "pause": World("MOVES=3 PAUSES=1 CRASHES=1 RECHECKS=1", "a pause at any time, that ends or is ended"),
    "undo": World("MOVES=2 UNDOS=1 RECHECKS=1", "an undo with its waiver, which ends at any time"),
    "undo killed": World("MOVES=1 UNDOS=1 CRASHES=1 RECHECKS=1", "the same, and a kill anywhere in it"),
    "undo paused": World("MOVES=1 UNDOS=1 PAUSES=1 RECHECKS=1", "the same, and a pause"),
    "waiver": World("MOVES=2 WAIVERS=1 CRASHES=1 RECHECKS=1", "a waiver at any time, which ends at any time"),
    "archiving": World("MOVES=3 ARCHIVES=1 RECHECKS=1", "what is over is put away"),
    "archiving beside": World("MOVES=3 ARCHIVES=1 INSPECTORS=2 RECHECKS=1", "the same, two workers beside each other"),
    "archiving killed": World(
        "MOVES=2 ARCHIVES=2 CRASHES=1 RECHECKS=1 TELLING=1 LOST_IMAGES=1", "the same, a kill, and an image that is lost"
    ),
    "archiving and undo": World("MOVES=2 ARCHIVES=1 UNDOS=1 RECHECKS=1", "the same at any step of an undo"),
    "an end": World("MOVES=3 CRASHES=1 LIVENESS=1", "no run goes on for ever"),
}

CLEAN = "contained is never said of a role that was not clean since"
ONE_INCIDENT = "one cause opens one incident"
ONE_WRITER = "one writer of a subject at a time"
PROOF = "no act without proof"
SAME = "no act on a role that was not read to be the plan's, two calls ago at most"
NO_WAIVER = "no act against a waiver, unless it came within two calls"
NO_PAUSE = "no act while paused, unless the pause came within one call"
BACKUP = "no act without a backup on record"
BOUNDED = "the breaker bounds the acts within its window"
OWN_COUNT = "the breaker counts no other subject"
TOLD = "every state is told"
TOLD_AGAIN = "what the stream lost is told after a sweep"
NOTHING_WAITS = "nothing waits for ever"
UNDONE = "an undo is carried out, or turned down"
STANDS = "an escape that stands is NOT FIXED, and told"
OVER = "what is over is not called open"
TRIED = "what stands was tried as often as is allowed"
KEPT = "what is put away is in the history"
END = "all that was begun comes to an end"

# What is left out of the model: in which world, and the claim that spin must find broken.
MUTANTS: dict[str, tuple[str, str]] = {
    "WITHOUT_REREAD": ("attack", CLEAN),
    "WITHOUT_PROOF": ("attack", PROOF),
    "WITHOUT_BACKUP": ("attack", BACKUP),
    "WITHOUT_SECOND_READ": ("attack", SAME),
    "WITHOUT_RETRY": ("kills", TRIED),
    "WITHOUT_ATTEMPTS": ("attack", NOTHING_WAITS),
    "WITHOUT_GROUP": ("workers", ONE_WRITER),
    "WITHOUT_CONDITION": ("workers", ONE_INCIDENT),
    "WITHOUT_ORDER_AGAIN": ("kills", NOTHING_WAITS),
    "WITHOUT_RECHECK": ("losses", STANDS),
    "WITHOUT_SWEEP": ("losses", STANDS),
    "WITHOUT_PUBLISHING_FIRST": ("telling", TOLD),
    "WITHOUT_TELLING_AGAIN": ("telling", TOLD_AGAIN),
    "WITHOUT_ORDER_FOR_GONE": ("deletion", NOTHING_WAITS),
    "WITHOUT_SETTLING": ("attack", OVER),
    "WITHOUT_BREAKER": ("breaker", BOUNDED),
    "WITHOUT_COUNT_OVER_INCIDENTS": ("breaker", BOUNDED),
    "WITHOUT_STRONGEST_KEPT": ("breaker", BOUNDED),
    "WITHOUT_HALF_OPEN": ("breaker", TRIED),
    "WITHOUT_COUNT_OF_ITS_OWN": ("another", OWN_COUNT),
    "WITHOUT_PAUSE": ("pause", NO_PAUSE),
    "WITHOUT_LOOK_AFTER_PAUSE": ("pause", STANDS),
    "WITHOUT_SECOND_LOOK_AFTER_PAUSE": ("pause", STANDS),
    "WITHOUT_TURNING_DOWN": ("undo", UNDONE),
    "WITHOUT_LIFT_AGAIN": ("undo paused", UNDONE),
    "WITHOUT_SECOND_LOOK_AT_WAIVERS": ("waiver", NO_WAIVER),
    "WITHOUT_LOOK_AT_EXPIRY": ("waiver", STANDS),
    "WITHOUT_DELETING_AS_READ": ("archiving beside", STANDS),
    "WITHOUT_ANOTHER_ID": ("archiving", NOTHING_WAITS),
    "WITHOUT_TOLD": ("archiving killed", TOLD_AGAIN),
    "WITHOUT_HISTORY_FIRST": ("archiving killed", KEPT),
    "WITHOUT_LIFT_OF_ARCHIVED": ("archiving and undo", UNDONE),
    "WITHOUT_END_OF_LOOKS": ("an end", END),
}


class Run(NamedTuple):
    """What spin found: how many states there are, how deep, and the claim that is broken, or nothing."""

    world: str
    mutant: str
    states: int
    depth: int
    broken: str
    seconds: float


def check(task: tuple[str, str]) -> Run:
    """Have spin visit the states of one world, of the model as it is or of a mutant, to the first claim broken."""
    world, mutant = task
    started = time.perf_counter()
    with TemporaryDirectory() as folder:
        text = _search(world, mutant, folder)
        broken = _broken(text, world, mutant, folder)
    states = re.search(r"(\d+(?:\.\d+e\+\d+)?) states, stored", text)
    depth = re.search(r"depth reached (\d+)", text)
    is_cut_short = ("Search not completed" in text and not broken) or "max search depth" in text
    if states is None or depth is None or is_cut_short:
        message = f"spin did not finish {world} {mutant}: {text[-500:]}"
        raise RuntimeError(message)
    seconds = time.perf_counter() - started
    return Run(world, mutant, int(float(states[1])), int(depth[1]), broken, seconds)


def _defines(world: str, mutant: str) -> list[str]:
    return [f"-D{bound}" for bound in (*WORLDS[world].bounds.split(), *mutant.split())]


def _search(world: str, mutant: str, folder: str) -> str:
    """Translate, compile and run the search, and return what it says."""
    is_safety = "LIVENESS" not in WORLDS[world].bounds
    shutil.copy(MODEL, folder)
    _run(["spin", "-a", *_defines(world, mutant), MODEL.name], folder)
    flags = ["-DSAFETY"] if is_safety else []
    optimised = "-O0" if mutant else "-O1"  # what a mutant breaks is found sooner than it is compiled
    _run(["gcc", optimised, "-w", "-DCOLLAPSE", f"-DMEMLIM={MEGABYTES}", *flags, "-o", "pan", "pan.c"], folder)
    return _run(["./pan", f"-m{DEPTH}", *([] if is_safety else ["-a"])], folder)


def _broken(text: str, world: str, mutant: str, folder: str) -> str:
    """Return the claim that the search found broken: the comment beside the assertion, found by replaying the trail."""
    if "acceptance cycle" in text:
        return END
    if "errors: 0" in text:
        return ""
    replayed = _run(["spin", "-t", *_defines(world, mutant), MODEL.name], folder, is_checked=False)
    at = re.search(r"guard\.pml:(\d+), Error: assertion violated", replayed)
    return claims()[int(at[1])] if at else f"no assertion: {text[:200]}"


def _run(command: list[str], folder: str, *, is_checked: bool = True) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if is_checked and done.returncode:
        message = f"`{' '.join(command[:3])}` failed: {(done.stdout + done.stderr)[-500:]}"
        raise RuntimeError(message)
    return done.stdout + done.stderr


def claims() -> dict[int, str]:
    """Return what each assertion of the model claims, by its line."""
    lines = MODEL.read_text(encoding="utf-8").splitlines()
    found = ((number, re.search(r"(?:assert\(|^ltl ).*/\* (.*) \*/$", line)) for number, line in enumerate(lines, 1))
    return {number: claim[1] for number, claim in found if claim}


def run_protocol(options: Options) -> Outcome:
    """Check every world, and that every mutant breaks its claim."""
    if missing := [tool for tool in ("spin", "gcc") if shutil.which(tool) is None]:
        message = f"{INSTALL} (missing: {', '.join(missing)})"
        raise RuntimeError(message)
    tasks = [*((world, "") for world in WORLDS), *((world, mutant) for mutant, (world, _) in MUTANTS.items())]
    runs = list(spread(check, tasks, min(2, options.processes), "searches"))
    failures = tuple(line for run in runs if (line := _failure(run)))
    whole = [run for run in runs if not run.mutant]
    killed, states = sum(bool(run.mutant) and not _failure(run) for run in runs), sum(run.states for run in whole)
    return Outcome(
        asked=f"{len(set(claims().values()))} claims in {len(whole)} worlds, {states:,} states",
        result=f"{sum(bool(run.broken) for run in whole)} claims broken; {killed} of {len(MUTANTS)} mutants killed",
        seed="none: every state is visited",
        command="make evidence KINDS=protocol",
        failures=failures,
        details=_details(runs),
    )


def _failure(run: Run) -> str:
    expected = MUTANTS[run.mutant][1] if run.mutant else ""
    if run.broken == expected:
        return ""
    if not run.mutant:
        return f"in the world `{run.world}` a claim is broken: {run.broken}"
    return f"{run.mutant} was to break `{expected}`, and broke `{run.broken or 'nothing'}`"


def _details(runs: list[Run]) -> str:
    order = list(WORLDS)
    whole = sorted((run for run in runs if not run.mutant), key=lambda run: order.index(run.world))
    rows = "".join(
        f"| {WORLDS[run.world].shows} | `{WORLDS[run.world].bounds}` | {run.states:,} | {run.depth} |\n"
        for run in whole
    )
    mutants = sorted((run for run in runs if run.mutant), key=lambda run: list(MUTANTS).index(run.mutant))
    killed = "".join(f"| `{run.mutant}` | {run.broken or '**nothing**'} | {run.depth} |\n" for run in mutants)
    return (
        "`docs/protocol.md` says what the model is, what is bounded and what is not in it.\n\n"
        f"| World | Bounds | States | Depth |\n|---|---|---|---|\n{rows}\n"
        "Each claim can fail:\n\n"
        f"| Safeguard left out | Claim that spin finds broken | Depth |\n|---|---|---|\n{killed}"
    )
