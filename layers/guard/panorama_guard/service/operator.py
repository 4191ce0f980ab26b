"""What the operator's commands share: what they work with, and whom they turn away."""

import contextlib
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from panorama_guard.case.caller import SIGNED_IN_PATH, Caller, SessionNames, principal_of
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.errors import CommandError, StaleRecordError, UnreachableError
from panorama_guard.case.incident import Incident
from panorama_guard.case.order import InspectionRequest, LiftOrder, Origin
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.times import shown_lasting
from panorama_guard.case.word import Word, word_id
from panorama_guard.policy.record import record, replace
from panorama_guard.profile import Guarded
from panorama_guard.service.errors import GoneError, NotNowError, TurnedAwayError
from panorama_guard.service.later import LONGEST_DELAY, pause_in_force
from panorama_guard.service.member_ports import MemberRecords, MemberSweeps
from panorama_guard.service.ports import Ledger, Rechecks, Remediations, ResourceReader, RoleReader, Sweeps
from panorama_guard.service.settings import InMembers, OperatorLimits, Policy
from panorama_guard.service.subjects import Eyes, keep_on_record, word_for
from panorama_guard.service.subjects import read_subject as read_guarded

TRIES = 4  # how often a command is begun anew because somebody else wrote meanwhile


class Elsewhere(Protocol):
    """The member accounts of the organisation, as the commands need them."""

    @property
    def in_members(self) -> InMembers:
        """Return whether the guard may write there."""
        ...

    def operator_of(self, account: str) -> "Operator":
        """Return what the commands work with in an account; it is reached only when something is read there."""
        ...


@record
class Operator:
    """What the commands work with: rules, the record, ways to ask for more, and eyes. There is no hand among them.

    In a member account `eyes_there` opens it, or raises UnreachableError; `reader` and `resources` are the hub's.
    """

    policy: Policy
    limits: OperatorLimits
    account: str
    guard_roles: tuple[str, ...]  # the ARNs of the roles that the guard's own functions have
    reader: RoleReader
    ledger: Ledger
    remediations: Remediations
    rechecks: Rechecks
    sweeps: Sweeps
    resources: ResourceReader
    members: MemberRecords
    member_sweeps: MemberSweeps | None = None  # where there is an organisation
    elsewhere: Elsewhere | None = None  # likewise
    eyes_there: Callable[[], Eyes] | None = None

    @property
    def hub(self) -> str:
        """Return the guard's own account."""
        return self.policy.hub or self.account


@record
class Answer:
    """What the caller gets: an HTTP status and the values of a JSON object."""

    status: int
    body: Mapping[str, object]


@record
class Matter:
    """An incident with all that is on record of its subject, and who calls about it, when."""

    caller: Caller
    incident: Incident
    dossier: Dossier
    guarded: Guarded
    now: str


def bring_back(matter: Matter, operator: Operator) -> None:
    """Make an incident current again that was archived, or may be archived at this moment, as it was.

    A look that read the record before the operator's word was on it archives only what it has read: not what is
    written here. What was told is not told once more.
    """
    incident, dossier = matter.incident, matter.dossier
    is_current, undo = dossier.incident_named(incident.id) is not None, dossier.undo_of(incident)
    if is_current and undo is not None and not undo.refused:
        return  # no look puts away what such a word speaks of
    keep_on_record(matter.guarded.name, operator.account, operator.ledger, now=matter.now)
    current = replace(incident, revision=incident.revision + 1)
    if not is_current:
        current = replace(current, updated_at=matter.now)
        operator.ledger.put_told(current)
        operator.ledger.put_incident(current)
        return
    with contextlib.suppress(StaleRecordError):  # written since: nobody can archive what was read before
        operator.ledger.put_incident(current)
        if dossier.told_transition(incident) >= incident.transition:
            operator.ledger.put_told(current)


def turn_actor_away(matter: Matter, operator: Operator) -> None:
    """Raise TurnedAwayError where the caller is one of those who may have led to the incident, or nobody knows."""
    if matter.caller.is_signed_in and matter.caller.account == operator.hub:
        _turn_imitation_away(matter.caller, operator)
    if any(matter.caller.is_actor_of(one, operator.limits.names) for one in matter.incident.suspects):
        message = f"{matter.incident.id} came after a call of your own; somebody else has to decide about it"
        raise TurnedAwayError(message)


def _turn_imitation_away(caller: Caller, operator: Operator) -> None:
    """Raise TurnedAwayError where a role only bears the name by which AWS is believed to name its sessions.

    AWS does not say that IAM keeps such a name from others; the path it does keep from them.
    """
    role = operator.reader.read_outline(caller.role_name)
    if role is None or not role.path.startswith(SIGNED_IN_PATH):
        message = f"its role is not one of IAM Identity Center's, whatever it is called: `{caller.arn}`"
        raise TurnedAwayError(message)


def turn_back_while_paused(operator: Operator, *, now: str) -> None:
    """Raise NotNowError while nothing may be written."""
    if pause := pause_in_force(operator.ledger, operator.account, operator.policy.hub, now=now):
        message = f"{pause.describe()}; resume it first"
        raise NotNowError(message)


def read_subject(matter: Matter, operator: Operator) -> Snapshot:
    """Return the role or resource that an incident is about, as it is.

    Raises GoneError where that was deleted, NotNowError where its account cannot be read.
    """
    subject = matter.incident.subject
    try:
        eyes = operator.eyes_there() if operator.eyes_there else operator
        snapshot = read_guarded(subject.name, matter.guarded, eyes)
    except UnreachableError as error:
        raise NotNowError(str(error)) from error
    if snapshot is None or snapshot.subject.unique_id != subject.unique_id:
        what, unique_id = word_for(matter.guarded), subject.unique_id
        message = f"the {what} of the incident was deleted (RoleId {unique_id}); no other one is touched for it"
        raise GoneError(message)
    return snapshot


def end_of(seconds: int, most: timedelta, setting: str, *, now: str) -> str:
    """Return the time after so many seconds; raise CommandError where that is longer than the setting lets it be."""
    if seconds > most.total_seconds():
        problem = f"more than {shown_lasting(most.total_seconds())}, the most that is set ({setting})"
        raise CommandError(_SECONDS, problem, shown_lasting(seconds))
    return (datetime.fromisoformat(now) + timedelta(seconds=seconds)).isoformat()


_SECONDS = "seconds"


def ask_for_look(role_name: str, until: str, operator: Operator, *, now: str) -> None:
    """Have a role judged now, and where a queue can delay it for so long, right after a time."""
    left = int((datetime.fromisoformat(until) - datetime.fromisoformat(now)).total_seconds()) + 1
    delays = (0, left) if 1 < left <= LONGEST_DELAY else (0,)
    operator.rechecks.recheck(InspectionRequest(role_name, now, Origin.OPERATOR), delays)


def tell(title: str, text: str, by: str, operator: Operator, *, now: str, about: str = "") -> None:  # noqa: PLR0913 - 6
    """Have operators told of what is in no other record; the same again `about` the same within the hour, once."""
    who = principal_of(by, SessionNames.PROVE_NOTHING)  # a session's name is changed as often as one likes
    there = f"account {operator.account}: {text}" if operator.policy.hub else text
    operator.ledger.put_word(Word(word_id(who, f"{title}#{about}", now), operator.hub, by, now, title, there))


def order_lift(incident: Incident, operator: Operator, *, now: str) -> None:
    """Order what the guard put in place for an incident to be taken back."""
    order = LiftOrder(incident.account, incident.role_name, incident.slot, incident.id, incident.attempt, now)
    operator.remediations.lift(order)
