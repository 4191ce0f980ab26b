"""The policy through which permission escapes is taken away, or set back, where nothing inside the ceiling is lost."""

from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST, PolicyVersion
from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import (
    AttachManaged,
    DeleteInline,
    DetachManaged,
    PutInline,
    PutOwnBoundary,
    SetDefaultVersion,
    apply_step,
)
from panorama_guard.judging.standard import standard_of
from panorama_guard.planning.situation import Companion, Revertible, Situation
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ADMINISTRATOR,
    ADMINISTRATOR_ARN,
    BOUNDARY_ARN,
    CUSTOMER_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    SERVICE_ROLE,
    allow,
    deny,
    filler,
    managed,
    policy,
    snapshot_of,
    with_policies,
)
from tests.unit.planning.situations import carried_out, judged_after, planned, situation, tried

MODELS = allow(["s3:GetObject", "s3:PutObjectTagging"], "arn:aws:s3:::my-aws-panorama-models/*")
KEPT_THERE = allow("s3:*", "arn:aws:s3:::my-aws-panorama-models/*")
OUTSIDE = policy(allow("sqs:*"))
MIXED = policy(MODELS, allow("sqs:*"))


def full(*attached: ManagedPolicy, texts: tuple[str, ...] = (), role: RoleProfile = GROUP_ROLE) -> RoleSnapshot:
    """Return a role whose inline quota leaves room for no Deny."""
    used = sum(len("".join(text.split())) for text in texts)
    return with_policies(snapshot_of(role), filler(10_200 - used), *texts, attached=attached)


# --- taken away ---


@pytest.mark.parametrize("arn", [CUSTOMER_ARN, ADMINISTRATOR_ARN])
def test_a_managed_policy_that_grants_nothing_inside_the_ceiling_is_detached(arn: str) -> None:
    """Its inverse attaches it as it was."""
    of = situation(full(managed(OUTSIDE, arn, "v3")))
    plan = planned(of)
    assert plan.steps == (DetachManaged(arn),)
    assert plan.inverses == (AttachManaged(managed(OUTSIDE, arn, "v3")),)
    assert judged_after(of, plan) == ()
    assert apply_step(carried_out(of, plan), plan.inverses[0]) == of.snapshot


def test_an_inline_policy_that_grants_nothing_inside_the_ceiling_is_deleted() -> None:
    """Its inverse puts it as it was; the filler, which is inside the ceiling, stays."""
    of = situation(full(texts=(OUTSIDE,)))
    plan = planned(of)
    assert plan.steps == (DeleteInline("inline-1"),)
    assert plan.inverses == (PutInline("inline-1", OUTSIDE),)
    assert judged_after(of, plan) == ()
    assert [one.name for one in carried_out(of, plan).inline] == ["inline-0"]


def test_what_a_policy_grants_inside_the_ceiling_may_be_granted_by_another() -> None:
    """Then nothing is lost with it."""
    of = situation(full(managed(MIXED)))
    assert planned(of).steps == (DetachManaged(CUSTOMER_ARN),)  # the filler grants the same of the models


def test_a_policy_that_alone_grants_something_inside_the_ceiling_is_kept() -> None:
    """The next rung leaves what is inside as it is."""
    mixed = policy(allow("s3:ListBucket", "arn:aws:s3:::my-aws-panorama-models"), allow("sqs:*"))
    of = situation(full(managed(mixed.replace("ListBucket", "DeleteObject"))))
    plan = planned(of)
    assert isinstance(plan.steps[0], PutOwnBoundary)
    assert any(
        "detach" in note and "not proved: that no permission inside the ceiling is lost" in note for note in plan.notes
    )


def test_a_policy_whose_denies_hold_something_back_is_kept() -> None:
    """Without it the role would be granted more than before, though it is inside the ceiling."""
    holding = managed(policy(allow("sqs:*"), deny("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/*")))
    of = situation(full(holding))
    plan = planned(of)
    assert not any(isinstance(step, DetachManaged) for step in plan.steps)
    assert any("more would be granted than before" in note for note in plan.notes)


