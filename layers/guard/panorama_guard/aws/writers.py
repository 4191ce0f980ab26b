"""Writes to an account: its roles and its resources, as whoever's session makes the clients."""

import time
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


def writer_in(client: Callable[..., Any], account: str) -> SubjectWriter:
    """Return what writes to the roles and resources of an account, by its clients."""
    return SubjectWriter(IamWriter(client("iam"), time.sleep), partial(_part_writers, client, account))


def _part_writers(client: Callable[..., Any], account: str, region: str) -> dict[str, Callable[[], PartWriter]]:
    make = client_in(client, region)
    return {
        "s3": lambda: S3Writer(make("s3"), S3PointWriter(make("s3control"), account), account),
        "lambda": lambda: LambdaWriter(make("lambda")),
        "secret": lambda: SecretWriter(make("secretsmanager")),
        "log": lambda: LogGroupWriter(make("logs")),
        "iot": lambda: IotPolicyWriter(make("iot")),
    }
