"""Asks AWS's own services, through whatever answers in their place, what became of a resource of the template.

Each answer is in the words of the template: `PROPERTY: value`, without those that the service does not tell.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.emulators.asking_stores import STORES

Properties = dict[str, Any]
Client = Callable[[str], Any]
type_ask = Callable[[Client, str, Properties], Properties]

UNTOLD: Final = frozenset(
    {
        ("AWS::KMS::Key", "PendingWindowInDays"),
        ("AWS::Lambda::Function", "Code"),
        ("AWS::Lambda::LayerVersion", "Content"),
    }
)
"""What AWS does not tell either: it shows when a key is deleted, or when a function runs."""


def ask(client: Client, kind: str, physical_id: str, wanted: Properties) -> Properties:
    """Return what the services say of the resource; nothing at all if there is none."""
    try:
        return _ASKED[kind](client, physical_id, wanted)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {400, 404}:
            return {}
        raise


def _alarm(client: Client, physical_id: str, _: Properties) -> Properties:
    found = client("cloudwatch").describe_alarms(AlarmNames=[physical_id])["MetricAlarms"]
    return dict(found[0]) if found else {}


def _dashboard(client: Client, physical_id: str, _: Properties) -> Properties:
    return dict(client("cloudwatch").get_dashboard(DashboardName=physical_id))


def _bus(client: Client, physical_id: str, _: Properties) -> Properties:
    return dict(client("events").describe_event_bus(Name=physical_id))


def _bus_policy(client: Client, _: str, wanted: Properties) -> Properties:
    bus = wanted["EventBusName"]
    policy = json.loads(client("events").describe_event_bus(Name=bus).get("Policy") or "{}")
    own = [each for each in policy.get("Statement", []) if each.get("Sid") == wanted["StatementId"]]
    return {"EventBusName": bus, "StatementId": own[0]["Sid"], "Statement": own[0]} if own else {}


def _rule(client: Client, physical_id: str, wanted: Properties) -> Properties:
    named = {"EventBusName": wanted.get("EventBusName", "default")}
    name = physical_id.rsplit("|", 1)[-1]
    rule = client("events").describe_rule(Name=name, **named)
    return {**rule, "Targets": client("events").list_targets_by_rule(Rule=name, **named)["Targets"]}


def _schedule(client: Client, physical_id: str, _: Properties) -> Properties:
    return dict(client("scheduler").get_schedule(Name=physical_id))


def _role(client: Client, physical_id: str, _: Properties) -> Properties:
    iam = client("iam")
    names = iam.list_role_policies(RoleName=physical_id)["PolicyNames"]
    return {
        **iam.get_role(RoleName=physical_id)["Role"],
        "Policies": [iam.get_role_policy(RoleName=physical_id, PolicyName=name) for name in names],
    }


def _key(client: Client, physical_id: str, _: Properties) -> Properties:
    kms = client("kms")
    return {
        "Description": kms.describe_key(KeyId=physical_id)["KeyMetadata"].get("Description"),
        "EnableKeyRotation": kms.get_key_rotation_status(KeyId=physical_id)["KeyRotationEnabled"],
        "KeyPolicy": kms.get_key_policy(KeyId=physical_id, PolicyName="default")["Policy"],
    }


def _function(client: Client, physical_id: str, _: Properties) -> Properties:
    answer = client("lambda").get_function(FunctionName=physical_id)
    reserved = client("lambda").get_function_concurrency(FunctionName=physical_id)
    made = answer["Configuration"]
    return {
        **made,
        "ReservedConcurrentExecutions": reserved.get("ReservedConcurrentExecutions"),
        "Layers": [layer["Arn"] for layer in made.get("Layers", [])],
        "Tags": [
            {"Key": key, "Value": value}
            for key, value in answer.get("Tags", {}).items()
            if not key.startswith("aws:")  # CloudFormation's own
        ],
    }


def _layer(client: Client, physical_id: str, _: Properties) -> Properties:
    name, version = physical_id.split(":")[-2:]
    return {"LayerName": name, **client("lambda").get_layer_version(LayerName=name, VersionNumber=int(version))}


def _mapping(client: Client, physical_id: str, _: Properties) -> Properties:
    made = client("lambda").get_event_source_mapping(UUID=physical_id)
    return {**made, "FunctionName": made["FunctionArn"].split(":")[6]}


def _url(client: Client, _: str, wanted: Properties) -> Properties:
    made = client("lambda").get_function_url_config(FunctionName=wanted["TargetFunctionArn"])
    return {"AuthType": made["AuthType"], "TargetFunctionArn": made["FunctionArn"].split(":")[6]}


def _permission(client: Client, _: str, wanted: Properties) -> Properties:
    policy = json.loads(client("lambda").get_policy(FunctionName=wanted["FunctionName"])["Policy"])
    own = [each for each in policy["Statement"] if each["Action"] == wanted["Action"]]
    condition = {
        key: value for each in own for pairs in each.get("Condition", {}).values() for key, value in pairs.items()
    }
    return {
        "Action": own[0]["Action"],
        "FunctionName": wanted["FunctionName"],
        "FunctionUrlAuthType": condition.get("lambda:FunctionUrlAuthType"),
        "InvokedViaFunctionUrl": condition.get("lambda:InvokedViaFunctionUrl"),
        "Principal": _account_of(own[0]["Principal"]),
    }


def _account_of(principal: Any) -> Any:
    """Return the account of which the statement speaks, however it spells it."""
    said = principal["AWS"] if isinstance(principal, dict) else principal
    return said.split(":")[4] if str(said).startswith("arn:") else said


def _subscription(client: Client, _: str, wanted: Properties) -> Properties:
    """Return the subscription of this endpoint: one that waits to be confirmed has no ARN to ask for."""
    found = client("sns").list_subscriptions_by_topic(TopicArn=wanted["TopicArn"])["Subscriptions"]
    return next((dict(each) for each in found if each["Endpoint"] == wanted["Endpoint"]), {})


def _topic(client: Client, physical_id: str, _: Properties) -> Properties:
    return dict(client("sns").get_topic_attributes(TopicArn=physical_id)["Attributes"])


def _topic_policy(client: Client, _: str, wanted: Properties) -> Properties:
    said = {_topic(client, arn, {}).get("Policy") for arn in wanted["Topics"]}
    return {"Topics": wanted["Topics"], "PolicyDocument": said.pop()} if len(said) == 1 else {}


def _queue(client: Client, physical_id: str, _: Properties) -> Properties:
    return dict(client("sqs").get_queue_attributes(QueueUrl=physical_id, AttributeNames=["All"]).get("Attributes", {}))


def _queue_policy(client: Client, _: str, wanted: Properties) -> Properties:
    said = {_queue(client, url, {}).get("Policy") for url in wanted["Queues"]}
    return {"Queues": wanted["Queues"], "PolicyDocument": said.pop()} if len(said) == 1 else {}


_ASKED: Final[Mapping[str, type_ask]] = {
    **STORES,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::CloudWatch::Dashboard": _dashboard,
    "AWS::Events::EventBus": _bus,
    "AWS::Events::EventBusPolicy": _bus_policy,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::Role": _role,
    "AWS::KMS::Key": _key,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::LayerVersion": _layer,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Url": _url,
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
}
