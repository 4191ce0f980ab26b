"""Says that the posture page says something else than when operators were last led to it: what is new, what is gone.

The times of a look, of the last events, and what waits in queues are no part of it: they are others each time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from panorama_guard.case import greengrass, iot, model_work
from panorama_guard.case.shelved import Shelved
from panorama_guard.case.waiver import Waiver
from panorama_guard.reporting.page.records import OnRecord, PosturePage
from panorama_guard.reporting.page_words import (
    counted,
    first_lines,
    incident_words,
    judged,
    open_on,
    page_attributes,
    page_message,
    page_subject,
    there_words,
    type_words,
    where_body,
    where_lines,
)
from panorama_guard.reporting.plain import field_line, plain
from panorama_guard.reporting.review import Reviewed, State
from panorama_guard.reporting.review_text import finding_words

SCHEMA = "panorama-guard/report/1"  # docs/schemas/report-1.schema.json
MOST_LINES = 15  # of each sort for a person
MOST_ENTRIES = 100  # of each sort for a machine
PASSING = frozenset({greengrass.DEPLOYMENT, iot.JOB, model_work.WORK})  # it comes and goes by itself


@dataclass(frozen=True, slots=True)
class PageChange:
    """A page, where it stands, and what it says that was not said before, or no longer."""

    page: PosturePage
    shelved: Shelved
    now: str
    new: tuple[str, ...]
    gone: tuple[str, ...]
    is_first: bool

    def __bool__(self) -> bool:
        """Say whether the page says anything else."""
        return bool(self.new or self.gone)


def page_change(page: PosturePage, shelved: Shelved, before: str, *, now: str) -> PageChange:
    """Return how a page differs from what operators were last led to, as `page_text` had it; empty where to nothing."""
    told, was = page_text(page).splitlines(), before.splitlines()
    known, still = frozenset(was), frozenset(told)
    new, gone = (one for one in told if one not in known), (one for one in was if one not in still)
    return PageChange(page, shelved, now, tuple(new), tuple(gone), is_first=not was)


def page_text(page: PosturePage) -> str:
    """Return what a page says, a line for each verdict, finding, incident, waiver, weak pattern and note."""
    return "\n".join(dict.fromkeys(plain(line) for line in _lines(page)))


def change_subject(change: PageChange) -> str:
    """Return the subject line: how many incidents are open, how bad, what was judged; ASCII, under 100 characters."""
    return page_subject("[REPORT]", change.page)


def change_message(change: PageChange) -> str:
    """Return the message: text for a person, then, as the last line, one JSON object.

    Where that is too long for SNS, of each sort only so many are told as there is room for.
    """
    told = (partial(_text, change), partial(change_body, change))
    return page_message(*told, most=MOST_ENTRIES) or change_subject(change)


def change_attributes(change: PageChange) -> tuple[tuple[str, str], ...]:
    """Return what subscribers may filter by."""
    return page_attributes("report", change.page)


def change_body(change: PageChange, most: int = MOST_ENTRIES) -> dict[str, object]:
    """Return the message for machines, with so many entries of each sort at most."""
    return {
        "schema": SCHEMA,
        "account": plain(change.page.account),
        "at": change.now,
        "posture": change.page.review.posture,
        "verdict": change.page.review.worst.value,
        "open": len(open_on(change.page)),
        "new": {"all": len(change.new), "listed": [plain(one) for one in change.new[:most]]},
        "gone": {"all": len(change.gone), "listed": [plain(one) for one in change.gone[:most]]},
        "report": where_body(change.shelved),
    }


def _text(change: PageChange, most: int) -> list[str]:
    page, most = change.page, min(most, MOST_LINES)
    what = "This is the first report" if change.is_first else "The report has changed"
    return [
        plain(f"{what}. {counted(page)}. {judged(page)}."),
        "",
        *field_line("Judged at", f"{page.read_at}, posture {page.review.posture}"),
        *field_line("In members", there_words(page)),
        *first_lines("New", change.new, str, most),
        *first_lines("Gone", change.gone, str, most),
        "",
        *where_lines(change.shelved),
    ]


def _lines(page: PosturePage) -> Iterator[str]:
    review, record = page.review, page.record or OnRecord()
    yield f"posture {review.posture}"
    yield from (incident_words(incident, page) for incident in (*record.incidents, *record.open_there))
    yield from (line for role in review.roles for line in (f"{role.outcome.value}: {role.arn}", *_findings(role)))
    for resource in review.resources:
        if resource.type not in PASSING or resource.state is not State.INSIDE:
            yield f"{resource.state.value}: {resource.name} ({type_words(resource.type)})"
            yield from _findings(resource)
    yield from (_waiver(waiver) for waiver in record.waivers)
    yield from (f"weak pattern: {weak.statement}, of {', '.join(weak.roles)}" for weak in page.weak)
    yield from (f"not read: {line}" for line in review.unread)
    yield from (f"note: {line}" for line in review.notes)


def _findings(one: Reviewed) -> Iterator[str]:
    for placed in one.findings:
        yield "; ".join((f"{placed.finding.severity.value} {finding_words(one, placed)}", *placed.notes))


def _waiver(waiver: Waiver) -> str:
    if waiver.needs_approver and not waiver.approver:
        return f"{waiver.role_name}: to be {waiver.describe()}, once a second operator agrees: nothing is waived yet"
    approved = f", approved by {waiver.approver}" if waiver.approver else ""
    return f"{waiver.role_name}: {waiver.describe()}{approved}"