def test_the_plan_says_that_a_policy_of_aws_may_not_be_attached_again() -> None:
    """Deprecated ones cannot, and IAM does not say which they are."""
    notes = planned(situation(full(managed(OUTSIDE, ADMINISTRATOR_ARN)))).notes
    assert any(ADMINISTRATOR_ARN in note and "may be gone for good" in note for note in notes)
    notes = planned(situation(full(managed(OUTSIDE)))).notes
    assert not any("gone for good" in note for note in notes)


def test_a_detachment_that_aws_refuses_is_not_proposed_again() -> None:
    """The next rung is."""
    of = replace(situation(full(managed(OUTSIDE))), refused=tried(DetachManaged(CUSTOMER_ARN)))
    assert isinstance(planned(of).steps[0], PutOwnBoundary)


# --- set back ---

KEPT = allow("iot:UpdateThing", "arn:aws:iot:*:*:thing/panorama-1")  # no other policy of the role grants it
GOOD, BAD = policy(KEPT), policy(KEPT, allow("sqs:*"))


def versions(*texts: str, default: int) -> tuple[PolicyVersion, ...]:
    """Return versions v1, v2 and so on, of which one is the default."""
    return tuple(
        PolicyVersion(f"v{number}", text, is_default=number == default) for number, text in enumerate(texts, start=1)
    )


def revertible(*texts: str, default: int, companions: tuple[Companion, ...] = ()) -> Situation:
    """Return a full role that uses a customer's policy of which only one version is in force."""
    listed = versions(*texts, default=default)
    of = situation(full(ManagedPolicy(CUSTOMER_ARN, f"v{default}", texts[default - 1])), kind=Kind.PERMISSION_ESCAPE)
    return replace(of, around=replace(of.around, revertible=(Revertible(CUSTOMER_ARN, listed, companions),)))


def test_a_customer_s_policy_is_set_back_to_its_newest_earlier_version_that_is_compliant() -> None:
    """Its inverse makes the version the default that escaped."""
    of = revertible(GOOD, BAD, BAD, default=3)
    plan = planned(of)
    assert plan.steps == (SetDefaultVersion(CUSTOMER_ARN, "v1", GOOD),)
    assert plan.inverses == (SetDefaultVersion(CUSTOMER_ARN, "v3", BAD),)
    assert judged_after(of, plan) == ()
    assert apply_step(carried_out(of, plan), plan.inverses[0]) == of.snapshot
    assert any(CUSTOMER_ARN in note and "stays, and grants nothing" in note for note in plan.notes)


def test_a_version_under_which_something_inside_the_ceiling_is_lost_is_not_taken() -> None:
    """The earlier one grants less of what is inside."""
    of = revertible(IN_PATTERN, BAD, default=2)
    assert isinstance(planned(of).steps[0], PutOwnBoundary)


def test_a_sleeping_version_that_was_woken_is_set_back_to_the_one_that_was_in_force() -> None:
    """The version that escapes is the older one; there is none before it."""
    plan = planned(revertible(BAD, GOOD, default=1))
    assert plan.steps == (SetDefaultVersion(CUSTOMER_ARN, "v2", GOOD),)


def test_a_policy_that_may_not_be_set_back_is_left_alone() -> None:
    """The deployment does not allow it, or somebody else uses it."""
    of = revertible(GOOD, BAD, default=2)
    plan = planned(replace(of, around=replace(of.around, revertible=())))
    assert not any(isinstance(step, SetDefaultVersion) for step in plan.steps)


def companion(*inline: str, role: RoleProfile = SERVICE_ROLE, text: str = BAD) -> Companion:
    """Return another guarded role that has the policy attached."""
    snapshot = with_policies(snapshot_of(role), *inline, attached=[ManagedPolicy(CUSTOMER_ARN, "v2", text)])
    return Companion(snapshot, standard_of(role, Posture.ACTIVE), Memory(snapshot.subject.unique_id))


