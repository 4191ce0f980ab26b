"""Says of resources that nothing here judges that they are not judged, where a deployed guard would look at them."""

import re
from collections.abc import Iterator

from panorama_guard.drafts.node import Node, Text

_GUARDED = re.compile(
    r"AWS::(S3|Lambda|Serverless|SecretsManager|Logs|IoT|SageMaker|Greengrass|GreengrassV2|RolesAnywhere)::"
    r"|AWS::CloudWatch::Dashboard|AWS::IAM::InstanceProfile"
    r"|aws_(s3|s3control|lambda|secretsmanager|cloudwatch_log|iot|sagemaker|rolesanywhere)_"
    r"|aws_cloudwatch_dashboard|aws_iam_instance_profile"
)
_NAME = "panorama"


def unjudged(kind: str, where: str, value: Node) -> Iterator[str]:
    """Yield that a resource is not judged, where it is of a type that a deployed guard looks at and names Panorama."""
    if _GUARDED.match(kind) and any(_NAME in text.lower() for text in texts_in(value)):
        yield f"not judged: {where}: resources of type {kind} are not"


def texts_in(node: Node) -> Iterator[str]:
    """Yield every text in a value, as far as it is known."""
    if isinstance(node.value, str):
        yield node.value
    elif isinstance(node.value, Text):
        yield from (part for part in node.value.parts if isinstance(part, str))
    elif isinstance(node.value, tuple):
        yield from (text for item in node.value for text in texts_in(item))
    yield from (text for _, member in node.pairs for text in texts_in(member))
