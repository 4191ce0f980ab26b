import json
from typing import Any

from moto.sqs.models import Queue

from local.delivery_pollers import QueuePoller
from local.delivery_queues import send
from local.deploy_records import Batching, QueueMapping
from local.hooks import InvokeResult
from local.patterns import Pattern, parse_pattern
from tests.unit.local_delivery.emulated import Aws, arn_of, let_all_be_visible


class Handler:
    """A function that remembers its events and answers as told."""

    def __init__(self, *answers: InvokeResult) -> None:
        """Give these answers in turn, then an empty one."""
        self.events: list[dict[str, Any]] = []
        self._answers = list(answers)

    def __call__(self, _: str, payload: bytes) -> InvokeResult:
        """Take an event."""
        self.events.append(json.loads(payload))
        return self._answers.pop(0) if self._answers else InvokeResult(b"{}")

    @property
    def batches(self) -> list[list[str]]:
        """Return the bodies of each batch."""
        return [[record["body"] for record in event["Records"]] for event in self.events]


def poller(aws: Aws, queue: Queue, handler: Handler, filters: tuple[Pattern, ...] = ()) -> QueuePoller:
    """Return a poller that brings failed messages back at once."""
    batching = Batching(size=10, window_seconds=0, reports_failures=True, filters=filters)
    mapping = QueueMapping("Mapping", queue.name, arn_of(queue), "function", batching, max_concurrency=2)
    return QueuePoller(mapping, aws.activity, handler, retry_seconds=0)


def failures(handler_event: dict[str, Any], *bodies: str) -> InvokeResult:
    """Return the answer that names the messages with these bodies."""
    named = [record["messageId"] for record in handler_event["Records"] if record["body"] in bodies]
    return InvokeResult(json.dumps({"batchItemFailures": [{"itemIdentifier": each} for each in named]}).encode())


def test_a_batch_is_handed_over_and_deleted(aws: Aws) -> None:
    """The function sees the messages as Lambda shows them."""
    queue, handler = aws.queue("q"), Handler()
    send(queue, "one", attributes={"why": "test"})
    send(queue, "two")
    assert poller(aws, queue, handler).poll()
    assert handler.batches == [["one", "two"]]
    assert aws.bodies(queue) == []
    record = handler.events[0]["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["eventSourceARN"] == arn_of(queue)
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["messageAttributes"]["why"]["stringValue"] == "test"


def test_only_the_failed_messages_come_back(aws: Aws) -> None:
    """The others of the batch are done."""
    queue = aws.queue("q")

    class Partial(Handler):
        def __call__(self, name: str, payload: bytes) -> InvokeResult:
            super().__call__(name, payload)
            return failures(self.events[-1], "bad")

    handler = Partial()
    for body in ("good", "bad", "fine"):
        send(queue, body)
    poller(aws, queue, handler).poll()
    assert aws.bodies(queue) == ["bad"]
    poller(aws, queue, handler).poll()
    assert handler.batches == [["good", "bad", "fine"], ["bad"]]


def test_an_error_brings_the_whole_batch_back_and_in_the_end_to_the_dead_letters(aws: Aws) -> None:
    """Nothing is lost."""
    dead = aws.queue("dead")
    policy = json.dumps({"deadLetterTargetArn": arn_of(dead), "maxReceiveCount": 2})
    queue = aws.queue("q", RedrivePolicy=policy)
    broken = InvokeResult(b"{}", function_error="Unhandled")
    handler = Handler(broken, broken)
    send(queue, "x")
    feeder = poller(aws, queue, handler)
    for _ in range(3):
        feeder.poll()
        let_all_be_visible(queue)
    assert handler.batches == [["x"], ["x"]]
    assert (aws.bodies(queue), aws.bodies(dead)) == ([], ["x"])


def test_what_the_filter_refuses_is_deleted_unseen(aws: Aws) -> None:
    """As Lambda does."""
    queue, handler = aws.queue("q"), Handler()
    send(queue, json.dumps({"kind": "b"}))
    send(queue, json.dumps({"kind": "a"}))
    send(queue, "no JSON")
    poller(aws, queue, handler, (parse_pattern({"body": {"kind": ["a"]}}),)).poll()
    assert handler.batches == [['{"kind": "a"}']]
    assert aws.bodies(queue) == []


def test_an_empty_queue_calls_nobody(aws: Aws) -> None:
    """And an empty poll wakes nobody either."""
    handler = Handler()
    feeder = poller(aws, aws.queue("q"), handler)
    before = aws.activity.generation
    assert not feeder.poll()
    assert (handler.events, aws.activity.generation) == ([], before)
