"""Whoever changes the guard itself is told of by a rule, past every function."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.running import run_local, start_stack
from tests.stack.test_delivery import event_of

pytestmark = pytest.mark.stack
Attack = Callable[[Account, Callable[[str], Any]], object]


def post_call(account: Account, name: str, function: str) -> None:
    """Put the event of a call on a function on the bus, which the emulated Lambda has not."""
    arn = f"arn:aws:lambda:us-east-1:{account.id}:function:{function}"
    event = event_of(account, "TagRole.json")
    who = f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    event["source"] = "aws.lambda"
    event["detail"] |= {
        "eventSource": "lambda.amazonaws.com",
        "eventName": name,
        "requestParameters": {"uUID": "91eaeb7e-c976-11ed-afa1-0242ac120002"},
        "responseElements": {"functionArn": arn},
        "userIdentity": {**event["detail"]["userIdentity"], "arn": who},
    }
    account.post(event)


ATTACKS: dict[str, tuple[str, Attack]] = {
    "the rule is disabled": ("DisableRule", lambda a, c: c("events").disable_rule(Name=a.resource("IamChangesRule"))),
    "its target is taken away": (
        "RemoveTargets",
        lambda a, c: c("events").remove_targets(Rule=a.resource("S3ChangesRule"), Ids=["changes"]),
    ),
    "a function may run no more": (
        "PutFunctionConcurrency20171031",
        lambda a, c: c("lambda").put_function_concurrency(
            FunctionName=a.stack.places["functions"]["remediate"], ReservedConcurrentExecutions=0
        ),
    ),
    "a function gets other settings, by its ARN": (
        "UpdateFunctionConfiguration20150331v2",
        lambda a, c: c("lambda").update_function_configuration(
            FunctionName=f"arn:aws:lambda:us-east-1:{a.id}:function:{a.stack.places['functions']['inspect']}",
            Description="mine",
        ),
    ),
    "a mapping is disabled": (
        "UpdateEventSourceMapping20150331",
        lambda a, _: post_call(a, "UpdateEventSourceMapping20150331", a.stack.places["functions"]["inspect"]),
    ),
    "a queue is purged": ("PurgeQueue", lambda a, c: c("sqs").purge_queue(QueueUrl=a.resource("ChangesQueue"))),
    "a queue keeps nothing": (
        "SetQueueAttributes",
        lambda a, c: c("sqs").set_queue_attributes(
            QueueUrl=a.resource("RechecksQueue"), Attributes={"MessageRetentionPeriod": "1209600"}
        ),
    ),
    "the topic is changed": (
        "SetTopicAttributes",
        lambda a, c: c("sns").set_topic_attributes(
            TopicArn=a.stack.places["topic_arn"], AttributeName="DisplayName", AttributeValue="mine"
        ),
    ),
    "the topic that tells of that one is changed": (
        "SetTopicAttributes",
        lambda a, c: c("sns").set_topic_attributes(
            TopicArn=a.resource("GuardWatchTopic"), AttributeName="DisplayName", AttributeValue="mine"
        ),
    ),
    "somebody else reads the alerts": (
        "Subscribe",
        lambda a, c: c("sns").subscribe(
            TopicArn=a.stack.places["topic_arn"], Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{a.id}:another"
        ),
    ),
    "the table is closed to the guard": (
        "PutResourcePolicy",
        lambda a, c: c("dynamodb").put_resource_policy(
            ResourceArn=f"arn:aws:dynamodb:us-east-1:{a.id}:table/{a.stack.places['ledger_table']}",
            Policy='{"Version": "2012-10-17", "Statement": []}',
        ),
    ),
    "the table forgets": (
        "UpdateContinuousBackups",
        lambda a, c: c("dynamodb").update_continuous_backups(
            TableName=a.stack.places["ledger_table"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False},
        ),
    ),
    "an alarm is deleted": (
        "DeleteAlarms",
        lambda a, c: c("cloudwatch").delete_alarms(AlarmNames=["another", a.resource("RemediationsAlarm")]),
    ),
    "logs are kept for a day": (
        "PutRetentionPolicy",
        lambda a, c: c("logs").put_retention_policy(logGroupName=a.resource("InspectLogGroup"), retentionInDays=1),
    ),
    "a role of a function is changed": (
        "TagRole",
        lambda a, c: c("iam").tag_role(RoleName=a.resource("SweepScheduleRole"), Tags=[{"Key": "a", "Value": "b"}]),
    ),
    "a tag is taken off the canary": (
        "UntagRole",
        lambda a, c: c("iam").untag_role(RoleName=a.resource("CanaryRole"), TagKeys=["panorama-guard-canary"]),
    ),
    "the trail is stopped": ("StopLogging", lambda _, c: c("cloudtrail").stop_logging(Name="trail")),
    "the rule that tells of it is disabled": (
        "DisableRule",
        lambda a, c: c("events").disable_rule(Name=a.resource("GuardChangesRule")),
    ),
}
HARMLESS: dict[str, Attack] = {
    "another function": lambda a, _: post_call(
        a, "UpdateEventSourceMapping20150331", "another-panorama-guard-function"
    ),
    "another rule": lambda _, c: c("events").put_rule(Name="another", ScheduleExpression="rate(1 day)"),
    "another queue": lambda _, c: c("sqs").create_queue(QueueName="another"),
    "another role": lambda _, c: c("iam").tag_role(RoleName=ATTACKER, Tags=[{"Key": "a", "Value": "b"}]),
    "a call that fails": lambda a, c: refused(lambda: c("sqs").purge_queue(QueueUrl=a.resource("ChangesQueue") + "x")),
    "what the guard is asked to do": lambda a, _: a.ask_for_sweep(),
}


def refused(call: Callable[[], object]) -> None:
    """Make a call that AWS refuses."""
    with pytest.raises(ClientError):
        call()


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Give the account of a stack that nobody else needs afterwards, with a trail and a function beside the guard's."""
    folder = tmp_path_factory.mktemp("attacked")
    account = Account(start_stack(folder, "--mode", "observe", "--cold"))
    account.client_of(account.mallory_keys, "s3").create_bucket(Bucket="trail")
    account.stack.client("cloudtrail").create_trail(Name="trail", S3BucketName="trail")
    yield account
    run_local(folder, "down")


