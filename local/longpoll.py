"""SQS's long polling, without holding moto's lock while it waits."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from moto.sqs.models import Queue, sqs_backends

from local.emulator import LOCK, Reply
from local.wire import Call

_TICK_SECONDS: Final = 0.02
_WAIT: Final = "WaitTimeSeconds"


def is_long_poll(call: Call) -> bool:
    """Say whether the call receives messages."""
    return (call.service, call.operation) == ("sqs", "ReceiveMessage")


def receive_patiently(call: Call, account: str, body: bytes, receive: Callable[[bytes], Reply]) -> Reply:
    """Return the first reply of `receive` that carries a message, or the last one before the wait ends."""
    deadline = time.monotonic() + _wait_seconds(call, account)
    at_once = _without_wait(call, body)
    while True:
        with LOCK:
            reply = receive(at_once)
        if not reply.is_success or _has_message(reply) or time.monotonic() >= deadline:
            return reply
        _wait_for_message(call, account, deadline)


def _wait_for_message(call: Call, account: str, deadline: float) -> None:
    while time.monotonic() < deadline:
        time.sleep(_TICK_SECONDS)
        with LOCK:
            queue = _queue(call, account)
            if queue is None or queue.messages:
                return


def _queue(call: Call, account: str) -> Queue | None:
    return sqs_backends[account][call.region].queues.get(call.text("QueueUrl").rsplit("/", 1)[-1])


def _wait_seconds(call: Call, account: str) -> float:
    given: Mapping[str, Any] = call.parameters
    if _WAIT in given:
        return float(given[_WAIT])
    with LOCK:
        queue = _queue(call, account)
        return float(getattr(queue, "receive_message_wait_time_seconds", 0) or 0)


def _without_wait(call: Call, body: bytes) -> bytes:
    if call.protocol == "json":
        return json.dumps({**json.loads(body or b"{}"), _WAIT: 0}).encode()
    fields = [(name, value) for name, value in parse_qsl(body.decode(), keep_blank_values=True) if name != _WAIT]
    return urlencode([*fields, (_WAIT, "0")]).encode()


def _has_message(reply: Reply) -> bool:
    return b'"ReceiptHandle"' in reply.body or b"<ReceiptHandle>" in reply.body
