"""Takes back what the guard did about an incident: says what that means, waives what comes back, orders the lift."""

from collections.abc import Iterator

from panorama_guard.case.caller import Caller
from panorama_guard.case.command import TakeBack
from panorama_guard.case.difference import describe_differences
from panorama_guard.case.errors import CommandError
from panorama_guard.case.incident import PENDING
from panorama_guard.case.record import dump_record
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.step import SetDefaultVersion
from panorama_guard.case.undo import PutBack, Reversal, Undo, describe_inverse, reverse, without_renewals
from panorama_guard.case.waiver import Waiver
from panorama_guard.judging.allowance import allowing
from panorama_guard.judging.subject import judge, standard_for
from panorama_guard.planning.freeing import why_more_escapes
from panorama_guard.planning.hands import Hand, by_hand_of, why_not_lifted
from panorama_guard.policy.record import record, replace
from panorama_guard.reporting.verdict import verdict_words
from panorama_guard.service.errors import NotNowError
from panorama_guard.service.later import pause_in_force
from panorama_guard.service.matters import find_matter, look_up
from panorama_guard.service.operator import (
    Answer,
    Matter,
    Operator,
    ask_for_look,
    bring_back,
    order_lift,
    read_subject,
    tell,
    turn_actor_away,
    turn_back_while_paused,
)
from panorama_guard.service.subjects import word_for
from panorama_guard.service.waiving import propose, put_waiver, refuse_another, waiver_body


@record
class _Case:
    """A matter, the subject as it is, how it gets back, and how it differs from the backup by what others did."""

    matter: Matter
    snapshot: Snapshot
    reversal: Reversal
    notes: tuple[str, ...]


def undo(command: TakeBack, caller: Caller, operator: Operator, *, now: str) -> Answer:
    """Undo an incident: the answer says what the guard takes back, and what is the operator's own to put back."""
    if command.by_hand:  # also of one in whose place there is another by now: what was done about it may be there still
        return _undo_by_hand(_read_case(look_up(command.incident_id, caller, operator, now=now), operator), operator)
    case = _read_case(find_matter(command.incident_id, caller, operator, now=now), operator)
    turn_back_while_paused(operator, now=now)
    with allowing():  # much is asked more than once
        waiver = _waiver(command, case, operator)
    if waiver is not None and not waiver.is_in_force(now=now):
        return _answer("waiting", case, waiver)
    if not case.reversal.taken:
        return _answer("done", case, waiver)
    bring_back(case.matter, operator)
    order_lift(case.matter.incident, operator, now=now)
    return _answer("lifting", case, waiver)


def _read_case(matter: Matter, operator: Operator) -> _Case:
    """Return what an undo means; raise OperateError where the caller may not, there is nothing, or it is changed."""
    turn_actor_away(matter, operator)
    if matter.incident.state in PENDING:
        message = "a remediation is on its way; undo it when it has come to an outcome"
        raise NotNowError(message)
    attempts = operator.ledger.read_attempts(matter.incident)
    if not attempts:
        message = f"the guard has written nothing for it: it is {matter.incident.state.value}"
        raise NotNowError(message)
    snapshot = read_subject(matter, operator)
    reversal = reverse(snapshot, attempts)
    if reversal.changed:
        message = f"the {word_for(matter.guarded)} has changed since the guard wrote to it, so nothing is undone"
        raise NotNowError(message, reversal.changed)
    # The backups of one attempt come in any order; the one before its first write differs least from what is put back.
    first = without_renewals(attempts[0])
    notes = min((describe_differences(one.snapshot, reversal.target) for one in first), key=len)
    return _Case(matter, snapshot, reversal, notes)


