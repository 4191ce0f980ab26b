"""Writes a review as SARIF 2.1.0, which code scanning reads.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub takes of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

from typing import Any
from urllib.parse import quote

from panorama_guard.case.finding import Kind, Severity
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import Place, PlacedFinding, Review, Reviewed, identity_of
from panorama_guard.reporting.review_text import TITLES, finding_lines, finding_words

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFORMATIONAL: "note",
}
_WHY = {
    Kind.PERMISSION_ESCAPE: "The role may do something that its ceiling, the baseline and the naming pattern, does not "
    "allow. The message has one request that shows it.",
    Kind.TRUST_ESCAPE: "The trust policy lets in somebody whom the profile does not name.",
    Kind.BOUNDARY_ESCAPE: "Without its permissions boundary the role may do something that its ceiling does not allow.",
    Kind.UNDECIDED: "Something is not known or not understood, so that neither could be established: it may escape.",
    Kind.RESOURCE_ESCAPE: "Somebody outside the account, whom the profile does not state, reaches the resource, or "
    "what it holds is sent to him.",
    Kind.SAFEGUARD_LOST: "A setting that the profile holds every such resource to is missing.",
    Kind.WEAKNESS: "A setting makes it easier to reach or to lose what the resource holds.",
}
_SCORES = {  # what code scanning calls security-severity: over 9.0 is critical, over 7.0 high
    Kind.PERMISSION_ESCAPE: "9.1",
    Kind.TRUST_ESCAPE: "9.1",
    Kind.BOUNDARY_ESCAPE: "9.1",
    Kind.UNDECIDED: "5.0",
    Kind.RESOURCE_ESCAPE: "8.1",
    Kind.SAFEGUARD_LOST: "7.1",
    Kind.WEAKNESS: "5.0",
}


def sarif_body(review: Review) -> dict[str, Any]:
    """Return the review as a SARIF log of one run."""
    driver = {
        "name": "panorama-guard",
        "semanticVersion": review.version,
        "rules": [_rule(kind) for kind in TITLES],
    }
    notifications = [_notification("error", f"not read: {text}") for text in review.unread]
    notifications += [_notification("note", text) for text in review.notes]
    invocation = {"executionSuccessful": not review.unread, "toolExecutionNotifications": notifications}
    run = {
        "tool": {"driver": driver},
        "invocations": [invocation],
        "columnKind": "unicodeCodePoints",
        "results": [_result(role, placed) for role, placed in review.all_findings],
        "properties": {"command": review.command, "posture": review.posture, "rolesJudged": len(review.roles)},
    }
    return {"$schema": SCHEMA, "version": VERSION, "runs": [run]}


def _rule(kind: Kind) -> dict[str, Any]:
    return {
        "id": kind.value,
        "name": "".join(word.capitalize() for word in kind.value.split("-")),
        "shortDescription": {"text": TITLES[kind][0].upper() + TITLES[kind][1:]},
        "fullDescription": {"text": _WHY[kind]},
        "defaultConfiguration": {"level": "warning" if kind in (Kind.UNDECIDED, Kind.WEAKNESS) else "error"},
        "properties": {"security-severity": _SCORES[kind], "tags": ["security", "iam"]},
    }


def _notification(level: str, text: str) -> dict[str, Any]:
    return {"level": level, "message": {"text": plain(text)}}


def _result(role: Reviewed, placed: PlacedFinding) -> dict[str, Any]:
    kinds = list(TITLES)
    finding = placed.finding
    text = "\n".join([finding_words(role, placed), "", *finding_lines(placed)])
    return {
        "ruleId": finding.kind.value,
        "ruleIndex": kinds.index(finding.kind),
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [_location(role, place) for place in placed.place or role.place] or [_logical(role)],
        "partialFingerprints": {"panoramaGuardFinding/v1": identity_of(role, placed)},
        "properties": {"severity": finding.severity.value, "role": plain(role.name)},
    }


def _location(role: Reviewed, place: Place) -> dict[str, Any]:
    uri = quote(place.file.encode("utf-8", "surrogateescape"), safe="/")
    physical: dict[str, Any] = {"artifactLocation": {"uri": uri}, "region": {"startLine": place.line or 1}}
    return {"physicalLocation": physical, **_logical(role)}


def _logical(role: Reviewed) -> dict[str, Any]:
    return {"logicalLocations": [{"name": plain(role.name), "fullyQualifiedName": plain(role.arn or role.name)}]}
