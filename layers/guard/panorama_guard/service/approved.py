"""Which plan an order carries out: the first that is proved, or else the very one that an operator has approved."""

from panorama_guard.case.breaker import Breaker
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.policy.record import replace
from panorama_guard.service.job import Job, Remediator
from panorama_guard.service.planner import Wanted, find_plan
from panorama_guard.service.settings import Mode


def plan_to_carry_out(wanted: Wanted, job: Job, remediator: Remediator) -> tuple[Plan | Refused, Job]:
    """Return the first plan that is proved and may be carried out, else the first that an operator is asked about.

    An approved plan may stand further down: AWS refused those before it when they had their turn, in an earlier order.
    Should AWS refuse this one too, they are not begun anew: the job that is returned leaves them out.
    """
    first = plan = _find(wanted, job, remediator)
    passed = wanted.passed
    while job.incident.approval and isinstance(plan, Plan) and why_not_approved(plan, job, remediator):
        passed = (*passed, plan.steps)
        plan = _find(replace(wanted, passed=passed), job, remediator)
    return (plan, replace(job, passed=passed)) if isinstance(plan, Plan) else (first, job)


def why_not_approved(plan: Plan, job: Job, remediator: Remediator) -> str:
    """Return why a plan still waits for an operator's word, or an empty text where it needs none or has it."""
    is_free = remediator.policy.modes.of(job.incident.kind) is Mode.ENFORCE and not plan.needs_approval
    if is_free or any(approval.covers(plan.digest, now=job.now) for approval in job.incident.approval):
        return ""
    if job.refusals:
        return "; ".join((*(refusal.told for refusal in job.refusals), "the next plan waits for an operator's word"))
    if not job.incident.approval:
        return "this remedy is never applied without an operator's word"
    return "the approval has expired, or was of another plan: the role has changed since"


def _find(wanted: Wanted, job: Job, remediator: Remediator) -> Plan | Refused:
    return find_plan(wanted, remediator.sight, strongest=job.incident.breaker is Breaker.STRONGEST)
