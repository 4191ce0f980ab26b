"""The boundaries of the ladder: the one that was lost, and one of the guard's own."""

import json
from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST
from panorama_guard.case.closing import DENY_ALL
from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import DeleteBoundary, DeleteInline, PutBoundary, PutInline, PutOwnBoundary, apply_step
from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.planning.bounding import bound_to_ceiling
from panorama_guard.planning.ladder import plan_remediation
from panorama_guard.planning.names import own_boundary_arns
from panorama_guard.planning.plan import Plan, Promise, Proposal
from panorama_guard.planning.proof import why_not_proved
from panorama_guard.planning.quotas import size
from panorama_guard.planning.situation import Situation
from panorama_guard.policy import parse_document
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ADMINISTRATOR,
    ADMINISTRATOR_ARN,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    PAYROLL,
    ROLE_ID,
    ROLES,
    SERVICE_ROLE,
    allow,
    as_administrator,
    deny,
    filler,
    managed,
    policy,
    snapshot_of,
    with_policies,
)
from tests.unit.planning.situations import carried_out, judged_after, planned, situation, tried

BOUNDARY = managed(IN_PATTERN, BOUNDARY_ARN)
REMEMBERED = Memory(ROLE_ID, boundary=(BOUNDARY,), boundary_confirmed=True)


def without_boundary(*live: ManagedPolicy) -> Situation:
    """Return the situation of an administrator that lost its boundary, whose policy is `live` now."""
    of = situation(as_administrator(snapshot_of(GROUP_ROLE)), memory=REMEMBERED)
    return replace(of, live_boundary=live)


def test_a_lost_boundary_is_put_back() -> None:
    """Its live policy still says what it said."""
    of = without_boundary(BOUNDARY)
    plan = planned(of)
    assert plan.steps == (PutBoundary(BOUNDARY),)
    assert "under that boundary" in plan.proof
    assert judged_after(of, plan) == ()


def test_a_replaced_boundary_is_put_back_and_its_inverse_is_the_other_one() -> None:
    """Undoing restores what was there."""
    other = managed(ADMINISTRATOR, f"{BOUNDARY_ARN}Other")
    snapshot = replace(as_administrator(snapshot_of(GROUP_ROLE)), boundary=(other,))
    plan = planned(replace(situation(snapshot, memory=REMEMBERED), live_boundary=(BOUNDARY,)))
    assert plan.inverses == (PutBoundary(other),)


def test_a_boundary_with_a_new_version_of_the_same_text_is_put_back() -> None:
    """The hash of the document decides."""
    renewed = managed(IN_PATTERN, BOUNDARY_ARN, "v7")
    of = without_boundary(renewed)
    assert planned(of).steps == (PutBoundary(renewed),)


@pytest.mark.parametrize("live", [(), (managed(ADMINISTRATOR, BOUNDARY_ARN, "v2"),)])
def test_a_boundary_that_is_no_more_what_it_was_is_not_put_back(live: tuple[ManagedPolicy, ...]) -> None:
    """The escape is denied as any other, and what the role may do inside the ceiling stays."""
    of = without_boundary(*live)
    plan = planned(of)
    assert isinstance(plan.steps[0], PutInline)
    assert isinstance(plan.inverses[0], DeleteInline)
    assert judged_after(of, plan) == ()


UNCONFIRMED = replace(REMEMBERED, boundary_confirmed=False)


def test_a_boundary_that_somebody_set_later_is_not_put_back_with_what_it_withholds() -> None:
    """The escape is denied, and all that the role has inside the ceiling stays."""
    plan = planned(replace(without_boundary(BOUNDARY), memory=UNCONFIRMED))
    assert [type(step) for step in plan.steps] == [PutInline]
    assert "inside the ceiling before is granted after" in plan.proof


def test_a_boundary_that_somebody_set_later_and_that_withholds_nothing_is_put_back() -> None:
    """All that is inside the ceiling is granted under it."""
    full = situation(filler_for(GROUP_ROLE))
    ceiling = managed(own_boundary(planned(full)).text, BOUNDARY_ARN)
    of = situation(as_administrator(snapshot_of(GROUP_ROLE)), memory=replace(UNCONFIRMED, boundary=(ceiling,)))
    plan = planned(replace(of, live_boundary=(ceiling,)))
    assert plan.steps == (PutBoundary(ceiling),)
    assert "under that boundary" not in plan.proof


