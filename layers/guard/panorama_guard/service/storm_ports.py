"""What `notify` needs from the outside for more alerts than anybody reads one by one."""

from typing import Protocol

from panorama_guard.case.telling import Told


class HeldAlerts(Protocol):
    """Counts alerts, and holds those that are told together."""

    def count_alert(self, now: str) -> int:
        """Count one alert more, and return how many came in the minute of this time."""
        ...

    def hold(self, record: Told) -> None:
        """Hold an alert; again it changes nothing."""
        ...

    def held(self, most: int) -> tuple[Told, ...]:
        """Return the alerts that are held, the most urgent first, and not more than so many."""
        ...

    def release(self, record: Told) -> None:
        """Hold an alert no longer."""
        ...


class Summaries(Protocol):
    """Takes requests for a summary."""

    def ask_for_summary(self, now: str) -> None:
        """Ask for a summary: it comes after the end of the minute of this time, once for all who asked in it."""
        ...
