import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from local.deploy import deploy
from local.deploy_access import check_mappings
from local.deploy_errors import DeployError
from local.deploy_records import Deployment
from local.deploy_translate import decide_parameters, load_template
from tests.unit.local_delivery.emulated import ACCOUNT, REGION, Aws

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": 60}}
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLLING = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]


def role(*actions: str) -> dict[str, Any]:
    """Return a role that may do this on everything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    policy = {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, "Policies": [policy]}}


def function(**properties: Any) -> dict[str, Any]:
    """Return a SAM function whose code lies in `code`."""
    given = {"Runtime": "python3.13", "Handler": "handler.handler", "CodeUri": "code"}
    return {"Type": "AWS::Serverless::Function", "Properties": given | properties}


QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:q"


def rule(**properties: Any) -> dict[str, Any]:
    """Return a rule."""
    return {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"source": ["aws.iam"]}} | properties}


def put(aws: Aws, folder: Path, resources: Mapping[str, Any], **sections: Any) -> Deployment:
    """Deploy the resources from a built template in the folder."""
    (folder / "code").mkdir(exist_ok=True)
    path = folder / "template.json"
    header = {"AWSTemplateFormatVersion": "2010-09-09", "Transform": "AWS::Serverless-2016-10-31"}
    path.write_text(json.dumps({**header, "Resources": resources, **sections}), encoding="utf-8")
    template = load_template(path, {}, region=REGION)
    return deploy(template, client=aws.client, account=ACCOUNT, region=REGION)


def test_resources_are_created_with_names_as_cloudformation_makes_them_up(aws: Aws, tmp_path: Path) -> None:
    """And references between them hold, whatever their order."""
    subscription = {"Protocol": "sqs", "TopicArn": {"Ref": "Topic"}, "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]}}
    resources = {
        "Subscription": {"Type": "AWS::SNS::Subscription", "Properties": subscription},
        "Queue": QUEUE,
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
    deployment = put(aws, tmp_path, resources, Outputs={"Url": {"Value": {"Ref": "Queue"}}})
    name = deployment.outputs["Url"].rsplit("/", 1)[-1]
    assert name.startswith("panorama-guard-Queue-")
    (subscribed,) = aws.client("sns").list_subscriptions()["Subscriptions"]
    assert subscribed["Endpoint"].endswith(name)


def test_a_function_is_read_with_all_that_its_workers_need(aws: Aws, tmp_path: Path) -> None:
    """The template says it, once."""
    variables = {"QUEUE": {"Ref": "Queue"}}
    made = function(
        Role={"Fn::GetAtt": ["Role", "Arn"]}, Timeout=7, MemorySize=256, Environment={"Variables": variables}
    )
    deployment = put(aws, tmp_path, {"Function": made, "Queue": QUEUE, "Role": role("s3:GetObject")})
    (read,) = deployment.functions
    assert (read.handler, read.timeout_seconds, read.memory_mb) == ("handler.handler", 7, 256)
    assert read.code_folder == tmp_path / "code"
    assert read.environment == (("QUEUE", deployment.resources["Queue"]),)
    assert read.role_arn.startswith(f"arn:aws:iam::{ACCOUNT}:role/panorama-guard-Role-")


def test_an_event_source_mapping_is_read_whole(aws: Aws, tmp_path: Path) -> None:
    """Batch size, window, filters, reports and concurrency."""
    event = {
        "Queue": {"Fn::GetAtt": ["Queue", "Arn"]},
        "BatchSize": 5,
        "MaximumBatchingWindowInSeconds": 2,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 3},
        "FilterCriteria": {"Filters": [{"Pattern": '{"body": {"kind": ["a"]}}'}]},
    }
    made = function(Role={"Fn::GetAtt": ["Role", "Arn"]}, Events={"Source": {"Type": "SQS", "Properties": event}})
    deployment = put(aws, tmp_path, {"Function": made, "Queue": QUEUE, "Role": role(*POLLING)})
    (mapping,) = deployment.queue_mappings
    check_mappings(deployment)
    assert (mapping.batching.size, mapping.batching.window_seconds, mapping.max_concurrency) == (5, 2, 3)
    assert mapping.batching.reports_failures
    assert mapping.batching.accepts({"body": {"kind": "a"}})
    assert not mapping.batching.accepts({"body": {"kind": "b"}})


def test_a_mapping_whose_role_may_not_poll_stops_the_deployment(aws: Aws, tmp_path: Path) -> None:
    """As Lambda refuses to make it."""
    event = {"Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}
    made = function(Role={"Fn::GetAtt": ["Role", "Arn"]}, Events={"Source": {"Type": "SQS", "Properties": event}})
    deployment = put(aws, tmp_path, {"Function": made, "Queue": QUEUE, "Role": role("sqs:DeleteMessage")})
    with pytest.raises(DeployError, match=r"FunctionSource .*may not perform sqs:ReceiveMessage"):
        check_mappings(deployment)


def test_a_queue_that_hides_messages_for_less_than_the_timeout_stops_the_deployment(aws: Aws, tmp_path: Path) -> None:
    """Lambda refuses it too: messages would come twice."""
    event = {"Queue": {"Fn::GetAtt": ["Queue", "Arn"]}}
    made = function(
        Role={"Fn::GetAtt": ["Role", "Arn"]}, Timeout=61, Events={"Source": {"Type": "SQS", "Properties": event}}
    )
    deployment = put(aws, tmp_path, {"Function": made, "Queue": QUEUE, "Role": role(*POLLING)})
    with pytest.raises(DeployError, match="visibility timeout is less than the function's timeout of 61: `60`"):
        check_mappings(deployment)


PLANTED: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown type", {"Bad": {"Type": "AWS::EC2::Instance"}}, r"Bad \(AWS::EC2::Instance\): resource type is not"),
    (
        "an unknown property",
        {"Bad": {"Type": "AWS::SQS::Queue", "Properties": {"Colour": "red"}}},
        r"Bad \(AWS::SQS::Queue\): property is not handled on one machine: `Colour`",
    ),
    (
        "an unknown operator in a pattern",
        {"Bad": rule(EventPattern={"source": [{"starts-with": "aws"}]})},
        r"Bad \(AWS::Events::Rule\): pattern field source has an unknown operator: `starts-with`",
    ),
    ("a pattern that is no list", {"Bad": rule(EventPattern={"source": "aws.iam"})}, "source must be a list"),
    ("a pattern that is too long", {"Bad": rule(EventPattern={"a": ["x" * 2048]})}, "longer than 2048 characters"),
    (
        "an unknown target",
        {"Bad": rule(Targets=[{"Id": "a", "Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:m"}])},
        "target is not handled on one machine",
    ),
    (
        "an input transformer of text",
        {"Bad": rule(Targets=[{"Id": "a", "Arn": QUEUE_ARN, "InputTransformer": {"InputTemplate": '"told"'}}])},
        'input transformer is not handled on one machine: no JSON object with whole values: `"told"`',
    ),
    (
        "an input path",
        {"Bad": rule(Targets=[{"Id": "a", "Arn": QUEUE_ARN, "InputPath": "$.detail"}])},
        "property is not handled on one machine: `Targets.InputPath`",
    ),
    ("another bus", {"Bad": rule(EventBusName="mine")}, "cannot be created: "),
    ("a missing property", {"Bad": {"Type": "AWS::SQS::QueuePolicy"}}, "lacks property `PolicyDocument`"),
    (
        "a missing attribute",
        {"Queue": QUEUE, "Bad": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Fn::GetAtt": "Queue.X"}}}},
        r"Queue \(AWS::SQS::Queue\): attribute is not handled: `X`",
    ),
    (
        "an unresolvable reference",
        {"Bad": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "Nothing"}}}},
        r"Bad \(AWS::SNS::Topic\): Ref names nothing in the template: `Nothing`",
    ),
    (
        "a circle",
        {
            "A": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "B"}}},
            "B": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": {"Ref": "A"}}},
        },
        "depend on each other in a circle",
    ),
    (
        "what the service itself refuses",
        {"Bad": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "a b"}}},
        r"Bad \(AWS::SQS::Queue\): cannot be created",
    ),
    (
        "an alarm on another metric",
        {"Bad": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Namespace": "AWS/Lambda", "MetricName": "Errors"}}},
        "metric is not handled on one machine: `AWS/Lambda/Errors`",
    ),
    (
        "a dashboard that is no JSON",
        {"Bad": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": '{"widgets": [,]}'}}},
        "dashboard body is no JSON object with widgets",
    ),
    (
        "a dashboard without widgets",
        {"Bad": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": '{"widget": []}'}}},
        "dashboard body is no JSON object with widgets",
    ),
]


@pytest.mark.parametrize(
    ("resources", "reason"), [planted[1:] for planted in PLANTED], ids=[planted[0] for planted in PLANTED]
)
def test_what_is_not_handled_stops_the_deployment_with_one_line(
    aws: Aws, tmp_path: Path, resources: dict[str, Any], reason: str
) -> None:
    """It names the logical id and the type."""
    with pytest.raises(DeployError, match=reason) as raised:
        put(aws, tmp_path, resources)
    assert "\n" not in str(raised.value)


def test_an_alarm_on_what_the_functions_count_is_there_and_watched_by_nobody(aws: Aws, tmp_path: Path) -> None:
    """Their metrics are lines of their logs, which nothing reads on one machine."""
    counted = {"Namespace": "PanoramaGuard", "MetricName": "Remediations", "Statistic": "Sum", "Threshold": 20}
    properties = {**counted, "AlarmName": "many", "ComparisonOperator": "GreaterThanThreshold", "Period": 900}
    made = put(aws, tmp_path, {"Many": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}})
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=["many"])["MetricAlarms"]
    assert (alarm["MetricName"], alarm["Threshold"], alarm["Period"]) == ("Remediations", 20.0, 900)
    assert made.alarms == ()


def test_a_rate_that_eventbridge_refuses_stops_the_deployment(aws: Aws, tmp_path: Path) -> None:
    """Neither `sam validate` nor cfn-lint sees it."""
    schedule = {
        "ScheduleExpression": "rate(1 hours)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}},
    }
    resources = {
        "Queue": QUEUE,
        "Role": role("sqs:SendMessage"),
        "Bad": {"Type": "AWS::Scheduler::Schedule", "Properties": schedule},
    }
    with pytest.raises(DeployError, match=r"Bad .*rate\(1 hours\)"):
        put(aws, tmp_path, resources)


def test_a_rule_with_a_rate_is_a_schedule(aws: Aws, tmp_path: Path) -> None:
    """EventBridge's older way; each target is sent what the rule says."""
    target = {"Id": "t", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "Input": "{}"}
    properties = {"ScheduleExpression": "rate(5 minutes)", "Targets": [target]}
    resources = {"Queue": QUEUE, "Rule": {"Type": "AWS::Events::Rule", "Properties": properties}}
    (schedule,) = put(aws, tmp_path, resources).schedules
    assert (schedule.period_seconds, schedule.body, schedule.role_arn) == (300, "{}", None)


