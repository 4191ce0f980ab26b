"""Sends the functions' messages to one another over SQS."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from panorama_guard.case.errors import OrderError
from panorama_guard.case.order import InspectionRequest, LiftOrder, Order, RemediationOrder, RenewalOrder, address
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import digest
from panorama_guard.case.sweeping import Place

BATCH = 10  # the most that SQS takes in one call
SWEEP_GROUP = "sweep"  # one group: one sweep at a time
REPORT_GROUP = "report"  # likewise


class RemediationsQueue:
    """Where `inspect` and `operate` order what `remediate` does."""

    def __init__(self, sqs: Any, url: str) -> None:
        """Take an SQS client and the queue's URL."""
        self._sqs = sqs
        self._url = url

    def remediate(self, order: RemediationOrder) -> None:
        """Ask for a remediation, once per incident and attempt."""
        self._send(order)

    def renew(self, order: RenewalOrder) -> None:
        """Ask for the sessions to be ended too that were issued since a trust was repaired."""
        self._send(order)

    def lift(self, order: LiftOrder) -> None:
        """Ask for a containment to be taken back, in the order of all that is done to the role."""
        self._send(order)

    def _send(self, order: Order) -> None:
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=dump_record(order),
            MessageGroupId=order.group,
            MessageDeduplicationId=order.deduplication_id,
        )


class SweepsQueue:
    """Where sweeps are asked for.

    The queue delays every message by the window, and drops a second request of the same window: the one sweep that
    comes of them begins after the window's end, so it sees whatever each of them was asked for.
    """

    def __init__(self, sqs: Any, url: str, window_seconds: int) -> None:
        """Take an SQS client, the queue's URL, and the queue's delay."""
        self._sqs = sqs
        self._url = url
        self._window_seconds = window_seconds

    def sweep(self, requested_at: str) -> None:
        """Ask for a sweep; requests within one window become one sweep."""
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=f'{{"requested_at":"{requested_at}"}}',
            MessageGroupId=SWEEP_GROUP,
            MessageDeduplicationId=window_id(requested_at, self._window_seconds),
        )

    def go_on(self, place: Place, requested_at: str) -> None:
        """Ask for the rest of a sweep; asked for twice, it is gone on with twice, which only looks once more."""
        body = dump_record(place)
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=body,
            MessageGroupId=SWEEP_GROUP,
            MessageDeduplicationId=f"go-on-{digest(f'{requested_at} {body}')}",
        )


class ReportsQueue:
    """Where `sweep` asks for the report: one after another, and those asked for while one is written become one."""

    def __init__(self, sqs: Any, url: str) -> None:
        """Take an SQS client and the queue's URL."""
        self._sqs = sqs
        self._url = url

    def report(self, requested_at: str) -> None:
        """Ask for a report."""
        self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=f'{{"requested_at":"{requested_at}"}}',
            MessageGroupId=REPORT_GROUP,
            MessageDeduplicationId=f"report-{int(datetime.fromisoformat(requested_at).timestamp() * 1_000_000)}",
        )


class RechecksQueue:
    """Where roles are sent that are to be judged again later: a standard queue, with a delay for each message."""

    def __init__(self, sqs: Any, url: str, account: str = "") -> None:
        """Take an SQS client and the queue's URL, and the account that is asked for if it is a member's."""
        self._sqs = sqs
        self._url = url
        self._account = account

    def recheck(self, request: InspectionRequest, delays: tuple[int, ...]) -> None:
        """Ask for a role to be judged again after each of these seconds; raise OrderError if one was not taken."""
        body = address(request, self._account)
        entries = [{"Id": str(delay), "MessageBody": body, "DelaySeconds": delay} for delay in delays]
        raise_failed(self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries), len(entries))


class ChangesQueue:
    """Where `sweep` asks for roles to be judged."""

    def __init__(self, sqs: Any, url: str) -> None:
        """Take an SQS client and the queue's URL."""
        self._sqs = sqs
        self._url = url

    def inspect(self, requests: tuple[InspectionRequest, ...]) -> None:
        """Ask for roles to be judged; raise OrderError if one was not taken."""
        for first in range(0, len(requests), BATCH):
            batch = requests[first : first + BATCH]
            entries = [{"Id": str(number), "MessageBody": dump_record(request)} for number, request in enumerate(batch)]
            raise_failed(self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries), len(entries))


def window_id(requested_at: str, window_seconds: int) -> str:
    """Return a deduplication id: the same for all requests of one window."""
    at = datetime.fromisoformat(requested_at).timestamp()
    return f"sweep-{int(at // window_seconds) if window_seconds else int(at * 1_000_000)}"


def raise_failed(answer: Mapping[str, Any], count: int) -> None:
    """Raise OrderError if SQS did not take each message of a batch."""
    failed = answer.get("Failed", [])
    if failed:
        message = f"SQS did not take {len(failed)} of {count} requests: `{failed[0].get('Code')}`"
        raise OrderError(message)
