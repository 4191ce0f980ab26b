"""Every AWS call that the functions make, and every fault that it can meet, in the stack on this machine."""

import shutil
from functools import partial
from pathlib import Path

from tests.evidence.outcome import FOLDER, Options, Outcome, commit, once, spread
from tests.stack.matrix_run import Part, Result, parts_of, record_matrix, run_part
from tests.stack.scenarios import SCENARIOS

PART = 100  # cells for one stack


def run_faults(options: Options) -> Outcome:
    """Run the fault matrix: all of it, or a seeded sample of so many parts.

    It takes an hour and more: where it is stopped, it goes on from there when it is asked again of the same commit.
    """
    tested = commit()
    folder = FOLDER / f"faults of {tested}, seed {options.seed}"
    if "changes" in tested:
        shutil.rmtree(folder, ignore_errors=True)
    cells = once(folder / "cells", record_matrix)
    parts = parts_of(cells, PART, options.seed)[: options.fault_parts or None]
    tasks = [(folder / f"part {number}", part) for number, part in enumerate(parts)]
    result = Result()
    # Much of a cell is waiting, for an SDK's back-off and for what comes again: a stack more than processors.
    for part in spread(run_once, tasks, options.processes + 1, "faults"):
        result.join(part)
    unmet = [f"the call was not made in any of its runs: {cell}" for cell in result.unmet]
    return Outcome(
        asked=f"{len(cells)} cells of {len(SCENARIOS)} scenarios, {result.cells} of them run",
        result=str(result),
        seed=str(options.seed),
        command=f"make evidence KINDS=faults SEED={options.seed}",
        failures=tuple(result.complaints),
        details=_details(result, unmet),
    )


def run_once(task: tuple[Path, Part]) -> Result:
    """Return what came of a part, which is run if that is not known."""
    path, part = task
    return once(path, partial(run_part, part))


def _details(result: Result, unmet: list[str]) -> str:
    rows = "".join(f"| {fault} | {count} |\n" for fault, count in sorted(result.faults.items()))
    notes = "".join(f"\n- {note}" for note in unmet)
    return f"| Fault | Cells |\n|---|---|\n{rows}" + notes