def test_a_resource_whose_condition_is_false_is_left_out(aws: Aws, tmp_path: Path) -> None:
    """Its properties are not even resolved."""
    resources = {"Queue": {**QUEUE, "Condition": "Never"}}
    deployment = put(aws, tmp_path, resources, Conditions={"Never": {"Fn::Equals": ["a", "b"]}})
    assert deployment.resources == {}


def test_an_assertion_of_the_template_is_held(aws: Aws, tmp_path: Path) -> None:
    """As CloudFormation does before it makes anything."""
    assertion = {"Assert": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}, "AssertDescription": "not here"}
    with pytest.raises(DeployError, match="rule Home: not here"):
        put(aws, tmp_path, {"Queue": QUEUE}, Rules={"Home": {"Assertions": [assertion]}})


def test_a_template_that_was_not_built_says_so(tmp_path: Path) -> None:
    """With the command that builds it."""
    with pytest.raises(DeployError, match="run `sam build` first"):
        load_template(tmp_path / "template.yaml", {}, region=REGION)


DECLARED: dict[str, dict[str, Any]] = {
    "Mode": {"Type": "String", "Default": "observe", "AllowedValues": ["observe", "enforce"]},
    "Window": {"Type": "Number", "Default": 60, "MinValue": 0, "MaxValue": 900, "ConstraintDescription": "is odd"},
    "Rate": {"Type": "String", "Default": "a", "AllowedPattern": "^a+$", "MaxLength": 3},
}


