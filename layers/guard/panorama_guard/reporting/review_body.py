"""Says a review for machines, as docs/schemas/review-1.schema.json describes it."""

from collections.abc import Mapping
from typing import Any

from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import (
    Outcome,
    Place,
    PlacedFinding,
    Review,
    Reviewed,
    ReviewedResource,
    ReviewedRole,
    identity_of,
)
from panorama_guard.reporting.statements import escape_body
from panorama_guard.reporting.verdict import verdict_body

SCHEMA = "panorama-guard/review/1"


def review_body(review: Review) -> dict[str, Any]:
    """Return the review for machines."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "panorama-guard", "version": review.version},
        "command": review.command,
        "about": plain(review.about),
        "posture": review.posture,
        "verdict": review.worst.value,
        "counts": {
            "roles": len(review.roles),
            **{outcome.value: review.count(outcome) for outcome in Outcome},
            "resources": len(review.resources),
            "findings": {severity.value: count for severity, count in review.severities()},
        },
        "roles": [role_body(role) for role in review.roles],
        "resources": [resource_body(resource) for resource in review.resources],
        "unread": [plain(line) for line in review.unread],
        "notes": [plain(line) for line in review.notes],
    }


def role_body(role: ReviewedRole) -> dict[str, Any]:
    """Return a role and what was found on it for machines."""
    return {
        "name": plain(role.name),
        "arn": plain(role.arn),
        "judged_as": role.judged_as,
        "likeness": plain(role.likeness),
        "verdict": role.outcome.value,
        "place": _place_body(role.place),
        "findings": [finding_body(role, placed) for placed in role.findings],
    }


def resource_body(resource: ReviewedResource) -> dict[str, Any]:
    """Return a resource and what was found on it for machines."""
    return {
        "type": resource.type,
        "name": plain(resource.name),
        "arn": plain(resource.arn),
        "state": resource.state.name.lower(),
        "findings": [finding_body(resource, placed) for placed in resource.findings],
    }


def finding_body(role: Reviewed, placed: PlacedFinding) -> dict[str, Any]:
    """Return a finding for machines."""
    finding, reach = placed.finding, placed.reach
    return {
        "id": identity_of(role, placed),
        "kind": finding.kind.value,
        "severity": finding.severity.value,
        "source": plain(finding.source),
        "place": _place_body(placed.place),
        **_plain_values(verdict_body(placed.verdict)),
        "escape": {"extent": reach.precision, "policy": escape_body(reach.document)} if reach.precision else None,
        "see_it": placed.see_it,
        "notes": [plain(note) for note in placed.notes],
    }


def _place_body(place: tuple[Place, ...]) -> dict[str, object] | None:
    bodies: list[dict[str, object]] = [{"file": plain(one.file), "line": one.line or None} for one in place]
    return bodies[0] if bodies else None


def _plain_values(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {plain(key): _plain_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_values(item) for item in value]
    return plain(value) if isinstance(value, str) else value
