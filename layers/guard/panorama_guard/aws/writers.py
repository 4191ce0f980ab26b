"""What writes to a subject, by its type: every writer that the guard has."""

from collections.abc import Callable
from functools import partial
from typing import Any

from panorama_guard.aws.bucket_writer import S3PointWriter, S3Writer
from panorama_guard.aws.function_writer import LambdaWriter
from panorama_guard.aws.iot_policies import IotPolicyWriter
from panorama_guard.aws.log_group_writer import LogGroupWriter
from panorama_guard.aws.readers import client_in
from panorama_guard.aws.role_writer import IamWriter
from panorama_guard.aws.secret_writer import SecretWriter
from panorama_guard.aws.subjects import PartWriter, SubjectWriter


def writer_of_all(client: Callable[..., Any], account: str, sleep: Callable[[float], None]) -> SubjectWriter:
    """Return what writes to roles, and to the resources of each region."""
    return SubjectWriter(IamWriter(client("iam"), sleep), partial(_writers_in, client, account))


def _writers_in(client: Callable[..., Any], account: str, region: str) -> dict[str, Callable[[], PartWriter]]:
    make = client_in(client, region)
    return {
        "s3": lambda: S3Writer(make("s3"), S3PointWriter(make("s3control"), account), account),
        "lambda": lambda: LambdaWriter(make("lambda")),
        "secret": lambda: SecretWriter(make("secretsmanager")),
        "log": lambda: LogGroupWriter(make("logs")),
        "iot": lambda: IotPolicyWriter(make("iot")),
    }
