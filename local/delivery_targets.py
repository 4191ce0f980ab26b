"""Hands a body to a queue, a topic or a function, the way a service does."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from moto.core.exceptions import ServiceException
from moto.sns.models import sns_backends

from local.delivery_access import AccessRefusedError, Target, check_access, type_sender
from local.delivery_queues import find_queue, key_of, send
from local.deploy_records import Function
from local.emulator import LOCK
from local.hooks import InvokeResult

_GONE: Final = "there is no such target: `{}`"


class Refusal(Enum):
    """Why a target does not take what is sent, in EventBridge's words for its dead letters."""

    FORBIDDEN = "NO_PERMISSIONS"
    GONE = "RESOURCE_NOT_FOUND"
    REFUSED = "SDK_CLIENT_ERROR"


class DeliveryError(Exception):
    """The target did not take what was sent."""

    def __init__(self, refusal: Refusal, reason: str) -> None:
        """Carry the code that goes with a dead letter."""
        super().__init__(reason)
        self.code = refusal.value


class RunsLater(Protocol):
    """Runs functions asynchronously."""

    def submit(self, function_arn: str, payload: bytes) -> None:
        """Take the payload; the function runs soon."""


class RunsFunctions(RunsLater, Protocol):
    """Runs functions, and knows them."""

    def invoke(self, name: str, payload: bytes) -> InvokeResult:
        """Run the function and return its answer."""

    def function_named(self, name: str) -> Function:
        """Return the function."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent, and the marks that go with it."""

    body: str
    group: str | None = None
    subject: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)


def hand_over(parcel: Parcel, arn: str, sender: type_sender, functions: RunsLater) -> None:
    """Deliver the parcel, or raise `DeliveryError`."""
    deliver = _DELIVERIES[arn.split(":")[2]]  # deploying refuses every other kind
    try:
        deliver(parcel, arn, sender, functions)
    except AccessRefusedError as error:
        raise DeliveryError(Refusal.FORBIDDEN, str(error)) from None
    except ServiceException as error:
        raise DeliveryError(Refusal.REFUSED, str(error)) from None


def bury(parcel: Parcel, dead_letter_arn: str | None, sender: type_sender, error: DeliveryError) -> None:
    """Put what could not be delivered into the dead-letter queue, and say so."""
    complain(f"not delivered: {error}")
    if dead_letter_arn is None:
        return
    marked = Parcel(
        parcel.body, attributes={**parcel.attributes, "ERROR_CODE": error.code, "ERROR_MESSAGE": str(error)[:1024]}
    )
    try:
        _to_queue(marked, dead_letter_arn, sender, None)
    except (AccessRefusedError, DeliveryError, ServiceException) as worse:
        complain(f"lost, the dead-letter queue refused it as well: {worse}")


def complain(text: str) -> None:
    """Write one line where the operator of this machine sees it."""
    print(f"panorama-guard local: {text}", file=sys.stderr, flush=True)  # noqa: T201 - the stack's log


def _to_queue(parcel: Parcel, arn: str, sender: type_sender, _: RunsLater | None) -> None:
    account, region, name = arn.split(":")[4], arn.split(":")[3], arn.rsplit(":", 1)[-1]
    with LOCK:
        queue = find_queue(account, region, name)
        if queue is None:
            raise DeliveryError(Refusal.GONE, _GONE.format(arn))
        check_access(sender, Target("sqs:SendMessage", arn, queue.policy, key_of(queue)))
        send(queue, parcel.body, group=parcel.group, attributes=parcel.attributes)


def _to_topic(parcel: Parcel, arn: str, sender: type_sender, _: RunsLater | None) -> None:
    with LOCK:
        backend = sns_backends[arn.split(":")[4]][arn.split(":")[3]]
        topic = backend.topics.get(arn)
        if topic is None:
            raise DeliveryError(Refusal.GONE, _GONE.format(arn))
        check_access(sender, Target("sns:Publish", arn, topic.policy, topic.kms_master_key_id or None))
        backend.publish(parcel.body, arn, subject=parcel.subject)


def _to_function(parcel: Parcel, arn: str, _: type_sender, functions: RunsLater) -> None:
    functions.submit(arn, parcel.body.encode())


type_delivery = Callable[[Parcel, str, type_sender, RunsLater], None]
_DELIVERIES: Final[dict[str, type_delivery]] = {"sqs": _to_queue, "sns": _to_topic, "lambda": _to_function}
