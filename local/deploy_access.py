"""Checks what AWS checks before it makes an event source mapping: that the function's role may use the source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from local.authorizer import is_allowed
from local.delivery_queues import find_queue, key_of, visibility_of
from local.deploy_errors import refuse_resource
from local.deploy_records import Deployment, QueueMapping, StreamMapping
from local.emulator import LOCK
from local.requirements import Requirement, key_arn

_KIND: Final = "AWS::Lambda::EventSourceMapping"
_QUEUE_ACTIONS: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_STREAM_ACTIONS: Final = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


def check_mappings(deployment: Deployment) -> None:
    """Raise `DeployError` when AWS would refuse a mapping, or would make one that can never work."""
    with LOCK:
        mappings: tuple[QueueMapping | StreamMapping, ...] = (*deployment.queue_mappings, *deployment.stream_mappings)
        for mapping in mappings:
            function = deployment.function_named(mapping.function_name)
            if function is None:
                raise refuse_resource(mapping.logical_id, _KIND, f"there is no function: `{mapping.function_name}`")
            for need in _needs_of(mapping, deployment):
                if not is_allowed(function.role_arn, need, region=deployment.region):
                    reason = f"the function's role may not perform {need.action} on `{need.resource}`"
                    raise refuse_resource(mapping.logical_id, _KIND, reason)
            if isinstance(mapping, QueueMapping):
                _check_timeout(mapping, deployment, function.timeout_seconds)


def _needs_of(mapping: QueueMapping | StreamMapping, deployment: Deployment) -> Iterator[Requirement]:
    if isinstance(mapping, StreamMapping):
        yield from (Requirement(action, mapping.stream_arn) for action in _STREAM_ACTIONS)
        if mapping.failure_arn:
            yield Requirement("sqs:SendMessage", mapping.failure_arn)
        return
    yield from (Requirement(action, mapping.queue_arn) for action in _QUEUE_ACTIONS)
    queue = find_queue(deployment.account, deployment.region, mapping.queue_name)
    if queue is not None and (key := key_of(queue)):
        via = (("kms:ViaService", (f"sqs.{deployment.region}.amazonaws.com",)),)
        yield Requirement("kms:Decrypt", key_arn(key, deployment.region, deployment.account), via)


def _check_timeout(mapping: QueueMapping, deployment: Deployment, timeout_seconds: int) -> None:
    queue = find_queue(deployment.account, deployment.region, mapping.queue_name)
    if queue is None:
        raise refuse_resource(mapping.logical_id, _KIND, f"there is no queue: `{mapping.queue_arn}`")
    if visibility_of(queue) < timeout_seconds:
        reason = f"the queue's visibility timeout is less than the function's timeout of {timeout_seconds}"
        raise refuse_resource(mapping.logical_id, _KIND, f"{reason}: `{visibility_of(queue)}`")
