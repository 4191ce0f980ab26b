"""What the functions count, read from the lines that they print."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import ADMINISTRATOR_ARN, SERVICE_ROLE
from tests.functions.account import EVENTS, Account, body_of, event_on, guarded_account, load_handler

NAME = SERVICE_ROLE.name
AN_HOUR = 3_600_000


@pytest.fixture(scope="module")
def running() -> Iterator[Account]:
    """Run with one account for all tests."""
    with guarded_account() as account:
        yield account


@pytest.fixture
def account(running: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """Return the account, whose functions count from now on."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    for name in ("inspect", "remediate"):
        load_handler(name).metrics.clear_metrics()  # those of other tests are kept back
    return running


def printed(capsys: pytest.CaptureFixture[str], name: str) -> list[dict[str, Any]]:
    """Return the lines that count something."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines() if f'"{name}"' in line]


def escape_of_an_hour_ago(**more: object) -> str:
    """Return the event of an escape, with whole seconds as CloudTrail has them."""
    event = json.loads(event_on("AttachRolePolicy", roleName=NAME, policyArn=ADMINISTRATOR_ARN))
    event["detail"]["eventTime"] = f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps(event | more)


def test_an_escape_is_counted_from_the_call_to_its_containment(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """By kind, by outcome, and in milliseconds."""
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    account.inspect(escape_of_an_hour_ago())
    lines = capsys.readouterr().out.splitlines()
    (verdict,) = [json.loads(line) for line in lines if '"Verdicts"' in line]
    assert (verdict["kind"], verdict["service"], verdict["Verdicts"]) == ("permission-escape", "guard", [1.0])
    assert verdict["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["kind", "service"]]
    (whole,) = [json.loads(line) for line in lines if '"TimeToVerdict"' in line]
    assert whole["Events"] == [1.0]
    assert AN_HOUR <= whole["TimeToVerdict"][0] < AN_HOUR + 600_000
    account.remediate()
    lines = capsys.readouterr().out.splitlines()
    (outcome,) = [json.loads(line) for line in lines if '"Outcomes"' in line]
    assert (outcome["outcome"], outcome["Outcomes"]) == ("CONTAINED", [1.0])
    (contained,) = [json.loads(line) for line in lines if '"Contained"' in line]
    assert (contained["rung"], contained["Contained"]) == ("PutInline", [1.0])
    (whole,) = [json.loads(line) for line in lines if '"TimeToContainment"' in line]
    assert whole["AwsCalls"][0] > whole["AwsThrottles"][0] == 0
    assert AN_HOUR <= whole["TimeToContainment"][0] < AN_HOUR + 600_000


def test_a_replayed_event_has_no_time(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """It would tell how old the archive is."""
    account.inspect(escape_of_an_hour_ago(**{"replay-name": "again"}))
    assert printed(capsys, "TimeToVerdict") == []


def test_a_message_that_fails_is_counted(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    """It is given back to its queue, which is no error of Lambda's; it is no event that was inspected."""
    account.inspect(body_of(EVENTS / "malformed" / "null.json"))
    (line,) = printed(capsys, "MessagesFailed")
    assert line["MessagesFailed"] == [1.0]
    assert "Events" not in line
