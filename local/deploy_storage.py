"""Creates tables, log groups and buckets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from local.deploy_context import Context, Created, tags_of, type_creator
from local.deploy_properties import Properties

_TABLE_PARAMETERS: Final = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "TableClass",
)


def _create_table(context: Context, properties: Properties) -> Created:
    dynamodb = context.client("dynamodb")
    name = properties.text("TableName", context.name_of(properties.logical_id))
    table = dynamodb.create_table(
        TableName=name,
        DeletionProtectionEnabled=properties.flag("DeletionProtectionEnabled"),
        Tags=tags_of(properties),
        **properties.given(*_TABLE_PARAMETERS),
        **_stream_of(properties),
        **_encryption_of(properties),
    )["TableDescription"]
    _set_expiry(dynamodb, name, properties.nested("TimeToLiveSpecification"))
    _set_recovery(dynamodb, name, properties.nested("PointInTimeRecoverySpecification"))
    attributes = {"Arn": table["TableArn"], "StreamArn": table.get("LatestStreamArn", "")}
    return Created(name, {key: value for key, value in attributes.items() if value})


def _stream_of(properties: Properties) -> dict[str, Any]:
    stream = properties.nested("StreamSpecification")
    view = stream.take("StreamViewType")
    stream.finish()
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}} if view else {}


def _encryption_of(properties: Properties) -> dict[str, Any]:
    encryption = properties.nested("SSESpecification")
    if not encryption.flag("SSEEnabled"):
        encryption.finish()
        return {}
    specification = {"Enabled": True, **encryption.given("SSEType", "KMSMasterKeyId")}
    encryption.finish()
    return {"SSESpecification": specification}


def _set_expiry(dynamodb: Any, name: str, expiry: Properties) -> None:
    attribute, is_enabled = expiry.take("AttributeName"), expiry.flag("Enabled")
    expiry.finish()
    if is_enabled:
        specification = {"Enabled": True, "AttributeName": attribute}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def _set_recovery(dynamodb: Any, name: str, recovery: Properties) -> None:
    is_enabled = recovery.flag("PointInTimeRecoveryEnabled")
    recovery.take("RecoveryPeriodInDays")  # how far back; nothing is restored here
    recovery.finish()
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": is_enabled}
    )


def _create_log_group(context: Context, properties: Properties) -> Created:
    logs = context.client("logs")
    name = properties.text("LogGroupName", context.name_of(properties.logical_id))
    key = properties.take("KmsKeyId")
    logs.create_log_group(logGroupName=name, **({"kmsKeyId": key} if key else {}))
    if days := properties.number("RetentionInDays", 0):
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    properties.given("Tags", "LogGroupClass")
    return Created(name, {"Arn": context.arn("logs", f"log-group:{name}:*")})


def _create_bucket(context: Context, properties: Properties) -> Created:
    s3 = context.client("s3")
    name = properties.text("BucketName", context.name_of(properties.logical_id).lower())
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=properties.flag("ObjectLockEnabled"))
    if lock := properties.take("ObjectLockConfiguration"):
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=_lock(lock))
    if access := properties.take("PublicAccessBlockConfiguration"):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=access)
    if properties.nested("VersioningConfiguration").take("Status") == "Enabled":
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    if encryption := properties.take("BucketEncryption"):
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration=_encryption_rules(encryption))
    # Ownership, expiry and tags change nothing that a client of this machine could see.
    properties.given("OwnershipControls", "LifecycleConfiguration", "Tags")
    return Created(name, {"Arn": f"arn:aws:s3:::{name}", "DomainName": f"{name}.s3.amazonaws.com"})


def _lock(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the lock with its days as the number that S3's own API takes: a parameter gives them as text."""
    retention = configuration["Rule"]["DefaultRetention"]
    rule = {"DefaultRetention": {**retention, "Days": int(retention["Days"])}}
    return {"ObjectLockEnabled": configuration["ObjectLockEnabled"], "Rule": rule}


def _encryption_rules(encryption: Mapping[str, Any]) -> dict[str, Any]:
    """Return what CloudFormation says of a bucket's encryption as S3's own API takes it."""
    rules = [dict(rule) for rule in encryption["ServerSideEncryptionConfiguration"]]
    for rule in rules:
        rule["ApplyServerSideEncryptionByDefault"] = dict(rule.pop("ServerSideEncryptionByDefault"))
    return {"Rules": rules}


def _create_bucket_policy(context: Context, properties: Properties) -> Created:
    name, document = properties.need("Bucket"), properties.document("PolicyDocument")
    context.client("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(json.loads(document)))
    return Created(name)


STORAGE: Final[Mapping[str, type_creator]] = {
    "AWS::DynamoDB::Table": _create_table,
    "AWS::Logs::LogGroup": _create_log_group,
    "AWS::S3::Bucket": _create_bucket,
    "AWS::S3::BucketPolicy": _create_bucket_policy,
}
