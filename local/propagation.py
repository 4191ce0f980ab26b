"""IAM's eventual consistency: for some seconds after a write, reads see the state before it."""

from __future__ import annotations

import copy
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from moto.iam.models import IAMBackend

from local.emulator import iam_backend

_STATE: Final = ("roles", "managed_policies", "instance_profiles", "users", "groups")


@dataclass(frozen=True, slots=True)
class _Past:
    """IAM's state until a write, and the time from which the write is seen."""

    seen_from: float
    state: dict[str, Any]


class Propagation:
    """Keeps the past for as long as it is served. The caller of every method holds `LOCK`."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Serve stale reads for so many seconds after each write; 0 turns it off, at no cost."""
        self._seconds = seconds
        self._clock = clock
        self._past: defaultdict[str, deque[_Past]] = defaultdict(deque)
        self._last: dict[str, dict[str, Any]] = {}

    def before_write(self, account: str, *, keeps_last: bool = False) -> None:
        """Keep the account's IAM as it stands, where reads lag, or somebody will ask for it as it was."""
        if self._seconds <= 0 and not keeps_last:
            self._last.pop(account, None)  # what was kept of an older write is not the state before this one
            return
        state = _copy(iam_backend(account))
        if self._seconds > 0:
            self._past[account].append(_Past(self._clock() + self._seconds, state))
        self._last[account] = state

    @contextmanager
    def as_seen(self, account: str, *, is_stale: bool = False) -> Iterator[None]:
        """Make moto's IAM answer from the state that has propagated, while the context lasts.

        A stale answer is from the state before the last write, if that was kept.
        """
        state = self._last.get(account) if is_stale else self._propagated(account)
        if state is None:
            yield
            return
        backend = iam_backend(account)
        live = {name: getattr(backend, name) for name in _STATE}
        _put(backend, state)
        try:
            yield
        finally:
            _put(backend, live)

    def _propagated(self, account: str) -> dict[str, Any] | None:
        """Return the state that reads see, or None where that is the present."""
        past = self._past[account] if self._seconds > 0 else None
        while past and past[0].seen_from <= self._clock():
            past.popleft()
        return past[0].state if past else None


def _copy(backend: IAMBackend) -> dict[str, Any]:
    # AWS's own policies never change, so the copies share them.
    shared: dict[int, Any] = {id(policy): policy for policy in backend.aws_managed_policies}
    return copy.deepcopy({name: getattr(backend, name) for name in _STATE}, shared)


def _put(backend: IAMBackend, state: dict[str, Any]) -> None:
    for name, value in state.items():
        setattr(backend, name, value)
