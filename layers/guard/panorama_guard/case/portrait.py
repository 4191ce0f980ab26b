"""What one role is, beside what was found on it: how far it reaches service by service, and whom it trusts."""

from enum import Enum

from panorama_guard.containment import StatementRef
from panorama_guard.policy.record import record

EVERY_OTHER = ""  # the service of a reach that is about all services which have none of their own


class Presence(Enum):
    """Whether a set of requests has any in it."""

    SOME = "some"
    NONE = "none"
    UNKNOWN = "unknown"


@record
class Share:
    """Whether anything is granted in one zone; `words` are one request of it, or why it is not known."""

    presence: Presence
    words: str = ""


@record
class ServiceReach:
    """What is granted in one service: inside the baseline, beyond it and inside the ceiling, outside the ceiling.

    `may` says whether the ceiling allows anything there, granted or not.
    """

    service: str
    baseline: Share
    beyond: Share
    outside: Share
    may: bool


class Standing(Enum):
    """How somebody whom a trust policy names stands to the profile."""

    INSIDE = "inside the profile"
    OUTSIDE = "outside the profile"
    UNDECIDED = "not decided"
    STOPPED = "let in, and denied again"


@record
class TrustEdge:
    """Somebody whom a trust policy lets in, by which calls and under which conditions."""

    principal: str
    actions: str
    conditions: str
    standing: Standing
    reason: str = ""


@record
class Quote:
    """A statement that decided something, as its document has it."""

    statement: StatementRef
    text: str


@record
class Portrait:
    """One role as it is. `policies` and `boundary` are what was read, `unread` the names of what could not be."""

    arn: str
    services: tuple[ServiceReach, ...] = ()
    trust: tuple[TrustEdge, ...] = ()
    policies: tuple[str, ...] = ()
    boundary: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()

    def quoted(self, statement: StatementRef) -> str:
        """Return the text of a statement, or nothing where it is not known."""
        return next((quote.text for quote in self.quotes if quote.statement == statement), "")
