"""SQS as AWS runs it, on moto's queues: deduplication, message groups, dead letters, visibility.

moto forgets a deduplication id with its message, loses messages when two threads delete and send at once, and treats a
message moved to a FIFO dead-letter queue as a duplicate. `install_queues` puts that right for every caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from moto.core.utils import unix_time_millis
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends

from local.emulator import LOCK

_DEDUPLICATION_MS: Final = 300_000
_SLACK_MS: Final = 500
_add_message: Final = Queue.add_message
_seen: Final[WeakKeyDictionary[Queue, dict[str, float]]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many messages a queue holds, by what keeps them; `next_seconds` is when the next one may become visible."""

    ready: int = 0
    held: int = 0  # by the delay of the queue
    delayed: int = 0  # by a delay of their own
    in_flight: int = 0
    next_seconds: float | None = None


def install_queues(wake: Callable[[], None]) -> None:
    """Repair moto's queues, and have `wake` called whenever one gets a message; the last caller's counts."""

    def add_message(queue: Queue, message: Message) -> None:
        if not _is_duplicate(queue, message):
            _add_message(queue, message)
        wake()

    def receive_message(backend: SQSBackend, *arguments: Any) -> list[Message]:
        name, count, _, visibility_seconds, *rest = arguments  # the front waits, without holding the lock
        messages = _receive(backend.get_queue(name), count, visibility_seconds, wake)
        return [_as_asked(message, rest[0] if rest and rest[0] else []) for message in messages]

    for owner, name, repaired in (
        (Queue, "add_message", add_message),
        (SQSBackend, "receive_message", receive_message),
    ):
        setattr(owner, name, repaired)


def key_of(queue: Queue) -> str | None:
    """Return the key that the queue is encrypted with."""
    key: str | None = getattr(queue, "kms_master_key_id", None)
    return key


def visibility_of(queue: Queue) -> int:
    """Return the queue's visibility timeout in seconds."""
    return _setting(queue, "visibility_timeout")


def find_queue(account: str, region: str, name: str) -> Queue | None:
    """Return the queue; the caller holds `LOCK` while it uses it."""
    return sqs_backends[account][region].queues.get(name)


def send(queue: Queue, body: str, *, group: str | None = None, attributes: dict[str, str] | None = None) -> None:
    """Put a message into the queue as a service does; a queue that refuses it raises moto's own error."""
    values = {name: {"DataType": "String", "StringValue": value} for name, value in (attributes or {}).items()}
    with LOCK:
        sqs_backends[queue.account_id][queue.region].send_message(
            queue.name, body, message_attributes=values, group_id=group
        )


def receive(queue: Queue, count: int, wake: Callable[[], None]) -> tuple[Message, ...]:
    """Take up to `count` messages, as the queue's visibility timeout says, and move dead letters away."""
    with LOCK:
        return tuple(
            deepcopy(message) for message in _receive(queue, count, _setting(queue, "visibility_timeout"), wake)
        )


def settle(queue: Queue, messages: tuple[Message, ...], failed: frozenset[str], retry_seconds: float | None) -> None:
    """Delete the messages that were handled; let the failed ones come back, after `retry_seconds` where given."""
    with LOCK:
        for message in messages:
            if message.id in failed:
                _let_come_back(queue, message, retry_seconds)
            else:
                _delete(queue, str(message.receipt_handle))


def read_state(queue: Queue) -> QueueState:
    """Return what the queue holds."""
    if not _held(queue):
        return QueueState()
    with LOCK:
        kinds = [(_kind_of(queue, message), _visible_at(message)) for message in _held(queue)]
    now = unix_time_millis()
    hidden = [at for kind, at in kinds if kind != "ready"]
    counts = {kind: sum(each == kind for each, _ in kinds) for kind in ("ready", "held", "delayed", "in_flight")}
    return QueueState(**counts, next_seconds=(min(hidden) - now) / 1000 + 0.001 if hidden else None)


def hurry(queue: Queue, *, loses: bool = False) -> int:
    """Make every message due that has a delay of its own, or lose it, and return how many there were."""
    with LOCK:
        delayed = [message for message in _held(queue) if _kind_of(queue, message) == "delayed"]
        for message in delayed:
            if loses:
                _held(queue).remove(message)
            else:
                message.delayed_until = unix_time_millis()
        return len(delayed)


