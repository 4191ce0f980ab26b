import json
import threading
import time
from collections.abc import Callable

from local.delivery import Delivery
from local.delivery_queues import send
from local.deploy_records import Batching, Deployment, QueueMapping, StreamMapping
from local.hooks import InvokeResult
from tests.unit.local_delivery.emulated import ACCOUNT, REGION, Aws, arn_of, function_record

BATCHING = Batching(size=10, window_seconds=0, reports_failures=False)


def deployment(aws: Aws, stream: str | None = None) -> Deployment:
    """Return two queues, each with a function, and a stream where there is one."""
    queues = [aws.queue("first"), aws.queue("second")]
    mappings = tuple(QueueMapping(each.name, each.name, arn_of(each), each.name, BATCHING, 2) for each in queues)
    streams = (StreamMapping("S", "ledger", stream, "second", BATCHING, True, 1, None, None),) if stream else ()
    functions = (function_record("first"), function_record("second"))
    return Deployment(ACCOUNT, REGION, {}, functions=functions, queue_mappings=mappings, stream_mappings=streams)


def answer(_: str, __: bytes) -> InvokeResult:
    """Do nothing, well."""
    return InvokeResult(b"{}")


def wait_for(holds: Callable[[], bool]) -> None:
    """Return once it holds; the test's timeout is ten seconds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_nothing_to_do_is_idle(aws: Aws) -> None:
    """At once."""
    assert Delivery(deployment(aws), answer, retry_seconds=0).read_idleness().is_idle


def test_a_due_message_is_not_idle_and_a_delayed_one_is(aws: Aws) -> None:
    """A re-check that is not yet due does not count."""
    delivery = Delivery(deployment(aws), answer, retry_seconds=0)
    url = aws.client("sqs").get_queue_url(QueueName="first")["QueueUrl"]
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="recheck", DelaySeconds=60)
    idleness = delivery.read_idleness()
    assert (idleness.is_idle, idleness.delayed) == (True, 1)
    aws.client("sqs").send_message(QueueUrl=url, MessageBody="now")
    idleness = delivery.read_idleness()
    assert (idleness.is_idle, idleness.due) == (False, 1)


def test_a_stream_record_that_nobody_took_is_not_idle(aws: Aws) -> None:
    """It will be handed over."""
    delivery = Delivery(deployment(aws, aws.table("ledger")), answer, retry_seconds=0)
    aws.put("ledger", "a")
    assert delivery.read_idleness().records == 1
    assert not delivery.read_idleness().is_idle


def test_an_asynchronous_invocation_is_not_idle_until_it_ends(aws: Aws) -> None:
    """Nobody waits for it, but it will still do something."""
    release = threading.Event()

    def slow(_: str, __: bytes) -> InvokeResult:
        release.wait(10)
        return InvokeResult(b"{}")

    delivery = Delivery(deployment(aws), slow, retry_seconds=0)
    delivery.functions.submit("arn:aws:lambda:us-east-1:123456789012:function:first", b"{}")
    assert delivery.read_idleness().invocations == 1
    release.set()
    wait_for(lambda: delivery.read_idleness().is_idle)
    delivery.stop()


def test_a_message_that_goes_from_one_queue_to_the_next_is_never_missed(aws: Aws) -> None:
    """Whoever looks at any moment sees it in one place or the other, until the end of its way."""
    made = deployment(aws)
    arrived = threading.Event()
    passed = 40

    def hop(name: str, payload: bytes) -> InvokeResult:
        if name == "first":
            for record in json.loads(payload)["Records"]:
                aws.client("sqs").send_message(QueueUrl=second, MessageBody=record["body"])
        else:
            taken.extend(record["body"] for record in json.loads(payload)["Records"])
            if len(taken) == passed:
                arrived.set()
        return InvokeResult(b"{}")

    taken: list[str] = []
    second = aws.client("sqs").get_queue_url(QueueName="second")["QueueUrl"]
    delivery = Delivery(made, hop, retry_seconds=0)
    delivery.start()
    first = aws.client("sqs").get_queue_url(QueueName="first")["QueueUrl"]
    for number in range(passed):
        aws.client("sqs").send_message(QueueUrl=first, MessageBody=str(number))
        assert not delivery.read_idleness().is_idle or str(number) in taken
    while not delivery.read_idleness().is_idle:
        assert not arrived.wait(0) or len(taken) == passed
    assert sorted(taken, key=int) == [str(number) for number in range(passed)]
    delivery.stop()


def test_a_message_wakes_its_function_without_waiting_for_a_poll(aws: Aws) -> None:
    """A poller that only looked from time to time would not look for an hour."""
    made = deployment(aws)
    woken = threading.Event()

    def handler(_: str, __: bytes) -> InvokeResult:
        woken.set()
        return InvokeResult(b"{}")

    delivery = Delivery(made, handler, retry_seconds=0)
    delivery.start()
    queue = aws.queue("first")
    send(queue, "x")
    assert woken.wait(10)
    delivery.stop()


def test_a_failing_message_comes_back_by_itself(aws: Aws) -> None:
    """The poller wakes when its time has come."""
    made = deployment(aws)
    attempts: list[bytes] = []

    def handler(_: str, payload: bytes) -> InvokeResult:
        attempts.append(payload)
        return InvokeResult(b"{}", function_error=None if len(attempts) > 2 else "Unhandled")

    delivery = Delivery(made, handler, retry_seconds=0.02)
    delivery.start()
    send(aws.queue("first"), "x")
    wait_for(lambda: len(attempts) == 3 and delivery.read_idleness().is_idle)
    delivery.stop()
