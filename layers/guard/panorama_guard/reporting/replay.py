"""Says what would be seen after a call: the event, where it leads to, and the verdict on what is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from panorama_guard.case.incident import Cause
from panorama_guard.reporting.calls import call_body, call_lines
from panorama_guard.reporting.plain import field_line, plain
from panorama_guard.reporting.review import ReviewedResource, ReviewedRole
from panorama_guard.reporting.review_body import resource_body, role_body
from panorama_guard.reporting.review_text import Line, finding_lines

SCHEMA = "panorama-guard/replay/1"  # docs/schemas/replay-1.schema.json
JUDGED, IGNORED, FAILED, SWEEP, NOT_JUDGED = "judged", "ignored", "failed", "needs a sweep", "not judged"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One event: its call, what became of it and why, the names that it leads to, and what stands there.

    `absent` are those of the names under which there is nothing.
    """

    call: Cause | None
    outcome: str
    reason: str = ""
    names: tuple[str, ...] = ()
    roles: tuple[ReviewedRole, ...] = ()
    resources: tuple[ReviewedResource, ...] = ()
    absent: tuple[str, ...] = ()


def replay_body(replayed: tuple[Replayed, ...]) -> dict[str, Any]:
    """Return the events for machines."""
    return {"schema": SCHEMA, "events": [_body(one) for one in replayed]}


def replay_lines(replayed: tuple[Replayed, ...]) -> Iterator[Line]:
    """Yield the events line by line, and that nothing was changed."""
    for one in replayed:
        yield from (("", line) for line in (call_lines(one.call) if one.call else []))
        yield from (
            ("", line) for line in field_line("Outcome", f"{one.outcome}: {one.reason}" if one.reason else one.outcome)
        )
        yield from (("", line) for name in one.names for line in field_line("Looks at", name))
        yield from (("", line) for name in one.absent for line in field_line("Not there", name))
        yield "", ""
        for role in one.roles:
            yield from _stands(role.outcome.value, role)
        for resource in one.resources:
            yield from _stands(resource.state.value, resource)
    yield "", "Nothing was changed: a replay reads, and the guard alone acts."


def _stands(word: str, one: ReviewedRole | ReviewedResource) -> Iterator[Line]:
    yield word, plain(f"{one.name} {one.arn}")
    for placed in one.findings:
        yield from (("", f"  {line}") for line in finding_lines(placed))
        yield "", ""


def _body(one: Replayed) -> dict[str, Any]:
    return {
        "call": call_body(one.call) if one.call else None,
        "outcome": one.outcome,
        "reason": plain(one.reason),
        "looks_at": [plain(name) for name in one.names],
        "absent": [plain(name) for name in one.absent],
        "roles": [role_body(role) for role in one.roles],
        "resources": [resource_body(resource) for resource in one.resources],
    }
