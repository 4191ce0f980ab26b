"""What `report` needs from the outside, beside what the other functions need; and how it is asked for."""

from typing import Protocol

from panorama_guard.case.listing import ListedRole
from panorama_guard.case.shelved import Shelved
from panorama_guard.service.ports import Topic


class Reports(Protocol):
    """Takes requests for `report`."""

    def report(self, requested_at: str) -> None:
        """Ask for a report."""
        ...


class Listing(Protocol):
    """Reads every role of the account."""

    def read_roles(self) -> tuple[ListedRole, ...]:
        """Return every role as it is now."""
        ...


class Shelf(Protocol):
    """Keeps what is written for operators."""

    def put(self, name: str, body: str, content_type: str) -> Shelved:
        """Write a file, and return where it stands."""
        ...

    def read(self, name: str) -> str:
        """Return what a file holds, or nothing where there is none."""
        ...


class HeardTopic(Topic, Protocol):
    """Tells the operators, and knows whether anybody hears it."""

    def subscribers(self) -> int:
        """Return how many subscriptions are confirmed."""
        ...


class DeadLetters(Protocol):
    """Knows what was not handled."""

    def waiting(self) -> tuple[tuple[str, int], ...]:
        """Return how many messages wait in each queue of what failed."""
        ...


class Activity(Protocol):
    """Knows when events came."""

    def last_events(self, now: str) -> tuple[tuple[str, str], ...]:
        """Return for each service when its last event came, or an empty text."""
        ...
