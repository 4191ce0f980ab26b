"""An operator's word that a plan may be carried out."""

from panorama_guard.case.times import shown_time
from panorama_guard.policy.record import record


@record
class Approval:
    """Who approved which plan (the hash of its steps), when, and until when it may be acted upon."""

    by: str
    at: str
    until: str
    plan: str

    def covers(self, plan: str, *, now: str) -> bool:
        """Say whether this very plan may still be carried out."""
        return self.plan == plan and now < self.until

    def describe(self) -> str:
        """Return the word as incidents tell it."""
        return f"approved by {self.by}, to be done until {shown_time(self.until)}"
