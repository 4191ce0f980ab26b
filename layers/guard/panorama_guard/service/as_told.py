"""Says whether an escape is still what operators were told of, who have read its incident alone."""

from panorama_guard.case.finding import NO_REACH, Kind
from panorama_guard.case.resource import Snapshot
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.subject import judge, reach_of, standard_for
from panorama_guard.policy import parse_document
from panorama_guard.service.operator import Matter, Operator


def reaches_no_further(matter: Matter, snapshot: Snapshot, operator: Operator) -> bool:
    """Say whether an escape reaches no further than was told: a Deny may be gone that withheld some of it."""
    incident = matter.incident
    if incident.kind is not Kind.PERMISSION_ESCAPE:
        return True  # who is told of any other is told of all texts that decide how far it reaches
    unique_id = snapshot.subject.unique_id
    in_force = matter.dossier.waivers_of(unique_id, now=matter.now)
    standard = standard_for(matter.guarded, operator.policy.posture, in_force)
    found = judge(snapshot, standard, matter.dossier.memory_of(unique_id)).of(incident.kind, incident.source)
    reach, told = reach_of(found[0], snapshot, standard) if found else NO_REACH, incident.evidence.reach
    if not reach.document or not told.document:
        return not found or reach == told
    now, then = (Grant((parse_document(one.document, name="reach"),)) for one in (reach, told))
    return isinstance(decide(now, then), Contained)
