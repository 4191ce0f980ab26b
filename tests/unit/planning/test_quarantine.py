"""The last rung: everything denied, and nobody let in; never without an operator's word, but in a retired service."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.closing import CLOSED_TRUST, DENY_ALL
from panorama_guard.case.finding import Kind
from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.case.step import DeleteInline, PutInline, PutOwnBoundary, PutTrust, apply_step
from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.trust import read_trust
from panorama_guard.planning.ladder import plan_remediation
from panorama_guard.planning.names import QUARANTINE
from panorama_guard.planning.plan import Plan
from panorama_guard.planning.situation import Situation
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import (
    GROUP_ROLE,
    PAYROLL,
    ROLES,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)
from tests.unit.planning.situations import carried_out, judged_after, planned, refused, situation, tried

DENIED, CLOSED = PutInline(QUARANTINE, DENY_ALL), PutTrust(CLOSED_TRUST)


def cornered() -> Situation:
    """Return an escape for which no other rung is left: no Deny fits, and others use what would be the boundary."""
    snapshot = with_policies(snapshot_of(GROUP_ROLE), filler(10_150), attached=[managed(PAYROLL)])
    of = situation(snapshot)
    return replace(of, around=replace(of.around, own_boundaries=()))


def test_an_escape_without_another_rung_is_quarantined_only_with_an_operator_s_word() -> None:
    """The trust is closed first, so that the escape is there to be acted on until the end."""
    plan = planned(cornered())
    assert plan.needs_approval
    assert plan.steps == (CLOSED, DENIED)
    assert plan.remedy(GROUP_ROLE.name).rung == "Quarantine"
    assert plan.inverses == (PutTrust(GROUP_ROLE.trust_text), DeleteInline(QUARANTINE))


def test_a_role_in_quarantine_may_do_nothing_and_nobody_may_become_it() -> None:
    """Decided over all requests and all principals."""
    of = cornered()
    after = carried_out(of, planned(of))
    assert check(read_permissions(after).grant, Grant(())) == Contained()
    assert check(read_trust(after.trust), Grant(())) == Contained()
    assert judged_after(of, planned(of)) == ()


def test_the_trust_policy_of_a_quarantine_is_one_that_iam_takes() -> None:
    """One statement, an action of STS, a principal."""
    (statement,) = json.loads(CLOSED_TRUST)["Statement"]
    assert statement == {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}


def test_the_proof_lists_what_is_lost_inside_the_ceiling() -> None:
    """An operator knows what he approves."""
    proof = planned(cornered()).proof
    assert proof.startswith("decided over all requests and principals: after the steps the role may do nothing")
    assert "lost inside the ceiling: " in proof
    assert "s3:GetObject" in proof
    assert "cloudwatch:PutDashboard" in proof


def test_a_long_list_of_what_is_lost_is_cut_and_counted() -> None:
    """The service role may do more than a hundred things."""
    snapshot = with_policies(snapshot_of(), filler(10_150), attached=[managed(PAYROLL)])
    of = situation(snapshot, ROLES[0])
    proof = planned(replace(of, around=replace(of.around, own_boundaries=()))).proof
    assert "greengrass:" in proof
    assert " more" in proof.rpartition(" and ")[2]


def test_a_quarantine_is_taken_back_step_by_step() -> None:
    """Byte for byte."""
    of = cornered()
    plan = planned(of)
    after = carried_out(of, plan)
    for inverse in reversed(plan.inverses):
        after = apply_step(after, inverse)
    assert after == of.snapshot


def test_the_undo_is_told_in_the_order_in_which_it_is_done() -> None:
    """The last step is taken back first."""
    undo = planned(cornered()).remedy(GROUP_ROLE.name).undo
    assert undo[0].startswith("aws iam delete-role-policy")
    assert undo[1].startswith("put back the earlier document")


def test_where_not_even_the_shortest_deny_fits_the_boundary_denies_everything() -> None:
    """The attacker has filled the quota to the last character."""
    snapshot = with_policies(snapshot_of(GROUP_ROLE), filler(10_240), attached=[managed(PAYROLL)])
    of = situation(snapshot)
    plan = planned(replace(of, around=replace(of.around, quotas=replace(of.around.quotas, policy=100))))
    assert plan.needs_approval
    assert plan.steps == (CLOSED, PutOwnBoundary(ManagedPolicy(of.around.own_boundaries[0], "", DENY_ALL)))


def test_what_somebody_wrote_under_its_name_is_not_replaced() -> None:
    """It allows something."""
    of = cornered()
    taken = of.snapshot.without_inline("inline-0").with_inline(QUARANTINE, filler(10_150))
    assert planned(replace(of, snapshot=taken)).steps[1] == replace(DENIED, name=f"{QUARANTINE}-2")


# --- in a retired service ---


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_in_a_retired_service_a_trust_is_answered_by_quarantine_without_asking(role: RoleProfile) -> None:
    """The Deny comes first here: until the trust is closed, it is still there to be acted on."""
    of = situation(snapshot_of(role), role, posture=Posture.RETIRED, kind=Kind.TRUST_ESCAPE)
    plan = planned(of)
    assert plan.steps == (DENIED, CLOSED)
    assert not plan.needs_approval
    assert judged_after(of, plan) == ()


def test_in_a_retired_service_the_strongest_remedy_is_quarantine() -> None:
    """Everything that the role has is too much."""
    of = situation(snapshot_of(GROUP_ROLE), posture=Posture.RETIRED, kind=Kind.PERMISSION_ESCAPE)
    plan = plan_remediation(of, strongest=True)
    assert isinstance(plan, Plan)
    assert (plan.steps, plan.needs_approval) == ((CLOSED, DENIED), False)


def test_in_a_service_that_runs_the_strongest_remedy_is_quarantine_only_if_nothing_else_is_left() -> None:
    """What takes permission away stays the last of all."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL))
    strongest = plan_remediation(of, strongest=True)
    left = plan_remediation(cornered(), strongest=True)
    assert isinstance(strongest, Plan)
    assert isinstance(left, Plan)
    assert (strongest.needs_approval, left.needs_approval) == (False, True)


def test_a_trust_escape_whose_repair_aws_refuses_has_no_plan() -> None:
    """Nor could the trust be closed."""
    opened = replace(snapshot_of(GROUP_ROLE), trust=policy(trusting({"AWS": "999999999999"})))
    of = replace(situation(opened), refused=tried(PutTrust("{}")))
    assert "AWS refused such a step already" in refused(of)
