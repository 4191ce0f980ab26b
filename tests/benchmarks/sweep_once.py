"""Sweep once, in a process that has nothing else in it, as the function's has.

python -m tests.benchmarks.sweep_once      (seconds, megabytes, calls and what was asked for, as JSON)

The environment is the function's own, with AWS_ENDPOINT_URL. Nothing of moto is imported here.
"""

import importlib.util
import json
import sys
import time
from collections import Counter
from pathlib import Path
from types import ModuleType, SimpleNamespace

from panorama_guard.aws.clients import client
from tests.benchmarks.adversarial import most_memory

HANDLER = Path(__file__).resolve().parents[2] / "functions/sweep/handler.py"
TIMEOUT = 300  # seconds, as the template says
SERVICES = (
    *("iam", "dynamodb", "sqs", "s3", "lambda", "secretsmanager", "logs", "iot", "sagemaker"),
    *("greengrass", "greengrassv2", "cloudwatch"),
)


def load_handler() -> ModuleType:
    """Return the function's module."""
    spec = importlib.util.spec_from_file_location("handler", HANDLER)
    if spec is None or spec.loader is None:
        raise LookupError
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Sweep, and print what it cost."""
    calls: Counter[str] = Counter()

    def count(model: object, **_: object) -> None:
        calls[f"{model.service_model.service_name}:{model.name}"] += 1  # type: ignore[attr-defined]

    for service in SERVICES:
        client(service).meta.events.register("before-call", count, unique_id="count")
    handler, started = load_handler().handler, time.perf_counter()
    left = SimpleNamespace(
        get_remaining_time_in_millis=lambda: (TIMEOUT - (time.perf_counter() - started)) * 1e3,
        function_name="sweep",
        memory_limit_in_mb=256,
        invoked_function_arn="arn",
        aws_request_id="1",
    )
    answer = handler({"Records": [{"body": "{}"}]}, left)
    seconds = time.perf_counter() - started
    told = {"seconds": seconds, "megabytes": most_memory(), "calls": calls, "asked": len(answer["roles"])}
    sys.stdout.write("\n" + json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
