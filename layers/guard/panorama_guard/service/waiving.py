"""Waivers: what an operator lets stand, for how long, and with whose second word."""

from datetime import datetime, timedelta

from panorama_guard.case.caller import Caller
from panorama_guard.case.command import ApproveWaiver, EndWaiver, TakeBack, Waive
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.case.times import shown_lasting, shown_time
from panorama_guard.case.undo import reverse
from panorama_guard.case.waiver import Waiver, waiver_id
from panorama_guard.judging import resource_waiving
from panorama_guard.judging.allowance import allowing
from panorama_guard.judging.resource import ResourceStandard
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.subject import AnyStandard, judge, standard_for
from panorama_guard.judging.waiving import check_waiver, escaping_document, scope_of, why_second_operator
from panorama_guard.policy import DocumentError
from panorama_guard.policy.record import replace
from panorama_guard.reporting.verdict import verdict_words
from panorama_guard.service.errors import NotNowError, TurnedAwayError
from panorama_guard.service.matters import find_matter, find_waiver
from panorama_guard.service.operator import (
    Answer,
    Matter,
    Operator,
    ask_for_look,
    bring_back,
    end_of,
    order_lift,
    read_subject,
    turn_actor_away,
)
from panorama_guard.service.second_word import is_as_told, turn_party_away, why_not_alone
from panorama_guard.service.subjects import keep_place


