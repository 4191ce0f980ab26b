"""Says on the page what is not about roles: resources, incidents, waivers, weak patterns, and whether events arrive."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from panorama_guard.case.ending import told_state
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Incident
from panorama_guard.case.incident import State as Step
from panorama_guard.case.portrait import Portrait
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.reporting.alert import example
from panorama_guard.reporting.page.found import LONGEST_QUOTE, Found, found_of, seen, shortened
from panorama_guard.reporting.page.marks import Mark
from panorama_guard.reporting.page.records import Gauges, OnRecord, PosturePage
from panorama_guard.reporting.page_words import type_words
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import ReviewedResource, State
from panorama_guard.reporting.review_text import TITLES

MOST_EVENTS = 40  # incidents of the time line, the last ones
MOST_ROWS = 100  # resources of a table, or incidents, the worst first; the others are counted
STATES = {
    State.OPEN: Mark("out", "open to others"),
    State.UNGUARDED: Mark("out", "safeguard missing"),
    State.UNDECIDED: Mark("unknown", "undecided"),
    State.WEAK: Mark("beyond", "weak setting"),
    State.INSIDE: Mark("in", "inside"),
}
STEPS = {
    Step.NOT_FIXED: Mark("out", "not fixed"),
    Step.OBSERVED: Mark("out", "observed"),
    Step.NEEDS_APPROVAL: Mark("out", "needs approval"),
    Step.DETECTED: Mark("unknown", "detected"),
    Step.REOPENED: Mark("unknown", "reopened"),
    Step.CONTAINED: Mark("in", "contained"),
    Step.RESOLVED: Mark("in", "resolved"),
}
_SEVERITIES = list(Severity)


@dataclass(frozen=True, slots=True)
class ResourceView:
    """One resource: its row, and its own part of the page where something was found on it."""

    anchor: str
    type: str
    name: str
    arn: str
    state: Mark
    worst: str
    findings: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """How many resources of one type stand in which way; a row of the matrix."""

    name: str
    counts: tuple[tuple[Mark, int], ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """One incident on the time line."""

    opened: str
    updated: str
    state: Mark
    severity: str
    subject: str
    title: str
    source: str
    example: str
    reason: str
    actor: str
    incident: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenThere:
    """One incident of a member account; a row of their table."""

    account: str
    state: Mark
    severity: str
    title: str
    subject: str
    source: str
    opened: str
    incident: str


@dataclass(frozen=True, slots=True)
class WeakView:
    """One weak pattern, and what would close it."""

    statement: str
    roles: str
    examples: tuple[str, ...]
    quote: str
    hardened: str
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """All of it; `is_deployed` says whether a guard was asked at all."""

    is_deployed: bool
    kinds: tuple[Kind, ...]
    resources: tuple[ResourceView, ...]
    more_resources: int
    moments: tuple[Moment, ...]
    more_moments: int
    open_there: tuple[OpenThere, ...]
    more_there: int
    waivers: tuple[tuple[str, ...], ...]
    weak: tuple[WeakView, ...]
    events: tuple[tuple[str, Mark], ...]
    queues: tuple[tuple[str, Mark], ...]


def standing_of(page: PosturePage, longest_escape: int) -> Standing:
    """Return what the page says beside the roles."""
    record, gauges, resources = page.record or OnRecord(), page.gauges or Gauges(), page.review.resources
    ordered = sorted(resources, key=lambda one: (list(State).index(one.state), one.type, one.name))
    told = sorted(record.incidents, key=lambda one: one.updated_at, reverse=True)
    views = [_resource(f"s{number}", one, longest_escape) for number, one in enumerate(ordered[:MOST_ROWS], start=1)]
    return Standing(
        is_deployed=page.record is not None,
        kinds=tuple(_kinds(resources)),
        resources=tuple(views),
        more_resources=len(ordered[MOST_ROWS:]),
        moments=tuple(map(_moment, told[:MOST_EVENTS])),
        more_moments=len(told[MOST_EVENTS:]),
        open_there=tuple(map(_open_there, record.open_there[:MOST_ROWS])),
        more_there=len(record.open_there[MOST_ROWS:]),
        waivers=tuple(map(_waiver, sorted(record.waivers, key=lambda one: one.expires_at))),
        weak=tuple(map(_weak, page.weak)),
        events=tuple((plain(service), _when(at)) for service, at in gauges.last_events),
        queues=(
            *((plain(name), _waiting(count)) for name, count in gauges.dead_letters),
            *(("alerts topic", _heard(count)) for count in gauges.subscribers),
        ),
    )


def _kinds(resources: tuple[ReviewedResource, ...]) -> Iterator[Kind]:
    for kind in sorted({resource.type for resource in resources}):
        states = Counter(resource.state for resource in resources if resource.type == kind)
        yield Kind(type_words(kind), tuple((STATES[state], states[state]) for state in State))


def _resource(anchor: str, resource: ReviewedResource, longest: int) -> ResourceView:
    nobody = Portrait("")
    severities = [placed.finding.severity for placed in resource.findings]
    return ResourceView(
        anchor,
        type_words(resource.type),
        plain(resource.name),
        plain(resource.arn),
        STATES[resource.state],
        max(severities, key=_SEVERITIES.index).value if severities else "none",
        tuple(found_of(placed, nobody, longest) for placed in resource.findings),
    )


def _moment(incident: Incident) -> Moment:
    cause = incident.cause
    actor = f"{cause.event_name} by {cause.by_whom}" if cause.is_named else "no event told of it"
    return Moment(
        _time(incident.opened_at),
        _time(incident.updated_at),
        STEPS[told_state(incident)],
        incident.severity.value,
        plain(incident.subject.arn),
        TITLES[incident.kind],
        plain(incident.source),
        plain(example(incident)),
        plain(incident.reason or incident.evidence.reason),
        plain(actor),
        incident.id,
        tuple(map(plain, incident.remedy.steps if incident.remedy.carried_out else ())),
    )


def _open_there(incident: Incident) -> OpenThere:
    return OpenThere(
        plain(incident.account),
        STEPS[told_state(incident)],
        incident.severity.value,
        TITLES[incident.kind],
        plain(incident.subject.arn),
        plain(incident.source),
        _time(incident.opened_at),
        incident.id,
    )


def _waiver(waiver: Waiver) -> tuple[str, ...]:
    second = waiver.approver or ("waits for a second operator" if waiver.needs_approver else "not needed")
    told = (
        waiver.role_name,
        waiver.scope.value,
        waiver.owner,
        second,
        waiver.reason,
        _time(waiver.expires_at),
        waiver.id,
    )
    return tuple(map(plain, told))


def _weak(weak: WeakPattern) -> WeakView:
    return WeakView(
        plain(weak.statement),
        plain(", ".join(weak.roles)),
        tuple(map(plain, weak.examples)),
        shortened(weak.quote, LONGEST_QUOTE),
        seen(weak.hardened),
        tuple(map(plain, weak.left)),
    )


def _when(at: str) -> Mark:
    return Mark("in", f"in the hour from {_time(at)}") if at else Mark("unknown", "none within 14 days")


def _waiting(count: int) -> Mark:
    return Mark("out", f"{count} not handled") if count else Mark("in", "empty")


def _heard(count: int) -> Mark:
    if not count:
        return Mark("out", "nobody is subscribed")
    return Mark("in", f"{count} confirmed subscription{'' if count == 1 else 's'}")


def _time(at: str) -> str:
    return plain(f"{at[:10]} {at[11:16]} UTC")
