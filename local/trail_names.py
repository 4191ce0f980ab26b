"""Which calls CloudTrail records as management writes, and under which names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.wire import Call, signing_name

_READ_PREFIXES: Final = (
    "Assume",
    "BatchGet",
    "Check",
    "Describe",
    "Detect",
    "Discover",
    "Estimate",
    "Filter",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Preview",
    "Query",
    "Receive",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "Validate",
    "Verify",
)
_READS: Final = frozenset(
    {
        ("iam", "GenerateCredentialReport"),
        ("iam", "GenerateServiceLastAccessedDetails"),
        ("iam", "GenerateOrganizationsAccessReport"),
        ("dynamodb", "TransactGetItems"),
        ("logs", "StartQuery"),
        ("logs", "StopQuery"),
    }
)

# Calls on data, which CloudTrail does not log as management events; `*` is every call of the service.
_DATA_CALLS: Final[Mapping[str, frozenset[str]]] = {
    "sqs": frozenset(
        {
            "SendMessage",
            "SendMessageBatch",
            "DeleteMessage",
            "DeleteMessageBatch",
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
        }
    ),
    "sns": frozenset({"Publish", "PublishBatch"}),
    "dynamodb": frozenset(
        {
            "PutItem",
            "UpdateItem",
            "DeleteItem",
            "BatchWriteItem",
            "TransactWriteItems",
            "ExecuteStatement",
            "BatchExecuteStatement",
            "ExecuteTransaction",
        }
    ),
    "kms": frozenset(
        {
            "Encrypt",
            "Decrypt",
            "ReEncrypt",
            "GenerateDataKey",
            "GenerateDataKeyPair",
            "GenerateDataKeyPairWithoutPlaintext",
            "GenerateDataKeyWithoutPlaintext",
            "GenerateMac",
            "GenerateRandom",
            "Sign",
            "DeriveSharedSecret",
        }
    ),
    "logs": frozenset({"PutLogEvents"}),
    "cloudwatch": frozenset({"PutMetricData"}),
    "events": frozenset({"PutEvents"}),
    "lambda": frozenset({"Invoke", "InvokeAsync", "InvokeWithResponseStream"}),
    "kinesis": frozenset({"PutRecord", "PutRecords", "SubscribeToShard"}),
    "firehose": frozenset({"PutRecord", "PutRecordBatch"}),
    "s3": frozenset(
        {
            "PutObject",
            "CopyObject",
            "DeleteObject",
            "DeleteObjects",
            "PostObject",
            "CreateMultipartUpload",
            "UploadPart",
            "UploadPartCopy",
            "CompleteMultipartUpload",
            "AbortMultipartUpload",
            "PutObjectAcl",
            "PutObjectTagging",
            "DeleteObjectTagging",
            "PutObjectRetention",
            "PutObjectLegalHold",
            "RestoreObject",
            "WriteGetObjectResponse",
            "CreateSession",
        }
    ),
    "sts": frozenset({"*"}),
    "iot-data": frozenset({"*"}),
    "dynamodbstreams": frozenset({"*"}),
    "sagemaker-runtime": frozenset({"*"}),
}

# Where the trail's name of an event is not the API's name of the operation.
_EVENT_NAMES: Final[Mapping[tuple[str, str], str]] = {
    ("s3", "PutPublicAccessBlock"): "PutBucketPublicAccessBlock",
    ("s3", "DeletePublicAccessBlock"): "DeleteBucketPublicAccessBlock",
    ("s3", "PutBucketNotificationConfiguration"): "PutBucketNotification",
    ("s3", "PutBucketLifecycleConfiguration"): "PutBucketLifecycle",
    ("s3control", "PutPublicAccessBlock"): "PutAccountPublicAccessBlock",
    ("s3control", "DeletePublicAccessBlock"): "DeleteAccountPublicAccessBlock",
    ("lambda", "CreateFunction"): "CreateFunction20150331",
    ("lambda", "DeleteFunction"): "DeleteFunction20150331",
    ("lambda", "UpdateFunctionCode"): "UpdateFunctionCode20150331v2",
    ("lambda", "UpdateFunctionConfiguration"): "UpdateFunctionConfiguration20150331v2",
    ("lambda", "AddPermission"): "AddPermission20150331v2",
    ("lambda", "RemovePermission"): "RemovePermission20150331v2",
    ("lambda", "PublishVersion"): "PublishVersion20150331",
    ("lambda", "CreateAlias"): "CreateAlias20150331",
    ("lambda", "UpdateAlias"): "UpdateAlias20150331",
    ("lambda", "DeleteAlias"): "DeleteAlias20150331",
    ("lambda", "CreateEventSourceMapping"): "CreateEventSourceMapping20150331",
    ("lambda", "UpdateEventSourceMapping"): "UpdateEventSourceMapping20150331",
    ("lambda", "DeleteEventSourceMapping"): "DeleteEventSourceMapping20150331",
    ("lambda", "PublishLayerVersion"): "PublishLayerVersion20181031",
    ("lambda", "DeleteLayerVersion"): "DeleteLayerVersion20181031",
    ("lambda", "PutFunctionConcurrency"): "PutFunctionConcurrency20171031",
    ("lambda", "DeleteFunctionConcurrency"): "DeleteFunctionConcurrency20171031",
    ("lambda", "TagResource"): "TagResource20170331v2",
    ("lambda", "UntagResource"): "UntagResource20170331v2",
}

_GLOBAL_REGION: Final = "us-east-1"
_GLOBAL_SERVICES: Final = frozenset({"iam", "organizations", "route53", "cloudfront"})


def is_read(call: Call) -> bool:
    """Say whether the call leaves everything as it was."""
    return (call.service, call.operation) in _READS or call.operation.startswith(_READ_PREFIXES)


def is_recorded(call: Call) -> bool:
    """Say whether CloudTrail logs the call as a management event that writes."""
    data_calls = _DATA_CALLS.get(call.service, frozenset())
    return not is_read(call) and "*" not in data_calls and call.operation not in data_calls


def event_name(call: Call) -> str:
    """Return the trail's name of the event."""
    return _EVENT_NAMES.get((call.service, call.operation), call.operation)


def event_source(service: str) -> str:
    """Return the trail's name of the service, such as `iam.amazonaws.com`."""
    return f"{signing_name(service)}.amazonaws.com"


def event_region(call: Call) -> str:
    """Return the region in which the trail logs the call; global services have one."""
    return _GLOBAL_REGION if call.service in _GLOBAL_SERVICES else call.region
