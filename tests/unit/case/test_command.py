"""What an operator asks is read whole, or refused with the field and its value."""

import base64
import json
from typing import Any

import pytest

from panorama_guard.case.command import (
    LONGEST_DOCUMENT,
    LONGEST_REASON,
    Approve,
    ApproveWaiver,
    EndWaiver,
    Explain,
    ListIncidents,
    PauseGuard,
    Resume,
    Retry,
    Status,
    SweepNow,
    TakeBack,
    Waive,
    parse_command,
)
from panorama_guard.case.errors import CommandError

INCIDENT, WAIVER = "inc-0123456789abcdef", "wvr-0123456789abcdef"
WHY: dict[str, Any] = {"incident": INCIDENT, "reason": "because", "seconds": 60}


def parsed(**body: object) -> object:
    """Return the command that a body is."""
    return parse_command({"body": json.dumps(body)})


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ({"action": "approve", "incident": INCIDENT}, Approve(INCIDENT, "")),
        ({"action": "approve", "incident": INCIDENT, "plan": "0123abcd"}, Approve(INCIDENT, "0123abcd")),
        ({"action": "waive", **WHY}, Waive(INCIDENT, "because", 60, "")),
        ({"action": "waive", **WHY, "document": {"a": 1}}, Waive(INCIDENT, "because", 60, '{"a":1}')),
        ({"action": "waive", **WHY, "document": "{ }"}, Waive(INCIDENT, "because", 60, "{ }")),
        ({"action": "undo", **WHY}, TakeBack(INCIDENT, "because", 60, "", by_hand=False)),
        (
            {"action": "undo", "incident": INCIDENT, "reason": "a  b\n", "by_hand": True},
            TakeBack(INCIDENT, "a b", 0, "", by_hand=True),
        ),
        ({"action": "approve-waiver", "waiver": WAIVER}, ApproveWaiver(WAIVER)),
        ({"action": "end-waiver", "waiver": WAIVER}, EndWaiver(WAIVER)),
        ({"action": "pause", "reason": "because"}, PauseGuard("because", 0)),
        ({"action": "pause", "reason": "because", "seconds": 5}, PauseGuard("because", 5)),
        ({"action": "resume"}, Resume()),
        ({"action": "retry", "incident": INCIDENT}, Retry(INCIDENT)),
        ({"action": "sweep"}, SweepNow()),
        ({"action": "explain", "incident": INCIDENT}, Explain(INCIDENT, "")),
        ({"action": "explain", "incident": INCIDENT, "account": "222233334444"}, Explain(INCIDENT, "222233334444")),
        ({"action": "explain", "incident": INCIDENT, "in_place": True}, Explain(INCIDENT, "", in_place=True)),
        ({"action": "incidents"}, ListIncidents("")),
        ({"action": "incidents", "account": "222233334444"}, ListIncidents("222233334444")),
        ({"action": "status"}, Status()),
    ],
)
def test_each_action_is_a_command(body: dict[str, object], command: object) -> None:
    """With what it needs, and nothing else."""
    assert parsed(**body) == command


def test_a_body_may_come_encoded() -> None:
    """As Lambda hands over what is no text."""
    body = base64.b64encode(b'{"action": "resume"}').decode()
    assert parse_command({"body": body, "isBase64Encoded": True}) == Resume()


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ({}, "action", "None"),
        ({"action": "approved", "incident": INCIDENT}, "action", "approved"),
        ({"action": ["approve"]}, "action", "['approve']"),
        ({"action": "approve"}, "incident", "None"),
        ({"action": "approve", "incident": "inc-1"}, "incident", "inc-1"),
        ({"action": "approve", "incident": f"{INCIDENT}\n"}, "incident", f"{INCIDENT}\\n"),
        ({"action": "approve", "incident": INCIDENT, "plan": "xyz"}, "plan", "xyz"),
        ({"action": "approve", "incident": INCIDENT, "by": "alice"}, "by", "alice"),
        ({"action": "waive", **WHY, "reason": "  "}, "reason", "  "),
        ({"action": "waive", **WHY, "reason": "..."}, "reason", "..."),
        ({"action": "waive", **WHY, "reason": "a\x1b[2J"}, "reason", "a\\x1b[2J"),
        ({"action": "waive", **WHY, "reason": "x" * (LONGEST_REASON + 1)}, "reason", "x" * 120),
        ({"action": "waive", **WHY, "seconds": 0}, "seconds", "0"),
        ({"action": "waive", **WHY, "seconds": -5}, "seconds", "-5"),
        ({"action": "waive", **WHY, "seconds": True}, "seconds", "True"),
        ({"action": "waive", **WHY, "seconds": 1.5}, "seconds", "1.5"),
        ({"action": "waive", **WHY, "seconds": "60"}, "seconds", "60"),
        ({"action": "waive", **WHY, "seconds": 10**12}, "seconds", "1000000000000"),
        ({"action": "waive", "incident": INCIDENT, "reason": "because"}, "seconds", "None"),
        ({"action": "waive", **WHY, "document": 7}, "document", "7"),
        ({"action": "waive", **WHY, "document": "x" * (LONGEST_DOCUMENT + 1)}, "document", "x" * 120),
        ({"action": "undo", **WHY, "by_hand": "yes"}, "by_hand", "yes"),
        ({"action": "approve-waiver", "waiver": INCIDENT}, "waiver", INCIDENT),
        ({"action": "resume", "seconds": 5}, "seconds", "5"),
    ],
)
def test_what_is_not_understood_is_named_with_its_value(body: dict[str, object], field: str, value: str) -> None:
    """In one line of what can be seen."""
    with pytest.raises(CommandError) as caught:
        parsed(**body)
    assert (caught.value.field, caught.value.value) == (field, value)
    assert str(caught.value).endswith(f": `{value}`")
    assert str(caught.value).isprintable()


def test_what_is_no_id_is_told_with_one() -> None:
    """As the alert has it."""
    with pytest.raises(CommandError, match="not the id of an incident, as inc-0123456789abcdef: `inc-xyz`"):
        parsed(action="retry", incident="inc-xyz")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"body": None},
        {"body": ""},
        {"body": "approve"},
        {"body": "[]"},
        {"body": "null"},
        {"body": "[" * 100_000},
        {"body": "gICA", "isBase64Encoded": True},
    ],
)
def test_a_body_that_is_no_object_is_refused(event: dict[str, object]) -> None:
    """Whatever it is instead."""
    with pytest.raises(CommandError, match="the body is not a JSON object"):
        parse_command(event)
