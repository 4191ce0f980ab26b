"""What each call of S3 on a bucket or an access point needs: S3's actions are often not called as its operations.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from moto.s3.models import s3_backends

from local.emulator import PARTITION
from local.requirement import Requirement
from local.wire import Call

_ON_BUCKETS: Final[Mapping[str, str]] = {
    "GetBucketPolicy": "GetBucketPolicy",
    "PutBucketPolicy": "PutBucketPolicy",
    "DeleteBucketPolicy": "DeleteBucketPolicy",
    "GetBucketAcl": "GetBucketAcl",
    "PutBucketAcl": "PutBucketAcl",
    "GetBucketOwnershipControls": "GetBucketOwnershipControls",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketReplication": "GetReplicationConfiguration",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "GetBucketWebsite": "GetBucketWebsite",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketVersioning": "GetBucketVersioning",
    "GetBucketLogging": "GetBucketLogging",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
}
# What is done to an object, and what of the key it takes where the bucket is encrypted with one of the account's.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
_ON_OBJECTS: Final[Mapping[str, tuple[str, str]]] = {
    "PutObject": ("PutObject", "kms:GenerateDataKey"),
    "GetObject": ("GetObject", "kms:Decrypt"),
}
_ON_POINTS: Final = frozenset(
    {"GetAccessPoint", "GetAccessPointPolicy", "PutAccessPointPolicy", "DeleteAccessPointPolicy"}
)
_ON_NOTHING: Final[Mapping[tuple[str, str], str]] = {
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3control", "ListAccessPoints"): "ListAccessPoints",
    ("s3control", "GetPublicAccessBlock"): "GetAccountPublicAccessBlock",
}


def s3_requirement(call: Call, account: str) -> tuple[Requirement, ...] | None:
    """Return the permission that a call needs, or None when the table does not know the operation."""
    if action := _ON_NOTHING.get((call.service, call.operation)):
        return (Requirement(f"s3:{action}", "*"),)
    if call.service == "s3" and (action := _ON_BUCKETS.get(call.operation)):
        return (Requirement(f"s3:{action}", f"arn:{PARTITION}:s3:::{call.text('Bucket')}"),)
    if (call.service, call.operation) == ("s3", "ListObjectsV2"):
        listed = (("s3:prefix", (call.text("Prefix"),)),)
        return (Requirement("s3:ListBucket", f"arn:{PARTITION}:s3:::{call.text('Bucket')}", listed),)
    if call.service == "s3" and (names := _ON_OBJECTS.get(call.operation)):
        return _on_object(call, account, names)
    if call.service == "s3control" and call.operation in _ON_POINTS:
        point = f"arn:{PARTITION}:s3:{call.region}:{account}:accesspoint/{call.text('Name')}"
        return (Requirement(f"s3:{call.operation}", point),)
    return None


def _on_object(call: Call, account: str, names: tuple[str, str]) -> tuple[Requirement, ...]:
    action, use = names
    arn = f"arn:{PARTITION}:s3:::{call.text('Bucket')}"
    needed = (Requirement(f"s3:{action}", f"{arn}/{call.text('Key')}"),)
    bucket = s3_backends[account][PARTITION].buckets.get(call.text("Bucket"))
    key = _key_of(getattr(bucket, "encryption", None))
    if not key:
        return needed
    context = (("kms:ViaService", (f"s3.{call.region}.amazonaws.com",)), ("kms:CallerAccount", (account,)))
    return (*needed, Requirement(use, key, (*context, ("kms:EncryptionContext:aws:s3:arn", (arn,)))))


def _key_of(encryption: Any) -> str:
    """Return the ARN of the key with which a bucket is encrypted, or nothing."""
    rule = (encryption or {}).get("Rule", {})
    rule = rule[0] if isinstance(rule, list) else rule
    return str(rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID") or "")
