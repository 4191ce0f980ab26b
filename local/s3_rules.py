"""What S3 refuses because a bucket's own settings forbid it, and moto does not."""

from __future__ import annotations

import json
from typing import Final

from moto.s3.models import FakeBucket, s3_backends

from local.emulator import PARTITION
from local.front_errors import CallRefusedError
from local.s3_repairs import ENFORCED
from local.wire import Call

_BAD_REQUEST: Final = 400
_DENIED: Final = "AccessDenied"
_NO_ACLS: Final = "AccessControlListNotSupported"
_FORBIDDEN: Final = 403
_PUBLIC: Final = ("global/AllUsers", "global/AuthenticatedUsers")


def check_s3(call: Call, account: str) -> None:
    """Raise `CallRefusedError` where a bucket's own settings forbid the call. The caller holds `LOCK`."""
    if call.service != "s3" or call.operation not in ("PutBucketAcl", "PutBucketPolicy"):
        return
    bucket = s3_backends[account][PARTITION].buckets.get(call.text("Bucket"))
    if bucket is None:
        return
    if call.operation == "PutBucketAcl":
        _check_acl(call, bucket)
    elif _blocks(bucket, "block_public_policy") and _is_public(call.text("Policy")):
        message = "User is not authorized to perform: s3:PutBucketPolicy because public policies are blocked"
        raise CallRefusedError(_DENIED, message, _FORBIDDEN)


def _check_acl(call: Call, bucket: FakeBucket) -> None:
    given = json.dumps(dict(call.parameters), default=str)
    if str(bucket.ownership_rule) == ENFORCED and call.text("ACL") not in ("private", "bucket-owner-full-control"):
        message = "The bucket does not allow ACLs"
        raise CallRefusedError(_NO_ACLS, message, _BAD_REQUEST)
    is_public = call.text("ACL") in ("public-read", "public-read-write", "authenticated-read")
    if _blocks(bucket, "block_public_acls") and (is_public or any(group in given for group in _PUBLIC)):
        message = "User is not authorized to perform: s3:PutBucketAcl because public ACLs are blocked"
        raise CallRefusedError(_DENIED, message, _FORBIDDEN)


def _blocks(bucket: FakeBucket, setting: str) -> bool:
    return bool(bucket.public_access_block and getattr(bucket.public_access_block, setting))


def _is_public(policy: str) -> bool:
    """Say whether a statement lets everybody in, without any condition."""
    try:
        listed = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError):
        return False
    statements = listed if isinstance(listed, list) else [listed]
    return any(
        one.get("Effect") == "Allow" and one.get("Principal") in ("*", {"AWS": "*"}) and "Condition" not in one
        for one in statements
    )