@pytest.mark.parametrize("strongest", [False, True])
def test_a_boundary_that_somebody_set_later_is_put_back_at_an_operator_s_word_where_nothing_else_fits(
    *, strongest: bool
) -> None:
    """An attacker may have set it for what it withholds, and taken away what else would have fitted."""
    full = filler_for(GROUP_ROLE)
    of = replace(situation(full, memory=UNCONFIRMED), live_boundary=(BOUNDARY,))
    around = replace(of.around, own_boundaries=())
    plan = plan_remediation(replace(of, around=around), strongest=strongest)
    assert isinstance(plan, Plan)
    assert plan.steps == (PutBoundary(BOUNDARY),)
    assert plan.needs_approval
    assert "whatever else is inside the ceiling it withholds" in plan.proof


# --- the ceiling as a boundary of the guard's own ---


def filled(role: RoleProfile = SERVICE_ROLE, *, boundary: tuple[ManagedPolicy, ...] = ()) -> RoleSnapshot:
    """Return an administrator whose inline quota somebody has filled with what is inside the ceiling."""
    inline = with_policies(snapshot_of(role), filler(9_900)).inline
    return replace(as_administrator(snapshot_of(role)), inline=inline, boundary=boundary)


def own_boundary(plan: Plan) -> ManagedPolicy:
    """Return the guard's own policy that a plan sets as the boundary."""
    (step,) = plan.steps
    assert isinstance(step, PutOwnBoundary)
    return step.own


def filler_for(role: RoleProfile) -> RoleSnapshot:
    """Return the role so full that not even the shortest Deny fits."""
    return replace(filled(role), inline=with_policies(snapshot_of(role), filler(10_190)).inline)


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_where_no_deny_fits_the_ceiling_becomes_the_boundary(role: RoleProfile) -> None:
    """AdministratorAccess and a full quota: nothing escapes, and nothing inside the ceiling is lost."""
    of = situation(filler_for(role), role)
    plan = planned(of)
    own, after = own_boundary(plan), carried_out(of, plan)
    before, then = read_permissions(of.snapshot).grant, read_permissions(after).grant
    assert own.arn == f"arn:aws:iam::111122223333:policy/panorama-guard/boundary-of-{role.name}"
    assert size(own.text) <= LEAST.policy
    assert judged_after(of, plan) == ()
    assert check(Grant((parse_document(own.text, name="own"),)), of.standard.permissions) == Contained()
    assert check(Grant(before.policies, (of.standard.permissions.policies,)), then) == Contained()
    assert after.inline == of.snapshot.inline  # the filler is inside the ceiling, and stays
    assert plan.inverses == (DeleteBoundary(),)


def test_the_boundary_of_the_largest_role_is_written_in_few_words() -> None:
    """It is minimised: AWS's own policy for the role alone is 6,095 characters long."""
    assert size(own_boundary(planned(situation(filled(), SERVICE_ROLE))).text) < 5_000


def test_the_plan_says_what_a_boundary_does_not_limit_and_what_is_left_of_it() -> None:
    """And which rungs were passed over, and why."""
    notes = planned(situation(filled(), SERVICE_ROLE)).notes
    assert any("does not limit what a resource's policy grants to a session of the role" in note for note in notes)
    assert any("stays in the account, used by nobody, when this is undone" in note for note in notes)
    passed = f"detach the managed policy {ADMINISTRATOR_ARN}: not proved: that no permission inside the ceiling is lost"
    assert f"passed over: {passed}" in notes


def test_the_customer_s_boundary_is_kept_inside_the_guard_s_own() -> None:
    """What it took away inside the ceiling stays taken away; undoing sets it again."""
    narrow = managed(policy(allow(["s3:*", "iam:*"]), deny("s3:Delete*")), BOUNDARY_ARN)
    of = situation(filled(boundary=(narrow,)), SERVICE_ROLE)
    of = replace(of, refused=tried(PutInline("any", "{}")))
    plan = planned(of)
    after = carried_out(of, plan)
    before, then = (read_permissions(one).grant for one in (of.snapshot, after))
    assert own_boundary(plan)
    assert check(then, before) == Contained()
    assert judged_after(of, plan) == ()
    assert plan.inverses == (PutBoundary(narrow),)
    assert apply_step(after, plan.inverses[0]) == of.snapshot


def test_a_customer_s_boundary_that_is_not_understood_is_not_replaced() -> None:
    """Nobody can say what it takes away: what is left is for an operator."""
    of = situation(filled(boundary=(managed("{", BOUNDARY_ARN),)), SERVICE_ROLE, kind=Kind.PERMISSION_ESCAPE)
    plan = planned(of)
    assert plan.needs_approval
    assert any("boundary-of" in note and "is lost" in note for note in plan.notes)


