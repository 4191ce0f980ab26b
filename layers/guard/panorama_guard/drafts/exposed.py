"""Reads what a file says of resources beside roles: the policies of buckets; of others, that they are not judged."""

import re
from collections.abc import Iterator

from panorama_guard.drafts.node import Node, Text

# For each type that puts a policy on a bucket: the member that names the bucket, and the one with the policy.
BUCKET_POLICIES = {
    "AWS::S3::BucketPolicy": ("Bucket", "PolicyDocument"),
    "aws_s3_bucket_policy": ("bucket", "policy"),
    "aws_s3_bucket": ("bucket", "policy"),  # a provider's older form, which it still takes
}
_GUARDED = re.compile(
    r"AWS::(S3|Lambda|Serverless|SecretsManager|Logs|IoT|SageMaker|Greengrass|GreengrassV2|RolesAnywhere)::"
    r"|AWS::CloudWatch::Dashboard|AWS::IAM::InstanceProfile"
    r"|aws_(s3|lambda|secretsmanager|cloudwatch_log|iot|sagemaker|rolesanywhere)_"
    r"|aws_cloudwatch_dashboard|aws_iam_instance_profile"
)
_NAME = "panorama"
_POLICY = ("s3::bucketpolicy", "s3_bucket_policy")  # of these nothing is left that is not judged


def unjudged(kind: str, where: str, value: Node) -> Iterator[str]:
    """Yield that a resource is not judged, where it is of a type that a deployed guard looks at and names Panorama."""
    is_looked_at = not kind.lower().endswith(_POLICY) and _GUARDED.match(kind)
    if is_looked_at and any(_NAME in text.lower() for text in texts_in(value)):
        yield f"not judged: {where}: of resources beside roles only the policies of buckets are, and this is {kind}"


def texts_in(node: Node) -> Iterator[str]:
    """Yield every text in a value, as far as it is known."""
    if isinstance(node.value, str):
        yield node.value
    elif isinstance(node.value, Text):
        yield from (part for part in node.value.parts if isinstance(part, str))
    elif isinstance(node.value, tuple):
        yield from (text for item in node.value for text in texts_in(item))
    yield from (text for _, member in node.pairs for text in texts_in(member))
