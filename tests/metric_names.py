"""The metrics that the functions count, read from their code, and the values of their dimensions."""

import re
from pathlib import Path
from typing import get_args

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import PENDING, State
from panorama_guard.case.step import AttachManaged, DeleteBoundary, RevokeSessions, Step
from panorama_guard.planning.plan import QUARANTINED
from panorama_guard.service.inspector import CONTAINED

ROOT = Path(__file__).resolve().parents[1]
COUNTING = ROOT / "layers/guard/panorama_guard/counting.py"
DOORS = tuple(sorted((ROOT / "functions").glob("*/handler.py")))
# Steps that take one back, and the one that stands beside the step that ends an escape, end no plan.
NOT_LAST = {AttachManaged, DeleteBoundary, RevokeSessions}
# An order leaves no incident waiting for another one.
COUNTED_BY = {
    "Verdicts": ("kind", {CONTAINED, *(kind.value for kind in Kind)}),
    "Contained": ("rung", {QUARANTINED, *(step.__name__ for step in get_args(Step) if step not in NOT_LAST)}),
    "Outcomes": ("outcome", {state.value for state in State if state not in PENDING}),
}


def counted(*doors: Path) -> set[str]:
    """Return the names of the metrics that functions count with the dimension `service` alone."""
    return {
        name for door in (COUNTING, *doors) for name in re.findall(r'add_metric\(name="(\w+)"', door.read_text("utf-8"))
    }


def counted_by_dimension() -> set[str]:
    """Return the names of those that have another dimension beside it."""
    return set(re.findall(r'single_metric\(name="(\w+)"', COUNTING.read_text("utf-8")))
