"""Reads a subject once more: in the moment before the first write, and where one reading may have missed an escape."""

from datetime import datetime

from panorama_guard.case.lifecycle import SPREADING
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutOwnBoundary, SetDefaultVersion, Step
from panorama_guard.judging.allowance import OverworkedError
from panorama_guard.judging.subject import judge
from panorama_guard.planning.plan import Plan
from panorama_guard.service.job import RE_READS, Job, Remediator
from panorama_guard.service.subjects import read_subject


def shows(snapshot: Snapshot | None, job: Job) -> bool:
    """Say whether a reading shows the escape that an order is about, or a doubt about it, or is too hard to judge."""
    if snapshot is None:
        return False
    try:
        return not judge(snapshot, job.standard, job.memory).is_clean_of(job.incident.kind, job.incident.source)
    except OverworkedError:
        return True


def shown_again(job: Job, remediator: Remediator) -> Snapshot | None:
    """Return a later reading that shows an escape which one missed, if one does: IAM's reads may lag behind writes."""
    if not _reads_may_lag(job):
        return None
    for seconds in RE_READS[1:]:
        remediator.wait(seconds)
        snapshot = read_subject(job.incident.subject.name, job.guarded, remediator)
        if shows(snapshot, job):
            return snapshot
    return None


def _reads_may_lag(job: Job) -> bool:
    """Say whether the escape is so fresh that a reading may miss it; each reading waits, with all that is behind it."""
    return datetime.fromisoformat(job.now) - datetime.fromisoformat(job.incident.seen_at) < SPREADING


def is_still(plan: Plan, current: Snapshot | None, remediator: Remediator) -> bool:
    """Say whether a subject that was read is what the plan was made for, and nobody else uses by now what it writes to.

    INVARIANT: a policy that anybody uses but this role, or those of which no harm was proved, is never written to. The
    gap before the write is kept small, for IAM has no conditional writes; whoever comes within it is not seen.
    """
    if current is None or current.fingerprint != plan.fingerprint:
        return False
    own = f"role/{current.subject.name}"
    return not isinstance(current, RoleSnapshot) or all(_is_own(step, own, plan, remediator) for step in plan.steps)


def _is_own(step: Step, own: str, plan: Plan, remediator: Remediator) -> bool:
    match step:
        case SetDefaultVersion(arn):
            proved = dict(plan.companions)
            others = [
                user.removeprefix("role/") for user in remediator.account_reader.read_users(arn).all if user != own
            ]
            return all(name in proved and _is_unchanged(name, proved[name], remediator) for name in others)
        case PutOwnBoundary(policy):
            users = remediator.account_reader.read_users(policy.arn)
            return not users.attached and set(users.bounded) <= {own}
        case _:
            return True


def _is_unchanged(name: str, fingerprint: str, remediator: Remediator) -> bool:
    role = remediator.reader.read_role(name)
    return role is not None and role.fingerprint == fingerprint
