"""For each finding the first step that is proved, or why none is."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.case.step import DeleteInline, PutBoundary, PutInline, PutTrust, apply_step
from panorama_guard.containment import Contained, Grant, check
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Posture, standard_of
from panorama_guard.judging.trust import read_trust
from panorama_guard.planning.ladder import RUNGS, containment_name, plan_remediation
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.proof import INLINE_QUOTA, Situation, why_not_proved
from panorama_guard.profile import RoleProfile
from tests.builders import (
    ADMINISTRATOR,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    MEMORY,
    ONE_CHARACTER_OFF,
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
    trusting,
    with_policies,
)

POWER_USER = policy(
    {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*"},
    allow(["iam:CreateServiceLinkedRole", "iam:ListRoles", "account:GetAccountInformation"]),
)
ESCAPES = {
    "AdministratorAccess": ADMINISTRATOR,
    "NotAction": POWER_USER,
    "NotResource": policy({"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::*aws-panorama*"}),
    "one character off": ONE_CHARACTER_OFF,
    "PassRole without its condition": policy(allow("iam:PassRole", "arn:aws:iam::*:role/AWSPanoramaApplianceRole")),
    "PassRole of everything": policy(allow("iam:PassRole")),
    "everything but IAM": policy(allow("*"), deny("iam:*")),
    "a whole service": policy(allow(["s3:*", "iot:*", "sagemaker:*"])),
    "part of a service": policy(allow(["S3:GET*", "iot:*Thing*", "logs:*", "iam:*"])),
    "under a condition": policy(allow("s3:*", Condition={"StringEquals": {"aws:PrincipalTag/team": "vision"}})),
    "beside what is inside": policy(
        allow("s3:GetObject", ["arn:aws:s3:::payroll/*", "arn:aws:s3:::my-aws-panorama-models/*"])
    ),
}


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
    return Situation(finding, snapshot, standard, memory, ())


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


def carried_out(of: Situation, plan: Plan) -> RoleSnapshot:
    """Return the role after the plan."""
    (step,) = plan.steps
    return apply_step(of.snapshot, step)


def judged_after(of: Situation, plan: Plan) -> tuple[Finding, ...]:
    """Return the findings on the role after the plan."""
    return judge_role(carried_out(of, plan), of.standard, of.memory).findings


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
@pytest.mark.parametrize("name", ESCAPES)
def test_a_permission_escape_is_denied_exactly(role: RoleProfile, name: str) -> None:
    """After the Deny nothing escapes, what was granted inside the ceiling still is, and IAM's quota holds."""
    of = situation(with_policies(snapshot_of(role), ESCAPES[name], IN_PATTERN), role)
    plan = planned(of)
    (step,) = plan.steps
    after = carried_out(of, plan)
    assert isinstance(step, PutInline)
    assert {statement["Effect"] for statement in json.loads(step.text)["Statement"]} == {"Deny"}
    assert judged_after(of, plan) == ()
    before = read_permissions(of.snapshot).grant
    kept = Grant(before.policies, (*before.boundaries, of.standard.permissions.policies))
    assert check(kept, read_permissions(after).grant) == Contained()
    assert sum(len("".join(one.text.split())) for one in after.inline) <= INLINE_QUOTA
    assert apply_step(after, plan.inverses[0]) == of.snapshot


def test_many_statements_are_denied_together() -> None:
    """Forty escapes of one policy are one Deny."""
    many = policy(*(allow(["s3:GetObject", f"svc{n}:Do"], f"arn:aws:s3:::b{n}/*") for n in range(40)))
    of = situation(with_policies(snapshot_of(GROUP_ROLE), many))
    assert judged_after(of, planned(of)) == ()


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_service_of_which_a_role_may_do_something_is_limited_to_that(role: RoleProfile) -> None:
    """Greengrass and Lambda have no pattern: only the baseline's actions count."""
    snapshot = with_policies(snapshot_of(role), policy(allow(["lambda:*", "secretsmanager:*"])))
    of = situation(snapshot, role)
    assert judged_after(of, planned(of)) == ()


def test_a_small_escape_gets_a_small_deny() -> None:
    """Only the escaping action is denied, outside of what the ceiling gives it."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), ONE_CHARACTER_OFF))
    (step,) = planned(of).steps
    assert isinstance(step, PutInline)
    assert json.loads(step.text)["Statement"] == [
        {"Effect": "Deny", "NotResource": "arn:aws:s3:::*aws-panorama*", "Action": "s3:GetObject"}
    ]


def test_the_plan_says_what_it_does_what_it_proves_and_how_it_is_taken_back() -> None:
    """This is what operators read."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL))
    plan = planned(of)
    (step,) = plan.steps
    assert isinstance(step, PutInline)
    remedy = plan.remedy(GROUP_ROLE.name)
    assert remedy.steps == (f"put the inline policy {step.name}",)
    assert remedy.proof.startswith("decided over all requests: after the step this escape is gone")
    assert remedy.undo == (f"aws iam delete-role-policy --role-name {GROUP_ROLE.name} --policy-name {step.name}",)
    assert plan.fingerprint == of.snapshot.fingerprint


