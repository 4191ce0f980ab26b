"""Says what an operator did: undone, waived, paused, resumed; and who was turned away."""

import json
from collections.abc import Iterator
from typing import assert_never

from panorama_guard.case.incident import Incident
from panorama_guard.case.pause import Pause
from panorama_guard.case.telling import Told
from panorama_guard.case.times import shown_time
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.word import Word
from panorama_guard.reporting.alert import alert_attributes, alert_message
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.reporting.plain import ascii_line, field_line, plain, subject_line

Fields = tuple[tuple[str, str], ...]
OperatorRecord = Undo | Waiver | Pause | Word


def told_subject(record: Told) -> str:
    """Return the subject line: what happened, to what; ASCII, under 100 characters."""
    if isinstance(record, Incident):
        return alert_subject(record)
    what, about, _ = operator_words(record)
    named = f"{record.role_name}: "
    name = record.role_name if about.startswith(named) else about
    return subject_line(f"[{what}] ", name, about.removeprefix(name))


def told_message(record: Told) -> str:
    """Return the message: text for a person, then, as the last line, one JSON object."""
    if isinstance(record, Incident):
        return alert_message(record)
    what, about, fields = operator_words(record)
    lines = [
        f"{what.capitalize()}: {plain(about)}",
        "",
        *(line for name, value in fields for line in field_line(name, value)),
    ]
    return "\n".join([*lines, "", json.dumps(_body(what, about, fields, record))])


def told_attributes(record: Told) -> Fields:
    """Return what subscribers may filter by."""
    if isinstance(record, Incident):
        return alert_attributes(record)
    what, _, _ = operator_words(record)
    role = (("role", ascii_line(record.role_name)),) if record.role_name else ()
    return (("kind", "operator"), ("state", what), *role)


def _body(what: str, about: str, fields: Fields, record: Told) -> dict[str, object]:
    body = {name.lower().replace(" ", "_"): plain(value) for name, value in fields}
    return {"schema": "panorama-guard/operator/1", "what": what, "about": plain(about), "id": record.id, **body}


def operator_words(record: OperatorRecord) -> tuple[str, str, Fields]:
    """Return what happened, to what, and the fields that say the rest."""
    match record:
        case Undo():
            return _undo(record)
        case Waiver():
            return _waiver(record)
        case Pause():
            return _pause(record)
        case Word():
            return (
                "OPERATOR",
                record.title,
                (("By", record.by), ("At", shown_time(record.at)), ("Because", record.text)),
            )
    assert_never(record)


def _undo(undo: Undo) -> tuple[str, str, Fields]:
    about = f"{undo.role_name}: {undo.incident_id}"
    fields = (
        ("By", undo.by),
        ("At", shown_time(undo.at)),
        ("Because", undo.reason),
        ("Waiver until", shown_time(undo.until)),  # which may still wait for its second operator
    )
    if undo.refused:
        return "UNDO REFUSED", about, (*fields, ("Refused", undo.refused), *_ends(undo.waiver_id))
    return "UNDO ASKED FOR", about, (*fields, *_ends(undo.waiver_id))


def _ends(waiver_id: str) -> Iterator[tuple[str, str]]:
    if waiver_id:
        yield "To end it", f"panorama-guard end-waiver {waiver_id}"


def _waiver(waiver: Waiver) -> tuple[str, str, Fields]:
    about = f"{waiver.role_name}: {waiver.scope.value} until {shown_time(waiver.expires_at)}"
    fields = (
        ("Role", waiver.subject.arn),
        ("By", waiver.owner),
        ("Because", waiver.reason),
        ("Until", shown_time(waiver.expires_at)),
        ("Document", waiver.document),
        ("Incident", waiver.incident_id),
    )
    if waiver.ended_by:
        return "WAIVER ENDED", about, (*fields, ("Ended by", waiver.ended_by))
    if waiver.needs_approver and not waiver.approver:
        word = f"panorama-guard approve-waiver {waiver.id}"
        needs = (("Needs two", waiver.second_because), ("To approve", word))
        return "WAIVER NEEDS A SECOND OPERATOR", about, (*fields, *needs, *_ends(waiver.id))
    return "WAIVED", about, (*fields, ("Approved by", waiver.approver), *_ends(waiver.id))


def _pause(pause: Pause) -> tuple[str, str, Fields]:
    fields = (("By", pause.by), ("Because", pause.reason), ("Until", shown_time(pause.until)))
    whose = f"account {pause.account}"
    if pause.ended_by:
        by = (("Resumed by", pause.ended_by), ("At", shown_time(pause.at)))
        return "RESUMED", f"{whose}: the guard writes again", (*fields, *by)
    about = f"{whose}: the guard changes nothing until {shown_time(pause.until)}"
    resume = f"panorama-guard resume --account {pause.account}"
    return "PAUSED", about, (*fields, ("At", shown_time(pause.at)), ("To resume", resume))
