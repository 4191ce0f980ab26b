"""The calls that reach the API, as moto's recorder writes them down: who, what, in which order."""

import base64
import contextlib
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.stack.running import RunningStack

_KEY = re.compile(r"Credential=([^/]+)/")


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the caller's access key, the operation, and the parameters as they were sent."""

    caller: str
    operation: str
    body: str


@dataclass(slots=True)
class Recording:
    """The calls of a while; empty until the while is over."""

    calls: list[Call] = field(default_factory=list)

    def callers_of(self, operation: str) -> set[str]:
        """Return who made calls of this operation."""
        return {call.caller for call in self.calls if call.operation == operation}

    def by(self, caller: str) -> list[Call]:
        """Return the calls of one caller, in order."""
        return [call for call in self.calls if call.caller == caller]


@contextlib.contextmanager
def recording(stack: RunningStack) -> Iterator[Recording]:
    """Write down every call of what is done meanwhile, the guard's and the test's."""
    _tell_recorder(stack, "reset-recording")
    _tell_recorder(stack, "start-recording")
    made = Recording()
    try:
        yield made
    finally:
        _tell_recorder(stack, "stop-recording")
    lines = (stack.folder / "calls.jsonl").read_text(encoding="utf-8").splitlines()
    made.calls += [call for call in map(_read, lines) if call is not None]


def _tell_recorder(stack: RunningStack, word: str) -> None:
    url = f"{stack.places['endpoint']}/moto-api/recorder/{word}"
    with urllib.request.urlopen(urllib.request.Request(url, data=b"", method="POST"), timeout=5):
        pass


def _read(line: str) -> Call | None:
    entry: dict[str, Any] = json.loads(line)
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    key = _KEY.search(headers.get("authorization", ""))
    if key is None:
        return None
    body = entry["body"]
    text = base64.b64decode(body).decode() if entry.get("body_encoded") else body
    target = headers.get("x-amz-target", "").rpartition(".")[2]
    return Call(key[1], target or parse_qs(text).get("Action", [""])[0], text)