def test_one_cause_has_one_containment_and_another_cause_another() -> None:
    """A containment that is renewed replaces itself; two causes do not overwrite each other's."""
    both = with_policies(snapshot_of(GROUP_ROLE), PAYROLL, ONE_CHARACTER_OFF)
    standard = standard_of(GROUP_ROLE, Posture.ACTIVE)
    findings = judge_role(both, standard, MEMORY).findings
    names = []
    for finding in (*findings, *findings):
        (step,) = planned(Situation(finding, both, standard, MEMORY, ())).steps
        assert isinstance(step, PutInline)
        names.append(step.name)
    assert len(names) == 4
    assert len(set(names)) == 2


def test_a_containment_that_no_longer_suffices_is_replaced() -> None:
    """The policy got worse: the new Deny stands under the old one's name, and its inverse is the old one."""
    first = situation(with_policies(snapshot_of(GROUP_ROLE), ONE_CHARACTER_OFF))
    contained = carried_out(first, planned(first))
    worse = contained.with_inline("inline-0", PAYROLL)
    of = situation(worse)
    plan = planned(of)
    assert len(carried_out(of, plan).inline) == len(worse.inline)
    assert isinstance(plan.inverses[0], PutInline)
    assert judged_after(of, plan) == ()


def test_a_containment_is_replaced_beside_a_document_that_is_not_understood() -> None:
    """What is replaced allowed nothing, so nothing is lost whatever the other document grants."""
    first = situation(with_policies(snapshot_of(GROUP_ROLE), ONE_CHARACTER_OFF))
    worse = carried_out(first, planned(first)).with_inline("inline-0", PAYROLL).with_inline("odd", "{")
    of = situation(worse, kind=Kind.PERMISSION_ESCAPE)
    assert [finding.kind for finding in judged_after(of, planned(of))] == [Kind.UNDECIDED]


def test_two_escapes_are_contained_one_after_the_other() -> None:
    """A plan for one finding is proved beside the other, which it may leave but not add to."""
    snapshot = replace(with_policies(snapshot_of(GROUP_ROLE), PAYROLL), trust=policy(trusting("*")))
    of = situation(snapshot, kind=Kind.PERMISSION_ESCAPE)
    assert [finding.kind for finding in judged_after(of, planned(of))] == [Kind.TRUST_ESCAPE]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_retired_role_is_denied_everything(role: RoleProfile) -> None:
    """An empty ceiling leaves nothing to keep."""
    of = situation(snapshot_of(role), role, posture=Posture.RETIRED, kind=Kind.PERMISSION_ESCAPE)
    (step,) = planned(of).steps
    assert isinstance(step, PutInline)
    assert json.loads(step.text)["Statement"] == [{"Effect": "Deny", "Resource": "*", "Action": "*"}]


# --- doubts beside an escape ---


def test_an_unreadable_document_does_not_keep_an_escape_from_being_contained() -> None:
    """The Deny denies nothing inside the ceiling, whatever the unreadable document grants."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), "{", PAYROLL), kind=Kind.PERMISSION_ESCAPE)
    assert [finding.kind for finding in judged_after(of, planned(of))] == [Kind.UNDECIDED]


def test_a_condition_that_is_not_understood_does_not_keep_an_escape_from_being_contained() -> None:
    """Only what is added has to be judged for what it might take."""
    odd = policy(allow("s3:GetObject", "arn:aws:s3:::*aws-panorama*", Condition={"Unheard": {"aws:x": "y"}}))
    of = situation(with_policies(snapshot_of(GROUP_ROLE), odd, ADMINISTRATOR), kind=Kind.PERMISSION_ESCAPE)
    assert judged_after(of, planned(of)) == ()


def test_a_doubt_alone_has_no_plan() -> None:
    """Undecided alerts and never remediates."""
    assert refused(situation(with_policies(snapshot_of(GROUP_ROLE), "{"))) == (
        "no plan could be proved: no rung applies"
    )


def test_a_policy_in_doubt_shields_no_other() -> None:
    """What escapes now may be in doubt once everything is denied: the other cause's plan stands nevertheless."""
    names = policy(allow("s3:GetObject", "arn:aws:s3:::${aws:PrincipalTag/x}/*"))
    both = with_policies(snapshot_of(SERVICE_ROLE), names, attached=[managed(ADMINISTRATOR)])
    standard = standard_of(SERVICE_ROLE, Posture.ACTIVE)
    (finding,) = judge_role(both, standard, MEMORY).of(Kind.PERMISSION_ESCAPE, managed(ADMINISTRATOR).arn)
    of = Situation(finding, both, standard, MEMORY, ())
    assert not [one for one in judged_after(of, planned(of)) if one.source == finding.source]


