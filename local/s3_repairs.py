"""Makes new buckets as S3 does, which moto leaves open; and reads of a bucket's policy what moto passes over.

Since April 2023 a new bucket has a whole public access block, and its owner owns every object, so that ACLs are off.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""

from __future__ import annotations

import json
from typing import Any, Final

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend

IN_THE_CLEAR: Final = {"Bool": {"aws:SecureTransport": "false"}}
ENFORCED: Final = "BucketOwnerEnforced"

_create = S3Backend.create_bucket


def _create_bucket(backend: S3Backend, *arguments: Any, **named: Any) -> FakeBucket:
    """Make a bucket as S3 does now: closed to the public, its ACL off."""
    made: FakeBucket = _create(backend, *arguments, **named)
    made.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    made.ownership_rule = ENFORCED  # type: ignore[assignment]
    return made


def _get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    """Say what a bucket's policy says, but for calls in the clear or of others: moto reads no condition.

    On one machine there is no TLS, and every call stands for one that has it, of the account that the bucket is in.
    """
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    document = json.loads(bucket.policy.decode())
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    apart = (IN_THE_CLEAR, _of_others(bucket.account_id))
    kept = [statement for statement in listed if statement.get("Condition") not in apart]
    if not kept:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps({**document, "Statement": kept})).is_action_permitted(action, resource)


def _of_others(account: str) -> dict[str, dict[str, str]]:
    """Return the condition of a statement that is about other accounts, and about no service."""
    return {
        "StringNotEquals": {"aws:PrincipalAccount": account},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
    }


S3_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = (
    (S3Backend, "create_bucket", _create_bucket),
    (FakeBucket, "get_permission", _get_permission),
)
