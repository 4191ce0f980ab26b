"""Whose sessions may be a role though its trust is repaired, and who is to end them."""

from collections.abc import Iterable
from datetime import timedelta
from enum import Enum

from panorama_guard.policy.record import record

SPREAD = timedelta(minutes=5)  # after a repair; longer than the last look that is asked for, if nothing delays it
LONGEST_SESSION = timedelta(hours=12) + SPREAD  # of a role; the last is begun while IAM spreads the trust


class Stranger(Enum):
    """Who became a role by a trust that is repaired now: AWS ends no session because nobody could begin it any more."""

    BEFORE = "before the repair"
    IN_SPREAD = "while IAM spread the repair"
    IN_DOUBT = "while the trust could not be judged"
    WHILE_OPEN = "while the trust was open again"


@record
class LetIn:
    """Who may still be the role, in the order of Stranger; what was told of who ends their sessions.

    `left_to_operator` where the guard ends none of them. `halted` where the breaker keeps it from that for a time.
    """

    who: tuple[Stranger, ...] = ()
    left_to_operator: bool = False
    halted: bool = False

    def joined_by(self, strangers: Iterable[Stranger]) -> "LetIn":
        """Return it with others among them, of whom nothing is told yet but what holds for good."""
        found = {*self.who, *strangers}
        return LetIn(tuple(one for one in Stranger if one in found), left_to_operator=self.is_operators)

    def is_news_after(self, told: "LetIn") -> bool:
        """Say whether somebody, or something that keeps the guard from ending it, is in this that was not told."""
        is_held_up = self.left_to_operator > told.left_to_operator or self.halted > told.halted
        return is_held_up or not {*self.who} <= {*told.who}

    @property
    def is_operators(self) -> bool:
        """Say whether an operator is to end them for good.

        The Deny for who is in no plan ends whoever became the role by then: what was left to an operator is not done
        later, at a time at which the role is in use.
        """
        return self.left_to_operator and self.is_in_no_plan

    @property
    def is_in_no_plan(self) -> bool:
        """Say whether somebody came in after the repair, by what no plan of a repair was about."""
        return Stranger.IN_DOUBT in self.who or Stranger.WHILE_OPEN in self.who

    @property
    def is_as_it_was(self) -> bool:
        """Say whether all are ended by the Deny that was there: whoever came in since is inside the profile."""
        return self.who == (Stranger.BEFORE,)

    def describe(self) -> str:
        """Return in words that the trust is repaired and who is the role all the same."""
        return f"the trust is repaired, but {', and '.join(_WORDS[one] for one in self.who)}"


NOBODY = LetIn()
# A note of a remedy whose Deny no waiver of those makes needless whom the trust lets in that it was made for.
FOR_OTHERS = "older sessions are denied for others too: they came in by a trust that is gone, or after the repair"

_WORDS = {
    Stranger.BEFORE: "the Deny for older sessions was taken away or changed: whoever was the role before is it again",
    Stranger.IN_SPREAD: "who became the role while IAM spread that still is it",
    Stranger.WHILE_OPEN: "it was open again for a time, and who became the role then may still be it",
    Stranger.IN_DOUBT: "it could not be judged for a time, and who became the role then may still be it",
}
