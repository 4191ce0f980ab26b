import contextlib
import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.deploy_records import Function
from local.front_errors import CallRefusedError
from local.hooks import InvokeResult
from local.runtime import Pool, Runtime
from local.runtime_folder import assemble_runtime
from local.runtime_worker import Session, Worker, read_answer
from tests.unit.local_delivery.emulated import function_record

HANDLER = """
import importlib.util
import os
import sys
import time


def handler(event, context):
    match event["do"]:
        case "raise":
            raise ValueError("no")
        case "sleep":
            time.sleep(event["seconds"])
        case "die":
            os._exit(3)
        case "import":
            return importlib.util.find_spec(event["module"]) is not None
        case "write":
            print(event["text"])
    return {"environment": dict(os.environ), "path": sys.path, "pid": os.getpid(), "folder": os.getcwd()}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tiny function in `code` and a module in a layer."""
    root = tmp_path_factory.mktemp("runtime")
    (root / "code").mkdir()
    (root / "code" / "handler.py").write_text(HANDLER, encoding="utf-8")
    (root / "layer" / "python").mkdir(parents=True)
    (root / "layer" / "python" / "from_layer.py").write_text("", encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def runtime(folder: Path) -> Iterator[Runtime]:
    """Run two functions for real: a patient one, and one that has a second."""
    functions = (tiny(folder), replace(tiny(folder), name="hasty", logical_id="hasty", timeout_seconds=1))
    started = Runtime(functions, open_session, folder / "local")
    yield started
    started.close()


def tiny(folder: Path, **values: Any) -> Function:
    """Return the function."""
    function = function_record("tiny", folder=folder / "code")
    return replace(function, layer_folders=(folder / "layer",), timeout_seconds=20, reserved_concurrency=2, **values)


def open_session(_: Function) -> Session:
    """Return credentials that nobody checks."""
    return Session("http://127.0.0.1:1", "us-east-1", "KEY", "secret", "token")


def call(runtime: Runtime, name: str = "tiny", **event: Any) -> InvokeResult:
    """Invoke the function."""
    return runtime.invoke(name, json.dumps(event).encode())


def test_a_function_sees_lambdas_environment_and_nothing_of_this_machine(runtime: Runtime, folder: Path) -> None:
    """Its variables, its role's credentials, the stack's endpoint."""
    answer = json.loads(call(runtime, do="look").payload)
    environment = answer["environment"]
    expected = {
        "COLOUR": "blue",
        "AWS_ACCESS_KEY_ID": "KEY",
        "AWS_SESSION_TOKEN": "token",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_REGION": "us-east-1",
        "AWS_LAMBDA_FUNCTION_NAME": "tiny",
    }
    assert {name: environment.get(name) for name in expected} == expected
    assert "VIRTUAL_ENV" not in environment
    assert answer["folder"] == str(folder / "code")
    assert not [path for path in answer["path"] if path.startswith(sys.prefix) and "site-packages" in path]


@pytest.mark.parametrize(
    ("name", "is_there"),
    [("boto3", True), ("awslambdaric", True), ("from_layer", True), ("moto", False), ("aws_lambda_powertools", False)],
)
def test_only_what_lambda_gives_can_be_imported(runtime: Runtime, name: str, is_there: bool) -> None:  # noqa: FBT001
    """A dependency that the layer lacks is missing here too."""
    assert json.loads(call(runtime, do="import", module=name).payload) is is_there


def test_a_worker_is_used_again(runtime: Runtime) -> None:
    """Only the first request starts it."""
    pids = {json.loads(call(runtime, do="look").payload)["pid"] for _ in range(3)}
    assert len(pids) == 1


def test_an_exception_is_a_failure(runtime: Runtime) -> None:
    """With its type and message."""
    result = call(runtime, do="raise")
    assert result.function_error == "Unhandled"
    assert json.loads(result.payload)["errorType"] == "ValueError"


def test_the_timeout_ends_a_request_and_a_later_one_works(runtime: Runtime) -> None:
    """The template's timeout, in the runtime itself, which starts the function again."""
    result = call(runtime, "hasty", do="sleep", seconds=30)
    assert result.function_error == "Unhandled"
    assert "timed out after 1.00 seconds" in result.payload.decode()
    # On a busy machine the new start alone may take the second that this function has.
    assert any(call(runtime, "hasty", do="look").function_error is None for _ in range(5))


def test_a_function_that_dies_fails_its_request_only(runtime: Runtime) -> None:
    """The next one gets a new process."""
    assert call(runtime, do="die").function_error == "Unhandled"
    assert call(runtime, do="look").function_error is None


def test_no_more_workers_than_the_bound_run_at_once(folder: Path, tmp_path: Path) -> None:
    """A call that does not wait is throttled, as Lambda does; one that waits gets the next free worker."""
    layout = assemble_runtime(tmp_path / "runtime")
    for name in ("run", "logs"):
        (tmp_path / name).mkdir()
    function = tiny(folder)
    made = Pool(2, lambda: Worker(function, layout, open_session(function), tmp_path / "run"))
    with contextlib.closing(made) as pool:
        with (
            pool.borrow(waits=False) as first,
            pool.borrow(waits=False),
            pytest.raises(CallRefusedError, match="Rate Exceeded"),
            pool.borrow(waits=False),
        ):
            pass
        with pool.borrow(waits=True) as again:
            assert again is first


def test_what_a_function_prints_is_in_its_log(runtime: Runtime, folder: Path) -> None:
    """One file for each function."""
    call(runtime, do="write", text="hello from the function")
    assert "hello from the function" in (folder / "local" / "logs" / "tiny.log").read_text(encoding="utf-8")


def test_warming_loads_the_function_without_running_it(folder: Path, tmp_path: Path) -> None:
    """What cannot be loaded is told before the first event."""
    good = tiny(folder)
    bad = tiny(folder, name="bad", handler="missing.handler")
    warmed = Runtime((good, bad), open_session, tmp_path)
    try:
        (fault,) = warmed.warm()
    finally:
        warmed.close()
    assert "Unable to import module 'missing'" in fault


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (200, b'{"statusCode": 200}', None),
        (200, b'{"errorType": "mine", "errorMessage": "also mine"}', None),
        (200, b'"Task timed out after lunch"', None),
        (200, b"", None),
        (200, b'{"errorMessage": "no", "errorType": "E", "requestId": "1", "stackTrace": []}', "Unhandled"),
        (200, b"Task timed out after 1.00 seconds", "Unhandled"),
        (502, b'{"errorType": "Runtime.ExitError"}', "Unhandled"),
    ],
)
def test_a_failure_is_told_from_a_result_that_looks_like_one(status: int, body: bytes, error: str | None) -> None:
    """The emulator answers both with 200."""
    assert read_answer(status, body).function_error == error
