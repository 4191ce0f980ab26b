"""What lies on queues: alerts, alarms, dead letters."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

GUARD_CHANGE = "panorama-guard/guard-change/1"
REPORT = "panorama-guard/report/1"


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the alerts topic: an incident's, whose `body` is its last line, or an alarm's."""

    subject: str
    text: str
    body: dict[str, Any]

    @property
    def alarm(self) -> str:
        """Return the name of the alarm that was raised, or an empty text for an incident."""
        return str(self.body.get("AlarmName", ""))

    @property
    def is_of_the_guard(self) -> bool:
        """Say whether it tells of a change of the guard itself."""
        return self.body.get("schema") == GUARD_CHANGE

    @property
    def is_of_the_report(self) -> bool:
        """Say whether it leads to the report, which no digest and no alert does."""
        return self.body.get("schema") == REPORT


def parse_message(envelope: dict[str, Any]) -> Message:
    """Read what SNS delivered."""
    text = envelope["Message"]
    return Message(envelope.get("Subject", ""), text, json.loads(text.rpartition("\n")[2]))


def take_bodies(sqs: Any, url: str) -> list[str]:
    """Take every visible message off a queue and return their bodies."""
    bodies: list[str] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in messages:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def send_together(sqs: Any, url: str, bodies: Iterable[str]) -> None:
    """Send up to ten messages in one call, so that one batch takes them."""
    entries = [{"Id": str(number), "MessageBody": body} for number, body in enumerate(bodies)]
    assert not sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")