def test_a_plan_after_which_its_own_cause_is_in_doubt_is_refused() -> None:
    """Only what is proved to be gone is gone."""
    before = judge_role(
        with_policies(snapshot_of(GROUP_ROLE), PAYROLL), standard_of(GROUP_ROLE, Posture.ACTIVE), MEMORY
    )
    after = with_policies(snapshot_of(GROUP_ROLE), "{")
    of = situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL))
    assert why_not_proved(of, before, after) == "the role would still escape"


def test_a_policy_in_doubt_does_not_keep_a_lost_boundary_from_being_put_back() -> None:
    """It was in doubt before, and is after."""
    snapshot = as_administrator(with_policies(snapshot_of(GROUP_ROLE), "{"))
    of = replace(situation(snapshot, memory=REMEMBERED, kind=Kind.BOUNDARY_ESCAPE), live_boundary=(BOUNDARY,))
    assert planned(of).steps == (PutBoundary(BOUNDARY),)


# --- names that are taken ---


@pytest.mark.parametrize("text", [IN_PATTERN, policy(deny("sqs:*"), allow("panorama:Get*")), "{"])
@pytest.mark.parametrize("case", [str, str.upper])
def test_a_containment_does_not_replace_what_somebody_wrote_under_its_name(
    text: str, case: Callable[[str], str]
) -> None:
    """Whether IAM tells names apart by case or not; the next number is free."""
    name = containment_name(situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL)))
    taken = with_policies(snapshot_of(GROUP_ROLE), PAYROLL).with_inline(case(name), text)
    of = situation(taken.with_inline(f"{name}-2", text), kind=Kind.PERMISSION_ESCAPE)
    (step,) = planned(of).steps
    assert isinstance(step, PutInline)
    assert step.name == f"{name}-3"


def test_a_deny_under_the_name_of_a_containment_is_replaced() -> None:
    """Whoever wrote it: taking it away takes no permission."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL))
    name = containment_name(of)
    taken = replace(of, snapshot=of.snapshot.with_inline(name, policy(deny("s3:GetObject"))))
    assert containment_name(taken) == name
    assert isinstance(planned(taken).inverses[0], PutInline)


# --- refusals ---


@pytest.mark.parametrize("text", [PAYROLL, ADMINISTRATOR])
def test_a_full_quota_leaves_no_plan(text: str) -> None:
    """The refusal says how much there would be."""
    reason = refused(situation(with_policies(snapshot_of(GROUP_ROLE), filler(10_200), text)))
    assert "of the 10240 that IAM allows" in reason


def test_a_quota_that_leaves_room_for_the_narrow_deny_is_enough() -> None:
    """Less than the wide one needs."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), filler(9_900), PAYROLL))
    assert judged_after(of, planned(of)) == ()


def test_a_whole_service_is_denied_in_less_room_than_all_but_the_ceiling() -> None:
    """Only the services of the escape are held to the ceiling action by action."""
    of = situation(with_policies(snapshot_of(SERVICE_ROLE), filler(8_000), policy(allow("iam:*"))), SERVICE_ROLE)
    assert judged_after(of, planned(of)) == ()


def nearly_full(*, room: int) -> RoleSnapshot:
    """Return a role with a contained escape, another that is not, and this much room for inline policies."""
    first = situation(with_policies(snapshot_of(GROUP_ROLE), ONE_CHARACTER_OFF))
    contained = carried_out(first, planned(first))
    contained = replace(contained, attached=(managed(ADMINISTRATOR), *contained.attached))
    taken = sum(len("".join(one.text.split())) for one in contained.inline)
    return contained.with_inline("filler", filler(INLINE_QUOTA - taken - room))


def test_where_no_second_containment_fits_the_first_becomes_one_for_all() -> None:
    """Nothing that it contained comes back, and it can be taken back to what it was."""
    of = situation(nearly_full(room=900))
    plan = planned(of)
    assert len(carried_out(of, plan).inline) == len(of.snapshot.inline)
    assert judged_after(of, plan) == ()
    assert apply_step(carried_out(of, plan), plan.inverses[0]) == of.snapshot


def test_where_not_even_one_containment_for_all_fits_there_is_no_plan() -> None:
    """The quota is IAM's."""
    assert "of the 10240 that IAM allows" in refused(situation(nearly_full(room=500)))


