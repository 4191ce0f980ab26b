"""Speaks to the channels beside the operators' topic: a chat, the account's event bus, Security Hub.

Whatever a channel answers but yes is a `ChannelError`: what else is told must not suffer from it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from panorama_guard.aws.errors import message_of
from panorama_guard.case.errors import ChannelError

SOURCE = "panorama-guard"  # of the guard's events; its own rules take those of AWS's services only


class ChatTopic:
    """The topic that Amazon Q Developer in chat applications listens to."""

    def __init__(self, sns: Any, arn: str) -> None:
        """Take an SNS client and the topic's ARN."""
        self._sns = sns
        self._arn = arn

    def post(self, notification: str) -> None:
        """Publish one notification."""
        _taken(lambda: self._sns.publish(TopicArn=self._arn, Message=notification))


class EventBus:
    """An event bus of the account."""

    def __init__(self, events: Any, name: str) -> None:
        """Take an EventBridge client and the name of the bus."""
        self._events = events
        self._name = name

    def put_event(self, detail_type: str, detail: str, resources: tuple[str, ...]) -> None:
        """Put one event on the bus; EventBridge answers 200 to one that it did not take, too."""
        entry = {"Source": SOURCE, "DetailType": detail_type, "Detail": detail, "Resources": list(resources)}
        answer = _taken(lambda: self._events.put_events(Entries=[{**entry, "EventBusName": self._name}]))
        if answer.get("FailedEntryCount"):
            raise _not_taken([entry.get("ErrorCode") for entry in answer.get("Entries", [])])


class SecurityHub:
    """Security Hub, as the account's own product."""

    def __init__(self, securityhub: Any, product_arn: str) -> None:
        """Take a Security Hub client and the ARN of the product."""
        self._securityhub = securityhub
        self.product_arn = product_arn

    def import_finding(self, finding: Mapping[str, object]) -> None:
        """Import one finding; Security Hub answers 200 to one that it did not take, too."""
        answer = _taken(lambda: self._securityhub.batch_import_findings(Findings=[finding]))
        if answer.get("FailedCount"):
            raise _not_taken([failed.get("ErrorCode") for failed in answer.get("FailedFindings", [])])


def _taken(call: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return call()
    except ClientError as error:
        raise ChannelError(message_of(error)) from error
    except BotoCoreError as error:
        message = f"no answer: `{type(error).__name__}`"
        raise ChannelError(message) from error


def _not_taken(codes: list[object]) -> ChannelError:
    return ChannelError(f"not taken: `{', '.join(str(code) for code in codes)}`")
