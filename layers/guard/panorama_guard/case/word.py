"""What operators are told of beside incidents, waivers and pauses: that somebody was turned away, or undid by hand."""

from dataclasses import dataclass

from panorama_guard.case.snapshot import digest


@dataclass(frozen=True, slots=True)
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


def word_id(by: str, title: str, at: str) -> str:
    """Return the id of a word: the same for what one principal does again within the hour, so that nobody floods."""
    return "wrd-" + digest(f"{by}#{title}#{at[:13]}")[:16]
