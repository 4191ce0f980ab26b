"""An operator's requests go through the real handlers, on moto: word, lift, alert."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from panorama_guard.settings import SettingError
from tests.builders import ADMINISTRATOR_ARN, PAYROLL, SERVICE_ROLE
from tests.contract.drivers import MOTO_ACCOUNT
from tests.functions.account import Account, Context, clear, event_on, guarded_account, load_handler, reset
from tests.url_events import url_event

NAME = SERVICE_ROLE.name
OPERATOR = f"arn:aws:sts::{MOTO_ACCOUNT}:assumed-role/Operator/carol"
SECOND = f"arn:aws:iam::{MOTO_ACCOUNT}:user/dave"
WHY: dict[str, Any] = {"reason": "an agreed change", "seconds": 3600}


@pytest.fixture(scope="module")
def running() -> Iterator[Account]:
    """Run with one account for all tests."""
    with guarded_account() as account:
        yield account


@pytest.fixture
def account(running: Account) -> Account:
    """Return the account as it was at first."""
    reset(running)
    return running


def contained(account: Account) -> str:
    """Contain AdministratorAccess, and return the incident."""
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    account.inspect(event_on("AttachRolePolicy", roleName=NAME, policyArn=ADMINISTRATOR_ARN))
    account.remediate()
    (incident,) = account.operate(OPERATOR, {"action": "incidents"})[1]["incidents"]
    assert incident["state"] == "CONTAINED"
    return str(incident["incident"])


def inline_policies(account: Account) -> list[str]:
    """Return the names of the role's inline policies."""
    names: list[str] = account.iam.list_role_policies(RoleName=NAME)["PolicyNames"]
    return names


def test_from_the_word_to_the_lift_and_its_alerts(account: Account) -> None:
    """Undone by one, agreed to by another, lifted by `remediate`, told by `notify`."""
    incident = contained(account)
    status, answer = account.operate(OPERATOR, {"action": "undo", "incident": incident, **WHY})
    assert (status, answer["undo"]) == (200, "waiting")
    assert account.take("orders") == []
    waiver = answer["waiver"]["waiver"]
    assert account.operate(SECOND, {"action": "approve-waiver", "waiver": waiver})[0] == 200
    assert account.remediate() == {"batchItemFailures": []}
    assert inline_policies(account) == []
    account.inspect(event_on("DeleteRolePolicy", roleName=NAME))
    for _ in range(2):
        assert account.notify() == {"batchItemFailures": []}
    subjects = sorted(json.loads(told)["Subject"].split("]")[0] for told in account.take("alerts"))
    assert subjects == ["[RESOLVED", "[UNDO ASKED FOR", "[WAIVED"]
    assert account.take("orders") == []


def test_a_pause_is_seen_by_remediate(account: Account) -> None:
    """Through the ledger alone, without a new deployment."""
    assert account.operate(OPERATOR, {"action": "pause", "reason": "maintenance"})[0] == 200
    account.iam.put_role_policy(RoleName=NAME, PolicyName="extra", PolicyDocument=PAYROLL)
    account.inspect(event_on("PutRolePolicy", roleName=NAME))
    account.remediate()
    assert inline_policies(account) == ["extra"]
    resumed = {"account": MOTO_ACCOUNT, "paused": False, "was_paused_by": OPERATOR}
    assert account.operate(OPERATOR, {"action": "resume"}) == (200, resumed)
    assert len(account.take("sweeps")) == 1
    account.inspect(event_on("PutRolePolicy", roleName=NAME))
    account.remediate()
    assert len(inline_policies(account)) == 2


def test_the_handler_answers_as_the_url_wants_it(account: Account) -> None:
    """A status, a type, JSON text."""
    event = url_event(OPERATOR, {"action": "status"})
    answer = load_handler("operate").handler(event, Context("operate"))
    assert (answer["statusCode"], answer["headers"]) == (200, {"content-type": "application/json"})
    assert json.loads(answer["body"])["caller"] == OPERATOR
    assert account.take("orders") == []


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({}, 403),
        ({"body": json.dumps({"action": "status"})}, 403),
        (url_event(OPERATOR, "no JSON"), 400),
        (url_event(OPERATOR, {"action": "approve", "incident": "inc-0123456789abcdef"}), 404),
        (url_event(f"arn:aws:sts::{MOTO_ACCOUNT}:assumed-role/{NAME}/x", {"action": "status"}), 403),
        (url_event(f"arn:aws:sts::{MOTO_ACCOUNT}:assumed-role/panorama-guard-remediate/x", {"action": "status"}), 403),
        (url_event("arn:aws:iam::999999999999:user/eve", {"action": "status"}), 403),
    ],
)
def test_what_is_refused_has_its_status_and_one_line(account: Account, event: dict[str, Any], status: int) -> None:
    """Nothing is ordered by it."""
    answer = load_handler("operate").handler(event, Context("operate"))
    body = json.loads(answer["body"])
    assert (answer["statusCode"], len(body["error"].splitlines())) == (status, 1)
    assert account.take("orders") == []


def test_a_refusal_is_told(account: Account) -> None:
    """Once, however often it was tried."""
    for _ in range(3):
        account.operate(f"arn:aws:sts::{MOTO_ACCOUNT}:assumed-role/{NAME}/x", {"action": "pause", **WHY})
    account.notify()
    (told,) = [json.loads(told) for told in account.take("alerts")]
    assert told["Subject"] == "[OPERATOR] an operator's command was turned away"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APPROVAL_MINUTES", "0"),
        ("MAXIMUM_WAIVER_DAYS", "366"),
        ("MAXIMUM_PAUSE_MINUTES", "many"),
        ("OPERATOR_IDENTITY", "user"),
        ("OPERATOR_ACCOUNT", "1234"),
        ("GUARD_ROLE_ARNS", ""),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    running: Account, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    """No command is carried out on half a configuration."""
    monkeypatch.setenv(name, value)
    clear()
    handler, event = load_handler("operate").handler, url_event(OPERATOR, {"action": "status"})
    with pytest.raises(SettingError, match=f"^{name} is not "):
        handler(event, Context("operate"))
    assert running.take("orders") == []
    clear()


def test_a_command_that_changes_nothing_takes_few_calls(account: Account) -> None:
    """One query for each of the profile's seven roles, two of what else is on record, and the pause."""
    account.operate(OPERATOR, {"action": "status"})
    assert set(account.calls) == {"dynamodb:Query", "dynamodb:GetItem"}
    assert len(account.calls) <= 10
