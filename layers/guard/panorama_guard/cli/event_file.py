"""Reads CloudTrail events from a file, in whichever of the forms somebody has them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from panorama_guard.cli.files import name_of, read_json
from panorama_guard.policy import DocumentError

NO_ACCOUNT = "000000000000"  # of a record that does not say whose it is


def read_events(file: str) -> tuple[object, ...]:
    """Return the events of a file in EventBridge's envelope; raise DocumentError where it holds none.

    It may be one event of EventBridge, one record of CloudTrail, a log file of CloudTrail (`Records`), or what
    `aws cloudtrail lookup-events` prints (`Events`).
    """
    value = read_json(file)
    events = tuple(_events(value, name_of(file)))
    if not events:
        raise DocumentError(name_of(file), "there is no event in", value)
    return events


def _events(value: object, name: str) -> Iterator[object]:
    match value:
        case {"Records": list(records)}:
            yield from (_enveloped(record) for record in records)
        case {"Events": list(found)}:
            yield from (_enveloped(_looked_up(one, name)) for one in found)
        case {"eventName": _}:
            yield _enveloped(value)
        case list(several):
            yield from (event for one in several for event in _events(one, name))
        case _:
            yield value


def _looked_up(found: Any, name: str) -> Any:
    try:
        return json.loads(found["CloudTrailEvent"])
    except (KeyError, TypeError, ValueError):
        raise DocumentError(name, "no CloudTrailEvent in", found) from None


def _enveloped(record: Any) -> object:
    """Return a record of CloudTrail as EventBridge hands it on."""
    if not isinstance(record, Mapping) or "detail" in record:
        return record
    return {"account": str(record.get("recipientAccountId", NO_ACCOUNT)), "detail": record}
