"""Mode observe, the default: the guard tells what it would do, and writes to no role."""

import contextlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from panorama_guard.aws.held_alerts import SummariesQueue
from panorama_guard.aws.ledger_keys import count_key
from panorama_guard.case.incident import State
from panorama_guard.containment import Request
from tests.builders import ADMINISTRATOR_ARN, ONE_CHARACTER_OFF, allow, policy
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_told
from tests.stack.messages import Message

pytestmark = pytest.mark.stack


def hold_observed(account: Account, role: str, event: str) -> Message:
    """Assert one alert that says what would be done, with its proof, and that nothing was done."""
    incident = account.outcome(role)
    (alert,) = account.alerts()
    assert (incident.state, incident.remedy.carried_out) == (State.OBSERVED, False)
    assert incident.reason == "mode observe: the guard tells and changes nothing"
    hold_told(account, incident, alert, event=event)
    assert "\nWould do:" in alert.text
    assert incident.remedy.proof.startswith("decided over all ")
    assert account.backups(incident) == ()
    return alert


def test_administrator_access_is_told_and_stays(observing: Account) -> None:
    """The alert has the plan, proved; the role is byte for byte what the attacker made of it."""
    role = "AWSPanoramaServiceRole"
    with observing.events_lost():
        observing.mallory.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR_ARN)
    attacked = observing.record(role)
    observing.mallory.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR_ARN)
    alert = hold_observed(observing, role, "AttachRolePolicy")
    assert alert.body["remedy"]["steps"][0].startswith("put the inline policy panorama-guard-containment-")
    assert observing.record(role) == attacked
    assert observing.may(role, Request("iam:CreateUser", "*"))


@contextlib.contextmanager
def full_minutes(account: Account) -> Iterator[None]:
    """Have as many alerts on record for these minutes as are told one by one, and summaries asked for already.

    What the guard asks for then is one request with those; they are delayed, and the queue delays nothing more: so
    there is rest, and `recheck` makes them due.
    """
    table, start = account.stack.places["ledger_table"], datetime.now(UTC)
    ledger, queue = account.stack.client("dynamodb"), account.resource("SummariesQueue")
    minutes = [(start + timedelta(minutes=later)).isoformat() for later in range(3)]
    for minute in minutes:
        ledger.put_item(TableName=table, Item={**count_key(minute), "alerts": {"N": "9999"}})
        SummariesQueue(account.sqs, queue).ask_for_summary(minute)
    account.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "0"})
    try:
        yield
    finally:
        account.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"DelaySeconds": "70"})
        for minute in minutes:
            ledger.delete_item(TableName=table, Key=count_key(minute))


def test_alerts_beyond_those_of_a_minute_come_in_one_message(observing: Account) -> None:
    """They wait in the ledger until the request for a summary is due; each then has its line."""
    roles = ("AWSPanoramaServiceRole", "AWSPanoramaSageMakerRole", "AWSPanoramaGreengrassRole")
    with full_minutes(observing):
        for role in roles:
            observing.mallory.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR_ARN)
        assert observing.alerts() == []
        observing.recheck()
        (alert,) = observing.alerts()
    assert alert.subject == "[3 ALERTS] worst CRITICAL: OBSERVED 3"
    assert {one["id"] for one in alert.body["listed"]} == {observing.outcome(role).id for role in roles}
    assert observing.dead_letters() == []


def test_a_stranger_in_the_trust_is_told_and_stays(observing: Account) -> None:
    """Who may become the role is left as the attacker made it."""
    role = "AWSPanoramaGreengrassRole"
    trust = json.loads(observing.record(role).trust)
    trust["Statement"][0]["Principal"] = "*"
    observing.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    (alert,) = observing.alerts()
    assert alert.subject.startswith("[OBSERVED] CRITICAL AWSPanoramaGreengrassRole: ")
    assert json.loads(observing.record(role).trust) == trust


def test_a_lost_boundary_is_told_and_stays_lost(observing: Account) -> None:
    """The plan is to put it back."""
    role = "AWSPanoramaSageMakerRole"
    arn = observing.create_policy("boundary", policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*")))
    observing.iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
    observing.settle()
    observing.iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=policy(allow("s3:*")))
    assert observing.alerts() == []
    observing.mallory.delete_role_permissions_boundary(RoleName=role)
    alert = hold_observed(observing, role, "DeleteRolePermissionsBoundary")
    assert alert.body["remedy"]["steps"] == [f"set the permissions boundary {arn}"]
    assert observing.record(role).boundary == ()


def test_an_escape_that_the_attacker_takes_back_is_resolved(observing: Account) -> None:
    """One incident, told twice: OBSERVED, then RESOLVED."""
    role = "AWSPanoramaSageMakerRole"
    observing.mallory.put_role_policy(RoleName=role, PolicyName="brief", PolicyDocument=ONE_CHARACTER_OFF)
    opened = hold_observed(observing, role, "PutRolePolicy")
    observing.mallory.delete_role_policy(RoleName=role, PolicyName="brief")
    incident = observing.outcome(role)
    (closed,) = observing.alerts()
    assert incident.state is State.RESOLVED
    assert closed.subject.startswith("[RESOLVED] ")
    assert closed.body["incident"] == opened.body["incident"]
    assert "without the guard's doing" in closed.text
    assert observing.may(role, MODELS)


def test_a_change_beside_an_open_escape_is_not_told_again(observing: Account) -> None:
    """The incident is open and says the same: an operator hears of it once."""
    role = "AWSPanoramaSageMakerRole"
    observing.mallory.put_role_policy(RoleName=role, PolicyName="open", PolicyDocument=ONE_CHARACTER_OFF)
    hold_observed(observing, role, "PutRolePolicy")
    observing.mallory.tag_role(RoleName=role, Tags=[{"Key": "team", "Value": "vision"}])
    observing.mallory.put_role_policy(RoleName=role, PolicyName="open", PolicyDocument=ONE_CHARACTER_OFF)
    assert observing.alerts() == []
    assert observing.outcome(role).state is State.OBSERVED
