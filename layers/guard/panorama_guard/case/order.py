"""The messages that the functions send one another."""

from dataclasses import dataclass
from enum import Enum

from panorama_guard.case.snapshot import digest


@dataclass(frozen=True, slots=True)
class RemediationOrder:
    """Ask `remediate` to act on one incident, once: the attempt tells a repeated order from a repeated escape."""

    account: str
    role_name: str
    slot: str
    incident_id: str
    attempt: int

    @property
    def group(self) -> str:
        """Return the message group: orders on one subject are carried out one after another."""
        return digest(f"{self.account}#{self.role_name.lower()}")[:32]

    @property
    def deduplication_id(self) -> str:
        """Return what makes a repeated order the same order."""
        return f"{self.incident_id}-{self.attempt}"


class Origin(Enum):
    """Who asks for a role to be judged that no event named."""

    SWEEP = "sweep"
    RECHECK = "re-check"


@dataclass(frozen=True, slots=True)
class InspectionRequest:
    """Ask `inspect` to judge a role that no event named."""

    inspect_role: str
    requested_at: str
    origin: Origin