def _waiver(command: TakeBack, case: _Case, operator: Operator) -> Waiver | None:
    """Return the waiver of what comes back, put on record with the undo; None where nothing does."""
    matter = case.matter
    asked = matter.dossier.undo_of(matter.incident)
    known = matter.dossier.waiver_named(asked.waiver_id) if asked and asked.waiver_id else None
    if known is not None and known.is_alive(now=matter.now) and asked and not asked.refused:
        refuse_another(command, known)
        return known
    if not _comes_back(case, (), operator):
        _put_undo(asked, command, case, None, operator)
        return None
    if not command.seconds:
        raise CommandError(_SECONDS, "missing: an escape comes back, which has to be waived for a time", "")
    waiver = propose(command, matter, case.reversal.target, operator)
    if problem := _comes_back(case, (waiver,), operator):
        raise NotNowError(problem)
    # The undo first: after a crash in between it is told, and nothing is waived that nobody was told of.
    _put_undo(asked, command, case, waiver, operator)
    kept = put_waiver(waiver, matter.dossier, operator)
    ask_for_look(matter.guarded.name, kept.expires_at, operator, now=matter.now)
    return kept


_SECONDS = "seconds"


def _comes_back(case: _Case, waivers: tuple[Waiver, ...], operator: Operator) -> str:
    """Return what would escape after the undo, or an empty text."""
    matter, unique_id = case.matter, case.snapshot.subject.unique_id
    in_force = matter.dossier.waivers_of(unique_id, now=matter.now)
    standard = standard_for(matter.guarded, operator.policy.posture, (*in_force, *waivers))
    memory = matter.dossier.memory_of(unique_id)
    before, after = (judge(one, standard, memory) for one in (case.snapshot, case.reversal.target))
    found = after.of(matter.incident.kind, matter.incident.source)
    if found:
        return f"the document does not cover the escape that comes back: {verdict_words(found[0].verdict)}"
    return why_not_lifted(before, after) or why_more_escapes(case.snapshot, case.reversal.target, standard)


def _put_undo(asked: Undo | None, command: TakeBack, case: _Case, waiver: Waiver | None, operator: Operator) -> None:
    matter, incident = case.matter, case.matter.incident
    if asked is not None and not asked.refused and asked.waiver_id == (waiver.id if waiver else ""):
        return
    undo = Undo(
        incident_id=incident.id,
        attempt=incident.attempt,
        subject=incident.subject,
        slot=incident.slot,
        by=matter.caller.arn,
        at=matter.now,
        until=waiver.expires_at if waiver else "",
        reason=command.reason,
        waiver_id=waiver.id if waiver else "",
    )
    operator.ledger.put_undo(undo if asked is None else replace(undo, revision=asked.revision + 1))


def _undo_by_hand(case: _Case, operator: Operator) -> Answer:
    """Hand the backup out to an operator who puts everything back with his own credentials, while the guard rests."""
    matter = case.matter
    pause = pause_in_force(operator.ledger, operator.account, operator.policy.hub, now=matter.now)
    if pause is None:
        message = "pause the guard first: it would contain again what you put back, and does so when the pause ends"
        raise NotNowError(message)
    title = f"{matter.incident.id} is being undone by hand"
    text = f"handed out, to be put back with the operator's own credentials; the guard is {pause.describe()}"
    tell(title, text, matter.caller.arn, operator, now=matter.now)
    return _answer("by hand", case, None)


def _answer(state: str, case: _Case, waiver: Waiver | None) -> Answer:
    by_hand = state == "by hand"
    guard = () if by_hand else by_hand_of(Hand.GUARD, case.reversal)
    own = tuple(taken.inverse for taken in case.reversal.taken) if by_hand else by_hand_of(Hand.OPERATOR, case.reversal)
    return Answer(
        200,
        {
            "incident": case.matter.incident.id,
            "account": case.matter.incident.account,
            "undo": state,
            "waiver": waiver_body(waiver, now=case.matter.now) if waiver else None,
            "by_guard": [describe_inverse(step) for step in guard],
            "by_operator": [describe_inverse(step) for step in own],
            "record": dump_record(PutBack(own, case.reversal.target)),
            "notes": [*case.notes, *_shared(case.reversal)],
        },
    )


def _shared(reversal: Reversal) -> Iterator[str]:
    """Yield what else a step changes that takes another one back, beside the role."""
    for taken in reversal.taken:
        match taken.inverse:
            case SetDefaultVersion(arn, version_id):
                yield (
                    f"{version_id} of {arn} becomes the default for every role that uses it; where no waiver covers "
                    "what escapes on another one, the guard contains that by itself"
                )
            case _:
                pass
