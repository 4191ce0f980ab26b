"""Says once a day how all stands, for a person first and for a machine after: silence is never the answer.

It is told too when nothing is open, with what was judged and when the last event of each service came.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from panorama_guard.case.ending import told_state
from panorama_guard.case.incident import Incident
from panorama_guard.case.member import Member
from panorama_guard.case.shelved import Shelved
from panorama_guard.case.times import shown_time
from panorama_guard.case.waiver import Waiver
from panorama_guard.case.weak_pattern import WeakPattern
from panorama_guard.reporting.members import members_body, members_line, not_read_lines
from panorama_guard.reporting.page.records import Gauges, OnRecord, PosturePage
from panorama_guard.reporting.page_words import (
    One,
    counted,
    first_lines,
    incident_words,
    judged,
    number_of,
    open_on,
    page_attributes,
    page_message,
    page_subject,
    there_words,
    where_body,
    where_lines,
)
from panorama_guard.reporting.plain import field_line, plain
from panorama_guard.reporting.review import Outcome, State

SCHEMA = "panorama-guard/digest/1"  # docs/schemas/digest-1.schema.json
EXPIRING = timedelta(days=3)  # a waiver that ends within this time is told
MOST_LINES = 15  # of each sort for a person
MOST_ENTRIES = 60  # of each sort for a machine
NO_EVENT = "none within 14 days"


@dataclass(frozen=True, slots=True)
class Digest:
    """What the digest is made of: the page, where it stands, the pause in force in words, the time, and the members."""

    page: PosturePage
    shelved: Shelved
    pause: str
    now: str
    members: tuple[Member, ...] = ()

    @property
    def open(self) -> tuple[Incident, ...]:
        """Return the incidents that may still stand open, of member accounts too, the worst first."""
        return open_on(self.page)

    @property
    def expiring(self) -> tuple[Waiver, ...]:
        """Return the waivers that are about to end, the first first."""
        until = (datetime.fromisoformat(self.now) + EXPIRING).isoformat()
        return tuple(
            sorted(
                (one for one in _record(self.page).waivers if one.expires_at <= until), key=lambda one: one.expires_at
            )
        )

    @property
    def waiting(self) -> tuple[tuple[str, int], ...]:
        """Return the queues in which something waits that was not handled."""
        return tuple((name, count) for name, count in _gauges(self.page).dead_letters if count)


def digest_subject(digest: Digest) -> str:
    """Return the subject line: how many incidents are open, how bad, what was judged; ASCII, under 100 characters."""
    return page_subject("[DIGEST]", digest.page)


def digest_message(digest: Digest) -> str:
    """Return the digest: text for a person, then, as the last line, one JSON object.

    Where that is too long for SNS, of each sort only so many are told as there is room for.
    """
    told = (partial(_text, digest), partial(digest_body, digest))
    return page_message(*told, most=MOST_ENTRIES) or digest_subject(digest)


def digest_attributes(digest: Digest) -> tuple[tuple[str, str], ...]:
    """Return what subscribers may filter by."""
    return page_attributes("digest", digest.page)


def digest_body(digest: Digest, most: int = MOST_ENTRIES) -> dict[str, object]:
    """Return the digest for machines, with so many entries of each sort at most."""
    page, review = digest.page, digest.page.review
    states = Counter(resource.state for resource in review.resources)
    members = members_body(digest.members, most)
    return {
        "schema": SCHEMA,
        "account": page.account,
        "at": digest.now,
        "posture": review.posture,
        "paused": plain(digest.pause),
        "judged": {
            "roles": {"all": len(review.roles), **{one.value: review.count(one) for one in Outcome}},
            "resources": {"all": len(review.resources), **{_key(one): states[one] for one in State}},
        },
        "open": {"all": len(digest.open), "listed": [_incident(one) for one in digest.open[:most]]},
        "waivers_ending": {
            "all": len(digest.expiring),
            "listed": [_waiver(one) for one in digest.expiring[:most]],
        },
        "weak_patterns": {"all": len(page.weak), "listed": [plain(one.statement) for one in page.weak[:most]]},
        "dead_letters": dict(_gauges(page).dead_letters),
        **({"members": members} if members else {}),
        "subscribers": next(iter(_gauges(page).subscribers), None),
        "last_events": {service: at or None for service, at in _gauges(page).last_events},
        "notes": [plain(note) for note in (*review.unread, *review.notes)][:most],
        "report": where_body(digest.shelved),
    }


def _record(page: PosturePage) -> OnRecord:
    return page.record or OnRecord()


def _gauges(page: PosturePage) -> Gauges:
    return page.gauges or Gauges()


def _text(digest: Digest, most: int) -> list[str]:
    page = digest.page

    def lines(name: str, found: Sequence[One], words: Callable[[One], str]) -> Iterable[str]:
        return first_lines(name, found, words, min(most, MOST_LINES))

    return [
        f"{counted(page)}. {judged(page)}.",
        "",
        *field_line("Judged at", f"{page.read_at}, posture {page.review.posture}"),
        *field_line("Roles", _roles(digest)),
        *field_line("Resources", _resources(digest)),
        *field_line("Paused", digest.pause.removeprefix("paused ")),
        *field_line("Members", members_line(digest.members)),
        *first_lines("Member", tuple(not_read_lines(digest.members)), str, MOST_LINES, "`panorama-guard status`"),
        *field_line("In members", there_words(page)),
        *lines("Open", digest.open, partial(_incident_words, page=page)),
        *lines("Waiver ends", digest.expiring, _waiver_words),
        *lines("Weak", page.weak, _weak_words),
        *lines("Dead letter", digest.waiting, lambda one: f"{one[1]} messages in {one[0]}"),
        *field_line("Dead letter", "" if digest.waiting else "none"),
        *lines("Last event", _gauges(page).last_events, lambda one: f"{one[0]}: {_when(one[1])}"),
        *lines("Heard by", _gauges(page).subscribers, lambda one: number_of(one, "confirmed subscription")),
        *lines("Not read", page.review.unread, str),
        *lines("Note", page.review.notes, str),
        "",
        *where_lines(digest.shelved),
    ]


def _roles(digest: Digest) -> str:
    review = digest.page.review
    counts = ", ".join(f"{review.count(one)} {one.value}" for one in Outcome if review.count(one))
    return counts or "none of those that are guarded is in the account"


def _resources(digest: Digest) -> str:
    states = Counter(resource.state for resource in digest.page.review.resources)
    return ", ".join(f"{states[one]} {one.value}" for one in State if states[one]) or "none"


def _incident_words(incident: Incident, page: PosturePage) -> str:
    return f"{incident_words(incident, page)}, since {shown_time(incident.opened_at)}"


def _waiver_words(waiver: Waiver) -> str:
    return f"{shown_time(waiver.expires_at)} {waiver.role_name}: {waiver.id}, by {waiver.owner}: {waiver.reason}"


def _weak_words(weak: WeakPattern) -> str:
    return f"{weak.statement}, of {', '.join(weak.roles)}"


def _when(at: str) -> str:
    return f"in the hour from {at[:16]}" if at else NO_EVENT


def _key(state: State) -> str:
    return state.name.lower()


def _incident(incident: Incident) -> dict[str, str]:
    return {
        "incident": incident.id,
        "account": plain(incident.account),
        "state": told_state(incident).value,
        "severity": incident.severity.value,
        "kind": incident.kind.value,
        "subject": plain(incident.subject.arn),
        "source": plain(incident.source),
        "opened_at": incident.opened_at,
    }


def _waiver(waiver: Waiver) -> dict[str, str]:
    return {
        "waiver": waiver.id,
        "subject": plain(waiver.subject.arn),
        "owner": plain(waiver.owner),
        "reason": plain(waiver.reason),
        "expires_at": waiver.expires_at,
    }
