"""What operators are told of beside incidents, waivers and pauses: that somebody was turned away, or undid by hand."""

from datetime import datetime, timedelta

from panorama_guard.case.snapshot import digest
from panorama_guard.policy.record import record

LASTS = timedelta(days=90)
MARK_OUTLIVES_IT = timedelta(days=30)  # longer than the stream, and then its dead letters, hold on to it


@record
class Word:
    """Who did or tried what, when, in one line. It is told once; `id` is what makes a repeated one the same."""

    id: str
    account: str
    by: str
    at: str
    title: str
    text: str

    @property
    def role_name(self) -> str:
        """Return that it is kept in no role's place."""
        return ""

    @property
    def transition(self) -> int:
        """Return that it is told once."""
        return 1

    @property
    def forgotten_at(self) -> str:
        """Return when it is no longer of use."""
        return (datetime.fromisoformat(self.at) + LASTS).isoformat()

    @property
    def mark_forgotten_at(self) -> str:
        """Return when it is no longer of use to know that it was told: nothing can have it told again by then."""
        return (datetime.fromisoformat(self.forgotten_at) + MARK_OUTLIVES_IT).isoformat()


def word_id(by: str, title: str, at: str) -> str:
    """Return the id of a word: the same for what one principal does again within the hour, so that nobody floods."""
    return "wrd-" + digest(f"{by}#{title}#{at[:13]}")[:16]
