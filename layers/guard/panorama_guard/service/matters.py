"""Finds what a command is about: an incident or a waiver by its id alone, and all that is on record of its subject."""

from collections.abc import Iterable, Iterator

from panorama_guard.case.caller import Caller
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.waiver import Waiver
from panorama_guard.profile import Guarded, RoleProfile
from panorama_guard.service.errors import NotFoundError
from panorama_guard.service.operator import Matter, Operator


def find_matter(incident_id: str, caller: Caller, operator: Operator, *, now: str) -> Matter:
    """Return the incident with this id unless a later one took its place; raise NotFoundError if there is none."""
    matter = look_up(incident_id, caller, operator, now=now)
    current = matter.dossier.incident_in(matter.incident.slot)
    if current is not None and current.id != incident_id:
        message = f"a later incident took its place, {current.id}; this one is undone by hand alone: `{incident_id}`"
        raise NotFoundError(message)
    return matter


def look_up(incident_id: str, caller: Caller, operator: Operator, *, now: str) -> Matter:
    """Return the incident with this id, current or of the history; raise NotFoundError if there is none."""
    for places in _places(incident_id, operator):
        known = list(_read(places, operator))
        for guarded, dossier in known:
            if incident := dossier.incident_named(incident_id):
                return Matter(caller, incident, dossier, guarded, now)
        for guarded, dossier in known:
            if incident := operator.ledger.recall(operator.account, guarded.name, incident_id):
                return Matter(caller, incident, dossier, guarded, now)
    message = f"there is no such incident: `{incident_id}`"
    raise NotFoundError(message)


def find_waiver(waiver_id: str, operator: Operator) -> tuple[Waiver, Dossier]:
    """Return a waiver with all that is on record of its subject; raise NotFoundError if there is none."""
    for places in _places(waiver_id, operator):
        for _, dossier in _read(places, operator):
            if waiver := dossier.waiver_named(waiver_id):
                return waiver, dossier
    message = f"there is no such waiver: `{waiver_id}`"
    raise NotFoundError(message)


def dossiers(operator: Operator) -> Iterator[tuple[Guarded, Dossier]]:
    """Yield what is on record of each guarded role, and of each resource that has a record."""
    profile = operator.policy.profile
    yield from _read((*profile.roles, *profile.watched), operator)
    yield from _read(_known(operator), operator)


def found_role(name: str, operator: Operator) -> RoleProfile | None:
    """Return what a role of this name may be that is guarded for what it is, whatever it is called."""
    return next((one for one in _known(operator) if isinstance(one, RoleProfile) and one.is_named(name)), None)


def _places(record_id: str, operator: Operator) -> Iterator[tuple[Guarded, ...]]:
    """Yield where a record may be: where the ledger says that it is, else at the roles of the profile, else anywhere.

    Nobody says it of records of the roles, nor of those that an earlier version wrote.
    """
    profile = operator.policy.profile
    _, name = operator.ledger.place_of(record_id)
    if name and (named := profile.guarded(name) or found_role(name, operator)):
        yield (named,)
    yield (*profile.roles, *profile.watched)
    yield _known(operator)


def _read(known: Iterable[Guarded], operator: Operator) -> Iterator[tuple[Guarded, Dossier]]:
    for guarded in known:
        yield guarded, operator.ledger.read(operator.account, guarded.name)


def _known(operator: Operator) -> tuple[Guarded, ...]:
    """Return what is guarded, and on record, beside the roles that the profile names."""
    keys = operator.ledger.resources_on_record(operator.account)
    known = (operator.policy.profile.guarded(key) for key in keys)
    return tuple(one for one in known if one is not None)
