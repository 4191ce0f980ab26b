"""`panorama-guard check` judges who would reach guarded secrets and log groups, and what devices would be let do."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli.reviewed import CLEAN, FOUND
from tests.unit.cli.drafts import ANOTHER, OTHER, Draft, doubt_told, found, judged, plan, template, told_nothing

ESCAPE = "resource-escape"
OF_PARAMETER = {"Parameters": {"P": {"Type": "String"}}}
HERE = "arn:aws:logs:us-east-1"
GROUP = "/aws/panorama_device/camera"
OWN: Any = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}


def one(kind: str, **properties: Any) -> Draft:
    """Return a template of one resource."""
    return template(R=(kind, properties))


def allowing(action: str, principal: object = "*", resource: object = "*") -> Draft:
    """Return a policy that lets somebody do something."""
    return {"Statement": {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource}}


def devices(action: str, resource: str) -> Draft:
    """Return a policy of AWS IoT."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": resource}]}


def secret_policy(principal: object = "*", of: object = "panorama/wifi") -> Draft:
    """Return a template that lets somebody read a guarded secret."""
    policy = allowing("secretsmanager:GetSecretValue", principal)
    return one("AWS::SecretsManager::ResourcePolicy", SecretId=of, ResourcePolicy=policy)


def planned_policy(policy: Draft) -> Draft:
    """Return a plan that puts a policy on a guarded secret."""
    return plan(
        ("aws_secretsmanager_secret.s", {"name": "panorama/wifi"}, {}),
        (
            "aws_secretsmanager_secret_policy.p",
            {"policy": json.dumps(policy)},
            {"secret_arn": "aws_secretsmanager_secret.s.id"},
        ),
    )


def subscribed(target: object, group: object = GROUP, **more: Any) -> Draft:
    """Return a template that sends the events of a guarded log group on."""
    return one("AWS::Logs::SubscriptionFilter", LogGroupName=group, DestinationArn=target, FilterPattern="", **more)


def destination(account: str) -> str:
    """Return the ARN of a destination."""
    return f"{HERE}:{account}:destination:d"


def log_policy(policy: Draft) -> Draft:
    """Return a template of a resource policy of Logs."""
    return one("AWS::Logs::ResourcePolicy", PolicyName="open", PolicyDocument=json.dumps(policy))


def dashboard(function: str) -> Draft:
    """Return a template of a guarded dashboard that calls a function."""
    body = {"widgets": [{"type": "custom", "properties": {"endpoint": function}}]}
    return one("AWS::CloudWatch::Dashboard", DashboardName="panorama", DashboardBody=json.dumps(body))


