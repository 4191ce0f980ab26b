"""From an order to an outcome: snapshot, plan, proof, backup, act, re-read, verdict."""

from panorama_guard.case.backup import Backup
from panorama_guard.case.breaker import Breaker
from panorama_guard.case.ending import left_by
from panorama_guard.case.errors import DocumentRefusedError, StaleRecordError, WriteRefusedError
from panorama_guard.case.finding import Finding, Judgement, Kind
from panorama_guard.case.incident import PENDING, Incident, Remedy, State
from panorama_guard.case.order import InspectionRequest, Origin, RemediationOrder
from panorama_guard.case.pause import Pause
from panorama_guard.case.resource import Snapshot
from panorama_guard.judging.allowance import OverworkedError, allowing
from panorama_guard.judging.subject import AnyStandard, judge, standard_for
from panorama_guard.planning.names import own_in_place
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.policy.record import replace
from panorama_guard.service.approved import plan_to_carry_out, why_not_approved
from panorama_guard.service.authority import why_alert_only
from panorama_guard.service.ended import (
    UNVERIFIED,
    contained,
    given_up,
    is_watched,
    last_attempt,
    let_stand,
    noted,
    on_top_of,
    overworked,
    tried_on,
    untried,
    with_other,
    without_unused,
)
from panorama_guard.service.job import RE_READS, RECHECKS, TRIES, Job, Refusal, Remediator, moved
from panorama_guard.service.later import look_after_pause, pause_in_force
from panorama_guard.service.planner import Wanted
from panorama_guard.service.renewing import RENEWALS
from panorama_guard.service.still import is_still, shown_again, shows
from panorama_guard.service.stopped import stopped_findings
from panorama_guard.service.subjects import read_subject, word_for


def remediate(order: RemediationOrder, remediator: Remediator, *, now: str) -> str:
    """Carry out an order and return how its incident stands, or why there was nothing to do."""
    dossier = remediator.ledger.read(remediator.account, order.role_name)
    incident = dossier.incident_in(order.slot)
    guarded = remediator.policy.profile.guarded(order.role_name)
    if order.account != remediator.account or incident is None or guarded is None:
        return "no such incident"
    if (incident.id, incident.attempt) != (order.incident_id, order.attempt) or incident.state not in PENDING:
        return f"already handled: {incident.state.value}"
    memory = dossier.memory_of(incident.subject.unique_id)
    waivers = dossier.waivers_of(incident.subject.unique_id, now=now)
    job = Job(incident, guarded, standard_for(guarded, remediator.policy.posture, waivers), memory, now)
    with allowing(remediator.effort.planning):
        outcome = _carry_out(job, remediator)
    if outcome.state is not State.OBSERVED:
        # Before the outcome is on record: after a crash in between, the order comes again and asks again.
        _look_again(outcome, job, remediator)
    return _record(outcome, job, remediator)


def _look_again(outcome: Incident, job: Job, remediator: Remediator) -> None:
    renewals = RENEWALS if outcome.kind is Kind.TRUST_ESCAPE and outcome.remedy.carried_out else ()
    others = tuple(delay for delay in RECHECKS if delay not in renewals)
    for origin, delays in ((Origin.RECHECK, others), (Origin.RENEWAL, renewals)):
        if delays:
            remediator.rechecks.recheck(InspectionRequest(job.guarded.name, job.now, origin), delays)


def _record(outcome: Incident, job: Job, remediator: Remediator) -> str:
    """Write an outcome; where the incident was given the name of its actor meanwhile, write it on top of that."""
    for _ in range(TRIES):
        try:
            remediator.ledger.put_incident(outcome)
        except StaleRecordError:
            current = remediator.ledger.read(remediator.account, job.incident.subject.name).incident_in(outcome.slot)
            if current is None or (current.id, current.attempt) != (outcome.id, outcome.attempt):
                raise
            if current.state not in PENDING:
                return f"already handled: {current.state.value}"
            if outcome.state is State.RESOLVED and current.let_in.who != job.incident.let_in.who:
                outcome = moved(untried(job), State.NOT_FIXED, _SEEN_MEANWHILE)
            outcome = on_top_of(replace(current, fingerprint=outcome.fingerprint), outcome, now=job.now)
        else:
            remediator.tell(outcome)
            return outcome.state.value
    message = f"written by somebody else at each of {TRIES} attempts: `{outcome.slot}`"
    raise StaleRecordError(message)


