"""Tells of escapes that only what the guard has put in place stops: nothing is to be done, and somebody tried."""

from panorama_guard.case.finding import Finding, Judgement, Kind
from panorama_guard.case.incident import State, slot_of
from panorama_guard.case.lifecycle import Sighting
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.stopping import open_stopped
from panorama_guard.judging.subject import AnyStandard, judge
from panorama_guard.planning.names import own_in_place, without_own
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.sightings import told_reach
from panorama_guard.service.subjects import keep_place


def note_stopped(
    stopped: tuple[Finding, ...], look: Look, standard: AnyStandard, inspector: Inspector
) -> tuple[str, ...]:
    """Open an incident for each escape that is stopped by what is in place, where none is on record for its cause."""
    bare = without_own(look.snapshot, look.memory)
    return tuple(_note(finding, bare, look, standard, inspector) for finding in stopped if _is_news(finding, look))


def stopped_findings(
    snapshot: Snapshot, memory: Memory, judgement: Judgement, standard: AnyStandard
) -> tuple[Finding, ...]:
    """Return what would be found on a subject judged as given, if the guard had put nothing in place."""
    bare = without_own(snapshot, memory)
    if bare == snapshot:
        return ()
    found = (one for one in judge(bare, standard, memory).findings if one.kind is not Kind.UNDECIDED)
    return tuple(one for one in found if judgement.is_clean_of(one.kind, one.source))


def _is_news(finding: Finding, look: Look) -> bool:
    """Say whether nobody was told of a cause yet.

    Where a lost boundary was contained, what it had held back is told already, policy by policy or not.
    """
    known = [incident for incident in look.incidents if incident.state is not State.RESOLVED]
    is_bounded = finding.kind is Kind.PERMISSION_ESCAPE and any(one.kind is Kind.BOUNDARY_ESCAPE for one in known)
    return not is_bounded and (finding.kind, finding.source) not in [(one.kind, one.source) for one in known]


def _note(finding: Finding, bare: Snapshot, look: Look, standard: AnyStandard, inspector: Inspector) -> str:
    resolved = look.dossier.incident_in(slot_of(bare.subject.unique_id, finding.kind, finding.source))
    sighting = Sighting(
        finding,
        look.snapshot,
        look.cause,
        look.now,
        alert_only_because="",
        reach=told_reach(finding, bare, standard),
        in_place=own_in_place(look.snapshot),
    )
    incident = open_stopped(resolved, sighting)
    if resolved is not None:
        inspector.ledger.put_history(resolved)
    keep_place(incident, inspector.policy, inspector.ledger)
    inspector.ledger.put_incident(incident, replaced=resolved.id if resolved else "")
    return incident.id
