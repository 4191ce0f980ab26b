"""What the service needs of the channels beside the operators' topic."""

from collections.abc import Mapping
from typing import Protocol


class ChatTopic(Protocol):
    """Tells a chat. Raises `ChannelError` if the message was not taken."""

    def post(self, notification: str) -> None:
        """Post one notification."""
        ...


class EventBus(Protocol):
    """Takes events for anybody's rules. Raises `ChannelError` if the event was not taken."""

    def put_event(self, detail_type: str, detail: str, resources: tuple[str, ...]) -> None:
        """Put one event on the bus."""
        ...


class FindingsHub(Protocol):
    """Takes findings. Raises `ChannelError` if the finding was not taken."""

    @property
    def product_arn(self) -> str:
        """Return as whose finding it is imported."""
        ...

    def import_finding(self, finding: Mapping[str, object]) -> None:
        """Import a finding, or what has become of one that has the same Id."""
        ...
