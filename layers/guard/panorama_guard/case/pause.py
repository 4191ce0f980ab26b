"""The guard told to write to nothing, until a time."""

from panorama_guard.case.times import shown_time
from panorama_guard.policy.record import record, replace


@record
class Pause:
    """Who paused the guard, why, and until when. `revision` counts writes; `ended_by` is who resumed it early."""

    account: str
    by: str
    at: str
    until: str
    reason: str
    ended_by: str = ""
    revision: int = 1

    @property
    def id(self) -> str:
        """Return the name of the only pause that there is."""
        return "pause"

    @property
    def role_name(self) -> str:
        """Return that it is about no role."""
        return ""

    @property
    def transition(self) -> int:
        """Return the number of the last write: each is worth telling."""
        return self.revision

    def is_in_force(self, *, now: str) -> bool:
        """Say whether nothing may be written now."""
        return not self.ended_by and now < self.until

    def describe(self) -> str:
        """Return the pause in words, as incidents tell it."""
        return f"paused by {self.by} until {shown_time(self.until)}: the guard tells and changes nothing"

    def ended(self, by: str, *, now: str) -> "Pause":
        """Return the pause as it stands once somebody has resumed the guard."""
        return replace(self, ended_by=by, at=now, revision=self.revision + 1)
