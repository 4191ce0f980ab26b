"""Mode enforce: events of a guarded log group that go elsewhere do so no more; what is the account's is only told."""

import json
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from panorama_guard.case.incident import State
from tests.stack.account import ATTACKER, SESSION, Account
from tests.stack.buckets import OTHERS, document
from tests.stack.log_group import LogGroup, delete_log_groups, subscribe_all

pytestmark = pytest.mark.stack
FILTER = "subscription filter copy"


@pytest.fixture
def account(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce, with no alert waiting, and leave no log group and nothing delayed."""
    enforcing_account.alerts()
    yield enforcing_account
    enforcing_account.settle()
    with enforcing_account.events_lost("Logs"):
        delete_log_groups(enforcing_account)
    enforcing_account.forget()
    enforcing_account.recheck()
    assert enforcing_account.dead_letters() == []
    enforcing_account.alerts()


def stream(account: str) -> str:
    """Return the ARN of a stream of an account."""
    return f"arn:aws:kinesis:us-east-1:{account}:stream/events"


def lets(group: LogGroup, principal: object, **rest: object) -> dict[str, object]:
    """Return a statement of a resource policy that lets somebody read the events."""
    resource = {"Resource": f"{group.arn}:*"}
    return {"Effect": "Allow", "Principal": principal, "Action": "logs:FilterLogEvents", **resource, **rest}


def test_a_filter_to_a_destination_of_another_account_is_deleted_alone(account: Account) -> None:
    """One incident, one alert with the call that proves it; the filter to the account's own stream stays."""
    group = LogGroup(account)
    group.send_to(stream(account.id), "own")
    group.send_to(group.destination(OTHERS))
    incident = group.contained(FILTER)
    assert group.filters == ["own"]
    (alert,) = account.alerts()
    body = alert.body
    assert alert.subject == f"[CONTAINED] HIGH {group.key}: opened to others"
    assert (body["kind"], body["subject"]["arn"]) == ("resource-escape", group.arn)
    assert (body["witness"]["action"], body["witness"]["resource"]) == (
        "logs:PutSubscriptionFilter",
        group.destination(OTHERS),
    )
    assert body["call"]["event"] == "logs.amazonaws.com PutSubscriptionFilter"
    assert body["call"]["actor"] == f"arn:aws:sts::{account.id}:assumed-role/{ATTACKER}/{SESSION}"
    (backup,) = account.backups(incident)
    assert (backup.snapshot.fingerprint, len(backup.steps)) == (incident.fingerprint, 1)


@pytest.mark.parametrize("name", ["/aws/greengrass/GreengrassSystem/runtime", "/aws/panorama_device/d/applications"])
def test_every_log_group_of_the_pattern_is_guarded(account: Account, name: str) -> None:
    """Whatever sends events to it: Greengrass, or a device of either generation."""
    group = LogGroup(account, name)
    group.send_to(stream(OTHERS))
    group.contained(FILTER)
    assert group.filters == []


def test_a_destination_of_the_account_that_is_turned_elsewhere_loses_its_filters(account: Account) -> None:
    """The event names a destination, and no log group; the destination itself is let be."""
    group = LogGroup(account)
    role = f"arn:aws:iam::{account.id}:role/deliver"
    group.logs.put_destination(destinationName="central", targetArn=stream(account.id), roleArn=role)
    group.send_to(group.destination(account.id))
    assert (group.incidents(), account.alerts()) == ({}, [])
    group.logs.put_destination(destinationName="central", targetArn=stream(OTHERS), roleArn=role)
    assert group.contained(FILTER).evidence.resource == stream(OTHERS)
    assert group.filters == []
    (left,) = group.logs.describe_destinations()["destinations"]
    assert left["targetArn"] == stream(OTHERS)


def test_a_resource_policy_that_lets_others_in_is_told_with_a_request_and_never_written(account: Account) -> None:
    """It may concern log groups that the guard never touches; when it is gone, that is over."""
    group = LogGroup(account)
    text = document(lets(group, {"AWS": OTHERS}, Sid="Partner", Resource="*"))
    group.logs.put_resource_policy(policyName="of-others", policyDocument=text)
    incident = group.incidents()["resource policy of-others"]
    assert (incident.state, incident.kind.value, incident.severity.value) == (State.OBSERVED, "weakness", "MEDIUM")
    (alert,) = account.alerts()
    assert alert.body["witness"]["principal"] == f"AWS arn:aws:iam::{OTHERS}:root"
    assert alert.body["witness"]["resource"].startswith(group.arn)
    assert alert.body["statement"] == "resource policy of-others, statement 1 (Partner)"
    (left,) = group.logs.describe_resource_policies()["resourcePolicies"]
    assert left["policyDocument"] == text
    group.logs.delete_resource_policy(policyName="of-others")
    assert group.incidents()["resource policy of-others"].state is State.RESOLVED


def test_a_policy_that_is_put_on_the_log_group_itself_is_told(account: Account) -> None:
    """By an event that names the log group by its ARN: a service that does not say for whom it puts events."""
    group = LogGroup(account)
    text = document(lets(group, {"Service": "delivery.logs.amazonaws.com"}, Action="logs:PutLogEvents"))
    group.logs.put_resource_policy(policyName="own", policyDocument=text, resourceArn=group.arn)
    assert group.incidents()["resource policy own"].state is State.OBSERVED


def test_a_subscription_of_all_log_groups_to_another_account_is_told(account: Account) -> None:
    """The account's own policy is not written; one that leaves the log group out is nobody's business here."""
    group = LogGroup(account)
    subscribe_all(group, group.destination(OTHERS), leaving_out=(group.name,))
    assert (group.incidents(), account.alerts()) == ({}, [])
    subscribe_all(group, group.destination(OTHERS))
    incident = group.incidents()["subscription policy all"]
    assert (incident.state, incident.evidence.resource) == (State.NOT_FIXED, group.destination(OTHERS))
    assert len(account.alerts()) == 1


# --- what is only told ---


def shorten(group: LogGroup) -> None:
    """Have the events deleted after a day."""
    group.logs.put_retention_policy(logGroupName=group.name, retentionInDays=1)


def change_key(group: LogGroup) -> None:
    """Have the events encrypted with a key of another account."""
    key = f"arn:aws:kms:us-east-1:{OTHERS}:key/11111111-2222-3333-4444-555555555555"
    group.logs.associate_kms_key(logGroupName=group.name, kmsKeyId=key)


def keep_for_less(group: LogGroup) -> None:
    """Have the events kept for a shorter time than before, though for longer than the least."""
    for days in (365, 60):
        group.logs.put_retention_policy(logGroupName=group.name, retentionInDays=days)
        group.account.settle()


def lose_key(group: LogGroup) -> None:
    """Have the events encrypted with a key of the account, and then with none of KMS."""
    key = f"arn:aws:kms:us-east-1:{group.account.id}:key/11111111-2222-3333-4444-555555555555"
    group.logs.associate_kms_key(logGroupName=group.name, kmsKeyId=key)
    group.account.settle()
    group.logs.disassociate_kms_key(logGroupName=group.name)


@pytest.mark.parametrize(
    ("change", "source"),
    [
        (shorten, "retention"),
        (keep_for_less, "retention"),
        (change_key, "encryption key"),
        (lose_key, "encryption key"),
    ],
)
def test_what_weakens_a_log_group_is_told(account: Account, change: Callable[[LogGroup], None], source: str) -> None:
    """Once, and nothing is written."""
    group = LogGroup(account)
    change(group)
    incident = group.incidents()[source]
    (alert,) = account.alerts()
    assert (incident.state, incident.kind.value) == (State.OBSERVED, "weakness")
    assert (alert.body["source"], alert.body["remedy"]["carried_out"]) == (source, False)
    assert account.attempts(incident) == ()


def test_a_log_group_that_is_deleted_is_told(account: Account) -> None:
    """What it held is gone; when there is one of its name again, that is over."""
    group = LogGroup(account)
    group.logs.delete_log_group(logGroupName=group.name)
    incident = group.incidents()["existence"]
    (alert,) = account.alerts()
    assert (incident.state, incident.subject.arn) == (State.OBSERVED, group.arn)
    assert "it was deleted, and every event in it with it" in alert.text
    assert alert.body["call"]["event"] == "logs.amazonaws.com DeleteLogGroup"
    account.recheck()
    account.invoke("sweep", {"Records": []})
    assert group.incidents()["existence"].state is State.OBSERVED
    assert account.alerts() == []
    group.logs.create_log_group(logGroupName=group.name)
    assert group.incidents()["existence"].state is State.RESOLVED


# --- silence ---


def harmless(group: LogGroup) -> Iterator[Callable[[], object]]:
    """Yield changes that send events nowhere else and let in nobody."""
    own, logs, name = group.account.id, group.logs, group.name
    key = f"arn:aws:kms:us-east-1:{own}:key/11111111-2222-3333-4444-555555555555"
    of_account = {"Condition": {"StringEquals": {"aws:SourceAccount": own}}}
    delivery = document(lets(group, {"Service": "delivery.logs.amazonaws.com"}, Resource="*", **of_account))
    route53 = document(
        lets(group, {"Service": "route53.amazonaws.com"}, Resource=f"arn:aws:logs:us-east-1:{own}:log-group:/dns/*")
    )
    yield lambda: group.send_to(stream(own))
    yield lambda: group.send_to(f"arn:aws:firehose:us-east-1:{own}:deliverystream/events", "own")
    yield lambda: logs.delete_subscription_filter(logGroupName=name, filterName="copy")
    yield lambda: logs.put_retention_policy(logGroupName=name, retentionInDays=365)
    yield lambda: logs.delete_retention_policy(logGroupName=name)
    yield lambda: logs.associate_kms_key(logGroupName=name, kmsKeyId=key)
    yield lambda: logs.put_retention_policy(logGroupName=name, retentionInDays=180)
    yield lambda: logs.put_resource_policy(policyName="delivery", policyDocument=delivery)
    yield lambda: logs.put_resource_policy(policyName="dns", policyDocument=route53)
    yield lambda: logs.delete_resource_policy(policyName="dns")
    yield lambda: subscribe_all(group, stream(own))
    yield lambda: logs.create_log_stream(logGroupName=name, logStreamName="s")
    yield lambda: logs.tag_log_group(logGroupName=name, tags={"team": "vision"})


def test_changes_that_send_events_nowhere_else_are_silent(account: Account) -> None:
    """No incident, no alert, no write."""
    group = LogGroup(account)
    changes = list(harmless(group))
    for change in changes:
        change()
        account.settle()
    assert (len(changes), group.incidents(), account.alerts()) == (13, {}, [])
    assert group.filters == ["own"]


def test_a_log_group_outside_the_pattern_is_never_written_to(account: Account) -> None:
    """Not even one of the guard's own: those are not guarded by this."""
    group = LogGroup(account, name="/payroll/aws/panorama")
    group.send_to(group.destination(OTHERS))
    shorten(group)
    assert (group.incidents(), account.alerts(), group.filters) == ({}, [], ["copy"])


def test_the_permission_to_delete_filters_ends_with_the_naming_pattern(account: Account) -> None:
    """As deployed: the function's own role is refused by IAM."""
    group = LogGroup(account, name="/payroll/gate")
    group.send_to(stream(account.id))
    role = account.iam.get_role(RoleName=account.resource("RemediateRole"))["Role"]["Arn"]
    keys = account.stack.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    logs = account.client_of(keys, "logs")
    with pytest.raises(ClientError, match="not authorized to perform: logs:DeleteSubscriptionFilter"):
        logs.delete_subscription_filter(logGroupName=group.name, filterName="copy")


# --- the rest of the machinery, as it is for roles ---


def test_an_undo_puts_the_filter_back(account: Account) -> None:
    """By the operator's own hand, after a second operator's word; the guard lets it stand until then."""
    group = LogGroup(account)
    group.send_to(group.destination(OTHERS))
    incident = group.contained(FILTER)
    operator, second = account.operators
    code, told = operator.run("undo", incident.id, "--reason", "the central account", "--for", "1h")
    assert (code, told["undo"]) == (4, "waiting")
    assert second.run("approve-waiver", told["waiver"]["waiver"])[0] == 0
    code, told = operator.run("undo", incident.id, "--reason", "the central account", "--for", "1h")
    assert (code, told["by_operator"]) == (0, [f"put the {FILTER}"])
    account.recheck()
    assert group.filters == ["copy"]
    assert group.incidents()[FILTER].state is State.RESOLVED


def test_a_sweep_finds_what_no_event_told(account: Account) -> None:
    """Of log groups too; and whose record is all that is left is closed."""
    group, gone = LogGroup(account), LogGroup(account)
    account.recheck()  # else it is this look that may find it first
    with account.events_lost("Logs"):
        group.send_to(group.destination(OTHERS))
    shorten(gone)
    account.settle()
    with account.events_lost("Logs"):
        gone.logs.delete_log_group(logGroupName=gone.name)
    account.invoke("sweep", {"Records": []})
    group.contained(FILTER)
    assert gone.incidents()["retention"].state is State.RESOLVED
    assert any("found by a sweep" in json.dumps(alert.body) for alert in account.alerts())
