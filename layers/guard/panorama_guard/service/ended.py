"""How an order ends that fixed nothing: why, what was tried, and on what, for the next look to know."""

from datetime import timedelta

from panorama_guard.case.backup import Backup
from panorama_guard.case.ending import waived
from panorama_guard.case.evidence import document_of
from panorama_guard.case.finding import Judgement, Kind
from panorama_guard.case.incident import CLOSED, NO_REMEDY, Incident, Remedy, State
from panorama_guard.case.let_in import Stranger
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.allowance import OverworkedError
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.subject import judge, standard_for
from panorama_guard.judging.trust import judge_trust
from panorama_guard.judging.waiving import given_for
from panorama_guard.planning.trusting import ends_sessions, for_others, told_before
from panorama_guard.policy.record import replace
from panorama_guard.service.job import Job, Refusal, Remediator, moved, with_what_stands
from panorama_guard.service.renewing import lasting_remedy, since
from panorama_guard.service.subjects import word_for

UNVERIFIED = "changed as planned, but to judge what was read again is more work than one order may cost"


def given_up(job: Job, why: str) -> Incident:
    """Return the outcome where no plan is left: why, and what was tried. It is tried again once the role changes."""
    tried = next((_not_done(refusal) for refusal in job.refusals), NO_REMEDY)
    reason = "; ".join((*(refusal.told for refusal in job.refusals), why))
    return moved(job, State.NOT_FIXED, reason, remedy=tried)


def _not_done(refusal: Refusal) -> Remedy:
    """Return a remedy of which AWS refused a step, without those that were carried out before it."""
    return replace(refusal.remedy, steps=refusal.remedy.steps[len(refusal.done) :])


def let_stand(job: Job, snapshot: Snapshot, remediator: Remediator) -> Incident | None:
    """Return the outcome where the escape is there, and an operator let it stand before its turn came; else None."""
    incident, plain = job.incident, standard_for(job.guarded, remediator.policy.posture)
    if not judge(snapshot, plain, job.memory).of(incident.kind, incident.source):
        return None
    dossier = remediator.ledger.read(remediator.account, incident.role_name)
    waivers = given_for(dossier.waivers_of(snapshot.subject.unique_id, now=job.now), incident)
    if not waivers:
        return None
    job = _with_one_before(job, snapshot)
    reason = "; ".join(waiver.describe() for waiver in waivers)
    used = without_unused(remediator.ledger.read_attempts(incident), job)
    if is_watched(job, used):  # whose sessions it lets be, the look after it says
        return moved(
            untried(job), State.NOT_FIXED, f"{reason}; others may have been the role before: that is looked at"
        )
    return waived(job.incident, now=job.now, reason=with_what_stands(job, reason))


def without_unused(attempts: tuple[tuple[Backup, ...], ...], job: Job) -> tuple[tuple[Backup, ...], ...]:
    """Return the backups of an incident, by attempts, but for those of plans that this order has dropped."""
    used = (tuple(one for one in backups if one not in job.unused) for backups in attempts)
    return tuple(backups for backups in used if backups)


def is_watched(job: Job, attempts: tuple[tuple[Backup, ...], ...]) -> bool:
    """Say whether somebody may still be the role whom an earlier repair of its trust put out, or who was told."""
    return bool(job.incident.let_in.who) or lasting_remedy(attempts, now=job.now) is not None


def with_other(job: Job, snapshot: Snapshot) -> Job:
    """Return the job with whoever came in by a trust that escapes, or may, and is another one than it is about.

    Once that is gone again, no later reading tells of him.
    """
    is_open = job.incident.kind is Kind.TRUST_ESCAPE and not _is_shut(snapshot, job)
    return _with_one_before(job, snapshot) if is_open else job


def _with_one_before(job: Job, snapshot: Snapshot) -> Job:
    """Return the job with whoever came in before a trust was read, where that is another one than the job is about."""
    incident = job.incident
    if incident.kind is not Kind.TRUST_ESCAPE or document_of(incident, snapshot) == incident.evidence.document:
        return job
    return replace(job, incident=replace(incident, let_in=incident.let_in.joined_by([Stranger.WHILE_OPEN])))


