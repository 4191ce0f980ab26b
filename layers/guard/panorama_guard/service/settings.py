"""How this deployment is set."""

from dataclasses import dataclass
from enum import Enum

from panorama_guard.case.breaker import BreakerLimit
from panorama_guard.judging.standard import Posture
from panorama_guard.profile import Profile

__all__ = ["BreakerLimit", "Mode", "Policy"]


class Mode(Enum):
    """Whether the guard only tells, or acts and then tells."""

    OBSERVE = "observe"
    ENFORCE = "enforce"


@dataclass(frozen=True, slots=True)
class Policy:
    """What is guarded and how far the guard may go."""

    profile: Profile
    mode: Mode
    posture: Posture
    breaker: BreakerLimit
