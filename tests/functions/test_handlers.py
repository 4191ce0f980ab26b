"""Messages go through the real handlers, on moto, as Lambda hands them over."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.case.incident import State
from panorama_guard.case.order import LiftOrder
from panorama_guard.case.record import dump_record
from panorama_guard.settings import SettingError
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, IN_PATTERN, INCIDENT, NOW, PAYROLL, ROLES, SERVICE_ROLE
from tests.functions.account import (
    CANARY,
    EVENTS,
    FUNCTIONS,
    Account,
    Context,
    body_of,
    clear,
    event_on,
    guarded_account,
    load_handler,
    reset,
    sqs_batch,
    stream_record,
)

NAME = SERVICE_ROLE.name
SILENT: dict[str, list[str]] = {"batchItemFailures": []}
FILES = sorted(path for path in EVENTS.rglob("*.json"))
MALFORMED = [path for path in FILES if path.parent.name == "malformed"]


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


def failures(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    """Return the messages that are to be delivered again."""
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def named(path: Path) -> str:
    """Return how a sample event is called in a test's id."""
    return str(path.relative_to(EVENTS))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_sample_event_goes_through_the_real_handler(running: Account, path: Path) -> None:
    """What is malformed is reported as failed; nothing of them makes an incident of compliant roles."""
    answer = running.inspect(body_of(path))
    assert failures(answer) == (["message-0"] if path in MALFORMED else [])
    assert running.take("orders") == []


@pytest.mark.parametrize("path", MALFORMED, ids=named)
def test_a_malformed_event_costs_no_call(running: Account, path: Path) -> None:
    """It goes back to the queue, and in the end to the dead letters."""
    running.inspect(body_of(path))
    assert running.calls == []


def test_of_a_batch_only_what_failed_is_reported(account: Account) -> None:
    """The others are done, and are not delivered again."""
    account.iam.put_role_policy(RoleName=NAME, PolicyName="extra", PolicyDocument=PAYROLL)
    bodies = [body_of(EVENTS / f"{name}.json") for name in ("malformed/null", "PutRolePolicy", "malformed/not-json")]
    assert failures(account.inspect(*bodies)) == ["message-0", "message-2"]
    assert len(account.take("orders")) == 1


def test_a_failed_call_is_counted_and_logged_with_who_tried(
    account: Account,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody who is denied again and again shows in the metric, and by name in the log."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    load_handler("inspect").metrics.clear_metrics()  # those of other tests are kept back
    body = body_of(EVENTS / "failed" / "denied-with-parameters.json")
    assert account.inspect(body) == SILENT
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "FailedCalls" in line]
    assert [metric["FailedCalls"] for metric in metrics] == [[1.0]]
    actor = json.loads(body)["detail"]["userIdentity"]["arn"]
    assert [vars(record)["failed_by"] for record in caplog.records if "failed_by" in vars(record)] == [(actor,)]


