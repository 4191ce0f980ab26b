"""What the tests of this room share: the situation of a finding on a role, and what becomes of its plan."""

from functools import reduce

from panorama_guard.case.account import LEAST
from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import Step, apply_step
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.planning.ladder import plan_remediation
from panorama_guard.planning.names import own_boundary_arns
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.refusing import RefusedStep
from panorama_guard.planning.situation import Situation, Surroundings
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import GROUP_ROLE, MEMORY, NOW


def situation(
    snapshot: RoleSnapshot,
    role: RoleProfile = GROUP_ROLE,
    *,
    memory: Memory = MEMORY,
    posture: Posture = Posture.ACTIVE,
    kind: Kind | None = None,
) -> Situation:
    """Return the situation of the first finding (of a kind) on a role."""
    standard = standard_of(role, posture)
    findings = judge_role(snapshot, standard, memory).findings
    finding = next(finding for finding in findings if kind in (None, finding.kind))
    return Situation(
        finding, snapshot, standard, memory, (), NOW, around=around_of(snapshot), is_retired=posture is Posture.RETIRED
    )


def around_of(snapshot: RoleSnapshot) -> Surroundings:
    """Return an account in which nobody uses what the guard would make for the role."""
    return Surroundings(LEAST, own_boundary_arns(snapshot)[:1], ())


def planned(of: Situation) -> Plan:
    """Return the plan, which there is."""
    plan = plan_remediation(of)
    assert isinstance(plan, Plan), plan.reason
    return plan


def refused(of: Situation) -> str:
    """Return why there is no plan."""
    plan = plan_remediation(of)
    assert isinstance(plan, Refused)
    return plan.reason


def tried(*steps: Step) -> tuple[RefusedStep, ...]:
    """Return steps as AWS has refused them: every such call."""
    return tuple(map(RefusedStep, steps))


def carried_out(of: Situation, plan: Plan) -> RoleSnapshot:
    """Return the role after the plan."""
    return reduce(apply_step, plan.steps, of.snapshot)


def judged_after(of: Situation, plan: Plan) -> tuple[Finding, ...]:
    """Return the findings on the role after the plan."""
    return judge_role(carried_out(of, plan), of.standard, of.memory).findings
