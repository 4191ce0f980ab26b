"""Turns a posture page into the texts and marks that its template places: nothing is decided in the template."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from panorama_guard.case.finding import Severity
from panorama_guard.case.portrait import EVERY_OTHER, Portrait
from panorama_guard.reporting.page.found import Found, found_of, longest_escape
from panorama_guard.reporting.page.graph import Graph, graph_of
from panorama_guard.reporting.page.marks import (
    OUTCOMES,
    ZONES,
    Mark,
    boundary_mark,
    doubt_mark,
    permission_mark,
    service_mark,
    trust_mark,
)
from panorama_guard.reporting.page.picture import Picture, picture_of, service_name
from panorama_guard.reporting.page.records import PosturePage
from panorama_guard.reporting.page.standing import ResourceView, Standing, standing_of
from panorama_guard.reporting.page.summary import counted, headline, open_in_words, summary
from panorama_guard.reporting.plain import plain
from panorama_guard.reporting.review import Outcome, ReviewedRole

MOST_COLUMNS = 14  # services of the matrix that have a column of their own
MOST_URGENT = 10  # findings that the page begins with


@dataclass(frozen=True, slots=True)
class RoleView:
    """One role: its row of both matrices, and its own part of the page, to which `anchor` leads."""

    anchor: str
    name: str
    arn: str
    judged_as: str
    likeness: str
    verdict: Mark
    permission: Mark
    trust: Mark
    boundary: Mark
    doubts: Mark
    worst: str
    services: tuple[Mark, ...]
    picture: Picture
    graph: Graph
    policies: tuple[str, ...]
    unread: tuple[str, ...]
    findings: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Urgent:
    """A finding to begin with, and where it is told."""

    anchor: str
    role: str
    found: Found


@dataclass(frozen=True, slots=True)
class View:
    """The whole page."""

    verdict: Mark
    summary: str
    facts: tuple[tuple[str, str], ...]
    counts: tuple[tuple[Mark, int], ...]
    services: tuple[str, ...]
    roles: tuple[RoleView, ...]
    urgent: tuple[Urgent, ...]
    less_urgent: int
    open_there: str
    doubts: tuple[Urgent, ...]
    unread: tuple[str, ...]
    notes: tuple[str, ...]
    guarded: tuple[tuple[str, str], ...]
    pins: tuple[tuple[str, ...], ...]
    standing: Standing
    heading: str
    resources_are: str
    is_portrayed: bool


_HEADINGS = {"check": "What these files make of AWS Panorama's roles"}
_RESOURCES = {
    "check": "What these files make, change or give a guarded role to, each judged by what they say of it; the notes "
    "name what is not judged."
}
_EVERY = (
    "Buckets, functions, secrets, log groups and whatever else of the account is named for AWS Panorama, each judged "
    "as it is."
)


def view_of(page: PosturePage) -> View:
    """Return what the template places."""
    review = page.review
    columns, longest = _columns(page.portraits), longest_escape(sum(1 for _ in review.all_findings))
    portraits = {portrait.arn: portrait for portrait in page.portraits}
    pairs = [(role, portraits.get(role.arn, Portrait(role.arn))) for role in sorted(review.roles, key=_worst_first)]
    roles = tuple(_role_view(f"r{number}", *pair, columns, longest) for number, pair in enumerate(pairs, start=1))
    standing = standing_of(page, longest)
    urgent = sorted((*_urgent(roles), *_urgent(standing.resources)), key=lambda one: _rank(one.found))
    return View(
        verdict=headline(page),
        summary=summary(page),
        facts=tuple(_facts(page)),
        counts=tuple((OUTCOMES[outcome], review.count(outcome)) for outcome in Outcome),
        services=tuple(map(service_name, columns)),
        roles=roles,
        urgent=tuple(urgent[:MOST_URGENT]),
        less_urgent=len(urgent[MOST_URGENT:]),
        open_there=open_in_words(page),
        doubts=tuple(one for one in (*_urgent(roles), *_urgent(standing.resources)) if _is_doubt(one.found)),
        unread=tuple(map(plain, review.unread)),
        notes=tuple(map(plain, review.notes)),
        guarded=tuple((plain(one.name), _judged(one.judged)) for one in page.guarded),
        pins=tuple(tuple(map(plain, (p.role, p.arn, p.version_id, p.edited, p.compared))) for p in page.pins),
        standing=standing,
        heading=_HEADINGS.get(review.command, "Posture of AWS Panorama's roles"),
        resources_are=_RESOURCES.get(review.command, _EVERY),
        is_portrayed=bool(page.portraits),
    )


def _worst_first(role: ReviewedRole) -> tuple[int, str]:
    """Return the place of a role among the others: by its worst finding, then by its ARN."""
    return -max((_ORDER.index(placed.finding.severity) for placed in role.findings), default=-1), role.arn


def _facts(page: PosturePage) -> Iterator[tuple[str, str]]:
    if page.review.command == "check":
        yield from (("Files", plain(page.review.about)), ("Posture", page.review.posture))
        yield "By", plain(f"panorama-guard {page.review.version}, check, at {page.read_at}")
        return
    facts = (
        ("Account", page.account),
        ("Read at", page.read_at),
        ("Read as", page.reader or "not known"),
        ("Posture", page.review.posture),
        ("Roles read", f"{page.listed}, of which {len(page.review.roles)} judged"),
        *((("Resources read", str(len(page.review.resources))),) if page.record else ()),
        ("By", f"panorama-guard {page.review.version}, {page.review.command}"),
    )
    yield from ((name, plain(value)) for name, value in facts)


def _columns(portraits: Iterable[Portrait]) -> tuple[str, ...]:
    """Return the services that get a column: those that a ceiling allows, then what else is granted most often."""
    counts: dict[str, list[int]] = {}
    for reach in (reach for portrait in portraits for reach in portrait.services):
        count = counts.setdefault(reach.service, [0, 0])
        count[0] += reach.may
        count[1] += service_mark(reach).tone != "none"
    counts.pop(EVERY_OTHER, None)
    used = [service for service, (_, granted) in counts.items() if granted]
    first = sorted(used, key=lambda service: (not counts[service][0], -counts[service][1], service))[:MOST_COLUMNS]
    return (*sorted(first, key=lambda service: (not counts[service][0], service)), EVERY_OTHER)


def _role_view(anchor: str, role: ReviewedRole, portrait: Portrait, columns: tuple[str, ...], longest: int) -> RoleView:
    findings = tuple(found_of(placed, portrait, longest) for placed in role.findings)
    severities = [placed.finding.severity for placed in role.findings]
    return RoleView(
        anchor=anchor,
        name=plain(role.name),
        arn=plain(role.arn),
        judged_as=plain(role.judged_as),
        likeness=plain(role.likeness),
        verdict=OUTCOMES[role.outcome],
        permission=permission_mark(role, portrait),
        trust=trust_mark(role, portrait),
        boundary=boundary_mark(portrait),
        doubts=doubt_mark(role),
        worst=max(severities, key=_ORDER.index).value if severities else "",
        services=tuple(_row(portrait, columns)),
        picture=picture_of(portrait.services),
        graph=graph_of(portrait.trust),
        policies=tuple(map(plain, portrait.policies)),
        unread=tuple(map(plain, portrait.unread)),
        findings=findings,
    )


_ORDER = list(Severity)


def _row(portrait: Portrait, columns: tuple[str, ...]) -> Iterator[Mark]:
    """Yield the mark of each column; what has none of its own is in the last, by the farthest of them."""
    marks = {reach.service: service_mark(reach) for reach in portrait.services}
    rest = [mark for service, mark in marks.items() if service not in columns or service == EVERY_OTHER]
    for service in columns:
        found = rest if service == EVERY_OTHER else [marks[service]] if service in marks else []
        # A service that a role's reaches do not name is in its reach of every other one.
        yield _farthest(found or [marks.get(EVERY_OTHER, ZONES["none"])])


def _farthest(marks: Iterable[Mark]) -> Mark:
    tones = [mark.tone for mark in marks]
    return ZONES[next(tone for tone in ("out", "unknown", "beyond", "in", "none") if tone in tones)]


def _urgent(roles: Iterable[RoleView | ResourceView]) -> Iterator[Urgent]:
    for role in roles:
        for number, found in enumerate(role.findings, start=1):
            yield Urgent(f"{role.anchor}f{number}", role.name, found)


def _rank(found: Found) -> tuple[int, bool]:
    return -_ORDER.index(Severity(found.severity.word)), _is_doubt(found)


def _is_doubt(found: Found) -> bool:
    return any(name == "Doubt" for name, _ in found.decision)


def _judged(count: int) -> str:
    return f"{counted(count, 'role')} judged" if count else "not in the account"