def test_a_parameter_is_what_was_given_or_its_default() -> None:
    """As text, which is what a parameter is."""
    assert decide_parameters(DECLARED, {"Window": "5"}) == {"Mode": "observe", "Window": "5", "Rate": "a"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"Mode": "attack"}, "parameter Mode must be one of observe, enforce: `attack`"),
        ({"Window": "901"}, "parameter Window is odd: `901`"),
        ({"Window": "soon"}, "parameter Window is odd: `soon`"),
        ({"Rate": "b"}, r"parameter Rate must match \^a\+\$: `b`"),
        ({"Rate": "aaaa"}, "parameter Rate is too short or too long: `aaaa`"),
        ({"Colour": "red"}, "template.yaml has no parameter: `Colour`"),
    ],
)
def test_a_setting_out_of_range_is_an_error_with_name_and_value(given: dict[str, str], reason: str) -> None:
    """In the template's own words where it has some."""
    with pytest.raises(DeployError, match=reason):
        decide_parameters(DECLARED, given)


URL = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Function"}, "AuthType": "AWS_IAM"}}


def test_a_functions_url_is_on_the_stacks_own_port(aws: Aws, tmp_path: Path) -> None:
    """With what its permissions let in from other accounts."""
    may = {"FunctionName": {"Ref": "Function"}, "Principal": "999999999999"}
    through_url = {**may, "Action": "lambda:InvokeFunctionUrl", "FunctionUrlAuthType": "AWS_IAM"}
    resources = {
        "Role": role("s3:GetObject"),
        "Function": function(Role={"Fn::GetAtt": ["Role", "Arn"]}, FunctionUrlConfig={"AuthType": "AWS_IAM"}),
        "First": {"Type": "AWS::Lambda::Permission", "Properties": through_url},
        "Second": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {**may, "Action": "lambda:InvokeFunction", "InvokedViaFunctionUrl": True},
        },
        "Third": {"Type": "AWS::Lambda::Permission", "Properties": {**may, "Action": "lambda:InvokeFunction"}},
    }
    deployment = put(
        aws, tmp_path, resources, Outputs={"Url": {"Value": {"Fn::GetAtt": ["FunctionUrl", "FunctionUrl"]}}}
    )
    (url,) = deployment.urls
    assert url.function_arn == deployment.functions[0].arn
    assert deployment.outputs["Url"].endswith(f"/_url/{url.url_id}/")
    assert url.allowed_to("999999999999") == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert len(url.permissions) == 2


