"""The channels beside the operators' topic: what each of them is told, and of which records."""

import json
from collections.abc import Callable

from panorama_guard.case.incident import Incident
from panorama_guard.case.telling import Told
from panorama_guard.policy.record import record
from panorama_guard.reporting.chat import chat_notification
from panorama_guard.reporting.event import event_detail, event_resources, event_type
from panorama_guard.reporting.security_hub import security_finding
from panorama_guard.service.channel_ports import ChatTopic, EventBus, FindingsHub


@record
class Channel:
    """One channel: the name under which the ledger keeps what it had, and how it is told.

    `tell` raises `ChannelError` where the channel does not take it, and does nothing with a record that is none of the
    channel's business.
    """

    name: str
    tell: Callable[[Told], None]


def chat_channel(topic: ChatTopic) -> Channel:
    """Return the channel that posts everything to a chat."""
    return Channel("chat", lambda record: topic.post(json.dumps(chat_notification(record))))


def bus_channel(bus: EventBus) -> Channel:
    """Return the channel that puts everything on an event bus."""

    def tell(record: Told) -> None:
        bus.put_event(event_type(record), json.dumps(event_detail(record)), event_resources(record))

    return Channel("events", tell)


def hub_channel(hub: FindingsHub) -> Channel:
    """Return the channel that keeps a finding of each incident."""

    def tell(record: Told) -> None:
        if isinstance(record, Incident):
            hub.import_finding(security_finding(record, hub.product_arn))

    return Channel("security-hub", tell)
