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
    """The most that a role may do, the most who may become it, and who has to be able to in every posture.

    `trust_text` is the trust policy to put where nothing of the role's own can be kept; in a retired service, none.
    """

    permissions: Grant
    trust: Grant
    expected_trust: Grant
    trust_text: tuple[str, ...] = ()


def standard_of(role: RoleProfile, posture: Posture) -> Standard:
    """Return what a role is judged by."""
    expected = trust_ceiling((role.trust,))
    if posture is Posture.RETIRED:
        return Standard(Grant(()), Grant(()), expected)
    return Standard(role.ceiling, trust_ceiling((role.reviewed_trust,)), expected, (role.trust_text,))