def _kind_of(queue: Queue, message: Message) -> str:
    if message.delayed:
        own_ms = message.delayed_until - (message.sent_timestamp or 0)
        return "delayed" if own_ms > _setting(queue, "delay_seconds") * 1000 + _SLACK_MS else "held"
    return "ready" if message.visible else "in_flight"


def _visible_at(message: Message) -> float:
    return max(float(message.visible_at), float(message.delayed_until))


def _is_duplicate(queue: Queue, message: Message) -> bool:
    """Say whether the FIFO queue accepted the same deduplication id within five minutes."""
    if not queue.fifo_queue or not message.deduplication_id:
        return False
    now = unix_time_millis()
    seen = _seen.setdefault(queue, {})
    for old in [each for each, at in seen.items() if now - at >= _DEDUPLICATION_MS]:
        del seen[old]
    if message.deduplication_id in seen:
        return True
    seen[message.deduplication_id] = now
    return False


def _receive(queue: Queue, count: int, visibility_seconds: int, wake: Callable[[], None]) -> list[Message]:
    if not _held(queue):
        return []
    taken: list[Message] = []
    _expire(queue)
    blocked = {message.group_id for message in _held(queue) if _is_taken(message)}
    for message in _candidates(queue, blocked):
        if len(taken) >= count:
            break
        if _is_spent(queue, message):
            _bury(queue, message)
            wake()
            continue
        queue.pending_messages.add(message)
        message.mark_received(visibility_timeout=visibility_seconds)
        taken.append(message)
    return taken


def _candidates(queue: Queue, blocked: set[str | None]) -> Iterator[Message]:
    """Give the visible messages in order; in a FIFO queue not those of a group that has a message in flight."""
    for message in list(queue.messages):
        if not queue.fifo_queue or message.group_id not in blocked:
            yield message


def _is_taken(message: Message) -> bool:
    return message.approximate_receive_count > 0 and not message.visible


def _is_spent(queue: Queue, message: Message) -> bool:
    policy: dict[str, Any] | None = queue.redrive_policy
    if queue.dead_letter_queue is None or not policy:
        return False
    return message.approximate_receive_count >= int(policy["maxReceiveCount"])


def _bury(queue: Queue, message: Message) -> None:
    """Move the message to the dead-letter queue. It is no duplicate there, whatever its deduplication id."""
    _held(queue).remove(message)
    queue.pending_messages.discard(message)
    message.visible_at = 0.0
    grave = queue.dead_letter_queue
    if grave is not None:
        _held(grave).append(message)


def _expire(queue: Queue) -> None:
    oldest = unix_time_millis() - _setting(queue, "message_retention_period") * 1000
    for message in [each for each in _held(queue) if (each.sent_timestamp or 0) < oldest]:
        _held(queue).remove(message)
        queue.pending_messages.discard(message)


def _as_asked(message: Message, names: list[str]) -> Message:
    """Return a copy with the message attributes that the caller asked for."""
    copy = deepcopy(message)
    prefixes = tuple(name[:-2] for name in names if name.endswith(".*"))
    asked = {"All", ".*"} & set(names)
    copy.message_attributes = {
        name: value
        for name, value in message.message_attributes.items()
        if asked or name in names or (prefixes and name.startswith(prefixes))
    }
    return copy


def _let_come_back(queue: Queue, message: Message, retry_seconds: float | None) -> None:
    """Bring the failed message back sooner than its visibility timeout, unless its handler set a time itself."""
    live = next((each for each in _held(queue) if each.id == message.id), None)
    if live is not None and retry_seconds is not None and live.visible_at == message.visible_at:
        live.visible_at = min(live.visible_at, unix_time_millis() + retry_seconds * 1000)


def _delete(queue: Queue, receipt_handle: str) -> None:
    try:
        queue.delete_message(receipt_handle)
    except ReceiptHandleIsInvalid:
        return  # the message went to the dead letters, or expired, while its handler ran


def _held(queue: Queue) -> list[Message]:
    messages: list[Message] = queue._messages
    return messages


def _setting(queue: Queue, name: str) -> int:
    return int(getattr(queue, name))  # moto makes these attributes as it goes
