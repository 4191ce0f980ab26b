"""What a bucket is made of, as far as it decides who reaches it and where it sends what it holds.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-iam.html
"""

TYPE = "s3-bucket"
POINT = "s3-access-point"  # the key of a call that names an access point: its bucket is the subject
ACCOUNT = "s3-account"  # the key of a call that concerns every bucket of the account

POLICY = "bucket policy"
ACL = "ACL"
OWNERSHIP = "ownership controls"
BLOCK = "public access block"
REPLICATION = "replication"
WEBSITE = "website"
CORS = "CORS"
NOTIFICATIONS = "notifications"
LIFECYCLE = "lifecycle"
ENCRYPTION = "encryption"  # the keys by which objects are encrypted, where they are keys of somebody
VERSIONING = "versioning"  # only where it is suspended
EXPORTS = "exports"  # where lists of what is in the bucket are written to
LOGGING = "access logs"  # where it is written who asks for which object
_POINT_POLICY = "policy of access point "

ACCOUNT_BLOCK = "public access block of the account"  # a fact: it protects every bucket, and is nobody's part
OWN_BUCKETS = "buckets of the account"  # a fact: those among the targets of the bucket that the account owns itself


def point_policy(point: str) -> str:
    """Return the name of the part that an access point's policy is."""
    return _POINT_POLICY + point


def point_of(part: str) -> str:
    """Return the access point whose policy a part is, or an empty text."""
    return part.removeprefix(_POINT_POLICY) if part.startswith(_POINT_POLICY) else ""


def bucket_arn(name: str, partition: str = "aws") -> str:
    """Return the ARN of a bucket."""
    return f"arn:{partition}:s3:::{name}"