IN_SECRET = {"Resources": {"S": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "panorama/wifi"}}}}
TWO = [f"arn:aws:iam::{one}:root" for one in (OTHER, ANOTHER)]
ESCAPING: dict[str, tuple[Draft, str, str]] = {
    "a secret's policy": (secret_policy(), "secret", "resource policy"),
    "a secret's policy, by its ARN": (
        secret_policy(of="arn:aws:secretsmanager:us-east-1:123456789012:secret:panorama/wifi-AbCdEf"),
        "secret",
        "resource policy",
    ),
    "a secret's policy, by a reference": (
        {"Resources": {**IN_SECRET["Resources"], **secret_policy(of={"Ref": "S"})["Resources"]}},
        "secret",
        "resource policy",
    ),
    "a secret's policy for two accounts": (secret_policy({"AWS": TWO}), "secret", "resource policy"),
    "a plan's policy of a secret": (
        planned_policy(allowing("secretsmanager:GetSecretValue")),
        "secret",
        "resource policy",
    ),
    "the policy in a plan's secret": (
        plan(
            (
                "aws_secretsmanager_secret.s",
                {"name": "panorama/wifi", "policy": json.dumps(allowing("secretsmanager:*"))},
                {},
            )
        ),
        "secret",
        "resource policy",
    ),
    "a policy of Logs": (
        log_policy(allowing("logs:PutSubscriptionFilter")),
        "log-group",
        "resource policy open",
    ),
    "a policy of Logs on one group": (
        log_policy(allowing("logs:CreateLogStream", "*", f"{HERE}:123456789012:log-group:{GROUP}:*")),
        "log-group",
        "resource policy open",
    ),
    "a plan's policy of Logs": (
        plan(
            (
                "aws_cloudwatch_log_resource_policy.p",
                {"policy_name": "open", "policy_document": json.dumps(allowing("logs:PutLogEvents"))},
                {},
            )
        ),
        "log-group",
        "resource policy open",
    ),
    "a subscription as a guarded role": (
        subscribed(
            {"Fn::Sub": "arn:aws:logs:${AWS::Region}:${AWS::AccountId}:destination:d"},
            RoleArn={"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/service-role/AWSPanoramaServiceRole"},
        ),
        "log-group",
        "role of subscription filter R",
    ),
    "a subscription to another account": (
        subscribed(destination(OTHER), RoleArn=f"arn:aws:iam::{ANOTHER}:role/sends"),
        "log-group",
        "subscription filter R",
    ),
    "a plan's subscription to another account": (
        plan(
            ("aws_cloudwatch_log_group.g", {"name": GROUP}, {}),
            (
                "aws_cloudwatch_log_subscription_filter.f",
                {"name": "out", "destination_arn": destination(OTHER), "role_arn": f"arn:aws:iam::{ANOTHER}:role/r"},
                {"log_group_name": "aws_cloudwatch_log_group.g.name"},
            ),
        ),
        "log-group",
        "subscription filter out",
    ),
    "a policy of AWS IoT": (
        one("AWS::IoT::Policy", PolicyName="panorama-p", PolicyDocument=devices("iot:*", "*")),
        "iot-policy",
        "default version",
    ),
    "a plan's policy of AWS IoT": (
        plan(("aws_iot_policy.p", {"name": "panorama-p", "policy": json.dumps(devices("iot:Publish", "*"))}, {})),
        "iot-policy",
        "default version",
    ),
}
CLEAN_ONES = {
    "a secret": IN_SECRET,
    "a secret's policy for its own account": secret_policy(OWN),
    "a plan's policy that denies": planned_policy(
        {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
    ),
    "a log group that can be no guarded one": one(
        "AWS::Logs::LogGroup", LogGroupName={"Fn::Sub": "/aws/lambda/${AWS::StackName}"}, RetentionInDays=1
    ),
    "another secret's policy": secret_policy(of="payroll"),
    "a log group": one("AWS::Logs::LogGroup", LogGroupName=GROUP, RetentionInDays=365),
    "a plan's log group that is kept": plan(
        ("aws_cloudwatch_log_group.g", {"name": GROUP, "retention_in_days": 0}, {})
    ),
    "a policy of Logs on another group": log_policy(
        allowing("logs:PutLogEvents", "*", f"{HERE}:123456789012:log-group:/aws/payroll:*")
    ),
    "a subscription to a stream of the template": {
        "Resources": {
            **subscribed({"Fn::GetAtt": ["K", "Arn"]})["Resources"],
            "K": {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}},
        }
    },
    "a subscription of another group": subscribed(destination(OTHER), "/aws/payroll"),
    "a policy of AWS IoT inside the pattern": one(
        "AWS::IoT::Policy",
        PolicyName="panorama-p",
        PolicyDocument=devices("iot:Connect", "arn:aws:iot:us-east-1:123456789012:client/panorama-x"),
    ),
    "another policy of AWS IoT": one("AWS::IoT::Policy", PolicyName="p", PolicyDocument=devices("iot:*", "*")),
    "a dashboard of numbers": one(
        "AWS::CloudWatch::Dashboard", DashboardName="panorama", DashboardBody='{"widgets": [{"type": "text"}]}'
    ),
}
UNDECIDED: dict[str, tuple[Draft, str]] = {
    "a secret's policy for an account that may be its own": (
        secret_policy({"AWS": TWO[0]}),
        f"whether account {OTHER} is its own",
    ),
    "a secret's policy of a parameter": (secret_policy({"AWS": {"Ref": "P"}}) | OF_PARAMETER, "parameter P"),
    "a subscription to an account that may be its own": (
        subscribed(destination(OTHER)),
        f"whether account {OTHER} is its own",
    ),
    "a subscription to what is no text": (subscribed(target=True), "not understood"),
    "a subscription to what is no ARN": (subscribed("nowhere"), "not understood"),
    "a subscription to a parameter": (subscribed({"Ref": "P"}) | OF_PARAMETER, "parameter P"),
    "a policy of AWS IoT of a parameter": (
        one(
            "AWS::IoT::Policy",
            PolicyName="panorama-p",
            PolicyDocument=devices("iot:Connect", {"Ref": "P"}),  # type: ignore[arg-type]
        )
        | OF_PARAMETER,
        "parameter P",
    ),
}
WEAK_ONES = {
    "a policy of Logs for a service on behalf of anybody": log_policy(
        allowing("logs:PutLogEvents", {"Service": "es.amazonaws.com"})
    ),
    "events that are soon gone": one("AWS::Logs::LogGroup", LogGroupName=GROUP, RetentionInDays=1),
    "a plan's events that are soon gone": plan(
        ("aws_cloudwatch_log_group.g", {"name": GROUP, "retention_in_days": 1}, {})
    ),
    "copies of a secret": one(
        "AWS::SecretsManager::Secret", Name="panorama/wifi", ReplicaRegions=[{"Region": "eu-west-1"}]
    ),
    "a plan's copies of a secret": plan(
        ("aws_secretsmanager_secret.s", {"name": "panorama/wifi", "replica": [{"region": "eu-west-1"}]}, {})
    ),
    "a dashboard that calls a function": dashboard(f"arn:aws:lambda:us-east-1:{OTHER}:function:x"),
    "a plan's dashboard": plan(
        (
            "aws_cloudwatch_dashboard.d",
            {
                "dashboard_name": "panorama",
                "dashboard_body": json.dumps(
                    {
                        "widgets": [
                            {"type": "custom", "properties": {"endpoint": "arn:aws:lambda:us-east-1:1:function:x"}}
                        ]
                    }
                ),
            },
            {},
        )
    ),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_what_lets_somebody_in_or_sends_events_away_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    """By the guard's own judge, with the line, and nothing else is told."""
    draft, kind, source = ESCAPING[name]
    code, answer = judged(capsys, tmp_path, draft)
    assert (code, found(answer)) == (FOUND, [(kind, ESCAPE, source)])
    assert all(each["place"]["line"] > 1 for one in answer["resources"] for each in one["findings"])


@pytest.mark.parametrize("name", CLEAN_ONES)
def test_what_opens_nothing_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """And nothing is told of it."""
    assert told_nothing(capsys, tmp_path, CLEAN_ONES[name])


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_hangs_on_a_value_is_a_doubt(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """Which says on which."""
    draft, why = UNDECIDED[name]
    assert why in doubt_told(capsys, tmp_path, draft)


@pytest.mark.parametrize("name", WEAK_ONES)
def test_a_weak_setting_is_told_and_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """As in `audit`."""
    code, answer = judged(capsys, tmp_path, WEAK_ONES[name])
    assert (code, [kind for _, kind, _ in found(answer)]) == (CLEAN, ["weakness"])


def test_a_name_that_may_be_guarded_is_noted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By what is known of its beginning."""
    name = {"Fn::Sub": "/aws/${P}/devices"}
    draft = one("AWS::Logs::LogGroup", LogGroupName=name, RetentionInDays=1) | OF_PARAMETER
    _, answer = judged(capsys, tmp_path, draft)
    (note,) = answer["notes"]
    assert "log group (line 3) whose name is not known: parameter P" in note
