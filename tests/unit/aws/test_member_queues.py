"""What concerns members goes to groups by account, once for each window."""

import json
from typing import Any

import pytest

from panorama_guard.aws.member_queues import LooksQueue, MembersQueue
from panorama_guard.case.errors import OrderError
from panorama_guard.case.order import InspectionRequest, Origin, addressed
from panorama_guard.case.sweeping import BEGINNING, FanOut, MemberSweep, Place, parse_members
from tests.builders import NOW
from tests.unit.aws.test_queues import FakeSqs

LATER = "2026-11-23T15:01:10+00:00"
ACCOUNTS = tuple(f"{number:012}" for number in range(21))


def entries(sqs: FakeSqs) -> list[dict[str, Any]]:
    """Return every message that was sent."""
    return [entry for batch in sqs.sent for entry in batch["Entries"]]


def test_each_account_has_a_message_and_a_group_of_its_own() -> None:
    """In batches of ten, the most that SQS takes at once."""
    sqs = FakeSqs()
    MembersQueue(sqs, "https://queue", 60).sweep_each(ACCOUNTS, NOW)
    assert [len(batch["Entries"]) for batch in sqs.sent] == [10, 10, 1]
    assert tuple(one["MessageGroupId"] for one in entries(sqs)) == ACCOUNTS
    asked = [parse_members(one["MessageBody"]) for one in entries(sqs)]
    assert asked == [MemberSweep(account, BEGINNING, "") for account in ACCOUNTS]


def test_requests_for_one_account_within_a_window_are_one() -> None:
    """And no other account's."""
    sqs = FakeSqs()
    queue = MembersQueue(sqs, "https://queue", 60)
    for accounts, at in ((ACCOUNTS[:2], NOW), (ACCOUNTS[:1], NOW), (ACCOUNTS[:1], LATER)):
        queue.sweep_each(accounts, at)
    one, other, again, later = [entry["MessageDeduplicationId"] for entry in entries(sqs)]
    assert (one == again, one == later, one == other) == (True, False, False)


def test_an_operator_s_requests_within_a_window_are_one() -> None:
    """In a group that is no account's."""
    sqs = FakeSqs()
    for _ in range(2):
        MembersQueue(sqs, "https://queue", 60).sweep_all(NOW)
    one, again = entries(sqs)
    assert (one["MessageGroupId"], one["MessageDeduplicationId"]) == ("members", again["MessageDeduplicationId"])
    assert isinstance(parse_members(one["MessageBody"]), FanOut)


def test_the_rest_of_a_sweep_is_in_the_group_of_its_account() -> None:
    """With the place, and with what could not be listed before it."""
    sqs = FakeSqs()
    MembersQueue(sqs, "https://queue", 60).go_on(ACCOUNTS[0], Place("s3-bucket", "x"), "not the roles", NOW)
    (one,) = entries(sqs)
    assert one["MessageGroupId"] == ACCOUNTS[0]
    assert parse_members(one["MessageBody"]) == MemberSweep(ACCOUNTS[0], Place("s3-bucket", "x"), "not the roles")


def test_a_look_says_in_which_account_and_is_in_its_group() -> None:
    """Another sweep's look at the same subject is another message."""
    sqs = FakeSqs()
    first, second = (InspectionRequest("R", at, Origin.SWEEP) for at in (NOW, LATER))
    LooksQueue(sqs, "https://queue", ACCOUNTS[1]).inspect((first, second))
    sent = entries(sqs)
    assert [addressed(json.loads(one["MessageBody"])) for one in sent] == [(ACCOUNTS[1], first), (ACCOUNTS[1], second)]
    assert {one["MessageGroupId"] for one in sent} == {ACCOUNTS[1]}
    assert len({one["MessageDeduplicationId"] for one in sent}) == 2


def test_a_request_that_sqs_does_not_take_is_an_error() -> None:
    """The message that led to it is delivered again."""
    with pytest.raises(OrderError, match=r"^SQS did not take 1 of 3 requests: `Overloaded`$"):
        MembersQueue(FakeSqs("1"), "https://queue", 60).sweep_each(ACCOUNTS[:3], NOW)
