"""Asks what became of tables, log groups and buckets, whose services tell it in pieces and in words of their own."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore.exceptions import ClientError

Properties = dict[str, Any]
Client = Callable[[str], Any]


def _table(client: Client, physical_id: str, _: Properties) -> Properties:
    dynamodb = client("dynamodb")
    made = dynamodb.describe_table(TableName=physical_id)["Table"]
    expiry = dynamodb.describe_time_to_live(TableName=physical_id)["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName=physical_id)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    encryption = made.get("SSEDescription", {})
    return {
        **made,
        "BillingMode": made.get("BillingModeSummary", {}).get("BillingMode"),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": recovery == "ENABLED"},
        "SSESpecification": {
            "SSEEnabled": encryption.get("Status") == "ENABLED",
            "SSEType": encryption.get("SSEType"),
            "KMSMasterKeyId": encryption.get("KMSMasterKeyArn"),
        },
        "TimeToLiveSpecification": {
            "AttributeName": expiry.get("AttributeName"),
            "Enabled": expiry.get("TimeToLiveStatus") == "ENABLED",
        },
    }


def _log_group(client: Client, physical_id: str, _: Properties) -> Properties:
    found = client("logs").describe_log_groups(logGroupNamePrefix=physical_id)["logGroups"]
    own = [group for group in found if group["logGroupName"] == physical_id]
    names = {"kmsKeyId": "KmsKeyId", "logGroupName": "LogGroupName", "retentionInDays": "RetentionInDays"}
    return {names[key]: value for key, value in own[0].items() if key in names} if own else {}


def _bucket(client: Client, physical_id: str, _: Properties) -> Properties:
    s3 = client("s3")
    encryption = _piece(s3.get_bucket_encryption, physical_id, "ServerSideEncryptionConfiguration")
    lifecycle = _piece(s3.get_bucket_lifecycle_configuration, physical_id, "Rules")
    return {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {**rule, "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault")}
                for rule in (encryption or {}).get("Rules", [])
            ]
        },
        "LifecycleConfiguration": {"Rules": [{**rule, "Id": rule.get("ID")} for rule in lifecycle or []]},
        "OwnershipControls": _piece(s3.get_bucket_ownership_controls, physical_id, "OwnershipControls"),
        "PublicAccessBlockConfiguration": _piece(
            s3.get_public_access_block, physical_id, "PublicAccessBlockConfiguration"
        ),
        "VersioningConfiguration": s3.get_bucket_versioning(Bucket=physical_id),
    }


def _piece(get: Callable[..., Mapping[str, Any]], bucket: str, key: str) -> Any:
    """Return what the bucket has of it, or None: S3 answers with an error where it has none."""
    try:
        return get(Bucket=bucket)[key]
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise


def _bucket_policy(client: Client, _: str, wanted: Properties) -> Properties:
    document = _piece(client("s3").get_bucket_policy, wanted["Bucket"], "Policy")
    return {"Bucket": wanted["Bucket"], "PolicyDocument": document} if document else {}


STORES: Final[Mapping[str, Callable[[Client, str, Properties], Properties]]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
}