_SEEN_MEANWHILE = "somebody else was seen to come in while the guard was at it: that is looked at"


def _carry_out(job: Job, remediator: Remediator, *, tries: int = TRIES) -> Incident:
    return _carry_out_on(_read(job, remediator), job, remediator, tries=tries)


def _carry_out_on(snapshot: Snapshot | None, job: Job, remediator: Remediator, *, tries: int) -> Incident:
    if snapshot is None or snapshot.subject.unique_id != job.incident.subject.unique_id:
        return moved(job, State.RESOLVED, f"the {word_for(job.guarded)} was deleted before the guard acted")
    try:
        return _attempt(job, snapshot, remediator, tries=tries)
    except OverworkedError:
        return overworked(tried_on(snapshot, with_other(job, snapshot)), has_changed=tries < TRIES)


def _attempt(job: Job, snapshot: Snapshot, remediator: Remediator, *, tries: int) -> Incident:
    judgement = judge(snapshot, job.standard, job.memory)
    findings = judgement.of(job.incident.kind, job.incident.source)
    if not findings:
        return _found_clean(job, snapshot, judgement, remediator, tries=tries)
    job = with_other(job, snapshot)
    if alert_only := why_alert_only(findings[0], snapshot, job.guarded, job.memory, remediator.policy):
        return moved(job, State.OBSERVED, alert_only)
    if not tries:
        changed = f"the {word_for(job.guarded)} changed under each of {TRIES} plans before it could be applied"
        return moved(untried(job), State.NOT_FIXED, changed)
    return _act(job, snapshot, findings[0], remediator, tries=tries)


def _found_clean(job: Job, snapshot: Snapshot, judgement: Judgement, remediator: Remediator, *, tries: int) -> Incident:
    """Return the outcome where the finding is gone already: by an attempt at it, or by somebody else."""
    if judgement.has_doubt_about(job.incident.kind, job.incident.source):
        # Should it be again as it was seen, it is as nobody has tried.
        doubt = f"the {word_for(job.guarded)} cannot be judged any more, so nothing can be said"
        return moved(tried_on(snapshot, with_other(job, snapshot)), State.NOT_FIXED, doubt)
    if waived := let_stand(job, snapshot, remediator):
        return waived
    # Of an earlier attempt, too: a reading that lags may have shown an escape that this had contained already.
    attempts = remediator.ledger.read_attempts(job.incident)
    done = [backup for backups in reversed(attempts) for backup in backups if backup.is_in_force(snapshot)]
    if done:
        return contained(job, judgement, replace(done[0].remedy, carried_out=True))
    if tries and (shown := shown_again(job, remediator)):
        return _carry_out_on(shown, job, remediator, tries=tries - 1)
    stopped = stopped_findings(snapshot, job.memory, judgement, job.standard)
    if (job.incident.kind, job.incident.source) in [(finding.kind, finding.source) for finding in stopped]:
        together = "contained together with another one, for as long as this stands"
        return moved(job, State.CONTAINED, f"{together}: {', '.join(own_in_place(snapshot))}")
    # The look after it says who may be the role.
    used = without_unused(attempts, job)
    stands = (untried(job), State.NOT_FIXED) if used and is_watched(job, used) else (job, State.RESOLVED)
    return moved(*stands, f"{_GONE}{left_by(job.incident)}")


_GONE = "the escape was gone when its turn came: somebody had taken it away"


