"""Makes the AWS clients: one session, each client once and only when it is first used."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.handlers import json_decode_policies

# Bounded well within the functions' timeouts; what still fails is retried by the queue.
_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})


@cache
def _session() -> Any:
    return boto3.session.Session()


@cache
def client(service: str) -> Any:
    """Return the client of an AWS service."""
    made = _session().client(service, config=_CONFIG)
    if service == "iam":
        keep_documents_as_text(made)
    return made


def keep_documents_as_text(iam: Any) -> None:
    """Make an IAM client return policy documents as AWS sends them, not decoded: white space and all."""
    iam.meta.events.unregister("after-call.iam", json_decode_policies)