def waive(command: Waive, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Let an escape stand as it is on the role now."""
    matter = find_matter(command.incident_id, caller, operator, now=now)
    turn_actor_away(matter, operator)
    if matter.incident.kind is Kind.UNDECIDED or matter.incident.state is State.RESOLVED:
        message = f"there is no escape to waive: {matter.incident.kind.value}, {matter.incident.state.value}"
        raise NotNowError(message)
    # What the guard has put in place hides the escape, which the document has to cover all the same.
    escaping = reverse(read_subject(matter, operator), operator.ledger.read_attempts(matter.incident)).target
    with allowing():  # much is asked more than once
        waiver = propose(command, matter, escaping, operator)
        check_cover(waiver, matter, escaping, operator)
    kept = put_waiver(waiver, matter.dossier, operator)
    if kept.expires_at > waiver.expires_at:
        message = f"it is waived for longer already, until {shown_time(kept.expires_at)}; to end that: {_to_end(kept)}"
        raise NotNowError(message)
    ask_for_look(matter.guarded.name, kept.expires_at, operator, now=now)
    return Answer(200, {"incident": matter.incident.id, "waiver": waiver_body(kept, now=now)})


def approve_waiver(command: ApproveWaiver, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Give the second word that a waiver needs; what it lets be undone is undone then."""
    waiver, dossier = find_waiver(command.waiver_id, operator)
    matter = find_matter(waiver.incident_id, caller, operator, now=now)
    turn_actor_away(matter, operator)
    turn_party_away(matter, waiver.scope, operator)
    if caller.is_same_as(waiver.owner, operator.limits.names):
        message = "a waiver needs the word of a second operator, and this one is yours"
        raise TurnedAwayError(message)
    if not waiver.is_alive(now=now) or not waiver.needs_approver:
        message = f"it does not wait for a second operator: {_how_it_stands(waiver, now=now)}"
        raise NotNowError(message)
    approved = waiver if waiver.approver else waiver.approved(caller.arn)
    if approved != waiver:
        operator.ledger.put_waiver(approved)
    undo = dossier.undo_of(matter.incident)
    if undo is not None and undo.waiver_id == waiver.id:
        bring_back(matter, operator)
        order_lift(matter.incident, operator, now=now)
    ask_for_look(matter.guarded.name, approved.expires_at, operator, now=now)
    return Answer(200, {"incident": matter.incident.id, "waiver": waiver_body(approved, now=now)})


def end_waiver(command: EndWaiver, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """End a waiver before its time: the role is held to its profile again."""
    waiver, _ = find_waiver(command.waiver_id, operator)
    ended = waiver.ended(caller.arn) if waiver.is_alive(now=now) else waiver
    if ended != waiver:
        operator.ledger.put_waiver(ended)
    ask_for_look(waiver.role_name, now, operator, now=now)
    return Answer(200, {"waiver": waiver_body(ended, now=now)})


def propose(command: Waive | TakeBack, matter: Matter, escaping: Snapshot, operator: Operator) -> Waiver:
    """Return the waiver that a command asks for: its document, or the statements by which this role escapes."""
    incident, posture = matter.incident, operator.policy.posture
    plain = standard_for(matter.guarded, posture)
    text = command.document or _escaping_as_told(matter, escaping, operator)
    if not text:
        message = "no statement escapes by itself as it is now; give the document that is to be waived"
        raise NotNowError(message)
    until = end_of(command.seconds, operator.limits.waiver, "MaximumWaiverDays", now=matter.now)
    second = _why_second(text, incident, escaping, plain, lasts=timedelta(seconds=command.seconds))
    return Waiver(
        id=_id_of(text, command.seconds, until, matter),
        subject=incident.subject,
        scope=scope_of(incident.kind),
        document=text,
        incident_id=incident.id,
        owner=matter.caller.arn,
        reason=command.reason,
        created_at=matter.now,
        expires_at=until,
        second_because=second or why_not_alone(matter, escaping, operator),
        is_of_undo=isinstance(command, TakeBack),
    )


def _id_of(text: str, seconds: int, until: str, matter: Matter) -> str:
    """Return the id of a waiver: another one where it is to last longer than one that takes two to agree to.

    Else the second operator, who names what he was told of, would agree to what was asked for after it; and what two
    have agreed to would wait for the second word again.
    """
    name, found = text, ""
    while not found:
        usual = waiver_id(matter.incident.id, name)
        asked = matter.dossier.waiver_named(usual)
        if asked is None or not asked.is_alive(now=matter.now):
            found = usual
        elif asked.approver and until > asked.expires_at:
            name = f"{name}#{asked.expires_at}"
        elif not asked.is_in_force(now=matter.now) and timedelta(seconds=seconds) > asked.lasts:
            name = f"{name}#{seconds}"
        else:
            found = usual
    return found


def _escaping_as_told(matter: Matter, snapshot: Snapshot, operator: Operator) -> str:
    """Return the same; raise NotNowError where it is not what the operator was told, who has read the incident alone.

    Else whoever can change the subject widens the escape in the moment before, and has that waived with it.
    """
    incident = matter.incident
    text = _escaping(incident, snapshot, standard_for(matter.guarded, operator.policy.posture))
    if text and not is_as_told(matter, snapshot, operator):
        message = "what escapes was changed since it was told; read the incident again, or give the document"
        raise NotNowError(message)
    return text


def _escaping(incident: Incident, snapshot: Snapshot, plain: AnyStandard) -> str:
    """Return a document of the statements by which a subject escapes; raise NotNowError for what no document says."""
    if isinstance(plain, Standard) and not isinstance(snapshot, ResourceSnapshot):
        try:
            return escaping_document(snapshot, incident.kind, incident.source, plain)
        except DocumentError as error:
            message = f"what is there is not understood any more, so nothing of it can be waived: {error}"
            raise NotNowError(message) from error
    if incident.kind is Kind.SAFEGUARD_LOST:
        message = "no document waives a safeguard; pause the guard, and undo it by hand"
        raise NotNowError(message)
    if isinstance(plain, ResourceStandard) and isinstance(snapshot, ResourceSnapshot):
        return resource_waiving.escaping_document(snapshot, incident.source, plain)
    return ""


def _why_second(text: str, incident: Incident, snapshot: Snapshot, plain: AnyStandard, *, lasts: timedelta) -> str:
    """Return why a waiver needs a second operator's word, or an empty text; raise CommandError if it may not be."""
    if isinstance(plain, ResourceStandard) and isinstance(snapshot, ResourceSnapshot):
        resource_waiving.check_waiver(text, snapshot, plain)
        return resource_waiving.SECOND_BECAUSE
    assert isinstance(plain, Standard)  # noqa: S101 - a role's; mypy cannot see that both come in pairs
    scope = scope_of(incident.kind)
    document = check_waiver(text, scope, plain, lasts=lasts)
    return why_second_operator(document, scope, plain, snapshot.subject.account)


def check_cover(waiver: Waiver, matter: Matter, snapshot: Snapshot, operator: Operator) -> None:
    """Raise NotNowError where the role would still be found to escape by the incident's cause."""
    in_force = matter.dossier.waivers_of(snapshot.subject.unique_id, now=matter.now)
    standard = standard_for(matter.guarded, operator.policy.posture, (*in_force, waiver))
    memory = matter.dossier.memory_of(snapshot.subject.unique_id)
    found = judge(snapshot, standard, memory).of(matter.incident.kind, matter.incident.source)
    if found:
        message = f"the document does not cover the escape: {verdict_words(found[0].verdict)}"
        raise NotNowError(message)


def put_waiver(waiver: Waiver, dossier: Dossier, operator: Operator) -> Waiver:
    """Store a waiver unless the same one holds for as long already, and return the one that holds."""
    existing = dossier.waiver_named(waiver.id)
    keep_place(waiver, operator.policy, operator.ledger)
    if existing is None:
        operator.ledger.put_waiver(waiver)
        return waiver
    if existing.is_alive(now=waiver.created_at) and existing.expires_at >= waiver.expires_at:
        return existing
    renewed = replace(waiver, revision=existing.revision + 1)
    operator.ledger.put_waiver(renewed)
    return renewed


def refuse_another(command: TakeBack, known: Waiver) -> None:
    """Raise NotNowError where an undo is asked for anew with another time or document than its waiver has."""
    lasts = datetime.fromisoformat(known.expires_at) - datetime.fromisoformat(known.created_at)
    if command.seconds in (0, lasts.total_seconds()) and command.document in ("", known.document):
        return
    message = (
        f"it is asked for already with another time or document, for {shown_lasting(lasts.total_seconds())} until "
        f"{shown_time(known.expires_at)}: ask with the same to go on, or end that first: {_to_end(known)}"
    )
    raise NotNowError(message)


def _to_end(waiver: Waiver) -> str:
    return f"panorama-guard end-waiver {waiver.id}"


def waiver_body(waiver: Waiver, *, now: str) -> dict[str, object]:
    """Return a waiver as commands answer with it."""
    return {
        "waiver": waiver.id,
        "role": waiver.role_name,
        "incident": waiver.incident_id,
        "scope": waiver.scope.value,
        "document": waiver.document,
        "owner": waiver.owner,
        "reason": waiver.reason,
        "until": waiver.expires_at,
        "approver": waiver.approver,
        "second_because": waiver.second_because,
        "state": _how_it_stands(waiver, now=now),
    }


def _how_it_stands(waiver: Waiver, *, now: str) -> str:
    if waiver.ended_by:
        return "ended"
    if not waiver.is_alive(now=now):
        return "expired"
    return "in force" if waiver.is_in_force(now=now) else "needs a second operator"
