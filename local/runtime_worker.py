"""One execution environment: the runtime interface emulator, and under it the runtime interface client."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final

from local.deploy_records import Function
from local.hooks import InvokeResult
from local.runtime_folder import RuntimeFolder

_PATH: Final = "/2015-03-31/functions/function/invocations"
_LOOPBACK: Final = "127.0.0.1"
_START_SECONDS: Final = 10.0
_GRACE_SECONDS: Final = 10.0
_PARTS: Final = ("emulator", "function")
_TICK_SECONDS: Final = 0.003
_ERROR_KEYS: Final = frozenset({"errorMessage", "errorType", "requestId", "stackTrace"})
_TIMED_OUT: Final = b"Task timed out after"
# Writes down its own process id, which the emulator does not tell, and becomes the runtime.
_LAUNCH: Final = 'echo $$ > "$0"; exec "$@"'


class WorkerLostError(Exception):
    """The execution environment died under its request, or never came up."""


@dataclass(frozen=True, slots=True)
class Session:
    """Where a worker's calls go and as whom: the stack's endpoint, and credentials of the function's role."""

    endpoint: str
    region: str
    access_key: str
    secret_key: str
    token: str


class Worker:
    """One process that serves one request at a time."""

    def __init__(self, function: Function, runtime: RuntimeFolder, session: Session, run_folder: Path) -> None:
        """Start the emulator; the function itself is loaded by the first request."""
        self._function = function
        self.access_key = session.access_key
        self.invocations = 0
        self._port, api_port = _free_ports()
        self._pid_files = [run_folder / f"{function.logical_id}-{self._port}-{part}.pid" for part in _PARTS]
        python = [str(runtime.python), "-S", "-s", "-m", "awslambdaric", function.handler]
        command = [
            str(runtime.emulator),
            *("--runtime-interface-emulator-address", f"{_LOOPBACK}:{self._port}"),
            *("--runtime-api-address", f"{_LOOPBACK}:{api_port}"),
            *("--log-level", "error"),
            *("/bin/sh", "-c", _LAUNCH, str(self._pid_files[1]), *python),
        ]
        with log_path(run_folder, function).open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=function.code_folder,
                env=_environment(function, runtime, session),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._pid_files[0].write_text(str(self._process.pid), encoding="ascii")

    @property
    def is_alive(self) -> bool:
        """Say whether the emulator runs."""
        return self._process.poll() is None

    @property
    def is_listening(self) -> bool:
        """Say whether the emulator takes requests."""
        with socket.socket() as probe:
            return probe.connect_ex((_LOOPBACK, self._port)) == 0

    def invoke(self, payload: bytes) -> InvokeResult:
        """Return what the function answered, or raise `WorkerLostError`."""
        connection = self._connect()
        self.invocations += 1
        try:
            connection.request("POST", _PATH, payload, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return read_answer(response.status, response.read())
        except (OSError, HTTPException) as error:
            message = f"worker of {self._function.name} was lost: `{error!r}`"
            raise WorkerLostError(message) from error
        finally:
            connection.close()

    def kill_function(self) -> None:
        """Kill the function's process, and leave the emulator to notice."""
        with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
            os.kill(int(self._pid_files[1].read_text(encoding="ascii")), signal.SIGKILL)

    def stop(self) -> None:
        """Kill the emulator and the function's process, whatever they are doing, so that neither sees the other die.

        Who does complains of it in the function's log.
        """
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGSTOP)
        self.kill_function()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        for pid_file in self._pid_files:
            kill_recorded(pid_file)

    def _connect(self) -> HTTPConnection:
        patience = self._function.timeout_seconds + _GRACE_SECONDS
        connection = HTTPConnection(_LOOPBACK, self._port, timeout=patience)
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                connection.connect()
            except ConnectionRefusedError:
                if not self.is_alive or time.monotonic() > deadline:
                    message = f"worker of {self._function.name} did not start: `{self._process.poll()}`"
                    raise WorkerLostError(message) from None
                time.sleep(_TICK_SECONDS)
            else:
                return connection


def read_answer(status: int, body: bytes) -> InvokeResult:
    """Tell a result from a failure; the emulator answers both with 200."""
    if body.startswith(_TIMED_OUT):
        failure = {"errorType": "Sandbox.Timedout", "errorMessage": body.decode()}
        return InvokeResult(json.dumps(failure).encode(), function_error="Unhandled")
    is_failure = status != HTTPStatus.OK or _is_error(body)
    return InvokeResult(body, function_error="Unhandled" if is_failure else None)


def _is_error(body: bytes) -> bool:
    """Say whether the body is the object that the runtime makes of an exception."""
    try:
        value: Any = json.loads(body or b"null")
    except ValueError:
        return True
    return isinstance(value, dict) and value.keys() == _ERROR_KEYS


def log_path(run_folder: Path, function: Function) -> Path:
    """Return the file that holds everything the function's workers print."""
    return run_folder.parent / "logs" / f"{function.logical_id}.log"


def kill_recorded(pid_file: Path) -> None:
    """Kill the process whose id stands in the file, and those it started, and remove the file."""
    with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError, PermissionError):
        pid = int(pid_file.read_text(encoding="ascii"))
        if b"awslambdaric" in Path(f"/proc/{pid}/cmdline").read_bytes():  # the id may be another's by now
            os.killpg(os.getpgid(pid), signal.SIGKILL)
    pid_file.unlink(missing_ok=True)


def _free_ports() -> tuple[int, int]:
    with socket.socket() as first, socket.socket() as second:
        first.bind((_LOOPBACK, 0))
        second.bind((_LOOPBACK, 0))
        return first.getsockname()[1], second.getsockname()[1]


def _environment(function: Function, runtime: RuntimeFolder, session: Session) -> dict[str, str]:
    """Return Lambda's environment: the template's variables, the role's credentials, and nothing of this machine's."""
    layers = [path for folder in function.layer_folders for path in (folder / "python", folder)]
    return {
        **dict(function.environment),
        "AWS_ACCESS_KEY_ID": session.access_key,
        "AWS_SECRET_ACCESS_KEY": session.secret_key,
        "AWS_SESSION_TOKEN": session.token,
        "AWS_ENDPOINT_URL": session.endpoint,
        # botocore puts the account before the address of S3's control interface, and nobody resolves that: as a proxy
        # the front is asked for it all the same.
        "HTTP_PROXY": session.endpoint,
        "AWS_REGION": session.region,
        "AWS_DEFAULT_REGION": session.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(function.timeout_seconds),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": "local",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "LAMBDA_TASK_ROOT": str(function.code_folder),
        "_HANDLER": function.handler,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "HOME": str(runtime.home),
        "PYTHONPATH": os.pathsep.join(map(str, [function.code_folder, *layers, runtime.packages])),
        # Lambda's code folders are read-only; what is compiled here is kept apart from them.
        **({"PYTHONPYCACHEPREFIX": str(runtime.bytecode)} if runtime.bytecode else {"PYTHONDONTWRITEBYTECODE": "1"}),
    }