def _is_shut(snapshot: Snapshot, job: Job) -> bool:
    """Say whether a role's trust lets in nobody whom it should not, as far as an order may find that out."""
    if not isinstance(snapshot, RoleSnapshot) or not isinstance(job.standard, Standard):
        return False
    try:
        return not judge_trust(snapshot.trust, job.standard.trust)
    except OverworkedError:
        return False


def contained(job: Job, judgement: Judgement, remedy: Remedy) -> Incident:
    """Return the outcome where what was read again is clean, and what was done is in place."""
    return _with_who_is_in(moved(job, State.CONTAINED, _clean_re_read(job, judgement), remedy=remedy), job.incident)


def on_top_of(current: Incident, outcome: Incident, *, now: str) -> Incident:
    """Return the outcome on top of what a look has written while its order was carried out."""
    is_over = outcome.state in CLOSED
    # What an operator's word has ended is counted no more; no look counts while an order waits.
    current = replace(current, reopenings=outcome.reopenings, breaker=outcome.breaker)
    let_in = outcome.let_in if is_over else outcome.let_in.joined_by(current.let_in.who)
    moved_on = current.moved(outcome.state, now=now, reason=outcome.reason, remedy=outcome.remedy, let_in=let_in)
    return _with_who_is_in(moved_on, replace(current, let_in=current.let_in.joined_by(outcome.let_in.who)))


def _with_who_is_in(outcome: Incident, before: Incident) -> Incident:
    """Return a trust that is repaired anew with who may be the role all the same.

    There was no room for a Deny, or none was put: what an earlier attempt had left was there again.
    """
    denied = told_before(outcome.remedy)
    if outcome.kind is not Kind.TRUST_ESCAPE or outcome.state is not State.CONTAINED or not outcome.remedy.carried_out:
        return outcome
    is_of_earlier = bool(denied) and since(before.updated_at, denied) < timedelta()
    if is_of_earlier or before.let_in.is_in_no_plan:  # the looks after it move that up for whoever came in since
        outcome = replace(outcome, remedy=for_others(outcome.remedy))
    is_without = not ends_sessions(outcome.remedy) and bool(before.let_in.who or before.reopenings)
    if not is_without and not (is_of_earlier and before.let_in.who):
        return outcome
    let_in = before.let_in.joined_by([Stranger.WHILE_OPEN])
    if outcome.let_in == let_in:
        return outcome
    return replace(outcome, let_in=let_in, reason=f"{let_in.describe()}; {outcome.reason}")


def noted(remedy: Remedy, job: Job) -> Remedy:
    """Return the remedy of a trust as its backup keeps it: with a note where its Deny is for others than it lets in.

    They were told before it, or came in by a trust that was there when it was ordered, and is another one now.
    """
    is_for_others = job.incident.kind is Kind.TRUST_ESCAPE and job.incident.let_in.is_in_no_plan
    return for_others(remedy) if is_for_others else remedy


def overworked(job: Job, *, has_changed: bool) -> Incident:
    """Return the outcome where planning was too much work, which on the same role it would be again."""
    why = f"to judge this {word_for(job.guarded)} and to plan for it is more work than one order may cost"
    return given_up(untried(job), f"{why}, as it changed meanwhile") if has_changed else given_up(job, why)


def tried_on(snapshot: Snapshot, job: Job) -> Job:
    """Return the job as one tried on this: what a plan did before a step was refused is nobody else's doing."""
    return replace(job, incident=replace(job.incident, fingerprint=snapshot.fingerprint))


def untried(job: Job) -> Job:
    """Return the job as one not tried on the subject as it is: the next look orders another, be it back or not."""
    return replace(job, incident=replace(job.incident, fingerprint=""))


def last_attempt(remediator: Remediator) -> str:
    """Return in words that nothing more is tried for a time, should this not hold."""
    limit = remediator.policy.breaker.describe()
    rest = "should the escape come back, the guard only tells, until these are over"
    return f"this is the last attempt for a time, after {limit}: {rest}"


def _clean_re_read(job: Job, judgement: Judgement) -> str:
    """Return in words what was read again, and that it is clean of the escape."""
    others, what = len(judgement.findings), word_for(job.guarded)
    if not others:
        return f"read again and judged: the {what} is inside its profile"
    of_others = f"{others} other finding(s) on the {what} have incidents of their own"
    return f"read again and judged: this escape is gone; {of_others}"
