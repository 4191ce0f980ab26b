"""A running stack, as whole-path tests use it: from outside, over HTTP."""

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

ROOT: Final = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS: Final = 30.0
# A sweep or report whose call fails at each of its six attempts waits 31 s between them (AWS_MAX_ATTEMPTS in the
# template), and only then is invoked again.
SETTLING_SECONDS: Final = 90.0
_TICK_SECONDS: Final = 0.04
_KEPT: Final = threading.local()  # connections by their endpoints
_SESSION: Final[Any] = boto3.session.Session()  # reads the services' models once


@dataclass(frozen=True)
class RunningStack:
    """A stack and what it wrote down about itself."""

    folder: Path
    places: dict[str, Any]

    def client(self, service: str, access_key: str = "operator") -> Any:
        """Return a client of the stack's endpoint; a key that nobody issued is the account's administrator."""
        return _client(self.places["endpoint"], self.places["region"], service, access_key)

    def queue_url(self, logical_id: str) -> str:
        """Return the URL of a queue of the template."""
        return str(self.places["resources"][logical_id])

    def idle(self) -> dict[str, Any]:
        """Ask whether anything is still due."""
        return self.call("GET", "/_local/idle")[1]

    def settle(self) -> dict[str, Any]:
        """Wait until nothing is due or in flight, and return the last answer."""
        end = time.monotonic() + SETTLING_SECONDS
        while not (answer := self.idle())["idle"]:
            assert time.monotonic() < end, answer
            time.sleep(_TICK_SECONDS)
        return answer

    def post(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """Put what is in the body on the bus, and return the status and the answer."""
        return self.call("POST", "/_local/events", body)

    def hurry(self) -> int:
        """Make what is delayed due, and return how many messages that were."""
        return int(self.call("POST", "/_local/due")[1]["hurried"])

    def lose_delayed(self) -> int:
        """Lose what is delayed, and return how many messages that were."""
        return int(self.call("DELETE", "/_local/due")[1]["lost"])

    def call(self, method: str, path: str, body: bytes | None = None) -> tuple[int, dict[str, Any]]:
        """Make one HTTP call, on the connection that this thread keeps."""
        connection = _connection(self.places["endpoint"])
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, json.load(response)
        except BaseException:
            connection.close()  # the next call opens it again
            raise

    def take_alerts(self) -> list[dict[str, Any]]:
        """Take every message off the operators' queue, and return them as SNS delivered them."""
        sqs, url = self.client("sqs"), self.places["alerts_queue_url"]
        taken: list[dict[str, Any]] = []
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                taken.append(json.loads(message["Body"]))
        return taken

    def log(self, function: str) -> str:
        """Return what the function's workers printed."""
        path = Path(self.places["logs"]) / f"{function.capitalize()}Function.log"
        return path.read_text(encoding="utf-8") if path.exists() else ""  # no worker was asked yet

    def tails(self, lines: int) -> list[tuple[str, str]]:
        """Return the last lines of each log, by its name."""
        files = [self.folder / "stack.log", *sorted((self.folder / "logs").iterdir())]
        texts = [(file.name, file.read_text(encoding="utf-8", errors="replace").splitlines()) for file in files]
        return [(name, "\n".join(text[-lines:])) for name, text in texts if text]


def _connection(endpoint: str) -> HTTPConnection:
    kept: dict[str, HTTPConnection] = _KEPT.__dict__
    if endpoint not in kept:
        kept[endpoint] = HTTPConnection(endpoint.removeprefix("http://"), timeout=PATIENCE_SECONDS)
    return kept[endpoint]


@cache
def _client(endpoint: str, region: str, service: str, access_key: str) -> Any:
    return _SESSION.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key="local",  # noqa: S106 - any secret will do
        config=Config(retries={"total_max_attempts": 1}),
    )


@cache
def client_of_session(endpoint: str, region: str, service: str, keys: tuple[str, str, str]) -> Any:
    """Return a client with the keys of a session: id, secret, token. It sends the calls of every host to the stack."""
    made: Any = _SESSION.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
        aws_session_token=keys[2],
        config=Config(retries={"total_max_attempts": 1}, proxies={"http": endpoint}),
    )
    return made


def run_local(folder: Path, command: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m local` on the folder; moto's recorder, once it is asked to, writes beside the logs."""
    words = [sys.executable, "-m", "local", command, "--folder", str(folder), *options]
    env = {**os.environ, "MOTO_RECORDER_FILEPATH": str(folder / "calls.jsonl")}
    return subprocess.run(words, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=120)


def start_stack(folder: Path, *options: str) -> RunningStack:
    """Start a stack on a free port."""
    started = run_local(folder, "up", "--port", "0", *options)
    assert started.returncode == 0, started.stderr
    return RunningStack(folder, json.loads((folder / "stack.json").read_text(encoding="utf-8")))
