"""What a role is judged by: its ceiling and its trust, under the posture in force."""

from dataclasses import dataclass
from enum import Enum

from panorama_guard.containment import Grant
from panorama_guard.judging.trust import trust_ceiling
from panorama_guard.profile import RoleProfile


class Posture(Enum):
    """Whether the guarded service still runs. In a retired one, every permission and every trust is a finding."""

    ACTIVE = "active"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Standard:
    """The most that a role may do, and the most who may become it."""

    permissions: Grant
    trust: Grant


def standard_of(role: RoleProfile, posture: Posture) -> Standard:
    """Return what a role is judged by."""
    if posture is Posture.RETIRED:
        return Standard(Grant(()), Grant(()))
    return Standard(role.ceiling, trust_ceiling((role.reviewed_trust,)))
