"""How this deployment is set."""

from datetime import timedelta
from enum import Enum

from panorama_guard.case.breaker import BreakerLimit
from panorama_guard.case.caller import SessionNames
from panorama_guard.case.finding import RETIRED, Kind
from panorama_guard.case.member import SWITCHED_OFF
from panorama_guard.policy.record import record
from panorama_guard.profile import Profile
from panorama_guard.profile.posture import Posture

__all__ = [
    "BreakerLimit",
    "CustomerPolicies",
    "InMembers",
    "Kind",
    "Mode",
    "Modes",
    "OperatorLimits",
    "Policy",
    "SessionNames",
]


class Mode(Enum):
    """Whether the guard only tells, tells and waits for an operator's word, or acts and then tells."""

    OBSERVE = "observe"
    APPROVE = "approve"
    ENFORCE = "enforce"


@record
class Modes:
    """The mode of each kind of finding: the default, and the kinds that have another one."""

    default: Mode
    exceptions: tuple[tuple[Kind, Mode], ...] = ()

    def of(self, kind: Kind) -> Mode:
        """Return the mode of a kind."""
        return dict(self.exceptions).get(kind, self.default)


class CustomerPolicies(Enum):
    """Whether a customer's managed policy that guarded roles alone use may be set back to another of its versions."""

    KEEP = "keep"
    REVERT = "revert"


class InMembers(Enum):
    """Whether the guard only tells of what is in the organisation's member accounts, or may act there as at home."""

    TELL = "no"
    REMEDIATE = "yes"

    @property
    def kept_off(self) -> str:
        """Return why nothing is written in any member, or an empty text."""
        return SWITCHED_OFF if self is InMembers.TELL else ""


@record
class Policy:
    """What is guarded and how far the guard may go.

    `hub` is the guard's own account where this is about a member of its organisation, else empty; `kept_off` says why
    nothing is written there, whatever the mode.
    """

    profile: Profile
    modes: Modes
    posture: Posture
    breaker: BreakerLimit
    customer_policies: CustomerPolicies
    hub: str = ""
    kept_off: str = ""

    @property
    def because(self) -> str:
        """Return why whatever a role may do is an escape, or an empty text where the naming pattern decides that."""
        return RETIRED if self.posture is Posture.RETIRED else ""


@record
class OperatorLimits:
    """How long an operator's word holds at most, and whose word it may be beside that of the guard's own account."""

    approval: timedelta
    waiver: timedelta
    pause: timedelta
    names: SessionNames
    other_accounts: tuple[str, ...]
