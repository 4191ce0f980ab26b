"""Posture retired, mode enforce: every Allow, trust and leftover is told; roles are shut, and nothing is deleted."""

from collections.abc import Iterator, Mapping

import pytest

from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from tests.builders import ADMINISTRATOR_ARN, PROFILE, trusting
from tests.builders import policy as document
from tests.stack.account import Account
from tests.stack.conftest import HURRIED
from tests.stack.faulty import calls_made, put_faults
from tests.stack.messages import Message
from tests.stack.roles import RoleRecord
from tests.stack.running import run_local, start_stack

pytestmark = pytest.mark.stack
NAMES = [role.name for role in PROFILE.roles]
BUCKET, SECRET, LOGS = "my-aws-panorama-models", "panorama-camera", "/aws/panorama_device_log"
STREAM = "files"  # of AWS IoT, that somebody has given a guarded role
LEFT = {
    f"secret:{SECRET}": (6, f"aws secretsmanager delete-secret --secret-id {SECRET}"),
    f"s3-bucket:{BUCKET}": (7, f"aws s3 rb s3://{BUCKET} --force"),
    f"log-group:{LOGS}": (8, f"aws logs delete-log-group --log-group-name {LOGS}"),
    **{f"iam-role:{name}": (9, f"aws iam delete-role --role-name {name}") for name in NAMES},
}
OWN_RECORDS = {"DeleteMessage", "DeleteMessageBatch", "DeleteItem"}  # of queues and ledger


class Retired:
    """An account whose service has ended, after a sweep of it."""

    def __init__(self, account: Account) -> None:
        """Leave something over, and an application's role that somebody else runs; then sweep."""
        self.account = account
        stack = account.stack
        stack.client("s3").create_bucket(Bucket=BUCKET)
        stack.client("secretsmanager").create_secret(Name=SECRET, SecretString="x")
        stack.client("logs").create_log_group(logGroupName=LOGS)
        stack.client("iot").create_stream(streamId=STREAM, files=[{"fileId": 1}], roleArn=account.record(NAMES[0]).arn)
        trust = document(trusting({"Service": "panorama.amazonaws.com"}))
        account.mallory.create_role(RoleName="Payroll", AssumeRolePolicyDocument=trust)
        account.mallory.attach_role_policy(RoleName="Payroll", PolicyArn=ADMINISTRATOR_ARN)
        self.payroll: RoleRecord = account.record("Payroll")
        account.settle()
        account.invoke("sweep", {})
        account.recheck()
        self.alerts: list[Message] = account.alerts()

    def told(self, name: str) -> Mapping[str, Message]:
        """Return the last alert on each part of a subject."""
        return {one.body["source"]: one for one in self.alerts if one.body["subject"]["name"] == name}

    def incidents(self, name: str) -> list[Incident]:
        """Return what is on record of a role."""
        return list(self.account.incidents(name))


@pytest.fixture(scope="module")
def retired(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Retired]:
    """Give the account, with every call of the functions on record since the six roles were made."""
    folder = tmp_path_factory.mktemp("retired")
    stack = start_stack(folder, "--mode", "enforce", "--posture", "retired", *HURRIED)
    put_faults(stack)
    yield Retired(Account(stack))
    run_local(folder, "down")


@pytest.mark.parametrize("name", NAMES)
def test_each_allow_and_each_trust_of_a_role_is_a_finding_and_the_role_is_shut(retired: Retired, name: str) -> None:
    """As AWS made it, inside its profile; the operators' word for it is the posture."""
    incidents = retired.incidents(name)
    permissions = {one.source for one in incidents if one.kind is Kind.PERMISSION_ESCAPE}
    (trust,) = [one for one in incidents if one.kind is Kind.TRUST_ESCAPE]
    record = retired.account.record(name)
    assert permissions == {arn for arn, _ in record.attached}
    assert {one.state for one in incidents} == {State.CONTAINED}
    assert trust.remedy.carried_out
    assert record.trust == CLOSED_TRUST
    assert DENY_ALL in [text for _, text in record.inline]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_lost_with_a_quarantine_is_told(retired: Retired, name: str) -> None:
    """It is no containment of an escape alone, and says so."""
    said = [alert.text for alert in retired.alerts if alert.body["subject"]["name"] == name]
    assert said
    assert any("quarantine" in text for text in said)


@pytest.mark.parametrize(("key", "left"), LEFT.items(), ids=LEFT)
def test_what_is_left_over_is_told_with_what_to_delete_in_which_order_and_what_breaks(
    retired: Retired, key: str, left: tuple[int, str]
) -> None:
    """Of resources and of roles."""
    place, command = left
    alert = retired.told(key)["leftover"]
    assert f"Delete it ({place} of 9 in order): {command}" in alert.text
    assert "What breaks: " in alert.text
    assert alert.body["state"] == "OBSERVED"


def test_what_uses_a_role_of_the_service_that_has_ended_is_told_and_let_be(retired: Retired) -> None:
    """Whatever it is, it is nothing of the service's own."""
    told = retired.told(f"iot-user:stream/{STREAM}")
    assert list(told) == ["role"]
    assert told["role"].body["state"] == "OBSERVED"
    assert f"role/service-role/{NAMES[0]}" in told["role"].text


def test_nothing_is_deleted_or_taken_off_by_any_function(retired: Retired) -> None:
    """Not the call, and so not what it was for."""
    calls = {call.operation for call in calls_made(retired.account.stack)}
    assert {"PutRolePolicy", "UpdateAssumeRolePolicy"} <= calls
    taking = {one for one in calls if one.startswith(("Delete", "Detach", "Remove", "Untag", "Disable", "Stop"))}
    assert taking <= OWN_RECORDS
    stack = retired.account.stack
    assert BUCKET in [one["Name"] for one in stack.client("s3").list_buckets()["Buckets"]]
    assert stack.client("secretsmanager").describe_secret(SecretId=SECRET)["Name"] == SECRET
    assert stack.client("logs").describe_log_groups(logGroupNamePrefix=LOGS)["logGroups"]


def test_a_role_that_is_only_found_is_told_and_let_be(retired: Retired) -> None:
    """Nobody may turn a posture against payroll by a trust policy."""
    incidents = retired.incidents("Payroll")
    assert {one.kind for one in incidents} >= {Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE}
    assert {one.state for one in incidents} == {State.OBSERVED}
    assert retired.account.record("Payroll") == retired.payroll


def test_a_second_sweep_tells_nothing_again(retired: Retired) -> None:
    """What is shut stays shut, and what is left over is on record."""
    before = {name: retired.account.record(name) for name in NAMES}
    retired.account.invoke("sweep", {})
    retired.account.recheck()
    assert retired.account.alerts() == []
    assert {name: retired.account.record(name) for name in NAMES} == before
