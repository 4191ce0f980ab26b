"""Says what operators are told of as an event of the account's bus, for anybody's rules.

Small, and without any policy document: whoever wants all of it asks `panorama-guard incidents`.
"""

from panorama_guard.case.ending import is_told_open, told_state
from panorama_guard.case.incident import Incident
from panorama_guard.case.telling import Told
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.words import OperatorRecord, operator_words

SCHEMA_VERSION = "1"
OF_INCIDENT, OF_OPERATOR = "Panorama Guard Incident", "Panorama Guard Operator"


def event_type(record: Told) -> str:
    """Return the event's detail-type."""
    return OF_INCIDENT if isinstance(record, Incident) else OF_OPERATOR


def event_detail(record: Told) -> dict[str, object]:
    """Return the event's detail; the same thing told twice has the same `deduplicationId`."""
    about = {"schemaVersion": SCHEMA_VERSION, "deduplicationId": told_id(record)}
    return {**about, **(_incident(record) if isinstance(record, Incident) else _operator(record))}


def event_resources(record: Told) -> tuple[str, ...]:
    """Return the ARN of the role or resource that the event is about, if it is about one."""
    return (record.subject.arn,) if isinstance(record, Incident) else ()


def told_id(record: Told) -> str:
    """Return what names this one transition of a record."""
    return f"{record.id}#{record.transition}"


def _incident(incident: Incident) -> dict[str, object]:
    cause, evidence, subject = incident.cause, incident.evidence, incident.subject
    return {
        "incident": incident.id,
        "state": told_state(incident).value,
        "severity": incident.severity.value,
        "kind": incident.kind.value,
        "isOpen": is_told_open(incident),
        "subject": {"account": subject.account, "arn": subject.arn, "name": subject.name},
        "source": plain(incident.source),
        "reason": plain(incident.reason or evidence.reason),
        "witness": {"action": plain(evidence.action), "resource": plain(evidence.resource)},
        "cause": {
            "eventId": plain(cause.event_id),
            "event": plain(f"{cause.event_source} {cause.event_name}"),
            "eventTime": plain(cause.event_time),
            "actor": plain(cause.actor),
        },
        "carriedOut": incident.remedy.carried_out,
        "attempt": incident.attempt,
        "openedAt": incident.opened_at,
        "updatedAt": incident.updated_at,
    }


def _operator(record: OperatorRecord) -> dict[str, object]:
    what, about, fields = operator_words(record)
    said = dict(fields)
    return {
        "id": record.id,
        "what": what,
        "about": plain(about),
        "by": plain(said["By"]),
        "because": plain(said["Because"]),
        "until": plain(said.get("Until", "")),
    }
