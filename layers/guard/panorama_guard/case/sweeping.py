"""How far a sweep has come: roles first, then what is on record, then the resources of one type after another."""

from panorama_guard.case.errors import RecordError
from panorama_guard.case.record import load_record
from panorama_guard.policy.record import record

ROLES = "role"
ON_RECORD = "on record"  # resources that may be deleted: there is no list of them elsewhere


@record
class Place:
    """Where a sweep goes on: with which kind, and after which key of it, if any."""

    kind: str
    after: str


BEGINNING = Place(ROLES, "")


@record
class Seen:
    """What a walk through the resources of a type has looked at, and whether it is one of them."""

    key: str
    is_there: bool


@record
class Stretch:
    """A part of a sweep: of which kind, how much was looked at, what is to be judged, and why that may not be all.

    `end` is where a sweep goes on after it.
    """

    kind: str
    end: Place
    looked_at: int
    names: tuple[str, ...]
    unlisted: str


def parse_place(body: str) -> Place | None:
    """Return where a message of the sweeps queue asks to go on, or None if it asks for a sweep."""
    try:
        return load_record(Place, body)
    except RecordError:
        return None
