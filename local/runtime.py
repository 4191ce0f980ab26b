"""Runs functions as Lambda does: cold starts on demand, one request per worker, up to the concurrency bound."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from local.deploy_records import Function
from local.front_errors import CallRefusedError
from local.hooks import InvokeResult
from local.runtime_folder import RuntimeFolder, assemble_runtime
from local.runtime_worker import Session, Worker, WorkerLostError, kill_recorded, log_path
from local.stack_settings import RUNTIME

_PATIENCE_SECONDS: Final = 0.05  # a busy worker is awaited this long before a cold start, which takes longer
_NOT_JSON: Final = b"warm"
_STARTS: Final = 3
type_open_session = Callable[[Function], Session]


def throttled() -> CallRefusedError:
    """Return Lambda's answer when every worker that a function may have is busy."""
    return CallRefusedError("TooManyRequestsException", "Rate Exceeded.", 429)


class Pool:
    """The workers of one function."""

    def __init__(self, bound: int, start: Callable[[], Worker]) -> None:
        """Start workers with `start`, never more than `bound` at once."""
        self._bound = bound
        self._start = start
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._workers: set[Worker] = set()
        self._starting = 0
        self._is_closed = False

    @contextlib.contextmanager
    def borrow(self, *, waits: bool) -> Iterator[Worker]:
        """Lend a worker that nobody else uses; without waiting, refuse as Lambda throttles when all are busy."""
        worker = self._take(waits=waits)
        try:
            yield worker
        except BaseException:
            self._drop(worker)  # it may still be busy with the request that was given up
            raise
        else:
            self._give_back(worker)

    def worker_with(self, access_key: str) -> Worker | None:
        """Return the worker that calls with this key, if it is one of these."""
        with self._changed:
            return next((worker for worker in self._workers if worker.access_key == access_key), None)

    def close(self) -> None:
        """Kill all workers."""
        with self._changed:
            self._is_closed = True
            workers = list(self._workers)
            self._workers.clear()
            self._idle.clear()
            self._changed.notify_all()
        for worker in workers:
            worker.stop()

    def _take(self, *, waits: bool) -> Worker:
        with self._changed:
            if not self._idle and self._workers:
                self._changed.wait_for(lambda: self._idle or self._is_closed, _PATIENCE_SECONDS)
            while not self._idle and len(self._workers) + self._starting >= self._bound and not self._is_closed:
                if not waits:
                    raise throttled()
                self._changed.wait()
            if self._is_closed:
                message = "the stack is stopping"
                raise WorkerLostError(message)
            if self._idle:
                return self._idle.pop()
            self._starting += 1
        return self._add()

    def _add(self) -> Worker:
        try:
            worker = self._start()
        finally:
            with self._changed:
                self._starting -= 1
        with self._changed:
            if not self._is_closed:
                self._workers.add(worker)
                return worker
        worker.stop()
        message = "the stack is stopping"
        raise WorkerLostError(message)

    def _give_back(self, worker: Worker) -> None:
        with self._changed:
            if worker in self._workers:
                self._idle.append(worker)
            self._changed.notify_all()

    def _drop(self, worker: Worker) -> None:
        worker.stop()
        with self._changed:
            self._workers.discard(worker)
            self._changed.notify_all()


class Runtime:
    """Every function of a deployment."""

    def __init__(self, functions: tuple[Function, ...], open_session: type_open_session, folder: Path) -> None:
        """Prepare the runtime in the folder; nothing is started yet."""
        self._run_folder = folder / "run"
        self._run_folder.mkdir(parents=True, exist_ok=True)
        (folder / "logs").mkdir(exist_ok=True)
        clear_workers(folder)
        self._runtime = assemble_runtime(RUNTIME)
        self._open_session = open_session
        self._functions: Mapping[str, Function] = {each.name: each for each in functions}
        self._pools = {each.name: Pool(_bound_of(each), self._starter(each)) for each in functions}

    def invoke(self, name: str, payload: bytes, *, waits: bool = True) -> InvokeResult:
        """Return what the function answered; a worker that dies is a failure of the function, and is replaced."""
        try:
            with self._pools[name].borrow(waits=waits) as worker:
                return worker.invoke(payload)
        except WorkerLostError as error:
            failure = {"errorType": "Runtime.ExitError", "errorMessage": str(error)}
            return InvokeResult(json.dumps(failure).encode(), function_error="Unhandled")

    def warm(self) -> tuple[str, ...]:
        """Load every function on one worker each, and return what is wrong with those that cannot be loaded."""
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as threads:
            return tuple(fault for fault in threads.map(self._warm, self._functions.values()) if fault)

    def kill(self, access_key: str) -> None:
        """Kill the function's process that calls with this key, as if it had crashed; its emulator sees it die."""
        if (worker := self._worker_with(access_key)) is not None:
            worker.kill_function()

    def invocation_of(self, access_key: str) -> str:
        """Return a name of what the process works at that calls with this key."""
        worker = self._worker_with(access_key)
        return f"{access_key}-{worker.invocations}" if worker is not None else ""

    def _worker_with(self, access_key: str) -> Worker | None:
        found = (pool.worker_with(access_key) for pool in self._pools.values())
        return next((worker for worker in found if worker is not None), None)

    def close(self) -> None:
        """Kill every worker."""
        for pool in self._pools.values():
            pool.close()

    def _warm(self, function: Function) -> str | None:
        """Send what is no JSON: the runtime loads the function, then refuses the payload before the handler sees it."""
        result = self.invoke(function.name, _NOT_JSON)
        if b"Runtime.UnmarshalError" in result.payload:
            log_path(self._run_folder, function).write_bytes(b"")
            return None
        return f"{function.logical_id}: {result.payload.decode(errors='replace')}"

    def _starter(self, function: Function) -> Callable[[], Worker]:
        def start() -> Worker:
            session = self._open_session(function)
            return _start_worker(function, self._runtime, session, self._run_folder)

        return start


def _start_worker(function: Function, runtime: RuntimeFolder, session: Session, run_folder: Path) -> Worker:
    """Start a worker; another process may take its port first, so start again where it dies at once."""
    for _ in range(_STARTS - 1):
        worker = Worker(function, runtime, session, run_folder)
        if _comes_up(worker):
            return worker
        worker.stop()
    return Worker(function, runtime, session, run_folder)


def _comes_up(worker: Worker) -> bool:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if worker.is_listening:
            return True
        if not worker.is_alive:
            return False
        time.sleep(0.002)
    return worker.is_alive


def _bound_of(function: Function) -> int:
    """Return how many workers the function may have: what the template reserves, and what this machine carries."""
    machine = 2 * (os.cpu_count() or 1)
    return machine if function.reserved_concurrency is None else min(function.reserved_concurrency, machine)


def clear_workers(folder: Path) -> None:
    """Kill the workers that a stack left behind when it was killed itself."""
    for pid_file in (folder / "run").glob("*.pid"):
        kill_recorded(pid_file)
