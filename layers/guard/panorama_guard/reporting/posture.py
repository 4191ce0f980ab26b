"""Says a posture page for machines: what was judged, what is on record, what is weak, and whether events arrive."""

from typing import Any

from panorama_guard.case.incident import Incident
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.reporting.alert import alert_body
from panorama_guard.reporting.page.records import Gauges, OnRecord, PosturePage
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review_body import resource_body, role_body

SCHEMA = "panorama-guard/posture/1"  # docs/schemas/posture-1.schema.json


def posture_body(page: PosturePage) -> dict[str, Any]:
    """Return the page for machines."""
    review, record, gauges = page.review, page.record or OnRecord(), page.gauges or Gauges()
    return {
        "schema": SCHEMA,
        "tool": {"name": "panorama-guard", "version": review.version},
        "account": plain(page.account),
        "read_at": page.read_at,
        "read_as": plain(page.reader),
        "roles_in_account": page.listed,
        "posture": review.posture,
        "verdict": review.outcome.value,
        "roles": [role_body(role) for role in review.roles],
        "resources": [resource_body(resource) for resource in review.resources],
        "weak_patterns": [_weak(weak) for weak in page.weak],
        "incidents": [_incident(incident) for incident in (*record.incidents, *record.open_there)],
        "waivers": [_waiver(waiver) for waiver in record.waivers],
        "last_events": {service: at or None for service, at in gauges.last_events},
        "dead_letters": dict(gauges.dead_letters),
        "subscribers": next(iter(gauges.subscribers), None),
        "unread": [plain(line) for line in review.unread],
        "notes": [plain(line) for line in review.notes],
    }


def _weak(weak: WeakPattern) -> dict[str, Any]:
    """Return a weak pattern; what hardens it is whole, since it is to be used as it stands."""
    return {
        "roles": [plain(role) for role in weak.roles],
        "source": plain(weak.source),
        "statement": plain(weak.statement),
        "examples": [plain(one) for one in weak.examples],
        "hardened": weak.hardened,
        "left": [plain(one) for one in weak.left],
    }


def _incident(incident: Incident) -> dict[str, Any]:
    body = alert_body(incident)
    names = (
        "incident",
        "state",
        "severity",
        "kind",
        "source",
        "subject",
        "reason",
        "attempt",
        "opened_at",
        "updated_at",
    )
    return {name: body[name] for name in names}


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "waiver": waiver.id,
        "subject": plain(waiver.subject.arn),
        "incident": waiver.incident_id,
        "owner": plain(waiver.owner),
        "reason": plain(waiver.reason),
        "expires_at": waiver.expires_at,
    }
