"""Asks for every guarded role and resource to be judged, and sends the alerts that were missed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.profile import Profile
from panorama_guard.service.ports import Inspections, Ledger, ResourceReader, RoleReader

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


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep saw, for the log."""

    roles_read: int
    roles_asked_for: tuple[str, ...]
    alerts_sent_again: tuple[str, ...]


def sweep(sweeper: Sweeper, *, now: str) -> SweepResult:
    """Ask for all that is guarded, existing or on record, to be judged, and wake the alerts that were missed.

    Raises UnlistedError where AWS does not let the resources of some type be listed, once all others are asked for.
    """
    names = sweeper.reader.role_names()
    profile = sweeper.profile
    guarded = {role.name.lower(): role.name for role in (*profile.roles, *profile.watched)}
    guarded |= {name.lower(): name for name in names if profile.role_named(name)}
    keys, unlisted = _resource_keys(sweeper)
    asked = (*sorted(guarded.values()), *keys)
    sweeper.inspections.inspect(tuple(InspectionRequest(name, now, Origin.SWEEP) for name in asked))
    missed = [incident for name in asked for incident in _missed(name, sweeper, now)]
    for incident in missed:
        # Writing it again puts it on the stream again.
        sweeper.ledger.put_incident(replace(incident, revision=incident.revision + 1))
    if unlisted:
        raise UnlistedError("; ".join(unlisted))
    return SweepResult(len(names), asked, tuple(incident.id for incident in missed))


def _resource_keys(sweeper: Sweeper) -> tuple[list[str], list[str]]:
    """Return the keys of the guarded resources that there are, or that have a record, and what cannot be listed."""
    found, unlisted = set(sweeper.ledger.resources_on_record(sweeper.account)), []
    for kind in sorted({resource.type for resource in sweeper.profile.resources}):
        try:
            found.update(sweeper.resources.resource_keys(kind))
        except UnlistedError as error:
            unlisted.append(str(error))
    return sorted(key for key in found if sweeper.profile.guarded(key)), unlisted


def _missed(name: str, sweeper: Sweeper, now: str) -> list[Incident]:
    dossier = sweeper.ledger.read(sweeper.account, name)
    return [
        incident
        for incident in dossier.incidents
        if incident.state not in PENDING
        and dossier.told_transition(incident) < incident.transition
        and datetime.fromisoformat(now) - datetime.fromisoformat(incident.updated_at) > TELLING_TAKES
    ]
