"""Asks for every guarded role to be judged, and sends the alerts that were missed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.profile import Profile
from panorama_guard.service.ports import Inspections, Ledger, RoleReader

TELLING_TAKES = timedelta(minutes=5)  # an alert that is older and was not sent was missed by the stream


@dataclass(frozen=True, slots=True)
class Sweeper:
    """What sweeping needs."""

    profile: Profile
    account: str
    reader: RoleReader
    ledger: Ledger
    inspections: Inspections


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep saw, for the log."""

    roles_read: int
    roles_asked_for: tuple[str, ...]
    alerts_sent_again: tuple[str, ...]


def sweep(sweeper: Sweeper, *, now: str) -> SweepResult:
    """Ask for every guarded role to be judged, existing or on record, and wake the alerts that were missed."""
    names = sweeper.reader.role_names()
    profile = sweeper.profile
    guarded = {role.name.lower(): role.name for role in (*profile.roles, *profile.watched)}
    guarded |= {name.lower(): name for name in names if profile.role_named(name)}
    asked = tuple(sorted(guarded.values()))
    sweeper.inspections.inspect(tuple(InspectionRequest(name, now, Origin.SWEEP) for name in asked))
    missed = [incident for name in asked for incident in _missed(name, sweeper, now)]
    for incident in missed:
        # Writing it again puts it on the stream again.
        sweeper.ledger.put_incident(replace(incident, revision=incident.revision + 1))
    return SweepResult(len(names), asked, tuple(incident.id for incident in missed))


def _missed(name: str, sweeper: Sweeper, now: str) -> list[Incident]:
    dossier = sweeper.ledger.read(sweeper.account, name)
    return [
        incident
        for incident in dossier.incidents
        if incident.state not in PENDING
        and dossier.told_transition(incident) < incident.transition
        and datetime.fromisoformat(now) - datetime.fromisoformat(incident.updated_at) > TELLING_TAKES
    ]
