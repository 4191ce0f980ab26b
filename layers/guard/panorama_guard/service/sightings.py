"""Says of a finding what its incident is to know: what is done about it, or would be, and how far it reaches."""

from collections.abc import Iterable

from panorama_guard.case.breaker import Trip
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.finding import Finding, Kind, Reach
from panorama_guard.case.incident import NO_REMEDY, Incident, Remedy, State, slot_of
from panorama_guard.case.lifecycle import Sighting
from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.judging.allowance import OverworkedError
from panorama_guard.judging.subject import AnyStandard, reach_of
from panorama_guard.planning.names import own_in_place
from panorama_guard.planning.plan import Plan
from panorama_guard.planning.role_side import deny_on_role
from panorama_guard.profile import GuardedResource
from panorama_guard.service.authority import PLANNED_ALL_THE_SAME, why_alert_only
from panorama_guard.service.later import look_again_after, pause_in_force, reach_of_delay
from panorama_guard.service.look import Inspector, Look
from panorama_guard.service.planner import Wanted, find_plan
from panorama_guard.service.settings import Mode, Policy

UNMEASURED = "how far it reaches is more work to say than one look may cost"
UNPLANNED = "no plan was made: with all else that is found here, that is more work than one look may cost"


def sighting_of(finding: Finding, look: Look, standard: AnyStandard, inspector: Inspector) -> Sighting:
    """Return what a look shows of a finding, with its plan where operators are to see one, and what may be done."""
    why = why_alert_only(finding, look.snapshot, look.guarded, look.memory, inspector.policy)
    alert_only = why or inspector.why_no_hand()
    asks = not alert_only and inspector.policy.modes.of(finding.kind) is Mode.APPROVE
    paused = "" if alert_only or asks else _why_paused(finding, look, inspector)
    trip = trip_of(look.incidents, finding.kind, inspector.policy, now=look.now)
    is_planned = asks or paused or alert_only in PLANNED_ALL_THE_SAME or _may_wait_on(finding, look)
    return Sighting(
        finding,
        look.snapshot,
        look.cause,
        look.now,
        alert_only or paused,
        _remedy(look, finding, standard, inspector, strongest=trip is not None)
        if is_planned
        else _by_hand(look, finding),
        trip,
        asks,
        told_reach(finding, look.snapshot, standard),
        own_in_place(look.snapshot),
        inspector.policy.because,
    )


def told_reach(finding: Finding, snapshot: Snapshot, standard: AnyStandard) -> Reach:
    """Return how far a finding reaches; a look that has cost too much says that it does not know."""
    try:
        return reach_of(finding, snapshot, standard)
    except OverworkedError:
        return Reach("", UNMEASURED)


def _may_wait_on(finding: Finding, look: Look) -> bool:
    """Say whether operators were asked about a finding, and may have been about all that could be done today."""
    known = _incident_of(finding, look)
    return known is not None and known.waits_for_somebody and known.fingerprint != look.snapshot.fingerprint


def _incident_of(finding: Finding, look: Look) -> Incident | None:
    return look.dossier.incident_in(slot_of(look.snapshot.subject.unique_id, finding.kind, finding.source))


def _by_hand(look: Look, finding: Finding) -> Remedy:
    """Return what an operator may do where the guard writes to nothing, proved all the same."""
    if not isinstance(look.guarded, GuardedResource) or not isinstance(look.snapshot, ResourceSnapshot):
        return NO_REMEDY
    try:
        return deny_on_role(finding, look.snapshot, look.guarded.profile)
    except OverworkedError:
        return NO_REMEDY


def _why_paused(finding: Finding, look: Look, inspector: Inspector) -> str:
    """Return why nothing is ordered for the time being, or an empty text; the role is looked at after it.

    Who carries out an order asks for himself: only what he put off, or nobody ordered, is asked about here.
    """
    known = _incident_of(finding, look)
    if known is None or known.state is not State.OBSERVED:
        return ""
    pause = pause_in_force(inspector.ledger, inspector.account, inspector.policy.hub, now=look.now)
    if pause is None:
        return ""
    look_after(pause.until, look, inspector)
    return pause.describe()


def look_after(until: str, look: Look, inspector: Inspector) -> None:
    """Have the role looked at when something ends, unless a look at it is on its way already."""
    if look.dossier.looked_at_after < min(until, reach_of_delay(look.now)):
        last = look_again_after(until, look.guarded.name, inspector.rechecks, now=look.now)
        inspector.ledger.put_looked_at_after(inspector.account, look.guarded.name, last)


def trip_of(incidents: Iterable[Incident], kind: Kind, policy: Policy, *, now: str) -> Trip | None:
    """Return the trip of the breaker, where escapes of a kind came back to the role of these incidents too often."""
    times = [time for incident in incidents if incident.kind is kind for time in incident.reopenings]
    return policy.breaker.trip(times, now=now)


def _remedy(look: Look, finding: Finding, standard: AnyStandard, inspector: Inspector, *, strongest: bool) -> Remedy:
    """Return the plan that enforcing would carry out; where none is proved, why."""
    wanted = Wanted(finding, look.snapshot, standard, look.memory, look.now)
    try:
        plan = find_plan(wanted, inspector.sight, strongest=strongest)
    except OverworkedError:
        return Remedy(proof=UNPLANNED)
    except UnreachableError as error:  # of a member account the role was read, and not all that a plan asks for
        return Remedy(proof=f"no plan was made: {error}")
    return plan.remedy(look.snapshot.subject.name) if isinstance(plan, Plan) else Remedy(proof=plan.reason)
