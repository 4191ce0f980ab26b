"""Lambda's asynchronous invocations: accepted at once, tried three times."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from local.delivery_activity import Timer
from local.delivery_targets import complain
from local.deploy_records import Function
from local.hooks import InvokeResult

_ATTEMPTS: Final = 3
_THREADS: Final = 8
type_invoke = Callable[[str, bytes], InvokeResult]


class Functions:
    """Runs the functions of a deployment, also for those who do not wait for the answer."""

    def __init__(
        self,
        functions: tuple[Function, ...],
        invoke: type_invoke,
        timer: Timer,
        wake: Callable[[], None],
        *,
        retry_seconds: float,
    ) -> None:
        """Run functions with `invoke`, and again after the seconds when one that nobody waits for fails."""
        self.invoke = invoke
        self._functions = {each.name: each for each in functions}
        self._timer = timer
        self._wake = wake
        self._retry_seconds = retry_seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="invocation")
        self._lock = threading.Lock()
        self._pending = 0

    @property
    def pending(self) -> int:
        """Return how many invocations have not ended."""
        with self._lock:
            return self._pending

    def function_named(self, name: str) -> Function:
        """Return the function."""
        return self._functions[name]

    def find(self, name: str) -> Function | None:
        """Return the function, if there is one."""
        return self._functions.get(name)

    def submit(self, function_arn: str, payload: bytes) -> None:
        """Take the payload; the function runs soon."""
        name = function_arn.rsplit(":", 1)[-1]
        if self.find(name) is None:
            complain(f"there is no such function: `{function_arn}`")
            return
        with self._lock:
            self._pending += 1
        self._threads.submit(self._attempt, name, payload, 1)

    def end(self) -> None:
        """Take no more."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _attempt(self, name: str, payload: bytes, attempt: int) -> None:
        result = self.invoke(name, payload)
        if result.function_error and attempt < _ATTEMPTS:
            again = time.monotonic() + self._retry_seconds
            self._timer.at(again, lambda: self._resubmit(name, payload, attempt + 1))
            return
        if result.function_error:
            complain(f"asynchronous invocation of {name} failed {attempt} times: `{result.payload[:200]!r}`")
        with self._lock:
            self._pending -= 1
        self._wake()

    def _resubmit(self, name: str, payload: bytes, attempt: int) -> None:
        try:
            self._threads.submit(self._attempt, name, payload, attempt)
        except RuntimeError:
            return  # the stack is stopping
