"""What ends a war: how often an escape may come back to one role, in one kind, before the guard changes its ways."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class Breaker(Enum):
    """How an incident is acted on: rung by rung, by the strongest rung at once, or not at all for a while."""

    CLOSED = "closed"
    STRONGEST = "strongest"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class BreakerLimit:
    """So many re-openings of one kind on one role within the window trip the breaker."""

    reopenings: int
    window: timedelta

    def is_tripped(self, times: Iterable[str], *, now: str) -> bool:
        """Say whether these re-openings are too many. Once they are older than the window, they count no more."""
        since = datetime.fromisoformat(now) - self.window
        return sum(datetime.fromisoformat(time) > since for time in times) >= self.reopenings

    def describe(self) -> str:
        """Return the limit in words."""
        return f"{self.reopenings} re-openings within {self.window.total_seconds() / 60:g} minutes"
