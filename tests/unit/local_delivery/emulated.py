"""The emulated AWS as the tests of delivery use it."""

import functools
from pathlib import Path
from typing import Any

import boto3
from moto.sqs.models import Queue

from local.delivery_activity import Activity
from local.delivery_queues import find_queue
from local.deploy_records import Function

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/r"


@functools.cache
def client(service: str) -> Any:
    """Return a client of moto, which answers in this process."""
    session: Any = boto3.session.Session()
    keys = {"aws_access_key_id": "operator", "aws_secret_access_key": "local"}
    return session.client(service, region_name=REGION, **keys)


class Aws:
    """The emulated AWS as a test uses it."""

    def __init__(self, activity: Activity) -> None:
        """Speak to moto in this process."""
        self.activity = activity

    def client(self, service: str) -> Any:
        """Return a client."""
        return client(service)

    def queue(self, name: str, **attributes: str) -> Queue:
        """Create a queue and return moto's own."""
        if name.endswith(".fifo"):
            attributes["FifoQueue"] = "true"
        self.client("sqs").create_queue(QueueName=name, Attributes=attributes)
        queue = find_queue(ACCOUNT, REGION, name)
        assert queue is not None
        return queue

    def bodies(self, queue: Queue) -> list[str]:
        """Return the bodies of all messages in the queue, in order."""
        return [message.body for message in queue._messages]  # noqa: SLF001

    def table(self, name: str) -> str:
        """Create a table with a stream and return the stream's ARN."""
        made = self.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        return str(made["TableDescription"]["LatestStreamArn"])

    def put(self, table: str, pk: str, **values: str) -> None:
        """Write an item."""
        item = {"pk": {"S": pk}} | {name: {"S": value} for name, value in values.items()}
        self.client("dynamodb").put_item(TableName=table, Item=item)


def arn_of(queue: Queue) -> str:
    """Return the queue's ARN."""
    return str(queue.queue_arn)


def let_all_be_visible(queue: Queue) -> None:
    """Let every visibility timeout and delay of the queue be over."""
    for message in queue._messages:  # noqa: SLF001
        message.visible_at = 0.0
        message.delayed_until = 0.0


def function_record(
    name: str, *, role_arn: str = "arn:aws:iam::123456789012:role/r", folder: Path = Path()
) -> Function:
    """Return a function."""
    return Function(
        logical_id=name,
        name=name,
        arn=f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
        handler="handler.handler",
        runtime="python3.13",
        memory_mb=128,
        timeout_seconds=2,
        role_arn=role_arn,
        environment=(("COLOUR", "blue"),),
        code_folder=folder,
        layer_folders=(),
        log_format="JSON",
        log_group=f"/aws/lambda/{name}",
    )
