"""Counts what is under way, and wakes whoever waits for more."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

_FOREVER_SECONDS: Final = 3600.0


class Activity:
    """A counter that moves whenever something may have changed, and a count of the steps under way."""

    def __init__(self) -> None:
        """Begin with nothing under way."""
        self._changed = threading.Condition()
        self._generation = 0
        self._under_way = 0
        self._is_over = False

    @property
    def generation(self) -> int:
        """Return a number that is larger after every change."""
        with self._changed:
            return self._generation

    @property
    def under_way(self) -> int:
        """Return how many steps are between their beginning and their end."""
        with self._changed:
            return self._under_way

    @property
    def is_over(self) -> bool:
        """Say whether all should stop."""
        return self._is_over

    def wake(self) -> None:
        """Tell everybody that something may be due; never blocks on anything but this counter."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()

    def end(self) -> None:
        """Ask everybody to stop."""
        self._is_over = True
        self.wake()

    @contextlib.contextmanager
    def step(self) -> Iterator[None]:
        """Count one step as under way; its end is a change."""
        with self._changed:
            self._under_way += 1
            self._generation += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._generation += 1
                self._changed.notify_all()

    def wait(self, seen: int, seconds: float | None = None) -> None:
        """Return once something changed after `seen`, the seconds are over, or all should stop."""
        limit = _FOREVER_SECONDS if seconds is None else max(seconds, 0.0)
        with self._changed:
            self._changed.wait_for(lambda: self._generation != seen or self._is_over, limit)

    def pause(self, seconds: float) -> None:
        """Return after the seconds, or earlier when all should stop."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self._is_over and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)


class Timer:
    """Runs jobs at their time, each in turn, on one thread."""

    def __init__(self) -> None:
        """Begin with no jobs."""
        self._changed = threading.Condition()
        self._jobs: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._is_over = False

    def at(self, when: float, job: Callable[[], None]) -> None:
        """Run the job at this time of the monotonic clock."""
        with self._changed:
            heapq.heappush(self._jobs, (when, next(self._order), job))
            self._changed.notify_all()

    def run(self) -> None:
        """Run jobs until the end."""
        while (job := self._next()) is not None:
            job()

    def end(self) -> None:
        """Drop all jobs and stop."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while not self._is_over:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(wait)
            return None
