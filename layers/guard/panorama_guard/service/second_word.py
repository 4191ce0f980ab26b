"""Whose word alone does not do for a waiver: who may have led to what it lets stand, or nobody can tell who did."""

from panorama_guard.case.attribution import MOST_SUSPECTS
from panorama_guard.case.evidence import document_of
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.waiver import Scope
from panorama_guard.judging.waiving import scope_of
from panorama_guard.service.as_told import reaches_no_further
from panorama_guard.service.errors import TurnedAwayError
from panorama_guard.service.operator import Matter, Operator


def why_not_alone(matter: Matter, escaping: Snapshot, operator: Operator) -> str:
    """Return why a waiver of an incident needs a second operator whatever its document says, or an empty text.

    It widens what the whole subject is held to: other escapes there, and what was made of this one since, are covered.
    """
    incident = matter.incident
    if len(incident.suspects) >= MOST_SUSPECTS:
        return f"{MOST_SUSPECTS} or more may have led to the escape: the owner may be one of them"
    if not incident.cause.is_named:
        return "nobody knows who led to the escape: it may have been the owner"
    if others := _led_by_caller(matter, scope_of(incident.kind), operator):
        return f"the owner may have led to another escape there: {others[0].id}"
    is_told = is_as_told(matter, escaping, operator)
    return "" if is_told else "what escapes was changed since it was told: it may have been by the owner"


def turn_party_away(matter: Matter, scope: Scope, operator: Operator) -> None:
    """Raise TurnedAwayError where the caller may have led to another escape that a waiver of this scope may cover."""
    if others := _led_by_caller(matter, scope, operator):
        message = f"{others[0].id} on the same subject came after a call of your own; somebody else has to decide"
        raise TurnedAwayError(message)


def is_as_told(matter: Matter, escaping: Snapshot, operator: Operator) -> bool:
    """Say whether an escape is what operators were told of, who have read its incident alone."""
    is_same = document_of(matter.incident, escaping) == matter.incident.evidence.document
    return is_same and reaches_no_further(matter, escaping, operator)


def _led_by_caller(matter: Matter, scope: Scope, operator: Operator) -> list[Incident]:
    """Return the other incidents of the subject to which the caller may have led, and that are not over."""
    subject, names = matter.incident.subject, operator.limits.names
    others = [one for one in matter.dossier.incidents if one.subject == subject and one.id != matter.incident.id]
    standing = (one for one in others if one.state is not State.RESOLVED and scope_of(one.kind) is scope)
    return [one for one in standing if any(matter.caller.is_actor_of(suspect, names) for suspect in one.suspects)]
