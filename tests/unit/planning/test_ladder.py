"""For each finding the first step that is proved, or why none is."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from panorama_guard.case.account import LEAST
from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutBoundary, PutInline, PutOwnBoundary, PutTrust, apply_step
from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.planning.ladder import RUNGS
from panorama_guard.planning.names import containment_name
from panorama_guard.planning.plan import Promise, Proposal
from panorama_guard.planning.proof import why_not_proved
from panorama_guard.planning.situation import Situation
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ADMINISTRATOR,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    MEMORY,
    NOW,
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
from tests.unit.planning.situations import carried_out, judged_after, planned, refused, situation

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
    assert sum(len("".join(one.text.split())) for one in after.inline) <= LEAST.inline
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
        (step,) = planned(Situation(finding, both, standard, MEMORY, (), NOW)).steps
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
    of = Situation(finding, both, standard, MEMORY, (), NOW)
    assert not [one for one in judged_after(of, planned(of)) if one.source == finding.source]


def test_a_plan_after_which_its_own_cause_is_in_doubt_is_refused() -> None:
    """Only what is proved to be gone is gone."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), PAYROLL))
    before = judge_role(of.snapshot, of.standard, of.memory)
    unreadable = Proposal((PutInline("inline-0", "{"),), Promise.NOTHING_LOST)
    assert why_not_proved(of, before, unreadable) == "not proved: that the role escapes no more"


def test_a_policy_in_doubt_does_not_keep_a_lost_boundary_from_being_put_back() -> None:
    """It was in doubt before, and is after."""
    boundary = managed(IN_PATTERN, BOUNDARY_ARN)
    snapshot, memory = (
        as_administrator(with_policies(snapshot_of(GROUP_ROLE), "{")),
        Memory(ROLE_ID, boundary=(boundary,), boundary_confirmed=True),
    )
    of = replace(situation(snapshot, memory=memory, kind=Kind.BOUNDARY_ESCAPE), live_boundary=(boundary,))
    assert planned(of).steps == (PutBoundary(boundary),)


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
def test_a_full_quota_is_passed_over_and_the_plan_says_so(text: str) -> None:
    """A later rung needs none of it. The plan tells how much there would have been."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), filler(10_200), text))
    plan = planned(of)
    assert not [step for step in plan.steps if isinstance(step, PutInline)]
    assert any(note.startswith("passed over: put the inline policy panorama-guard-") for note in plan.notes)
    assert any("of the 10240 that IAM allows" in note for note in plan.notes)
    assert judged_after(of, plan) == ()


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
    return contained.with_inline("filler", filler(LEAST.inline - taken - room))


def test_where_no_second_containment_fits_the_first_becomes_one_for_all() -> None:
    """Nothing that it contained comes back, and it can be taken back to what it was."""
    of = situation(nearly_full(room=900))
    plan = planned(of)
    assert len(carried_out(of, plan).inline) == len(of.snapshot.inline)
    assert judged_after(of, plan) == ()
    assert apply_step(carried_out(of, plan), plan.inverses[0]) == of.snapshot


def test_where_not_even_one_containment_for_all_fits_a_later_rung_is_taken() -> None:
    """The quota is IAM's."""
    of = situation(nearly_full(room=500))
    assert isinstance(planned(of).steps[0], PutOwnBoundary)
    assert judged_after(of, planned(of)) == ()


def test_a_quota_that_was_raised_leaves_room() -> None:
    """What the account's own summary says counts."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), filler(10_200), PAYROLL))
    raised = replace(of, around=replace(of.around, quotas=replace(LEAST, inline=20_480)))
    assert isinstance(planned(raised).steps[0], PutInline)


SERVICE = {"Service": "greengrass.amazonaws.com"}
LONG = {"StringNotEquals": {"sts:ExternalId": "x" * 3_000}}


def test_a_trust_policy_over_the_quota_is_no_reason_against_a_containment() -> None:
    """The account's quota was raised, and the plan does not touch it."""
    long = policy(
        trusting(
            {"Service": "greengrass.amazonaws.com"}, Condition={"StringNotEquals": {"sts:ExternalId": "x" * 3_000}}
        )
    )
    of = situation(replace(with_policies(snapshot_of(GROUP_ROLE), PAYROLL), trust=long))
    assert judged_after(of, planned(of)) == ()


def test_a_trust_policy_over_the_quota_may_be_made_shorter() -> None:
    """It still is over it after."""
    long = trusting(
        {"Service": "greengrass.amazonaws.com"}, Condition={"StringNotEquals": {"sts:ExternalId": "x" * 3_000}}
    )
    of = situation(replace(snapshot_of(GROUP_ROLE), trust=policy(long, trusting({"AWS": "999999999999"}))))
    assert planned(of).steps[-1] == PutTrust(policy(long))


def test_white_space_does_not_count_against_the_quota() -> None:
    """IAM does not count it."""
    of = situation(with_policies(snapshot_of(GROUP_ROLE), IN_PATTERN + " " * 20_000, PAYROLL))
    assert judged_after(of, planned(of)) == ()


def test_every_kind_of_finding_has_its_rungs() -> None:
    """None where the guard only tells."""
    assert set(RUNGS) == {Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE, Kind.BOUNDARY_ESCAPE, Kind.UNDECIDED}
    assert [kind for kind in RUNGS if not RUNGS[kind]] == [Kind.UNDECIDED]
