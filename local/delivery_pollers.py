"""Queues that wake functions: what Lambda's pollers do."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from moto.sqs.models import Message, Queue

from local.delivery_activity import Activity
from local.delivery_batches import failed_records
from local.delivery_queues import QueueState, find_queue, hurry, read_state, receive, settle
from local.delivery_targets import complain
from local.deploy_records import QueueMapping
from local.emulator import LOCK
from local.hooks import InvokeResult

_POLLERS: Final = 5  # Lambda's own beginning, where the mapping sets no maximum
_SYSTEM_ATTRIBUTES: Final = (
    ("ApproximateReceiveCount", "approximate_receive_count"),
    ("SentTimestamp", "sent_timestamp"),
    ("SenderId", "sender_id"),
    ("ApproximateFirstReceiveTimestamp", "approximate_first_receive_timestamp"),
    ("SequenceNumber", "sequence_number"),
    ("MessageGroupId", "group_id"),
    ("MessageDeduplicationId", "deduplication_id"),
)
type_invoke = Callable[[str, bytes], InvokeResult]


class QueuePoller:
    """Feeds one queue to one function, with as many threads as the mapping allows at once."""

    def __init__(
        self, mapping: QueueMapping, activity: Activity, invoke: type_invoke, *, retry_seconds: float | None
    ) -> None:
        """Bring failed messages back after the seconds, or as the queue's visibility timeout says."""
        self.mapping = mapping
        self._activity = activity
        self._invoke = invoke
        self._retry_seconds = retry_seconds
        self._taking = threading.Lock()
        _, _, _, self._region, self._account, _ = mapping.queue_arn.split(":")

    @property
    def threads(self) -> int:
        """Return how many threads may run `run`."""
        return self.mapping.max_concurrency or _POLLERS

    def state(self) -> QueueState:
        """Return what the queue holds now."""
        queue = self._queue()
        return read_state(queue) if queue is not None else QueueState()

    def hurry(self, *, loses: bool) -> int:
        """Make every message due that is delayed, or lose it, and return how many there were."""
        queue = self._queue()
        hurried = hurry(queue, loses=loses) if queue is not None else 0
        if hurried:
            self._activity.wake()
        return hurried

    def run(self) -> None:
        """Poll until the end."""
        while not self._activity.is_over:
            if messages := self._await_batch():
                self._hand_on(messages)

    def poll(self) -> bool:
        """Deliver one batch if there is one; return whether there was."""
        messages = self._take_batch()
        if messages:
            self._hand_on(messages)
        return bool(messages)

    def _await_batch(self) -> tuple[Message, ...]:
        """Take one batch when there is one: one thread waits for it, the others for that one."""
        with self._taking:
            while not self._activity.is_over:
                seen = self._activity.generation
                if messages := self._take_batch():
                    return messages
                self._activity.wait(seen, self.state().next_seconds)
        return ()

    def _hand_on(self, messages: tuple[Message, ...]) -> None:
        queue = self._queue()
        # INVARIANT: what was taken stays in the queue, in flight, until it is settled; so it is never nowhere.
        if queue is not None and (accepted := self._filter(queue, messages)):
            self._deliver(queue, accepted)
        self._activity.wake()

    def _queue(self) -> Queue | None:
        with LOCK:
            return find_queue(self._account, self._region, self.mapping.queue_name)

    def _take_batch(self) -> tuple[Message, ...]:
        """Take what is there, waiting for a batch to fill where the mapping has a window."""
        batching, queue = self.mapping.batching, self._queue()
        if queue is None:
            return ()
        messages = receive(queue, batching.size, self._activity.wake)
        deadline = time.monotonic() + batching.window_seconds
        while messages and len(messages) < batching.size and (left := deadline - time.monotonic()) > 0:
            seen = self._activity.generation
            more = receive(queue, batching.size - len(messages), self._activity.wake)
            messages += more
            if not more:
                self._activity.wait(seen, left)
        return messages

    def _filter(self, queue: Queue, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        """Return the messages that the mapping's filter lets through; Lambda deletes the others."""
        accepted = tuple(each for each in messages if self.mapping.batching.accepts(_as_filtered(each)))
        settle(queue, tuple(each for each in messages if each not in accepted), frozenset(), None)
        return accepted

    def _deliver(self, queue: Queue, messages: tuple[Message, ...]) -> None:
        records = [message_record(each, self.mapping.queue_arn, self._region) for each in messages]
        result = self._invoke(self.mapping.function_name, json.dumps({"Records": records}).encode())
        failed = failed_records(
            result, (each.id for each in messages), reports_failures=self.mapping.batching.reports_failures
        )
        if failed:
            complain(f"{self.mapping.logical_id}: {len(failed)} of {len(messages)} failed: `{result.payload[:300]!r}`")
        settle(queue, messages, failed, self._retry_seconds)


def message_record(message: Message, queue_arn: str, region: str) -> dict[str, Any]:
    """Return the message as Lambda shows it to a function."""
    values = [(name, getattr(message, attribute)) for name, attribute in _SYSTEM_ATTRIBUTES]
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": {name: str(value) for name, value in values if value is not None},
        "messageAttributes": {name: _attribute(value) for name, value in message.message_attributes.items()},
        "md5OfBody": message.body_md5,
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "stringValue": value.get("StringValue"),
        "binaryValue": value.get("BinaryValue"),
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value.get("DataType"),
    }


def _as_filtered(message: Message) -> dict[str, object]:
    """Return what a filter sees: the body, decoded where it is JSON."""
    try:
        return {"body": json.loads(message.body)}
    except ValueError:
        return {"body": message.body}
