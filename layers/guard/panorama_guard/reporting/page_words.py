"""What messages that lead to the posture page have in common: how much is open, what was judged, where it stands."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from panorama_guard.case import role_use
from panorama_guard.case.ending import is_told_open
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Incident
from panorama_guard.case.shelved import Shelved
from panorama_guard.reporting.alert import LONGEST_MESSAGE
from panorama_guard.reporting.headline import alert_subject
from panorama_guard.reporting.page.records import PosturePage
from panorama_guard.reporting.plain import SUBJECT_LENGTH, ascii_line, field_line, plain

One = TypeVar("One")
FEWER = (15, 4, 1)  # entries of each sort, where more of them do not fit


def open_on(page: PosturePage) -> tuple[Incident, ...]:
    """Return the incidents of a page that may still stand open, those of member accounts too, the worst first."""
    known = (*page.record.incidents, *page.record.open_there) if page.record else ()
    found = [incident for incident in known if is_told_open(incident)]
    return tuple(sorted(found, key=lambda one: (-list(Severity).index(one.severity), one.opened_at)))


def page_subject(label: str, page: PosturePage) -> str:
    """Return a subject line: how many incidents are open, how bad, what was judged; ASCII, under 100 characters."""
    told, account = f"{label} {counted(page)}", f" of {page.account}"
    forms = (f"{told}: {judged(page)}", f"{told}: {judged(page).replace(account, '')}", told)
    return next((ascii_line(one) for one in forms if len(one) <= SUBJECT_LENGTH), f"{label} {len(open_on(page))} open")


def page_message(text: Callable[[int], list[str]], body: Callable[[int], object], *, most: int) -> str:
    """Return a text for a person, then, as the last line, one JSON object; each of so many entries of each sort.

    Where that is too long for SNS they are fewer; where the fewest are, it is an empty text.
    """
    messages = ("\n".join([*text(count), "", json.dumps(body(count))]) for count in (most, *FEWER))
    return next((one for one in messages if len(one.encode()) <= LONGEST_MESSAGE), "")


def page_attributes(kind: str, page: PosturePage) -> tuple[tuple[str, str], ...]:
    """Return what subscribers may filter by: the sort of message, whether anything is open, and the worst of it."""
    found = open_on(page)
    worst = found[0].severity if found else Severity.INFORMATIONAL
    return (("kind", kind), ("state", "OPEN" if found else "CLEAR"), ("severity", worst.value))


def counted(page: PosturePage) -> str:
    """Return how many incidents are open, and how many of each severity."""
    found = open_on(page)
    if not found:
        return "0 open"
    counts = Counter(incident.severity for incident in found)
    told = ", ".join(f"{counts[one]} {one.value}" for one in reversed(Severity) if counts[one])
    return f"{len(found)} open, {told}"


def there_words(page: PosturePage) -> str:
    """Return how many of these are of member accounts, and of how many; empty where none is."""
    there = page.record.open_there if page.record else ()
    if not there:
        return ""
    accounts = number_of(len({incident.account for incident in there}), "account")
    return f"{len(there)} of the {len(open_on(page))} open, in {accounts}"


def incident_words(incident: Incident, page: PosturePage) -> str:
    """Return an incident in a line; of a member account's it is said first, for the hub's role may have its name."""
    whose = "" if incident.account == page.account else f"account {incident.account}: "
    return f"{whose}{alert_subject(incident)}, {incident.id}"


def judged(page: PosturePage) -> str:
    """Return how much was judged, and of which account."""
    roles, resources = number_of(len(page.review.roles), "role"), number_of(len(page.review.resources), "resource")
    return f"{roles} and {resources} of {page.account} judged"


def type_words(kind: str) -> str:
    """Return what a type is called: a role's own row says what it grants, this one what is around it."""
    return "around a role" if kind == role_use.TYPE else plain(kind.replace("-", " "))


def number_of(count: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def first_lines(
    name: str, found: Sequence[One], words: Callable[[One], str], most: int, where: str = "the report"
) -> Iterable[str]:
    """Return a line for each of the first, and one that says how many there are more, and where."""
    lines = [line for one in found[:most] for line in field_line(name, words(one))]
    more = len(found) - most
    return [*lines, *field_line(name, f"and {more} more, see {where}")] if more > 0 else lines


def where_lines(shelved: Shelved) -> list[str]:
    """Return where the page is looked at, and how it is fetched."""
    return [*field_line("Report", shelved.console), *field_line("To get it", f"aws s3 cp {shelved.uri} .")]


def where_body(shelved: Shelved) -> dict[str, str]:
    """Return the same for machines."""
    return {"uri": shelved.uri, "version": shelved.version_id, "console": shelved.console}