def _act(job: Job, snapshot: Snapshot, finding: Finding, remediator: Remediator, *, tries: int) -> Incident:
    refused = tuple(refusal.refused for refusal in job.refusals)
    wanted = Wanted(finding, snapshot, job.standard, job.memory, job.now, refused, job.passed)
    plan, job = plan_to_carry_out(wanted, job, remediator)
    if isinstance(plan, Refused):
        return given_up(tried_on(snapshot, job), plan.reason)
    remedy = plan.remedy(snapshot.subject.name)
    if job.incident.breaker is Breaker.STRONGEST:
        remedy = replace(remedy, notes=(*remedy.notes, last_attempt(remediator)))
    if doubt := why_not_approved(plan, job, remediator):
        return moved(tried_on(snapshot, job), State.NEEDS_APPROVAL, doubt, remedy=remedy)
    # INVARIANT: no write without a whole backup of the very snapshot that the plan was made for.
    backup = Backup(snapshot, plan.steps, plan.inverses, noted(remedy, job))
    remediator.ledger.put_backup(job.incident, backup)
    unused = replace(job, unused=(*job.unused, backup))
    current = _read(job, remediator)
    if not is_still(plan, current, remediator):
        # That the escape is gone is not believed of this one reading.
        newest = current if shows(current, job) else _read(job, remediator)
        return _carry_out_on(newest, unused, remediator, tries=tries - 1)
    if (standard := _standard_now(job, remediator)) != job.standard:
        return _carry_out(replace(unused, standard=standard), remediator, tries=tries - 1)
    used = replace(job, unused=tuple(one for one in job.unused if one != backup))  # the same plan may have been dropped
    return _apply(plan, remedy, used, remediator, tries=tries)


def _read(job: Job, remediator: Remediator) -> Snapshot | None:
    return read_subject(job.incident.subject.name, job.guarded, remediator)


def _standard_now(job: Job, remediator: Remediator) -> AnyStandard:
    """Return what the subject is held to at this moment: an operator may have let an escape stand meanwhile."""
    subject = job.incident.subject
    waivers = remediator.ledger.read(remediator.account, subject.name).waivers_of(subject.unique_id, now=job.now)
    return standard_for(job.guarded, remediator.policy.posture, waivers)


def _apply(plan: Plan, remedy: Remedy, job: Job, remediator: Remediator, *, tries: int) -> Incident:
    for number, step in enumerate(plan.steps):
        if pause := pause_in_force(remediator.ledger, remediator.account, remediator.policy.hub, now=job.now):
            return _put_off(job, pause, number, remedy, remediator)
        try:
            remediator.writer.apply(job.incident.subject.name, step)
        except WriteRefusedError as error:
            # Another rung may still be open: whoever has filled a quota, or taken a name, has filled only that one.
            refused = RefusedStep(step, is_of_document=isinstance(error, DocumentRefusedError))
            refusal = Refusal(refused, remedy, f"AWS refused the step: {error}", plan.steps[:number])
            refusals = (*job.refusals, refusal)
            return _carry_out(replace(job, refusals=refusals), remediator, tries=tries)
    with allowing(remediator.effort.verifying):
        return _verify(job, plan, replace(remedy, carried_out=True), remediator)


def _put_off(job: Job, pause: Pause, done: int, remedy: Remedy, remediator: Remediator) -> Incident:
    """Return the outcome of an order that meets a pause; the role is looked at again when that ends."""
    look_after_pause(pause, job.guarded.name, remediator.rechecks, now=job.now)
    if done:
        return moved(
            untried(job), State.NOT_FIXED, f"after {done} of the plan's steps {pause.describe()}", remedy=remedy
        )
    if any(refusal.done for refusal in job.refusals):
        return given_up(untried(job), pause.describe())
    asked = bool(job.incident.approval)  # the word holds for a time; it is asked for again after the pause
    return moved(job, State.NEEDS_APPROVAL if asked else State.OBSERVED, pause.describe(), remedy=remedy)


def _verify(job: Job, plan: Plan, remedy: Remedy, remediator: Remediator) -> Incident:
    reason = "nothing could be read back"
    for seconds in RE_READS:
        remediator.wait(seconds)
        snapshot = _read(job, remediator)
        if snapshot is None:
            return moved(job, State.RESOLVED, f"the {word_for(job.guarded)} was deleted while the guard acted")
        try:
            judgement = judge(snapshot, job.standard, job.memory)
        except OverworkedError:
            return moved(with_other(job, snapshot), State.NOT_FIXED, UNVERIFIED, remedy=remedy)
        is_clean = judgement.is_clean_of(job.incident.kind, job.incident.source)
        if is_clean and plan.is_in_force(snapshot):
            return contained(job, judgement, remedy)
        job = with_other(job, snapshot)
        reason = _NOT_WHOLE if is_clean else _STILL_ESCAPES
    return moved(job, State.NOT_FIXED, reason, remedy=remedy)


_STILL_ESCAPES = "changed as planned, but read again it still escapes or cannot be judged"
_NOT_WHOLE = "read again, this escape is gone, but not every step of the plan shows"