def remediator_event(account: Account, role: str) -> dict[str, Any]:
    """Return the event of a role that was changed with the remediation role, by whoever has it."""
    event = event_of(account, "PutRolePolicy.json")
    event["detail"]["requestParameters"]["roleName"] = role
    issuer = f"arn:aws:iam::{account.id}:role/{account.resource('RemediateRole')}"
    event["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] = issuer
    return event


def test_a_write_of_the_remediation_role_on_another_subject_is_told_past_the_functions(account: Account) -> None:
    """Once, as what it is; on a subject of its own it is not."""
    account.guard_changes()
    events = [remediator_event(account, role) for role in ("AWSPanoramaServiceRole", "Payroll")]
    account.post(*events)
    (message,) = account.guard_changes()
    assert message.body["what"].startswith("STRAY WRITE")
    assert message.body["call"] == "PutRolePolicy"
    assert message.body["who"] == events[1]["detail"]["userIdentity"]


def test_a_stray_write_in_another_region_is_told_at_home(account: Account) -> None:
    """Through what forwards there, to whoever hears of the guard; what the guard does there itself is not."""
    account.guard_changes()
    events = [remediator_event(account, "AWSPanoramaServiceRole") for _ in range(2)]
    for event, secret in zip(events, ("panorama-camera", "payroll"), strict=True):
        event |= {"source": "aws.secretsmanager", "region": "eu-west-1"}
        event["detail"] |= {
            "eventSource": "secretsmanager.amazonaws.com",
            "eventName": "PutResourcePolicy",
            "awsRegion": "eu-west-1",
            "requestParameters": {"secretId": secret},
        }
    account.post(*events)
    (message,) = account.guard_changes()
    assert message.body["what"].startswith("STRAY WRITE, NOT UNDONE: PutResourcePolicy of secretsmanager.amazonaws.com")
    assert (message.body["region"], message.body["who"]) == ("eu-west-1", events[1]["detail"]["userIdentity"])


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_not_the_guard_s_own_is_met_with_silence(account: Account, name: str) -> None:
    """Nobody is woken."""
    account.guard_changes()
    HARMLESS[name](account, lambda service: account.client_of(account.mallory_keys, service))
    assert account.guard_changes() == []


@pytest.mark.parametrize("name", ATTACKS)
def test_a_change_of_the_guard_is_told_past_its_functions(account: Account, name: str) -> None:
    """Once: which call it was, and whose."""
    call, attack = ATTACKS[name]
    account.guard_changes()
    attack(account, lambda service: account.client_of(account.mallory_keys, service))
    told = {message.body["event"]: message.body for message in account.guard_changes()}
    (body,) = told.values()
    assert body["call"] == call
    assert body["who"]["arn"] == f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    assert body["what"].startswith("GUARD CHANGED")


def test_the_key_is_told_of_past_all_that_it_encrypts(account: Account) -> None:
    """Without it no queue and no topic of the guard's takes anything: the other topic is not encrypted with it."""
    account.guard_changes()
    key, kms = account.resource("GuardKey"), account.client_of(account.mallory_keys, "kms")
    kms.disable_key(KeyId=key)
    (message,) = account.guard_changes()
    kms.enable_key(KeyId=key)
    (again,) = account.guard_changes()
    assert [message.body["call"], again.body["call"]] == ["DisableKey", "EnableKey"]


@pytest.mark.parametrize("rule", ["S3ChangesRule", "GuardRulesRule"])
def test_a_rule_that_was_disabled_is_enabled_by_the_next_sweep(account: Account, rule: str) -> None:
    """With the function's own permissions, on these rules alone; that is told as any change of the guard is."""
    events, name = account.stack.client("events"), account.resource(rule)
    events.disable_rule(Name=name)
    events.put_rule(Name="mine", ScheduleExpression="rate(1 day)", State="DISABLED")
    account.invoke("sweep", {})
    assert events.describe_rule(Name=name)["State"] == "ENABLED"
    assert events.describe_rule(Name="mine")["State"] == "DISABLED"
    told = [message.body["call"] for message in account.guard_changes()]
    assert "EnableRule" in told
