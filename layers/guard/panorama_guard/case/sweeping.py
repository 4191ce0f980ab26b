"""How far a sweep has come: roles first, then what is on record, then the resources of one type after another."""

import contextlib

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
class MemberSweep:
    """Ask `sweep` for one member account, from a place on; `unlisted` is what could not be listed before that."""

    sweep_member: str
    place: Place
    unlisted: str


@record
class FanOut:
    """Ask `sweep` to ask for every member account, each by a message of its own; and says who wants that."""

    sweep_members: str


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


def parse_members(body: str) -> MemberSweep | FanOut | None:
    """Return what a message asks of the member accounts, or None if it is about the guard's own."""
    with contextlib.suppress(RecordError):
        return load_record(MemberSweep, body)
    with contextlib.suppress(RecordError):
        return load_record(FanOut, body)
    return None


def parse_place(body: str) -> Place | None:
    """Return where a message of the sweeps queue asks to go on, or None if it asks for a sweep."""
    try:
        return load_record(Place, body)
    except RecordError:
        return None
