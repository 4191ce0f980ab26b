"""Creates queues and topics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from local.deploy_context import Context, Created, tags_of, type_creator
from local.deploy_properties import Properties

_QUEUE_ATTRIBUTES: Final = (
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
)
_TOPIC_ATTRIBUTES: Final = ("ContentBasedDeduplication", "DisplayName", "FifoTopic", "KmsMasterKeyId")
_SUBSCRIPTION_ATTRIBUTES: Final = ("FilterPolicy", "FilterPolicyScope", "RawMessageDelivery", "RedrivePolicy")


def _create_queue(context: Context, properties: Properties) -> Created:
    is_fifo = properties.flag("FifoQueue")
    name = properties.text("QueueName", context.name_of(properties.logical_id, suffix=".fifo" if is_fifo else ""))
    attributes = properties.given(*_QUEUE_ATTRIBUTES) | ({"FifoQueue": True} if is_fifo else {})
    url = context.client("sqs").create_queue(
        QueueName=name,
        Attributes={key: _as_attribute(value) for key, value in attributes.items()},
        tags={tag["Key"]: tag["Value"] for tag in tags_of(properties)},
    )["QueueUrl"]
    return Created(url, {"Arn": context.arn("sqs", name), "QueueName": name, "QueueUrl": url})


def _create_queue_policy(context: Context, properties: Properties) -> Created:
    document = properties.document("PolicyDocument")
    for url in properties.need("Queues"):
        context.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    return Created(context.name_of(properties.logical_id))


def _create_topic(context: Context, properties: Properties) -> Created:
    name = properties.text("TopicName", context.name_of(properties.logical_id))
    arn = context.client("sns").create_topic(
        Name=name,
        Attributes={key: _as_attribute(value) for key, value in properties.given(*_TOPIC_ATTRIBUTES).items()},
        Tags=tags_of(properties),
    )["TopicArn"]
    for subscription in properties.take("Subscription", []):
        _subscribe(context, arn, Properties(properties.logical_id, properties.kind, subscription, path="Subscription."))
    return Created(arn, {"TopicArn": arn, "TopicName": name})


def _create_topic_policy(context: Context, properties: Properties) -> Created:
    document = properties.document("PolicyDocument")
    for arn in properties.need("Topics"):
        context.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    return Created(context.name_of(properties.logical_id))


def _create_subscription(context: Context, properties: Properties) -> Created:
    return _subscribe(context, properties.need("TopicArn"), properties)


def _subscribe(context: Context, topic_arn: str, properties: Properties) -> Created:
    arn = context.client("sns").subscribe(
        TopicArn=topic_arn,
        Protocol=properties.need("Protocol"),
        Endpoint=properties.need("Endpoint"),
        Attributes={key: _as_attribute(value) for key, value in properties.given(*_SUBSCRIPTION_ATTRIBUTES).items()},
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    properties.finish()
    return Created(arn, {"Arn": arn})


def _as_attribute(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


MESSAGING: Final[Mapping[str, type_creator]] = {
    "AWS::SQS::Queue": _create_queue,
    "AWS::SQS::QueuePolicy": _create_queue_policy,
    "AWS::SNS::Topic": _create_topic,
    "AWS::SNS::TopicPolicy": _create_topic_policy,
    "AWS::SNS::Subscription": _create_subscription,
}