def test_a_policy_that_other_guarded_roles_use_is_set_back_where_none_of_them_is_harmed() -> None:
    """Their escapes end with it."""
    plan = planned(revertible(GOOD, BAD, default=2, companions=(companion(),)))
    assert plan.steps == (SetDefaultVersion(CUSTOMER_ARN, "v1", GOOD),)


def test_a_policy_is_not_set_back_where_another_guarded_role_would_lose_by_it() -> None:
    """What it grants that role inside its ceiling, no other policy does."""
    more = policy(KEPT, allow("sqs:*"), allow("greengrass:CreateGroup"))
    other = companion(text=more)
    other = replace(other, snapshot=replace(other.snapshot, attached=(ManagedPolicy(CUSTOMER_ARN, "v2", more),)))
    plan = planned(revertible(GOOD, more, default=2, companions=(other,)))
    assert isinstance(plan.steps[0], PutOwnBoundary)
    assert any(f"{SERVICE_ROLE.name} uses the policy too, and is harmed" in note for note in plan.notes)


def test_a_policy_is_not_set_back_where_another_guarded_role_would_escape_by_it() -> None:
    """The version in force holds something back there."""
    holding = policy(KEPT, allow("lambda:InvokeFunction"), deny("sqs:*"))
    plan = planned(revertible(GOOD, holding, default=2, companions=(companion(policy(allow("sqs:*")), text=holding),)))
    assert isinstance(plan.steps[0], PutOwnBoundary)
    assert any(f"{SERVICE_ROLE.name} uses the policy too, and is harmed" in note for note in plan.notes)


@pytest.mark.parametrize(("inside", "is_harmed"), [(allow("greengrass:CreateGroup"), True), (KEPT_THERE, False)])
def test_a_policy_is_not_set_back_where_another_guarded_role_would_escape_more_by_it(
    inside: dict[str, object], *, is_harmed: bool
) -> None:
    """It escapes by the policy already, and by the other version by something else, that the role itself may have."""
    outside = policy(KEPT_THERE, allow("sqs:*"))
    listed = versions(policy(KEPT_THERE, inside), outside, default=2)
    role = full(ManagedPolicy(CUSTOMER_ARN, "v2", outside), role=SERVICE_ROLE)
    of = situation(role, SERVICE_ROLE, kind=Kind.PERMISSION_ESCAPE)
    other = companion(role=GROUP_ROLE, text=outside)
    plan = planned(replace(of, around=replace(of.around, revertible=(Revertible(CUSTOMER_ARN, listed, (other,)),))))
    assert any(f"{GROUP_ROLE.name} uses the policy too, and is harmed" in note for note in plan.notes) is is_harmed
    assert isinstance(plan.steps[0], SetDefaultVersion) is not is_harmed


def test_a_boundary_that_was_widened_in_place_is_set_back() -> None:
    """The policy is the role's boundary, not attached to it."""
    narrow, wide = policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*")), policy(allow("s3:*"))
    bounded = replace(full(managed(policy(allow("s3:*")))), boundary=(ManagedPolicy(BOUNDARY_ARN, "v2", wide),))
    of = situation(bounded)
    policies = (Revertible(BOUNDARY_ARN, versions(narrow, wide, default=2), ()),)
    of = replace(of, around=replace(of.around, revertible=policies))
    assert of.finding.kind is Kind.PERMISSION_ESCAPE
    assert planned(of).steps == (SetDefaultVersion(BOUNDARY_ARN, "v1", narrow),)


def test_administrator_access_that_is_set_back_loses_what_it_gave_inside_and_is_bounded_instead() -> None:
    """Nothing granted inside the ceiling is ever lost, whoever granted it."""
    of = revertible(GOOD, ADMINISTRATOR, default=2)
    assert of.around.quotas == LEAST
    assert isinstance(planned(of).steps[0], PutOwnBoundary)
