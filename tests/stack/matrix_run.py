"""The fault matrix on stacks of its own: recorded once, then run in parts."""

import contextlib
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.stack.account import Account
from tests.stack.faulty import Cell
from tests.stack.matrix import Ran, matrix, run_cell
from tests.stack.running import run_local, start_stack
from tests.stack.scenarios import SCENARIOS, Scenario

PARAMETERS = ("--param", "SweepWindowSeconds=1", "--param", "CustomerPolicies=revert", "--retry", "0.2", "--cold")
type_cell = tuple[str, Cell]  # the name of its scenario, and the cell


@dataclass(frozen=True, slots=True)
class Part:
    """Cells to run on one stack, in one mode."""

    mode: str
    cells: tuple[type_cell, ...]


@dataclass(slots=True)
class Result:
    """What came of cells: how many, how they ended, what does not hold, and whose call was not made."""

    cells: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    unmet: list[str] = field(default_factory=list)

    def add(self, name: str, cell: Cell, ran: Ran) -> None:
        """Count one cell."""
        self.cells += 1
        self.states[ran.state or "none"] += 1
        self.faults[cell.fault.value] += 1
        self.complaints += [f"{name}: {cell}: {complaint}" for complaint in ran.complaints]
        self.unmet += [] if ran.was_met else [f"{name}: {cell}"]

    def join(self, other: "Result") -> None:
        """Add what came of other cells."""
        self.cells += other.cells
        self.states += other.states
        self.faults += other.faults
        self.complaints += other.complaints
        self.unmet += other.unmet

    def __str__(self) -> str:
        """Return the figure in a line."""
        bad = len({complaint.rsplit(": ", 1)[0] for complaint in self.complaints})
        share = 100 * (self.cells - bad) / max(self.cells, 1)
        ended = ", ".join(f"{count} {state}" for state, count in self.states.most_common())
        unmet = f"; in {len(self.unmet)} of them the call was not made" if self.unmet else ""
        return f"{self.cells} cells (call x fault), {share:.1f} % end in the invariant ({ended}){unmet}"


@contextlib.contextmanager
def matrix_account(mode: str) -> Iterator[Account]:
    """Give the account of a stack that only the matrix uses."""
    folder = Path(tempfile.mkdtemp(prefix="panorama-guard-faults-"))
    try:
        yield Account(start_stack(folder, "--mode", mode, *PARAMETERS))
    finally:
        run_local(folder, "down")


def scenario_named(name: str) -> Scenario:
    """Return a scenario."""
    return next(one for one in SCENARIOS if one.name == name)


def record_matrix() -> list[type_cell]:
    """Return every cell, from runs of every scenario without a fault."""
    seen: set[tuple[str, ...]] = set()
    cells: list[type_cell] = []
    for mode in sorted({one.mode for one in SCENARIOS}, reverse=True):
        with matrix_account(mode) as account:
            cells += matrix(account, [one for one in SCENARIOS if one.mode == mode], seen)
    return cells


def parts_of(cells: list[type_cell], size: int, seed: int) -> list[Part]:
    """Return the cells in parts of one mode, mixed so that each takes about as long."""
    mixed = random.Random(seed).sample(cells, len(cells))  # noqa: S311 - chance, not secrets
    modes = sorted({one.mode for one in SCENARIOS})
    by_mode = {mode: [one for one in mixed if scenario_named(one[0]).mode == mode] for mode in modes}
    return [
        Part(mode, tuple(own[first : first + size]))
        for mode, own in by_mode.items()
        for first in range(0, len(own), size)
    ]


def run_part(part: Part) -> Result:
    """Run cells on a stack of their own."""
    result = Result()
    with matrix_account(part.mode) as account:
        for name, cell in part.cells:
            ran = run_cell(account, scenario_named(name), cell)
            result.add(name, cell, ran)
            if ran.complaints:
                sys.stderr.write(f"{name}: {cell}: {'; '.join(ran.complaints)}\n")
    return result