def test_a_ceiling_that_is_too_long_is_cut_to_what_the_role_is_granted() -> None:
    """Whatever else the ceiling has, this role is not granted today."""
    long = policy(*(allow(f"s3:Get{'X' * 60}{number}", "arn:aws:s3:::elsewhere/*") for number in range(80)))
    of = situation(replace(filled(), attached=(managed(policy(allow("sagemaker:*"))),)), SERVICE_ROLE)
    ceiling = Grant((*of.standard.permissions.policies, parse_document(long, name="long")))
    standard = replace(of.standard, permissions=ceiling)
    of = replace(of, standard=standard, refused=tried(PutInline("any", "{}")))
    steps = [step for proposal in bound_to_ceiling(of) for step in proposal.steps]
    texts = [step.own.text for step in steps if isinstance(step, PutOwnBoundary)]
    plan = planned(of)
    assert [size(text) > LEAST.policy for text in texts] == [True, False]
    assert own_boundary(plan).text == texts[1]
    assert judged_after(of, plan) == ()


def test_a_boundary_over_the_quota_is_refused_and_the_plan_says_so() -> None:
    """What is left then is for an operator to approve."""
    of = situation(filled(), SERVICE_ROLE)
    plan = planned(replace(of, around=replace(of.around, quotas=replace(LEAST, policy=1_000))))
    assert plan.needs_approval
    assert any("characters of the 1000 that IAM allows" in note for note in plan.notes)


def test_without_a_policy_of_its_own_to_use_the_guard_has_no_boundary_to_set() -> None:
    """Others use those of its names, or there is no room for another policy."""
    of = situation(filled(), SERVICE_ROLE)
    unavailable = "no boundary of the guard's own"
    plan = planned(replace(of, around=replace(of.around, own_boundaries=(), unavailable=(unavailable,))))
    assert plan.needs_approval
    assert f"passed over: {unavailable}" in plan.notes


def test_the_guard_s_own_boundary_is_renewed_and_taken_back_to_what_it_was() -> None:
    """Somebody has widened it in place: the same policy gets the ceiling again."""
    (arn, *_) = own_boundary_arns(snapshot_of(SERVICE_ROLE))
    widened = managed(policy(allow("*")), arn, "v3")
    of = situation(filled(boundary=(widened,)), SERVICE_ROLE)
    plan = planned(of)
    assert plan.inverses == (PutOwnBoundary(widened),)
    assert apply_step(carried_out(of, plan), plan.inverses[0]) == of.snapshot
    assert judged_after(of, plan) == ()


def test_a_name_that_aws_refused_is_not_tried_again() -> None:
    """Somebody has a policy of that name under another path; the next name is a matter of its own."""
    of = situation(filled(), SERVICE_ROLE)
    first, second, _ = own_boundary_arns(of.snapshot)
    both = replace(of.around, own_boundaries=(first, second))
    refused = tried(PutOwnBoundary(ManagedPolicy(first, "", "{}")))
    assert own_boundary(planned(replace(of, around=both, refused=refused))).arn == second


def test_a_boundary_that_allows_more_than_the_ceiling_is_no_plan_even_where_nothing_escapes_yet() -> None:
    """What is granted later has to stay inside it too."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL))
    (proposal, *_) = bound_to_ceiling(of)
    (step,) = proposal.steps
    assert isinstance(step, PutOwnBoundary)
    body = json.loads(step.own.text)
    wide = policy(*body["Statement"], allow("sqs:*"))
    step = PutOwnBoundary(replace(step.own, text=wide))
    before = judge_role(of.snapshot, of.standard, of.memory)
    assert why_not_proved(of, before, Proposal((step,), Promise.NOTHING_LOST)) == (
        "the boundary would allow what the ceiling does not"
    )


def test_an_empty_ceiling_is_a_boundary_that_denies_everything() -> None:
    """A document of IAM's has to have a statement."""
    of = situation(filled(GROUP_ROLE), GROUP_ROLE, posture=Posture.RETIRED, kind=Kind.PERMISSION_ESCAPE)
    (proposal, *_) = bound_to_ceiling(of)
    assert proposal.steps[0] == PutOwnBoundary(ManagedPolicy(of.around.own_boundaries[0], "", DENY_ALL))


def test_the_strongest_remedy_of_an_escape_is_the_boundary() -> None:
    """It holds whatever else is granted to the role."""
    plan = plan_remediation(situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL)), strongest=True)
    assert isinstance(plan, Plan)
    assert json.loads(own_boundary(plan).text)["Statement"]
