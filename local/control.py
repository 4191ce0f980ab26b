"""The calls under `/_local/`: is anything due, put an event on the bus, end delays or lose what is delayed, faults."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from local.faults import Faults, RuleError, parse_rules
from local.hooks import ControlResponse

_NEEDED: Final[tuple[tuple[str, type, str], ...]] = (
    ("source", str, "text"),
    ("detail-type", str, "text"),
    ("detail", dict, "an object"),
)
_DETAIL_TYPE: Final = "AWS API Call via CloudTrail"
_RECORD_FIELDS: Final = frozenset({"eventSource", "eventName"})
type_event = dict[str, Any]


class EventError(ValueError):
    """What was posted is no event; the message names the field and its value."""


@dataclass(frozen=True, slots=True)
class Control:
    """Answers the calls under `/_local/`."""

    account: str
    region: str
    publish: Callable[[Mapping[str, Any]], int]
    idleness: Callable[[], Mapping[str, Any]]
    stack: Callable[[], Mapping[str, Any]]
    hurry: Callable[..., int]
    faults: Faults

    def answer(self, method: str, path: str, body: bytes) -> ControlResponse | None:
        """Answer the call, or return None when there is no such path."""
        name = path.removeprefix("/_local/")
        if name not in _METHODS:
            return None
        if method not in _METHODS[name]:
            return _json(405, {"error": f"use {' or '.join(_METHODS[name])}: `{method}`"})
        if method == "POST" and name in ("events", "faults"):
            return self._publish(body) if name == "events" else self._put_faults(body)
        answers: Mapping[str, Callable[[], Mapping[str, Any]]] = {
            "idle": self.idleness,
            "stack": self.stack,
            "due": lambda: {"lost" if method == "DELETE" else "hurried": self.hurry(loses=method == "DELETE")},
            "faults": self.faults.as_json,
        }
        return _json(200, answers[name]())

    def _publish(self, body: bytes) -> ControlResponse:
        try:
            events = [self._complete(event) for event in parse_events(body)]
        except EventError as error:
            return _json(400, {"error": str(error)})
        targets = [self.publish(event) for event in events]
        return _json(200, {"accepted": len(events), "ids": [event["id"] for event in events], "targets": targets})

    def _put_faults(self, body: bytes) -> ControlResponse:
        try:
            self.faults.put(parse_rules(body))
        except RuleError as error:
            return _json(400, {"error": str(error)})
        return _json(200, self.faults.as_json())

    def _complete(self, event: type_event) -> type_event:
        """Fill in what the bus itself adds to an event."""
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "account": self.account,
            "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self.region,
            "resources": [],
            **event,
        }


_METHODS: Final = {
    "idle": ("GET",),
    "stack": ("GET",),
    "events": ("POST",),
    "due": ("POST", "DELETE"),
    "faults": ("GET", "POST"),
}


def parse_events(body: bytes) -> tuple[type_event, ...]:
    """Return the events of a posted body, one or a list, or raise `EventError` naming what is wrong."""
    try:
        value = json.loads(body)
    except ValueError as error:
        message = f"body is no JSON ({error}): `{body[:80].decode(errors='replace')}`"
        raise EventError(message) from None
    if isinstance(value, list):
        return tuple(_parse_event(each, f"[{index}].") for index, each in enumerate(value))
    return (_parse_event(value, ""),)


def _parse_event(value: object, where: str) -> type_event:
    if not isinstance(value, dict):
        message = f"{where.rstrip('.') or 'body'} must be an event, an object: `{json.dumps(value)[:80]}`"
        raise EventError(message)
    event = _in_envelope(value)
    for name, kind, words in _NEEDED:
        if name not in event:
            message = f"event lacks field: `{where}{name}`"
            raise EventError(message)
        if not isinstance(event[name], kind):
            message = f"event field {where}{name} must be {words}: `{json.dumps(event[name])[:80]}`"
            raise EventError(message)
    return event


def _in_envelope(value: type_event) -> type_event:
    """Return a bare CloudTrail record as EventBridge would send it; anything else as it is."""
    if not value.keys() >= _RECORD_FIELDS or "detail" in value:
        return value
    service = str(value["eventSource"]).removesuffix(".amazonaws.com")
    return {"source": f"aws.{service}", "detail-type": _DETAIL_TYPE, "detail": value}


def _json(status: int, value: Mapping[str, Any]) -> ControlResponse:
    return ControlResponse(status, json.dumps(value).encode())
