"""What ends a war: how often an escape may come back to one role, in one kind, before the guard changes its ways."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import Enum

from panorama_guard.case.times import shown_time
from panorama_guard.policy.record import record


@record
class Trip:
    """Escapes of one kind came back to a role too often: the limit in words, and until when the breaker holds."""

    limit: str
    until: str

    def describe(self, by_whom: str, in_place: tuple[str, ...]) -> str:
        """Return what it means that the breaker is open: who was the last, and what of the guard's own stands."""
        stays = f"what is in place stays: {', '.join(in_place)};" if in_place else "nothing of the guard's is in place,"
        return (
            f"the breaker is open after {self.limit}, the last by {by_whom}: {stays} nothing more is tried before "
            f"{shown_time(self.until)}; stop who brings the escape back"
        )


class Breaker(Enum):
    """How an incident is acted on: rung by rung, by the strongest rung at once, or not at all for a while."""

    CLOSED = "closed"
    STRONGEST = "strongest"
    OPEN = "open"


@record
class BreakerLimit:
    """So many re-openings of one kind on one role within the window trip the breaker."""

    reopenings: int
    window: timedelta

    def trip(self, times: Iterable[str], *, now: str) -> Trip | None:
        """Return the trip of the breaker if these re-openings are too many. Once they are old, they count no more."""
        latest = sorted(map(datetime.fromisoformat, times), reverse=True)
        if len(latest) < self.reopenings:
            return None
        until = latest[self.reopenings - 1] + self.window
        return Trip(self.describe(), until.isoformat()) if until > datetime.fromisoformat(now) else None

    def describe(self) -> str:
        """Return the limit in words."""
        return f"{self.reopenings} re-openings within {self.window.total_seconds() / 60:g} minutes"
