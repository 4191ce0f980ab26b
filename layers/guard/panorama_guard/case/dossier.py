"""Everything that the ledger holds on the roles that had one name."""

from dataclasses import dataclass

from panorama_guard.case.incident import Incident
from panorama_guard.case.memory import Memory


@dataclass(frozen=True, slots=True)
class Dossier:
    """The current incident of each slot, what is remembered, and up to which transition each incident was told.

    `rechecked_until` is the time of the last re-check that is on its way, or empty.
    """

    incidents: tuple[Incident, ...]
    memories: tuple[Memory, ...]
    told: tuple[tuple[str, int], ...]
    rechecked_until: str = ""

    def incident_in(self, slot: str) -> Incident | None:
        """Return the current incident of a slot, if there ever was one."""
        return next((incident for incident in self.incidents if incident.slot == slot), None)

    def memory_of(self, unique_id: str) -> Memory:
        """Return what is remembered of the role with this id, which may be nothing."""
        return next((memory.held_by(unique_id) for memory in self.memories), Memory(unique_id))

    def told_transition(self, incident: Incident) -> int:
        """Return the last transition of an incident that operators were told of; 0 for none."""
        return dict(self.told).get(incident.id, 0)
