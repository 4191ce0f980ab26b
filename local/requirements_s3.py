"""What each call of S3 on a bucket or an access point needs: S3's actions are often not called as its operations.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

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
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
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
    if call.service == "s3control" and call.operation in _ON_POINTS:
        point = f"arn:{PARTITION}:s3:{call.region}:{account}:accesspoint/{call.text('Name')}"
        return (Requirement(f"s3:{call.operation}", point),)
    return None
