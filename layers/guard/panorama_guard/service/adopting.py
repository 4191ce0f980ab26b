"""Guards the role as which a guarded resource runs, whatever its name."""

from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.case.resource import ResourceSnapshot, Snapshot, resource_key
from panorama_guard.judging.functions import runs_as
from panorama_guard.profile import FOUND, Guarded, GuardedResource
from panorama_guard.service.discovering import guarded_by
from panorama_guard.service.look import Inspector


def adopt(guarded: Guarded, snapshot: Snapshot, inspector: Inspector, *, now: str) -> None:
    """Put the role on record as which a guarded resource runs, and have it judged, unless it is guarded already."""
    if not isinstance(guarded, GuardedResource) or not isinstance(snapshot, ResourceSnapshot):
        return
    name, profile = runs_as(snapshot), inspector.policy.profile
    if guarded.profile.family and name and guarded_by(name, profile, inspector) is None:
        key = resource_key(FOUND, f"{guarded.profile.family}/{name}")
        inspector.ledger.put_resource(inspector.account, key, at=now)
        inspector.rechecks.recheck(InspectionRequest(name, now, Origin.RECHECK), (0,))
