"""A fresh emulated AWS for each test, with the stack's own delivery put in place of moto's."""

from collections.abc import Iterator

import pytest
from moto import mock_aws
from moto.awslambda.models import lambda_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard
from moto.events.models import Rule, events_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.scheduler.models import scheduler_backends
from moto.sns.models import sns_backends
from moto.sqs.models import Queue, SQSBackend, sqs_backends

from local.delivery_activity import Activity
from local.delivery_bus import install_rules
from local.delivery_queues import install_queues
from local.delivery_streams import install_streams
from tests.unit.local_delivery.emulated import ACCOUNT, REGION, Aws

PATCHED = ((Queue, "add_message"), (SQSBackend, "receive_message"), (StreamShard, "add"), (Rule, "send_to_targets"))


STATEFUL = (
    cloudwatch_backends,
    dynamodb_backends,
    events_backends,
    kms_backends,
    lambda_backends,
    logs_backends,
    scheduler_backends,
    sns_backends,
    sqs_backends,
)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Give an AWS that answers boto3 in this process, in which nothing is left of the test before."""
    for owner, name in PATCHED:
        monkeypatch.setattr(owner, name, getattr(owner, name))  # what the test installs is taken away after it
    emulator = mock_aws()
    emulator.start(reset=False)  # a reset would load IAM's thousand managed policies each time
    _forget()
    activity = Activity()
    install_rules()
    install_queues(activity.wake)
    install_streams(activity.wake)
    yield Aws(activity)
    _forget()
    emulator.stop(remove_data=False)


def _forget() -> None:
    """Leave nothing behind, for the next test or for those of the front, which use the same moto."""
    for backends in STATEFUL:
        backends[ACCOUNT][REGION].reset()
    iam_backends[ACCOUNT]["aws"].roles.clear()
    s3_backends[ACCOUNT]["aws"].reset()
