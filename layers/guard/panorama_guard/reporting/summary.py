"""Says in one message what many alerts would say: for a person first and for a machine after."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from panorama_guard.case.ending import told_state
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Cause, Incident
from panorama_guard.case.telling import Told
from panorama_guard.reporting.alert import LONGEST_MESSAGE
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.reporting.plain import SUBJECT_LENGTH, ascii_line, field_line, plain
from panorama_guard.reporting.words import operator_words, told_attributes, told_subject

SCHEMA = "panorama-guard/summary/1"  # docs/schemas/summary-1.schema.json
MOST_LINES = 50  # for a person
MOST_ENTRIES = 300  # for a machine
LONGEST_ATTRIBUTES = LONGEST_MESSAGE // 2  # bytes; SNS counts them with the message
FEWER = (100, 20, 1, 0)  # entries, where more of them do not fit
_LIST = "panorama-guard incidents"


def summary_subject(records: Sequence[Told]) -> str:
    """Return the subject line: how many, how bad, how many in which state; ASCII, under 100 characters."""
    before, counts = f"[{len(records)} ALERTS] {_worst(records)}", [f"{state} {n}" for state, n in _states(records)]
    forms = (f"{before}{', '.join(counts[:most])}{_rest(len(counts) - most)}" for most in range(len(counts), 0, -1))
    return next((ascii_line(one) for one in forms if len(one) <= SUBJECT_LENGTH), f"[{len(records)} ALERTS]")


def summary_message(records: Sequence[Told]) -> str:
    """Return the message: a line for each, those that come first first, then, as the last line, one JSON object.

    Where that is too long for SNS, only so many are told as there is room for, and how the others are listed.
    """
    room = LONGEST_MESSAGE - len(json.dumps(summary_attributes(records)))
    messages = (
        "\n".join([*_text(records, min(most, MOST_LINES)), "", json.dumps(summary_body(records, most))])
        for most in (MOST_ENTRIES, *FEWER)
    )
    return next((one for one in messages if len(one.encode()) <= room), summary_subject(records))


def has_room_for(records: Sequence[Told]) -> bool:
    """Say whether what subscribers filter by leaves room in a message: a log group's name has up to 512 characters."""
    return len(json.dumps(summary_attributes(records))) <= LONGEST_ATTRIBUTES


def summary_attributes(records: Sequence[Told]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what subscribers may filter by: every value that any of these alerts would have had."""
    values: dict[str, dict[str, None]] = {}
    for record in records:
        for name, value in told_attributes(record):
            values.setdefault(name, {})[value] = None
    return tuple((name, tuple(found)) for name, found in values.items())


def summary_body(records: Sequence[Told], most: int = MOST_ENTRIES) -> dict[str, object]:
    """Return the alerts for machines, with so many of them at most."""
    return {
        "schema": SCHEMA,
        "alerts": len(records),
        "states": dict(_states(records)),
        "listed": [_entry(record) for record in records[:most]],
        "list_all": _LIST,
    }


def _text(records: Sequence[Told], most: int) -> list[str]:
    left = len(records) - most
    how = "came faster than they are told one by one. Each stands here as it stands now, the worst first"
    return [
        f"{len(records)} alerts {how}.",
        "",
        *(line for record in records[:most] for line in _lines(record)),
        *((f"and {left} more: {_LIST}",) if left > 0 else ()),
        "",
        *field_line("All", _LIST),
        *field_line("Each", f"{_LIST} INCIDENT"),
    ]


def _lines(record: Told) -> Iterator[str]:
    if isinstance(record, Incident):
        where = f"{record.id} in {record.account}"
        yield plain(f"{alert_subject(record)}, {where}, {_call(record.cause)}")
    else:
        by = dict(operator_words(record)[2]).get("By", "")
        yield plain(f"{told_subject(record)}, {record.id} in {record.account}, by {by}")


def _call(cause: Cause) -> str:
    return f"{cause.event_name} by {cause.by_whom}" if cause.is_named else "no event told of it"


def _worst(records: Sequence[Told]) -> str:
    found = {record.severity for record in records if isinstance(record, Incident)}
    return next((f"worst {one.value}: " for one in reversed(Severity) if one in found), "")


def _rest(left: int) -> str:
    return ", ..." if left else ""


def _states(records: Sequence[Told]) -> list[tuple[str, int]]:
    """Return how many there are in each state, in the order in which they come."""
    return list(Counter(_state(record) for record in records).items())


def _state(record: Told) -> str:
    return told_state(record).value if isinstance(record, Incident) else operator_words(record)[0]


def _entry(record: Told) -> dict[str, str]:
    if not isinstance(record, Incident):
        what, about, _ = operator_words(record)
        return {"id": record.id, "account": record.account, "state": what, "kind": "operator", "about": plain(about)}
    return {
        "id": record.id,
        "account": record.account,
        "state": told_state(record).value,
        "severity": record.severity.value,
        "kind": record.kind.value,
        "subject": plain(record.subject.arn),
        "source": plain(record.source),
        "event": plain(f"{record.cause.event_source} {record.cause.event_name}"),
        "actor": plain(record.cause.actor),
        "updated_at": record.updated_at,
    }
