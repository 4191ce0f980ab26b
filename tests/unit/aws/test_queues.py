"""Messages carry what makes a repeated one the same, and one that is not taken is an error."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from panorama_guard.aws.held_alerts import SummariesQueue
from panorama_guard.aws.queues import ChangesQueue, RemediationsQueue, SweepsQueue
from panorama_guard.case.errors import OrderError
from panorama_guard.case.order import InspectionRequest, Origin, RemediationOrder
from tests.builders import NOW


class FakeSqs:
    """Remembers what was sent; refuses the entries with the ids in `refused`."""

    def __init__(self, *refused: str) -> None:
        """Start empty."""
        self.sent: list[dict[str, Any]] = []
        self._refused = refused

    def send_message(self, **message: Any) -> None:
        """Take a message."""
        self.sent.append(message)

    def send_message_batch(self, **batch: Any) -> dict[str, Any]:
        """Take a batch but for what is refused."""
        self.sent.append(batch)
        return {"Failed": [{"Id": one, "Code": "Overloaded"} for one in self._refused]} if self._refused else {}


def test_an_order_goes_to_its_roles_group_with_its_attempts_id() -> None:
    """FIFO per role; the same order within five minutes is dropped."""
    sqs, order = FakeSqs(), RemediationOrder("111122223333", "R", "slot", "inc-1", 2)
    RemediationsQueue(sqs, "https://queue").remediate(order)
    (message,) = sqs.sent
    assert (message["MessageGroupId"], message["MessageDeduplicationId"]) == (order.group, "inc-1-2")


@pytest.mark.parametrize(("offset", "count"), [(0, 1), (59.999, 1), (60, 2), (-0.001, 2)])
def test_requests_of_one_minute_are_one_summary(offset: float, count: int) -> None:
    """A request of the next minute may be about what was held after the first summary began."""
    sqs, noon = FakeSqs(), datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    for seconds in (0, offset):
        SummariesQueue(sqs, "https://queue").ask_for_summary((noon + timedelta(seconds=seconds)).isoformat())
    assert {message["MessageGroupId"] for message in sqs.sent} == {"summary"}
    assert len({message["MessageDeduplicationId"] for message in sqs.sent}) == count


def windows(seconds: int, *offsets: float) -> list[str]:
    """Return the deduplication ids of sweeps asked for at these seconds after noon."""
    sqs = FakeSqs()
    noon = datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    for offset in offsets:
        SweepsQueue(sqs, "https://queue", seconds).sweep((noon + timedelta(seconds=offset)).isoformat())
    assert {message["MessageGroupId"] for message in sqs.sent} == {"sweep"}
    return [message["MessageDeduplicationId"] for message in sqs.sent]


def test_requests_of_one_window_are_one_sweep() -> None:
    """The queue's delay is the window: the sweep begins after the last of them."""
    assert len(set(windows(60, 0, 1, 59.999))) == 1


def test_a_request_of_the_next_window_is_another_sweep() -> None:
    """What it was asked for may have happened after the first began."""
    assert len(set(windows(60, 59.999, 60))) == 2


def test_without_a_window_every_request_is_a_sweep() -> None:
    """A window of 0 coalesces nothing."""
    assert len(set(windows(0, 0, 0.000001))) == 2


def test_a_request_that_sqs_does_not_take_is_an_error() -> None:
    """The sweep is delivered again; the error says how many and why."""
    requests = tuple(InspectionRequest(f"R{number}", NOW, Origin.SWEEP) for number in range(3))
    queue = ChangesQueue(FakeSqs("1", "2"), "https://queue")
    with pytest.raises(OrderError, match=r"^SQS did not take 2 of 3 requests: `Overloaded`$"):
        queue.inspect(requests)


def test_requests_go_in_batches_of_ten() -> None:
    """The most that SQS takes at once."""
    sqs = FakeSqs()
    requests = tuple(InspectionRequest(f"R{number}", NOW, Origin.SWEEP) for number in range(21))
    ChangesQueue(sqs, "https://queue").inspect(requests)
    assert [len(batch["Entries"]) for batch in sqs.sent] == [10, 10, 1]
