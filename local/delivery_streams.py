"""A table's stream that wakes a function: what Lambda does with a DynamoDB stream."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard

from local.delivery_access import RoleSender
from local.delivery_activity import Activity
from local.delivery_batches import failed_records
from local.delivery_targets import DeliveryError, Parcel, RunsFunctions, complain, hand_over
from local.deploy_records import StreamMapping
from local.emulator import LOCK

type_record = dict[str, Any]
_ADD: Final = "add"
_add: Final = StreamShard.add


def install_streams(wake: Callable[[], None]) -> None:
    """Have `wake` called at each stream record; a write that changes nothing makes none, as in DynamoDB."""

    def add(shard: StreamShard, old: Any, new: Any) -> None:
        if old is not None and new is not None and old.to_json() == new.to_json():
            return
        _add(shard, old, new)
        wake()

    setattr(StreamShard, _ADD, add)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Records that are handed over together, and how often that failed."""

    records: tuple[type_record, ...]
    failures: int = 0


class StreamPoller:
    """Feeds one stream to one function, in order, until each record is handled or given up."""

    def __init__(
        self,
        mapping: StreamMapping,
        activity: Activity,
        functions: RunsFunctions,
        *,
        retry_seconds: float,
    ) -> None:
        """Begin at the stream's beginning."""
        self.mapping = mapping
        self._activity = activity
        self._functions = functions
        self._retry_seconds = retry_seconds
        self._position = 0
        _, _, _, self._region, self._account, _ = mapping.stream_arn.split(":", 5)

    @property
    def pending(self) -> int:
        """Return how many records are not handled yet."""
        with LOCK:
            return len(self._items()) - self._position

    def run(self) -> None:
        """Poll until the end."""
        while not self._activity.is_over:
            seen = self._activity.generation
            if not self.poll():
                self._activity.wait(seen)

    def poll(self) -> bool:
        """Handle the next records; return whether there were any."""
        records = self._read()
        if not records:
            return False
        accepted = tuple(record for record in records if self.mapping.batching.accepts(record))
        self._work_off([_Batch(accepted)] if accepted else [])
        # INVARIANT: the position moves last: a record counts as pending until nothing of it is left to do.
        self._position += len(records)
        self._activity.wake()
        return True

    def _items(self) -> list[Any]:
        table = dynamodb_backends[self._account][self._region].tables.get(self.mapping.table_name)
        return table.stream_shard.items if table is not None and table.stream_shard is not None else []

    def _read(self) -> tuple[type_record, ...]:
        size = self.mapping.batching.size
        if self.pending and self.mapping.batching.window_seconds:
            self._await_more(size)
        with LOCK:
            items = self._items()[self._position : self._position + size]
            return tuple(stream_record(item.to_json(), self.mapping.stream_arn) for item in items)

    def _await_more(self, size: int) -> None:
        deadline = time.monotonic() + self.mapping.batching.window_seconds
        while self.pending < size and (left := deadline - time.monotonic()) > 0 and not self._activity.is_over:
            self._activity.wait(self._activity.generation, left)

    def _work_off(self, batches: list[_Batch]) -> None:
        """Handle the batches in order; the rest of a failed one comes first again."""
        while batches and not self._activity.is_over:
            batches = self._attempt(batches[0]) + batches[1:]

    def _attempt(self, batch: _Batch) -> list[_Batch]:
        if self._is_too_old(batch):
            self._give_up(batch, "RecordAgeExceeded")
            return []
        result = self._functions.invoke(self.mapping.function_name, json.dumps({"Records": batch.records}).encode())
        ids = [str(record["dynamodb"]["SequenceNumber"]) for record in batch.records]
        failed = failed_records(result, ids, reports_failures=self.mapping.batching.reports_failures)
        if not failed:
            return []
        complain(f"{self.mapping.logical_id}: a batch of {len(ids)} failed: `{result.payload[:300]!r}`")
        again = self._after_failure(batch, next(at for at, each in enumerate(ids) if each in failed))
        if again:
            self._activity.pause(self._retry_seconds)
        return again

    def _after_failure(self, batch: _Batch, first_failed: int) -> list[_Batch]:
        """Return what is tried again: from the first failure on, or the two halves where the mapping bisects."""
        rest = batch.records[first_failed:]
        if first_failed > 0:
            return [_Batch(rest)]
        if self.mapping.bisects and len(rest) > 1:
            # A split does not count as an attempt.
            # https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
            middle = len(rest) // 2
            return [_Batch(rest[:middle], batch.failures), _Batch(rest[middle:], batch.failures)]
        if self.mapping.max_attempts is not None and batch.failures >= self.mapping.max_attempts:
            self._give_up(batch, "RetryAttemptsExhausted")
            return []
        return [_Batch(rest, batch.failures + 1)]

    def _is_too_old(self, batch: _Batch) -> bool:
        if self.mapping.max_age_seconds is None:
            return False
        oldest = float(batch.records[0]["dynamodb"]["ApproximateCreationDateTime"])
        return time.time() - oldest > self.mapping.max_age_seconds

    def _give_up(self, batch: _Batch, condition: str) -> None:
        complain(f"{self.mapping.logical_id}: {len(batch.records)} records given up: `{condition}`")
        if self.mapping.failure_arn is None:
            return
        body = json.dumps(self._failure(batch, condition))
        try:
            sender = RoleSender(self._functions.function_named(self.mapping.function_name).role_arn)
            hand_over(Parcel(body), self.mapping.failure_arn, sender, self._functions)
        except DeliveryError as error:
            complain(f"{self.mapping.logical_id}: lost, the failure destination refused them: {error}")

    def _failure(self, batch: _Batch, condition: str) -> dict[str, Any]:
        """Return what Lambda sends of a batch that it gave up: where it lies, not what it holds."""
        first, last = batch.records[0]["dynamodb"], batch.records[-1]["dynamodb"]
        return {
            "requestContext": {
                "requestId": str(uuid.uuid4()),
                "functionArn": self._functions.function_named(self.mapping.function_name).arn,
                "condition": condition,
                "approximateInvokeCount": batch.failures + 1,
            },
            "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
            "version": "1.0",
            "timestamp": _as_time(time.time()),
            "DDBStreamBatchInfo": {
                "shardId": "shardId-local",
                "startSequenceNumber": first["SequenceNumber"],
                "endSequenceNumber": last["SequenceNumber"],
                "approximateArrivalOfFirstRecord": _as_time(first["ApproximateCreationDateTime"]),
                "approximateArrivalOfLastRecord": _as_time(last["ApproximateCreationDateTime"]),
                "batchSize": len(batch.records),
                "streamArn": self.mapping.stream_arn,
            },
        }


def stream_record(item: type_record, stream_arn: str) -> type_record:
    """Return moto's stream record as Lambda shows it to a function."""
    record: type_record = json.loads(json.dumps(item, default=_as_json))
    return {**record, "eventVersion": "1.1", "eventSourceARN": stream_arn}


def _as_json(value: object) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).timestamp()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    message = f"a stream record holds what is no JSON: `{value!r}`"
    raise TypeError(message)


def _as_time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