def test_a_trust_policy_over_the_quota_is_no_reason_against_a_containment() -> None:
    """The account's quota was raised, and the plan does not touch it."""
    long = policy(trusting(SERVICE, Condition={"StringNotEquals": {"sts:ExternalId": "x" * 3_000}}))
    of = situation(replace(with_policies(snapshot_of(GROUP_ROLE), PAYROLL), trust=long))
    assert judged_after(of, planned(of)) == ()


def test_a_trust_policy_over_the_quota_may_be_made_shorter() -> None:
    """It still is over it after."""
    long = trusting(SERVICE, Condition={"StringNotEquals": {"sts:ExternalId": "x" * 3_000}})
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(long, STRANGER)))
    assert planned(of).steps == (PutTrust(policy(long)),)


def test_white_space_does_not_count_against_the_quota() -> None:
    """IAM does not count it."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), IN_PATTERN + " " * 20_000, PAYROLL))
    assert judged_after(of, planned(of)) == ()


# --- trust ---

SERVICE = {"Service": "greengrass.amazonaws.com"}
STRANGER = trusting({"AWS": "999999999999"})


def test_a_stranger_is_taken_out_of_the_trust() -> None:
    """The rest stays, byte for byte."""
    opened = json.dumps({"Version": "2012-10-17", "Statement": [trusting(SERVICE), STRANGER]}, indent=4)
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=opened))
    plan = planned(of)
    (step,) = plan.steps
    assert step == PutTrust(json.dumps({"Version": "2012-10-17", "Statement": [trusting(SERVICE)]}, indent=4))
    assert plan.inverses == (PutTrust(opened),)
    assert "sessions issued before are not ended" in plan.proof


def test_a_trust_of_strangers_only_becomes_the_remembered_one() -> None:
    """What the role last had while compliant."""
    memory = Memory(ROLE_ID, (GROUP_ROLE.trust_text,))
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(STRANGER)), memory=memory)
    assert planned(of).steps == (PutTrust(GROUP_ROLE.trust_text),)


def test_a_trust_of_strangers_only_becomes_the_profile_s_where_nothing_is_remembered() -> None:
    """That is who has to be able to become the role."""
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(STRANGER)))
    assert planned(of).steps == (PutTrust(GROUP_ROLE.trust_text),)


def test_a_remembered_trust_that_itself_escapes_is_not_put_back() -> None:
    """The proof decides, not the memory."""
    memory = Memory(ROLE_ID, (policy(trusting("*")),))
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(STRANGER)), memory=memory)
    assert planned(of).steps == (PutTrust(GROUP_ROLE.trust_text),)


def test_in_a_retired_service_no_trust_is_put_back() -> None:
    """Nobody is to become the role."""
    of = situation(snapshot_of(GROUP_ROLE), posture=Posture.RETIRED, kind=Kind.TRUST_ESCAPE)
    assert refused(of) == "no plan could be proved: no rung applies"
    remembered = replace(of, memory=Memory(ROLE_ID, (GROUP_ROLE.trust_text,)))
    assert refused(remembered).endswith("the role would still escape")


NEVER = trusting(SERVICE, Condition={"StringEquals": {"sts:ExternalId": "never"}})


@pytest.mark.parametrize(
    "statements",
    [
        (trusting("*"), NEVER),
        (NEVER, trusting(SERVICE, "sts:Assume*")),
        (trusting({"Service": [*SERVICE.values(), *SERVICE.values()], "AWS": "999999999999"}), NEVER),
        (trusting({"AWS": "*"}),),
    ],
)
@pytest.mark.parametrize("remembered", [(), (policy(NEVER),), (GROUP_ROLE.trust_text,)])
def test_a_decoy_does_not_keep_a_trust_from_being_repaired(
    statements: tuple[dict[str, object], ...], remembered: tuple[str, ...]
) -> None:
    """Everybody inside the profile who could become the role still can, and nobody else."""
    snapshot = replace(snapshot_of(GROUP_ROLE), trust=policy(*statements))
    of = situation(snapshot, memory=Memory(ROLE_ID, remembered))
    after = carried_out(of, planned(of))
    assert judged_after(of, planned(of)) == ()
    assert check(of.standard.trust, read_trust(after.trust)) == Contained()


# --- boundaries ---

BOUNDARY = managed(IN_PATTERN, BOUNDARY_ARN)
REMEMBERED = Memory(ROLE_ID, boundary=(BOUNDARY,))


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


def test_every_kind_of_finding_has_its_rungs() -> None:
    """None where the guard only tells."""
    assert set(RUNGS) == set(Kind)
    assert [kind for kind in Kind if not RUNGS[kind]] == [Kind.UNDECIDED]
