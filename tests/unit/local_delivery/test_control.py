import json
from collections.abc import Mapping
from typing import Any

import pytest

from local.control import Control
from local.faults import Faults

EVENT = {"source": "aws.iam", "detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": "PutRolePolicy"}}


class Published(list[Mapping[str, Any]]):
    """Takes events."""

    def take(self, event: Mapping[str, Any]) -> int:
        """Take one event for two targets."""
        self.append(event)
        return 2


def post(published: Published, body: bytes, path: str = "/_local/events", method: str = "POST") -> tuple[int, Any]:
    """Make a call and return the status and the answer."""
    idle, stack = {"idle": True}, {"endpoint": "e"}
    control = Control(
        "123456789012",
        "us-east-1",
        published.take,
        lambda: idle,
        lambda: stack,
        lambda *, loses: 7 if loses else 3,
        Faults(),
    )
    response = control.answer(method, path, body)
    assert response is not None
    return response.status, json.loads(response.body)


def test_an_event_is_put_on_the_bus_with_what_the_bus_adds() -> None:
    """Id, time, account and region are the bus's where the event has none."""
    published = Published()
    status, answer = post(published, json.dumps(EVENT).encode())
    assert (status, answer["accepted"], answer["targets"]) == (200, 1, [2])
    event = published[0]
    assert {**event, **EVENT} == event
    assert (event["account"], event["region"], event["id"]) == ("123456789012", "us-east-1", answer["ids"][0])


def test_a_bare_cloudtrail_record_gets_its_envelope() -> None:
    """Its source is that of its event source."""
    published = Published()
    record = {"eventSource": "iam.amazonaws.com", "eventName": "PutRolePolicy"}
    post(published, json.dumps(record).encode())
    assert (published[0]["source"], published[0]["detail"]) == ("aws.iam", record)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "body is no JSON"),
        (b'"text"', "body must be an event"),
        (b"[1]", r"[0] must be an event"),
        (json.dumps({**EVENT, "detail": "text"}).encode(), 'event field detail must be an object: `"text"`'),
        (json.dumps({"source": "aws.iam", "detail": {}}).encode(), "event lacks field: `detail-type`"),
        (json.dumps([EVENT, {"source": 1}]).encode(), "event field [1].source must be text: `1`"),
        (json.dumps({}).encode(), "event lacks field: `source`"),
    ],
)
def test_what_is_no_event_is_refused_by_name_and_nothing_is_published(body: bytes, reason: str) -> None:
    """A list is taken whole or not at all."""
    published = Published()
    status, answer = post(published, body)
    assert (status, list(published)) == (400, [])
    assert reason in answer["error"]


def test_idle_is_answered() -> None:
    """As JSON."""
    assert post(Published(), b"", "/_local/idle", "GET") == (200, {"idle": True})


def test_what_is_delayed_is_made_due() -> None:
    """The answer says how many messages that were."""
    assert post(Published(), b"", "/_local/due") == (200, {"hurried": 3})


def test_what_is_delayed_is_lost() -> None:
    """The answer says how many messages that were."""
    assert post(Published(), b"", "/_local/due", "DELETE") == (200, {"lost": 7})


def test_faults_are_put_in_the_way_and_told() -> None:
    """With how often each was met."""
    rules = json.dumps({"rules": [{"fault": "throttled", "service": "iam"}]}).encode()
    expected = {"rules": [{"fault": "throttled", "hits": 0}], "calls": []}
    assert post(Published(), rules, "/_local/faults") == (200, expected)
    assert post(Published(), b"", "/_local/faults", "GET") == (200, {"rules": [], "calls": []})


@pytest.mark.parametrize(
    ("body", "reason"),
    [(b"[", "body must be"), (b'{"rules": [{"fault": "x"}]}', "'x' is not"), (b'{"rules": [{"y": 1}]}', "rule: y")],
)
def test_what_is_no_rule_is_refused(body: bytes, reason: str) -> None:
    """The answer names it."""
    status, answer = post(Published(), body, "/_local/faults")
    assert status == 400
    assert reason in answer["error"]


def test_another_method_is_refused() -> None:
    """With the one that works."""
    assert post(Published(), b"", "/_local/idle", "POST")[0] == 405


def test_another_path_is_nobodys() -> None:
    """The front says so."""
    control = Control("1", "r", lambda _: 0, dict, dict, int, Faults())
    assert control.answer("GET", "/_local/nothing", b"") is None
