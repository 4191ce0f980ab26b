"""Asks for every guarded role and resource to be judged, and sends the alerts that were missed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.profile import Profile
from panorama_guard.service.live import live_keys
from panorama_guard.service.ports import Inspections, Ledger, ResourceReader, RoleReader
from panorama_guard.service.report_ports import Reports

TELLING_TAKES = timedelta(minutes=5)  # an alert that is older and was not sent was missed by the stream


@dataclass(frozen=True, slots=True)
class Sweeper:
    """What sweeping needs."""

    profile: Profile
    account: str
    reader: RoleReader
    ledger: Ledger
    inspections: Inspections
    resources: ResourceReader
    reports: Reports


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep saw, for the log."""

    roles_read: int
    roles_asked_for: tuple[str, ...]
    alerts_sent_again: tuple[str, ...]


def sweep(sweeper: Sweeper, *, now: str) -> SweepResult:
    """Ask for all that is guarded to be judged and for the report of it, and wake the alerts that were missed."""
    names = sweeper.reader.role_names()
    profile = sweeper.profile
    guarded = {role.name.lower(): role.name for role in (*profile.roles, *profile.watched)}
    guarded |= {name.lower(): name for name in names if profile.role_named(name)}
    asked = (*sorted(guarded.values()), *_resource_keys(sweeper))
    sweeper.inspections.inspect(tuple(InspectionRequest(name, now, Origin.SWEEP) for name in asked))
    missed = [incident for name in asked for incident in _missed(name, sweeper, now)]
    for incident in missed:
        # Writing it again puts it on the stream again.
        sweeper.ledger.put_incident(replace(incident, revision=incident.revision + 1))
    sweeper.reports.report(now)
    return SweepResult(len(names), asked, tuple(incident.id for incident in missed))


def _resource_keys(sweeper: Sweeper) -> list[str]:
    """Return the keys of the guarded resources that there are, or that have a record."""
    live = live_keys(sweeper.profile, sweeper.resources)
    known = sweeper.ledger.resources_on_record(sweeper.account)
    return sorted(key for key in {*live, *known} if sweeper.profile.guarded(key))


def _missed(name: str, sweeper: Sweeper, now: str) -> list[Incident]:
    dossier = sweeper.ledger.read(sweeper.account, name)
    return [
        incident
        for incident in dossier.incidents
        if incident.state not in PENDING
        and dossier.told_transition(incident) < incident.transition
        and datetime.fromisoformat(now) - datetime.fromisoformat(incident.updated_at) > TELLING_TAKES
    ]