def test_orders_to_act_are_counted_for_the_alarm_and_an_operators_are_not(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the name and the dimension that the alarm of the template watches."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    load_handler("remediate").metrics.clear_metrics()  # those of other tests are kept back
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    account.inspect(event_on("AttachRolePolicy", roleName=NAME, policyArn=ADMINISTRATOR_ARN))
    assert account.remediate() == SILENT
    lift = LiftOrder(INCIDENT.account, NAME, INCIDENT.slot, INCIDENT.id, 1, NOW)
    handler = load_handler("remediate").handler
    assert handler(sqs_batch(dump_record(lift), group="group"), Context("remediate")) == SILENT
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"Remediations"' in line]
    counted = [metric["Remediations"] for metric in metrics]
    assert counted == [[1.0], [0.0]]
    assert {metric["service"] for metric in metrics} == {"guard"}  # the setting POWERTOOLS_SERVICE_NAME
    assert {metric["_aws"]["CloudWatchMetrics"][0]["Namespace"] for metric in metrics} == {"PanoramaGuard"}


def test_from_the_call_to_one_alert(account: Account) -> None:
    """Attached, judged, contained, told: by the four doors, and a second time changes nothing."""
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    body = event_on("AttachRolePolicy", roleName=NAME, policyArn=ADMINISTRATOR_ARN)
    for _ in range(2):
        assert account.inspect(body) == SILENT
        assert account.remediate() == SILENT
        assert account.notify() == SILENT
    (alert,) = [json.loads(told) for told in account.take("alerts")]
    assert alert["Subject"] == f"[CONTAINED] CRITICAL {NAME}: permission left the naming pattern"
    told = json.loads(alert["Message"].splitlines()[-1])
    assert (told["state"], told["remedy"]["carried_out"]) == ("CONTAINED", True)
    (policy,) = account.iam.list_role_policies(RoleName=NAME)["PolicyNames"]
    assert policy in told["remedy"]["undo"][0]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_an_in_pattern_change_is_silent(account: Account, role: object) -> None:
    """No incident, no order, no alert."""
    name = str(getattr(role, "name", ""))
    account.iam.put_role_policy(RoleName=name, PolicyName="extra", PolicyDocument=IN_PATTERN)
    account.inspect(event_on("PutRolePolicy", roleName=name))
    account.notify()
    assert account.take("orders") + account.take("alerts") == []


def test_a_sweep_asks_for_every_guarded_role(account: Account) -> None:
    """Its requests lead inspect to what no event told of."""
    account.iam.put_role_policy(RoleName=NAME, PolicyName="extra", PolicyDocument=PAYROLL)
    assert account.sweep()["batchItemFailures"] == []
    requests = account.take("changes")
    assert {json.loads(request)["inspect_role"] for request in requests} >= {role.name for role in ROLES}
    assert account.inspect(*requests) == SILENT
    assert len(account.take("orders")) == 1


def test_the_canary_of_a_sweep_is_heard(
    account: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sweep tags a role that is there for nothing else; its event, and no other change of that role, is counted."""
    monkeypatch.setenv("POWERTOOLS_METRICS_DISABLED", "false")
    load_handler("inspect").metrics.clear_metrics()  # those of other tests are kept back
    account.sweep()
    (tag,) = account.iam.list_role_tags(RoleName=CANARY)["Tags"]
    assert tag["Key"] == "panorama-guard-canary"
    account.take("changes")
    heard = []
    for name in ("TagRole", "UntagRole"):
        event = json.loads(body_of(EVENTS / "TagRole.json"))
        event["detail"] |= {"eventName": name, "requestParameters": {"roleName": CANARY}}
        capsys.readouterr()
        assert account.inspect(json.dumps(event)) == SILENT
        heard.append("Canaries" in capsys.readouterr().out)
    assert heard == [True, False]


def test_a_call_that_does_not_say_whom_it_was_done_to_asks_for_one_sweep(account: Account) -> None:
    """Many of them within one window are one message."""
    body = body_of(EVENTS / "unreadable" / "parameters-null.json")
    account.inspect(*[body] * 10)
    assert 1 <= len(account.take("sweeps")) <= 2  # 2 where the window ended between them


@pytest.mark.parametrize("body", ["", "no JSON", "{}", "[]", dump_record(INCIDENT)])
def test_an_order_of_a_wrong_form_is_reported_as_failed(account: Account, body: str) -> None:
    """Beside one that fits no incident, which is done with."""
    order = '{"form":1,"account":"123456789012","role_name":"R","slot":"s","incident_id":"i","attempt":1}'
    event = sqs_batch(body, order, group="group")
    assert failures(load_handler("remediate").handler(event, Context())) == ["message-0"]
    assert account.take("orders") == []


@pytest.mark.parametrize("function", ["notify", "relay"])
@pytest.mark.parametrize("image", [{}, {"body": {"S": "{}"}}, {"body": {"N": "7"}}, {"body": {"S": "no JSON"}}])
def test_a_stream_record_without_an_incident_is_reported_as_failed(
    account: Account, image: dict[str, object], function: str
) -> None:
    """By its sequence number, as the stream wants it."""
    answer = load_handler(function).handler({"Records": [stream_record("41", image)]}, Context())
    assert failures(answer) == ["41"]
    assert account.take("alerts") == []


# --- more alerts than are told one by one ---


def a_storm(account: Account, count: int) -> list[str]:
    """Put so many incidents into the ledger, each of a role of its own, and return their ids."""
    ledger = DynamoLedger(account.dynamodb, "ledger")
    subjects = [replace(INCIDENT.subject, name=f"Role{number}") for number in range(count)]
    found = [replace(INCIDENT, id=f"inc-{n}", subject=one, state=State.OBSERVED) for n, one in enumerate(subjects)]
    for one in found:
        ledger.put_incident(one)
    return [one.id for one in found]


@pytest.fixture
def stormy(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Return the account as it is deployed by default."""
    monkeypatch.setenv("ALERTS_PER_MINUTE", "10")
    clear()
    yield account
    clear()


def test_fifty_alerts_at_once_are_some_messages_and_a_summary(stormy: Account) -> None:
    """All are told, by the real handler, from the stream and from the queue; the minute may end on the way."""
    incidents = a_storm(stormy, 50)
    assert stormy.notify() == SILENT
    singles = [json.loads(json.loads(body)["Message"].splitlines()[-1]) for body in stormy.take("alerts")]
    assert 10 <= len(singles) <= 20
    assert stormy.summarize() == SILENT
    (summary,) = [json.loads(body) for body in stormy.take("alerts")]
    body = json.loads(summary["Message"].splitlines()[-1])
    assert sorted([one["incident"] for one in singles] + [one["id"] for one in body["listed"]]) == sorted(incidents)
    assert summary["MessageAttributes"]["state"] == {"Type": "String.Array", "Value": '["OBSERVED"]'}
    assert stormy.notify() == SILENT
    assert stormy.take("alerts") == []


def test_a_summary_that_could_not_be_told_goes_back_to_the_queue(
    stormy: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole batch fails, and what is held stays so until it is told."""
    a_storm(stormy, 50)
    stormy.notify()
    stormy.take("alerts")
    monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:123456789012:gone")
    clear()
    with pytest.raises(ClientError, match="NotFound"):
        stormy.summarize()
    monkeypatch.undo()
    clear()
    load_handler("notify").handler(sqs_batch("{}", group="summary"), Context())
    assert len(stormy.take("alerts")) == 1


# --- how many calls ---


def most_calls(account: Account, body: str) -> int:
    """Return how many calls inspecting an event takes."""
    account.inspect(body)
    assert len(account.take("orders")) == 1
    return len(account.calls)


def test_inspecting_an_inline_policy_takes_at_most_twelve_calls(account: Account) -> None:
    """One managed, one inline policy: reads of IAM and ledger, incident, memory, order."""
    account.iam.put_role_policy(RoleName=NAME, PolicyName="extra", PolicyDocument=PAYROLL)
    assert most_calls(account, event_on("PutRolePolicy", roleName=NAME)) <= 12


def test_inspecting_a_new_policy_version_takes_at_most_twelve_calls(account: Account) -> None:
    """The roles that use the policy are looked up too."""
    (attached,) = account.iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"]
    account.iam.detach_role_policy(RoleName=NAME, PolicyArn=attached["PolicyArn"])
    arn = account.iam.create_policy(PolicyName="calls", PolicyDocument=IN_PATTERN)["Policy"]["Arn"]
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=arn)
    account.iam.put_role_policy(RoleName=NAME, PolicyName="extra", PolicyDocument=IN_PATTERN)
    account.iam.create_policy_version(PolicyArn=arn, PolicyDocument=ADMINISTRATOR, SetAsDefault=True)
    assert most_calls(account, event_on("CreatePolicyVersion", policyArn=arn)) <= 12


def test_inspecting_a_role_that_is_not_guarded_takes_one_call(account: Account) -> None:
    """Most IAM events are about other roles: of such a one it is looked up whether it was found to be a guarded one."""
    account.inspect(body_of(EVENTS / "PutRolePolicy-on-another-role.json"))
    assert account.calls == ["dynamodb:Query"]


# --- settings ---


@pytest.mark.parametrize(
    ("function", "name", "value"),
    [
        ("inspect", "MODE", "enforced"),
        ("inspect", "POSTURE", ""),
        ("remediate", "CUSTOMER_POLICIES", "yes"),
        ("inspect", "ACCOUNT_ID", "12345"),
        ("sweep", "STACK_NAME", "-guard"),
        ("inspect", "SWEEP_WINDOW_SECONDS", "901"),
        ("inspect", "SWEEP_WINDOW_SECONDS", "-1"),
        ("inspect", "SWEEPS_QUEUE_URL", "queue"),
        ("remediate", "LEDGER_TABLE", "a table"),
        ("remediate", "MODE", "OBSERVE\n"),
        ("notify", "TOPIC_ARN", "alerts"),
        ("notify", "ALERTS_PER_MINUTE", "0"),
        ("notify", "SUMMARIES_QUEUE_URL", ""),
        ("relay", "CHAT_TOPIC_ARN", "chat"),
        ("relay", "EVENT_BUS", "a bus"),
        ("relay", "SECURITY_HUB_PRODUCT_ARN", "default"),
        ("sweep", "CHANGES_QUEUE_URL", ""),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    running: Account, monkeypatch: pytest.MonkeyPatch, function: str, name: str, value: str
) -> None:
    """The whole batch fails at once, and nothing is done on half a configuration."""
    monkeypatch.setenv(name, value)
    clear()
    handler, event = load_handler(function).handler, sqs_batch("{}", group="group")
    with pytest.raises(SettingError) as caught:
        handler(event, Context())
    message = str(caught.value)
    assert message.startswith(f"{name} is not ")
    assert message.endswith(f"`{ascii(value)[1:-1]}`")
    assert len(message.splitlines()) == 1
    assert running.take("alerts") == []
    clear()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_missing_setting_is_said_to_be_missing(
    running: Account, monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    """Not that it is empty."""
    name = "TOPIC_ARN" if function == "notify" else "LEDGER_TABLE"
    monkeypatch.delenv(name)
    clear()
    handler, event = load_handler(function).handler, sqs_batch("{}", group="group")
    with pytest.raises(SettingError, match=f"^{name} is not set$"):
        handler(event, Context())
    assert running.take("alerts") == []
    clear()
