"""Asks for every guarded role and resource to be judged, and sends the alerts that were missed."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from panorama_guard.case import role_use
from panorama_guard.case.errors import UnlistedError
from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.case.order import InspectionRequest, Origin
from panorama_guard.profile import GuardedResource, Profile
from panorama_guard.service.discovering import Register, forget_gone, found_on_record, put_on_record
from panorama_guard.service.live import live_keys
from panorama_guard.service.ports import Inspections, ResourceReader, RoleReader
from panorama_guard.service.report_ports import Reports

TELLING_TAKES = timedelta(minutes=5)  # an alert that is older and was not sent was missed by the stream


class Canary(Protocol):
    """Makes a harmless change that has to come back as an event."""

    def send(self, at: str) -> None:
        """Make it, at this time."""
        ...


@dataclass(frozen=True, slots=True)
class Sweeper:
    """What sweeping needs."""

    profile: Profile
    account: str
    reader: RoleReader
    ledger: Register
    inspections: Inspections
    resources: ResourceReader
    reports: Reports
    canary: Canary


@dataclass(frozen=True, slots=True)
class SweepResult:
    """What a sweep saw, for the log."""

    roles_read: int
    roles_asked_for: tuple[str, ...]
    alerts_sent_again: tuple[str, ...]


def sweep(sweeper: Sweeper, *, now: str) -> SweepResult:
    """Ask for all that is guarded to be judged and for the report of it, and wake the alerts that were missed.

    The canary is sent last. Raises UnlistedError where AWS does not let the resources of some type be listed, once all
    else is done.
    """
    count, roles, live = _roles(sweeper)
    around = (role_use.key_of(name) for name in live)
    resources, unlisted = _resource_keys(sweeper)
    keys = {*resources, *(key for key in around if sweeper.profile.guarded(key))}
    asked = (*sorted(roles), *sorted(keys))
    sweeper.inspections.inspect(tuple(InspectionRequest(name, now, Origin.SWEEP) for name in asked))
    missed = [incident for name in asked for incident in _missed(name, sweeper, now)]
    for incident in missed:
        # Writing it again puts it on the stream again.
        sweeper.ledger.put_incident(replace(incident, revision=incident.revision + 1))
    sweeper.reports.report(now)
    sweeper.canary.send(now)
    if unlisted:
        raise UnlistedError("; ".join(unlisted))
    return SweepResult(count, asked, tuple(incident.id for incident in missed))


def _roles(sweeper: Sweeper) -> tuple[int, list[str], list[str]]:
    """Return how many roles the account has, the names of all that are guarded, and of those of them that are there.

    What is guarded by what it is, and not by its name, is put on record.
    """
    profile, found = sweeper.profile, found_on_record(sweeper.profile, sweeper)
    known = {role.name for _, role in found}
    guarded = {role.name.lower(): role.name for role in (*profile.roles, *profile.watched)}
    guarded |= {name.lower(): name for name in known}
    live, count = [], 0
    for outline in sweeper.reader.role_outlines():
        count += 1
        is_known = outline.name in known or profile.role_named(outline.name)
        if is_known or put_on_record(outline, profile, sweeper):
            guarded[outline.name.lower()] = outline.name
            live.append(outline.name)
    forgotten = forget_gone(found, frozenset(live), sweeper.account, sweeper.ledger)
    return count, [name for name in guarded.values() if name not in forgotten], live


def _resource_keys(sweeper: Sweeper) -> tuple[list[str], tuple[str, ...]]:
    """Return the keys of the guarded resources that there are, or that have a record, and what cannot be listed."""
    live, unlisted = live_keys(sweeper.profile, sweeper.resources)
    known = sweeper.ledger.resources_on_record(sweeper.account)
    guarded = [(key, sweeper.profile.guarded(key)) for key in {*live, *known}]
    return [key for key, one in guarded if isinstance(one, GuardedResource)], unlisted


def _missed(name: str, sweeper: Sweeper, now: str) -> list[Incident]:
    dossier = sweeper.ledger.read(sweeper.account, name)
    return [
        incident
        for incident in dossier.incidents
        if incident.state not in PENDING
        and dossier.told_transition(incident) < incident.transition
        and datetime.fromisoformat(now) - datetime.fromisoformat(incident.updated_at) > TELLING_TAKES
    ]
