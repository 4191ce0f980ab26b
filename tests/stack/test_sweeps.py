"""Mode enforce: what no event said is found by a sweep."""

import json
import time
from typing import Any

import pytest

from panorama_guard.case.incident import State
from tests.builders import PAYROLL, PROFILE
from tests.stack.account import Account
from tests.stack.claims import MODELS
from tests.stack.test_delivery import ROLE, escape_unseen, event_of

pytestmark = pytest.mark.stack
WINDOW = 1.0  # seconds, as the stack of these tests is set


def sweeps(account: Account) -> list[dict[str, Any]]:
    """Return the log line of every sweep so far."""
    lines = [line for line in account.stack.log("sweep").splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, lines) if line.get("message") == "swept"]


def hold_found(account: Account) -> None:
    """Assert one incident by a sweep, contained, with one alert that says so."""
    incident = account.outcome(ROLE)
    (alert,) = account.alerts()
    assert incident.state is State.CONTAINED
    assert alert.body["call"]["actor"] == "unknown (found by a sweep)"
    assert account.may(ROLE, MODELS)


def await_window() -> None:
    """Wait for the beginning of a window, so that what follows falls into one."""
    time.sleep(WINDOW - time.time() % WINDOW)


def test_an_escape_is_found_by_an_invocation_of_sweep(enforcing: Account) -> None:
    """An operator need not wait for the schedule."""
    escape_unseen(enforcing, "swept")
    answer = enforcing.invoke("sweep", {})
    assert answer["batchItemFailures"] == []
    assert {role.name for role in PROFILE.roles} <= set(answer["roles"])
    hold_found(enforcing)


def test_an_escape_is_found_by_the_scheduled_sweep(enforcing: Account) -> None:
    """The schedule's message, as the template says it, on the sweeps queue."""
    escape_unseen(enforcing, "scheduled")
    enforcing.sqs.send_message(
        QueueUrl=enforcing.resource("SweepsQueue"), MessageBody='{"reason": "schedule"}', MessageGroupId="sweep"
    )
    hold_found(enforcing)


@pytest.mark.parametrize("file", ["parameters-null.json", "parameters-omitted-for-size.json"])
def test_calls_that_cannot_be_read_lead_to_one_sweep_that_finds_the_escape(enforcing: Account, file: str) -> None:
    """Twelve within one window: they are one request, and the sweep begins after it."""
    escape_unseen(enforcing, "unreadable")
    before = len(sweeps(enforcing))
    await_window()
    enforcing.post(*[event_of(enforcing, f"unreadable/{file}") for _ in range(12)])
    hold_found(enforcing)
    assert len(sweeps(enforcing)) == before + 1


def test_a_sweep_of_healthy_roles_is_met_with_silence(enforcing: Account) -> None:
    """Nothing is told, nothing is written."""
    before = [enforcing.record(role.name) for role in PROFILE.roles]
    enforcing.invoke("sweep", {})
    assert enforcing.alerts() == []
    assert [enforcing.record(role.name) for role in PROFILE.roles] == before


def test_a_sweep_tells_nothing_twice(enforcing: Account) -> None:
    """What is contained, told and unchanged stays so."""
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="told", PolicyDocument=PAYROLL)
    assert len(enforcing.alerts()) == 1
    enforcing.invoke("sweep", {})
    assert enforcing.alerts() == []
    assert enforcing.outcome(ROLE).attempt == 1