@pytest.mark.parametrize(
    ("name", "value"), [("AuthType", "NONE"), ("InvokeMode", "RESPONSE_STREAM"), ("Cors", {}), ("Qualifier", "live")]
)
def test_a_url_that_is_not_handled_stops_the_stack(aws: Aws, tmp_path: Path, name: str, value: object) -> None:
    """The error names the resource, the property and its value."""
    url = {**URL, "Properties": {**URL["Properties"], name: value}}  # type: ignore[dict-item]
    resources = {"Role": role("s3:GetObject"), "Function": function(Role={"Fn::GetAtt": ["Role", "Arn"]}), "Url": url}
    with pytest.raises(DeployError, match=r"^template.yaml: Url \(AWS::Lambda::Url\): .*not handled.*") as caught:
        put(aws, tmp_path, resources)
    assert name in str(caught.value)


def test_a_bucket_is_encrypted_as_the_template_says(aws: Aws, tmp_path: Path) -> None:
    """CloudFormation and S3 have two names for the same."""
    by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "arn:aws:kms:us-east-1:123456789012:key/k"}
    rules = [{"ServerSideEncryptionByDefault": by_default, "BucketKeyEnabled": True}]
    made = {"BucketEncryption": {"ServerSideEncryptionConfiguration": rules}}
    deployment = put(aws, tmp_path, {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": made}})
    found = aws.client("s3").get_bucket_encryption(Bucket=deployment.resources["Bucket"])
    (rule_of_bucket,) = found["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule_of_bucket["ApplyServerSideEncryptionByDefault"] == by_default


def test_a_bucket_is_locked_as_the_template_says(aws: Aws, tmp_path: Path) -> None:
    """A parameter says the days as text."""
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": "7"}}
    made = {"ObjectLockEnabled": True, "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": rule}}
    deployment = put(aws, tmp_path, {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": made}})
    found = aws.client("s3").get_object_lock_configuration(Bucket=deployment.resources["Bucket"])
    retention = found["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert (retention["Mode"], retention["Days"]) == ("COMPLIANCE", 7)


def test_a_schedule_of_each_day_is_one_at_its_hour(aws: Aws, tmp_path: Path) -> None:
    """By UTC, as the scheduler reads cron."""
    target = {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}
    schedule = {"ScheduleExpression": "cron(30 6 * * ? *)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": target}
    resources = {
        "Queue": QUEUE,
        "Role": role("sqs:SendMessage"),
        "Schedule": {"Type": "AWS::Scheduler::Schedule", "Properties": schedule},
    }
    (read,) = put(aws, tmp_path, resources).schedules
    assert (read.period_seconds, read.daily_at) == (86400.0, 23400.0)
