"""Sends what concerns member accounts over SQS: to queues beside those of events, in groups by account."""

from collections.abc import Sequence
from typing import Any

from panorama_guard.aws.queues import BATCH, raise_failed, window_id
from panorama_guard.case.order import InspectionRequest, address
from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import digest
from panorama_guard.case.sweeping import BEGINNING, FanOut, MemberSweep, Place

ALL_GROUP = "members"  # of what asks for every member account; no account is called so


class GroupedQueue:
    """A FIFO queue with many groups."""

    def __init__(self, sqs: Any, url: str) -> None:
        """Take an SQS client and the queue's URL."""
        self._sqs = sqs
        self._url = url

    def put(self, messages: Sequence[tuple[str, str, str]]) -> None:
        """Send messages, each with its group, deduplication id and body; raise OrderError if one was not taken."""
        for first in range(0, len(messages), BATCH):
            entries = [
                {"Id": str(number), "MessageBody": body, "MessageGroupId": group, "MessageDeduplicationId": once}
                for number, (group, once, body) in enumerate(messages[first : first + BATCH])
            ]
            raise_failed(self._sqs.send_message_batch(QueueUrl=self._url, Entries=entries), len(entries))


class LooksQueue:
    """Where the sweep of a member account asks for subjects of it to be judged: in the account's own group.

    So looks at one account come one after another and do not throttle each other, and hold no other account up.
    """

    def __init__(self, sqs: Any, url: str, account: str) -> None:
        """Take an SQS client, the queue's URL, and the account."""
        self._queue = GroupedQueue(sqs, url)
        self._account = account

    def inspect(self, requests: tuple[InspectionRequest, ...]) -> None:
        """Ask for roles to be judged; raise OrderError if one was not taken."""
        bodies = [address(request, self._account) for request in requests]
        self._queue.put([(self._account, digest(body), body) for body in bodies])


class MembersQueue:
    """Where sweeps of member accounts are asked for: a group for each, so that one account has one sweep at a time.

    The queue delays every message by the window, and drops a second request for an account within it.
    """

    def __init__(self, sqs: Any, url: str, window_seconds: int) -> None:
        """Take an SQS client, the queue's URL, and the queue's delay."""
        self._queue = GroupedQueue(sqs, url)
        self._window_seconds = window_seconds

    def sweep_all(self, requested_at: str) -> None:
        """Ask for every member account to be asked for."""
        body = dump_record(FanOut("an operator"))
        self._queue.put([(ALL_GROUP, window_id(requested_at, self._window_seconds), body)])

    def sweep_each(self, accounts: tuple[str, ...], requested_at: str) -> None:
        """Ask for a sweep of each account; raise OrderError if a request was not taken."""
        once = window_id(requested_at, self._window_seconds)
        bodies = [(account, dump_record(MemberSweep(account, BEGINNING, ""))) for account in accounts]
        self._queue.put([(account, f"{account}-{once}", body) for account, body in bodies])

    def go_on(self, account: str, place: Place, unlisted: str, requested_at: str) -> None:
        """Ask for the rest of a sweep."""
        body = dump_record(MemberSweep(account, place, unlisted))
        self._queue.put([(account, f"go-on-{digest(f'{requested_at} {body}')}", body)])
