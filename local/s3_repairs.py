"""Makes new buckets as S3 does, which moto leaves open.

Since April 2023 a new bucket has a whole public access block, and its owner owns every object, so that ACLs are off.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
"""

from __future__ import annotations

from typing import Any, Final

from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend

ENFORCED: Final = "BucketOwnerEnforced"

_create = S3Backend.create_bucket


def _create_bucket(backend: S3Backend, *arguments: Any, **named: Any) -> FakeBucket:
    """Make a bucket as S3 does now: closed to the public, its ACL off."""
    made: FakeBucket = _create(backend, *arguments, **named)
    made.public_access_block = PublicAccessBlock("true", "true", "true", "true")
    made.ownership_rule = ENFORCED  # type: ignore[assignment]
    return made


S3_REPAIRS: Final[tuple[tuple[type, str, object], ...]] = ((S3Backend, "create_bucket", _create_bucket),)
