"""What was done: one CloudTrail call, read from its EventBridge event.

A change only says which subject to look at. Nothing in it is believed beyond that: the verdict comes from live state.
"""

import json
import re
import reprlib
from collections.abc import Mapping
from datetime import datetime

from panorama_guard.case.actor import Actor, Mfa, clip, parse_actor
from panorama_guard.case.errors import EventError
from panorama_guard.case.routes import Route, route_of
from panorama_guard.case.subject import (
    PolicyNamed,
    ResourceNamed,
    ResourcesBehind,
    RoleNamed,
    ServiceNamed,
    Subject,
    read_subjects,
)
from panorama_guard.policy.record import record

__all__ = [
    "Actor",
    "Change",
    "Failed",
    "Ignored",
    "Mfa",
    "NeedsSweep",
    "ParsedChange",
    "PolicyNamed",
    "ResourceNamed",
    "ResourcesBehind",
    "RoleNamed",
    "ServiceNamed",
    "Subject",
    "decode_event",
    "parse_change",
]


@record
class Change:
    """One call that can change what is guarded, and whom it was done to.

    `replay` is the name of the replay by which EventBridge tells of it once more, and else the empty string: whoever
    may start replays chooses which old call is told of now.
    """

    event_id: str
    event_source: str
    event_name: str
    event_time: str
    account: str
    region: str
    actor: Actor
    subjects: tuple[Subject, ...]
    replay: str = ""


@record
class NeedsSweep:
    """A successful call that does not say whom it was done to: everything has to be looked at."""

    change: Change
    reason: str


@record
class Failed:
    """A call that AWS refused: it changed nothing, and is only counted."""

    change: Change
    error_code: str
    error_message: str


@record
class Ignored:
    """A call that can change nothing that is guarded."""

    reason: str


ParsedChange = Change | NeedsSweep | Failed | Ignored


def decode_event(body: str) -> object:
    """Return the JSON value of a message body; raise EventError if it is not JSON."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        message = f"the event is not JSON: {_shown(body)}"
        raise EventError(message) from None


def parse_change(event: object) -> ParsedChange:
    """Return what an EventBridge event says was done; raise EventError if it is no CloudTrail call."""
    envelope = _object(event, "event")
    detail = _object(_required(envelope, "detail", ""), "detail")
    source, name = _token(detail, "eventSource"), _token(detail, "eventName")
    route = route_of(source, name)
    subjects = () if route is None else read_subjects(route, detail)
    change = Change(
        event_id=_token(detail, "eventID"),
        event_source=source,
        event_name=name,
        event_time=_time(detail),
        account=_account(envelope),
        region=_token(detail, "awsRegion"),
        actor=parse_actor(detail),
        subjects=subjects,
        # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-replay-archived-event.html
        replay=clip(str(envelope.get("replay-name", ""))),
    )
    return Ignored(f"no route for `{source} {name}`") if route is None else _outcome(change, detail, route)


def _outcome(change: Change, detail: Mapping[str, object], route: Route) -> ParsedChange:
    """Return the change, or that it failed, or that it does not say whom it was done to."""
    error_code, error_message = _error(detail, "errorCode"), _error(detail, "errorMessage")
    if error_code or error_message:
        return Failed(change, error_code, error_message)
    if route is Route.ACCOUNT:
        return NeedsSweep(change, f"the call concerns the whole account: `{change.event_name}`")
    if not change.subjects:
        return NeedsSweep(change, f"the call does not say whom it was done to: `{change.event_name}`")
    return change


# --- fields that every call has ---

_TOKEN = re.compile(r"[\x21-\x7e]{1,128}")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_SHOWN = 80


def _object(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        message = f"{field} is not an object: {_shown(value)}"
        raise EventError(message)
    return value


def _required(parent: Mapping[str, object], key: str, prefix: str) -> object:
    if key not in parent:
        message = f"{prefix}{key} is missing, the fields are {_shown(sorted(map(str, parent)))}"
        raise EventError(message)
    return parent[key]


def _token(detail: Mapping[str, object], key: str) -> str:
    """Return a short text without spaces, as every identifier of CloudTrail is."""
    value = _required(detail, key, "detail.")
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        message = f"detail.{key} is not a text of 1 to 128 characters without spaces: {_shown(value)}"
        raise EventError(message)
    return value


def _account(envelope: Mapping[str, object]) -> str:
    value = _required(envelope, "account", "")
    if not isinstance(value, str) or not _ACCOUNT.fullmatch(value):
        message = f"account is not a text of 12 digits: {_shown(value)}"
        raise EventError(message)
    return value


def _time(detail: Mapping[str, object]) -> str:
    """Return the time of the call as it was written, once it is known to be a time with a zone."""
    text = _token(detail, "eventTime")
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        time = None
    if time is None or time.tzinfo is None:
        message = f"detail.eventTime is not a time with a zone: {_shown(text)}"
        raise EventError(message)
    return text


def _error(detail: Mapping[str, object], key: str) -> str:
    """Return an error text of a call; a success leaves the key out, and null and "" have been seen too."""
    value = detail.get(key)
    if value is not None and not isinstance(value, str):
        message = f"detail.{key} is not a text: {_shown(value)}"
        raise EventError(message)
    return clip(value or "")


def _shown(value: object) -> str:
    """Return a value for an error message: one line, at most `_SHOWN` characters, in backticks."""
    text = value if isinstance(value, str) else reprlib.repr(value)
    return f"`{ascii(text)[1:-1][:_SHOWN]}`"
