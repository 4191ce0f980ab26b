"""Cold starts: `inspect` beside a bare function that only makes one client of boto3, in the same runtime and run.

    python -m tests.benchmarks.cold      (after `sam build`; `make cold` does both)

Each start is a new process of Lambda's runtime interface client under the emulator; the time is from the first request
to its answer, so it is the interpreter, the imports, the wiring and the handler. Folders are read-only as in Lambda:
nothing compiled is kept from one start to the next, but what lies beside the code is read. Every variant starts once a
round, in turn, so that a machine that gets slower meets all of them.
"""

import compileall
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3

from local.deploy_records import Function
from local.runtime_folder import RuntimeFolder, assemble_runtime
from local.runtime_worker import Session, Worker
from local.seed import seed_roles
from local.stack import Stack, start_stack
from local.stack_settings import RUNTIME, Settings
from tests.benchmarks.timing import calibration

EVENTS = Path(__file__).resolve().parents[2] / "events"
ROUNDS = 15
BAR = 1.3  # times the bare function
BARE = """
import boto3

client = boto3.client("iam")


def handler(event, context):
    return {"batchItemFailures": []}
"""


@dataclass(frozen=True, slots=True)
class Variant:
    """A function, the runtime that it starts in, and the request that it answers first."""

    name: str
    function: Function
    runtime: RuntimeFolder
    request: bytes


def seconds_to_answer(variant: Variant, session: Session, folder: Path) -> float:
    """Return the seconds from the first request of a new process to its answer; raise RuntimeError if that fails."""
    worker = Worker(variant.function, variant.runtime, session, folder)
    try:
        while not worker.is_listening:
            time.sleep(0.002)
        started = time.perf_counter()
        answer = worker.invoke(variant.request)
        seconds = time.perf_counter() - started
    finally:
        worker.stop()
    if answer.function_error or json.loads(answer.payload) != {"batchItemFailures": []}:
        message = f"{variant.name} failed: `{answer.payload[:500]!r}`"
        raise RuntimeError(message)
    return seconds


def message_of(event: dict[str, object]) -> bytes:
    """Return the request with which the queue of changes wakes `inspect`."""
    record = {
        "messageId": "1",
        "receiptHandle": "1",
        "body": json.dumps(event),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:changes",
        "awsRegion": "us-east-1",
    }
    return json.dumps({"Records": [record]}).encode()


def compiled(folder: Path, to: Path) -> Path:
    """Return a copy of a folder with its bytecode beside the code."""
    shutil.copytree(folder, to)
    kept, sys.pycache_prefix = sys.pycache_prefix, None
    compileall.compile_dir(to, quiet=2, workers=1)
    sys.pycache_prefix = kept
    return to


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Run a stack in this process with no function loaded; only its AWS is used."""
    stack = start_stack(Settings(port=0, parameters={"Mode": "observe"}, folder=folder, is_warmed=False))
    try:
        yield stack
    finally:
        stack.close()


def variants(stack: Stack, folder: Path) -> Iterator[Variant]:
    """Yield what is started: the bare function, and `inspect` with its layer as it is built, and compiled."""
    (inspect,) = (one for one in stack.deployment.functions if one.logical_id == "InspectFunction")
    made = assemble_runtime(RUNTIME)
    image = replace(made, packages=compiled(made.packages, folder / "packages"), bytecode=None)
    bare = folder / "bare"
    bare.mkdir()
    (bare / "handler.py").write_text(BARE, encoding="utf-8")
    quiet = message_of(event_named("PutRolePolicy.json", roleName="Payroll"))
    judged = message_of(event_named("PutRolePolicy.json"))
    (layer,) = inspect.layer_folders
    fast = replace(inspect, layer_folders=(compiled(layer, folder / "layer"),))
    yield Variant("bare", replace(inspect, code_folder=bare, layer_folders=()), image, quiet)
    yield Variant("inspect, quiet event", inspect, image, quiet)
    yield Variant("inspect, quiet event, compiled layer", fast, image, quiet)
    yield Variant("inspect, a role judged, compiled layer", fast, image, judged)


def event_named(name: str, **parameters: str) -> dict[str, object]:
    """Return a sample event with other request parameters."""
    event: dict[str, object] = json.loads((EVENTS / name).read_text(encoding="utf-8"))
    detail = event["detail"]
    assert isinstance(detail, dict)
    detail["requestParameters"] |= parameters
    return event


def client_of(stack: Stack, service: str) -> Any:
    """Return a client of the stack's AWS."""
    session: Any = boto3.session.Session(aws_access_key_id="operator", aws_secret_access_key="local")  # noqa: S106
    return session.client(service, endpoint_url=stack.places["endpoint"], region_name=stack.places["region"])


def session_of(stack: Stack, function: Function) -> Session:
    """Return credentials of the function's role."""
    opened = client_of(stack, "sts").assume_role(RoleArn=function.role_arn, RoleSessionName=function.name)
    words = [opened["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")]
    return Session(stack.places["endpoint"], stack.places["region"], *words)


def measure(folder: Path) -> dict[str, list[float]]:
    """Return the seconds of each start by its variant's name."""
    for name in ("run", "logs"):
        (folder / name).mkdir()
    with running_stack(folder / "stack") as stack:
        list(seed_roles(client_of(stack, "iam")))
        chosen = list(variants(stack, folder))
        session = session_of(stack, chosen[0].function)
        times: dict[str, list[float]] = {one.name: [] for one in chosen}
        for _ in range(ROUNDS):
            for one in chosen:
                times[one.name].append(seconds_to_answer(one, session, folder / "run"))
    return times


def main() -> int:
    """Measure and print; a slow machine is no failure."""
    write = sys.stdout.write
    folder = Path(tempfile.mkdtemp(prefix="panorama-guard-cold-"))
    times = measure(folder)
    shutil.rmtree(folder)
    write(f"calibration: {calibration() * 1000:.1f} ms for the fixed loop\n")
    write(f"{'first request to its answer':40}{'n':>4}{'median ms':>11}{'least':>8}{'of bare':>9}\n")
    bare = statistics.median(times["bare"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        write(f"{name:40}{len(seconds):4}{median * 1e3:11.0f}{min(seconds) * 1e3:8.0f}{median / bare:9.2f}\n")
    for name in (
        "inspect, quiet event",
        "inspect, quiet event, compiled layer",
    ):  # built without Python 3.13, and with it
        share = statistics.median(times[name]) / bare
        write(f"bar: {name} within {BAR} times the bare function: {'met' if share <= BAR else 'MISSED'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
