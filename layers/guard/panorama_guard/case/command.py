"""What an operator asks of the guard: one record for each command, read from the body of a request.

Nothing in the body says who asks: that is `caller`'s, from what AWS has proved. `account` names a member account;
empty, it is the one that the incident or waiver is of, or the guard's own.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import NoReturn

from panorama_guard.case.errors import CommandError
from panorama_guard.policy.record import record

LONGEST_REASON = 500
LONGEST_DOCUMENT = 10_240  # characters: more than a role's policies of one kind may have
LONGEST_TIME = 10**11  # seconds; what is more than a setting lets it be is refused with the setting, in days


@record
class Approve:
    """Let the guard carry out the plan of an incident; `plan` is the beginning of its hash, or empty."""

    incident_id: str
    plan: str
    account: str = ""


@record
class Waive:
    """Let an escape stand for a while. Without a document, the statements that escape are waived."""

    incident_id: str
    reason: str
    seconds: int
    document: str
    account: str = ""


@record
class TakeBack:
    """Undo what the guard did; what escapes then is waived. `by_hand`: with the operator's own credentials alone."""

    incident_id: str
    reason: str
    seconds: int
    document: str
    by_hand: bool
    account: str = ""


@record
class ApproveWaiver:
    """Let a waiver come in force that needs a second operator."""

    waiver_id: str
    account: str = ""


@record
class EndWaiver:
    """End a waiver before its time."""

    waiver_id: str
    account: str = ""


@record
class PauseGuard:
    """Stop all writes for a while; 0 seconds are as long as the setting lets a pause be."""

    reason: str
    seconds: int
    account: str = ""


@record
class Resume:
    """End the pause."""

    account: str = ""


@record
class Retry:
    """Have the guard try again what it could not fix."""

    incident_id: str
    account: str = ""


@record
class SweepNow:
    """Have every guarded role judged."""

    account: str = ""


@record
class Explain:
    """Tell all that is on record of an incident, and, if that is asked for, what is in place for it now."""

    incident_id: str
    account: str = ""
    in_place: bool = False


@record
class ListIncidents:
    """Tell of every current incident."""

    account: str = ""


@record
class Status:
    """Tell how the guard stands."""

    account: str = ""


_Decision = Approve | Waive | TakeBack | ApproveWaiver | EndWaiver
_Request = PauseGuard | Resume | Retry | SweepNow
_Question = Explain | ListIncidents | Status
Command = _Decision | _Request | _Question


def parse_command(event: Mapping[str, object]) -> Command:
    """Return the command in the body of a request; raise CommandError naming the field and its value."""
    fields = _Fields(_body(event))
    action = fields.text("action", "|".join(_COMMANDS), "one of " + ", ".join(_COMMANDS))
    command = _COMMANDS[action](fields)
    fields.finish()
    return command


def _body(event: Mapping[str, object]) -> dict[str, object]:
    text = event.get("body")
    if not isinstance(text, str):
        _refuse("the body", "not a JSON object", text)
    try:
        raw = base64.b64decode(text, validate=True) if event.get("isBase64Encoded") is True else text
        value = json.loads(raw)
    except (ValueError, RecursionError, binascii.Error):
        value = None
    if not isinstance(value, dict):
        _refuse("the body", "not a JSON object", value)
    return dict(value)


class _Fields:
    """The fields of a body, each of which must be asked for before `finish`."""

    def __init__(self, values: dict[str, object]) -> None:
        self._values = values

    def text(self, name: str, form: str, words: str, default: str | None = None) -> str:
        """Return a field that is a text of this form."""
        value = self._values.pop(name, default)
        if not isinstance(value, str) or (value != default and not re.fullmatch(form, value, re.ASCII)):
            _refuse(name, f"not {words}", value)
        return value

    def reason(self) -> str:
        """Return why the operator does it, on one line: a word of it at least, not the `...` of a command to copy."""
        value = self._values.pop("reason", None)
        shown = " ".join(value.split()) if isinstance(value, str) else ""
        if not 0 < len(shown) <= LONGEST_REASON or not shown.isprintable() or not any(map(str.isalnum, shown)):
            _refuse("reason", f"not a text of 1 to {LONGEST_REASON} characters with a word in it", value)
        return shown

    def seconds(self, *, default: int | None = None) -> int:
        """Return for how long."""
        value = self._values.pop("seconds", default)
        if type(value) is not int or not (value == default or 0 < value <= LONGEST_TIME):
            _refuse("seconds", f"not a number from 1 to {LONGEST_TIME}", value)
        return value

    def document(self) -> str:
        """Return an IAM document as text, or an empty text."""
        value = self._values.pop("document", "")
        text = json.dumps(value, separators=(",", ":")) if isinstance(value, dict) else value
        if not isinstance(text, str) or len(text) > LONGEST_DOCUMENT:
            _refuse("document", f"not an IAM document of at most {LONGEST_DOCUMENT} characters", value)
        return text

    def flag(self, name: str) -> bool:
        """Return a field that is true or false, or not there."""
        value = self._values.pop(name, False)
        if not isinstance(value, bool):
            _refuse(name, "neither true nor false", value)
        return value

    def incident(self) -> str:
        """Return the id of an incident."""
        return self.text("incident", "inc-[0-9a-f]{16}", "the id of an incident, as inc-0123456789abcdef")

    def account(self) -> str:
        """Return a member account; empty for the guard's own."""
        return self.text("account", "[0-9]{12}", "the 12 digits of an account", "")

    def waiver(self) -> str:
        """Return the id of a waiver."""
        return self.text("waiver", "wvr-[0-9a-f]{16}", "the id of a waiver, as wvr-0123456789abcdef")

    def finish(self) -> None:
        """Raise CommandError where a field was sent that the command does not have."""
        for name, value in self._values.items():
            _refuse(name, "no field of this action", value)


def _approve(fields: _Fields) -> Approve:
    plan = fields.text("plan", "[0-9a-f]{8,64}", "the beginning of a plan's hash", "")
    return Approve(fields.incident(), plan, fields.account())


def _waive(fields: _Fields) -> Waive:
    return Waive(fields.incident(), fields.reason(), fields.seconds(), fields.document(), fields.account())


def _undo(fields: _Fields) -> TakeBack:
    incident, reason, seconds = fields.incident(), fields.reason(), fields.seconds(default=0)
    return TakeBack(incident, reason, seconds, fields.document(), fields.flag("by_hand"), fields.account())


_COMMANDS: Mapping[str, Callable[[_Fields], Command]] = {
    "approve": _approve,
    "undo": _undo,
    "waive": _waive,
    "approve-waiver": lambda fields: ApproveWaiver(fields.waiver(), fields.account()),
    "end-waiver": lambda fields: EndWaiver(fields.waiver(), fields.account()),
    "pause": lambda fields: PauseGuard(fields.reason(), fields.seconds(default=0), fields.account()),
    "resume": lambda fields: Resume(fields.account()),
    "retry": lambda fields: Retry(fields.incident(), fields.account()),
    "sweep": lambda fields: SweepNow(fields.account()),
    "explain": lambda fields: Explain(fields.incident(), fields.account(), fields.flag("in_place")),
    "incidents": lambda fields: ListIncidents(fields.account()),
    "status": lambda fields: Status(fields.account()),
}


def _refuse(field: str, problem: str, value: object) -> NoReturn:
    raise CommandError(field, problem, value)
