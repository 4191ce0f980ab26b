"""Everything that the ledger holds on the roles that had one name."""

from panorama_guard.case.incident import Incident
from panorama_guard.case.memory import Memory
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver
from panorama_guard.policy.record import record

Archivable = Incident | Waiver | Undo  # what is put away once it is over


@record
class Dossier:
    """The current incident of each slot, what is remembered, and up to which transition each record was told.

    `rechecked_until` is the time of the last re-check that is on its way after a change, `looked_at_after` that of the
    look when a pause or a waiver ends; both may be empty. What is over for long is not in it: it was archived.
    """

    incidents: tuple[Incident, ...]
    memories: tuple[Memory, ...]
    told: tuple[tuple[str, int], ...]
    rechecked_until: str = ""
    waivers: tuple[Waiver, ...] = ()
    undos: tuple[Undo, ...] = ()
    looked_at_after: str = ""

    def incident_in(self, slot: str) -> Incident | None:
        """Return the current incident of a slot, if there ever was one."""
        return next((incident for incident in self.incidents if incident.slot == slot), None)

    def memory_of(self, unique_id: str) -> Memory:
        """Return what is remembered of the role with this id, which may be nothing."""
        return next((memory.held_by(unique_id) for memory in self.memories), Memory(unique_id))

    def incident_named(self, incident_id: str) -> Incident | None:
        """Return the current incident with this id, if there is one."""
        return next((incident for incident in self.incidents if incident.id == incident_id), None)

    def waivers_of(self, unique_id: str, *, now: str) -> tuple[Waiver, ...]:
        """Return the waivers in force for the role with this id."""
        own = (waiver for waiver in self.waivers if waiver.subject.unique_id == unique_id)
        return tuple(waiver for waiver in own if waiver.is_in_force(now=now))

    def waiver_named(self, waiver_id: str) -> Waiver | None:
        """Return the waiver with this id, if there is one."""
        return next((waiver for waiver in self.waivers if waiver.id == waiver_id), None)

    def undo_of(self, incident: Incident) -> Undo | None:
        """Return the undo of an incident's attempt, if one was asked for."""
        wanted = (incident.id, incident.attempt)
        return next((undo for undo in self.undos if (undo.incident_id, undo.attempt) == wanted), None)

    def undo_in_force(self, incident: Incident, *, now: str) -> Undo | None:
        """Return the undo of an incident's attempt that is to be carried out: it waits for no second operator."""
        undo = self.undo_of(incident)
        if undo is None or undo.refused:
            return None
        waiver = self.waiver_named(undo.waiver_id)
        is_agreed = not undo.waiver_id or (waiver is not None and waiver.is_in_force(now=now))
        return undo if is_agreed else None

    def is_too_late(self, undo: Undo, *, now: str) -> bool:
        """Say whether the waiver of what comes back by an undo is over, or was never put on record in its time."""
        waiver = self.waiver_named(undo.waiver_id)
        return bool(undo.waiver_id) and (not waiver.is_alive(now=now) if waiver else now >= undo.until)

    def told_transition(self, incident: Incident) -> int:
        """Return the last transition of an incident that operators were told of; 0 for none."""
        return dict(self.told).get(incident.id, 0)
