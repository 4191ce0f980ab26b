"""How long things take on this machine, and a figure in which other machines' times can be read."""

import statistics
import time
from collections.abc import Callable

CALIBRATION_LOOP = 200_000


def median_time(ask: Callable[[], object], runs: int) -> float:
    """Return the median seconds of `runs` calls after a first one."""
    ask()
    times: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        ask()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def calibration() -> float:
    """Return the seconds of a fixed pure Python loop."""
    return median_time(lambda: sum(number * number & 7 for number in range(CALIBRATION_LOOP)), 5)
