"""Whatever escapes on whichever of the five roles: a plan is refused, or it is exactly right."""

from functools import reduce

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from panorama_guard.case.account import LEAST
from panorama_guard.case.finding import Finding
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import RevokeSessions, apply_step
from panorama_guard.containment import Contained, Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Standard, standard_of
from panorama_guard.judging.trust import read_trust
from panorama_guard.planning.ladder import plan_remediation
from panorama_guard.planning.names import own_boundary_arns
from panorama_guard.planning.plan import Plan, Refused
from panorama_guard.planning.quotas import inline_size
from panorama_guard.planning.situation import Situation, Surroundings
from panorama_guard.profile import RoleProfile
from panorama_guard.profile.posture import Posture
from tests.builders import (
    BOUNDARY_ARN,
    MEMORY,
    NOW,
    ROLES,
    filler,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

ACTIONS = st.sampled_from(
    [
        *("*", "s3:*", "s3:Get*", "S3:getobject", "s3:PutObject", "iot:*", "iot:CreateThing", "iot:*Thing?", "iam:*"),
        *("iam:PassRole", "iam:pass*", "sts:AssumeRole", "logs:*", "logs:CreateLogGroup", "cloudwatch:PutMetricData"),
        *("sagemaker:*", "sagemaker:CreateTrainingJob", "lambda:*", "lambda:InvokeFunction", "greengrass:*"),
        *("greengrass:Create*", "secretsmanager:GetSecretValue", "panorama:*", "new-service:DoAnything"),
    ]
)
RESOURCES = st.sampled_from(
    [
        *("*", "arn:aws:s3:::*aws-panorama*", "arn:aws:s3:::*aws-panoram*", "arn:aws:s3:::payroll/*", "arn:aws:logs"),
        *("arn:aws:s3:::aws-panorama-?/x", "arn:aws:iot:*:*:thing/panorama*", "arn:aws:iot:*:*:thing/*"),
        *("arn:aws:iam::*:role/AWSPanorama*", "arn:aws:iam::*:role/*", "arn:aws:logs:*:*:log-group:/aws/greengrass/*"),
        *("arn:aws:iam::*:role/service-role/AWSPanoramaSageMakerRole", "arn:aws:lambda:*:*:function:*"),
        *("arn:aws:sagemaker:*:*:training-job/panorama-1", "arn:aws:secretsmanager:*:*:secret:*"),
    ]
)
CONDITIONS = st.sampled_from(
    [
        None,
        None,
        None,
        {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        {"StringLike": {"iam:PassedToService": "*.amazonaws.com"}},
        {"StringNotEquals": {"aws:RequestedRegion": ["us-east-1", "eu-west-1"]}},
        {"Bool": {"aws:SecureTransport": "true"}},
    ]
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, object]:
    """Return a statement that may be anything an attacker, or a colleague, would write."""
    effect = draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"]))
    action = draw(st.sampled_from(["Action", "Action", "Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))
    made: dict[str, object] = {
        "Effect": effect,
        action: draw(st.lists(ACTIONS, min_size=1, max_size=3, unique=True)),
        resource: draw(st.lists(RESOURCES, min_size=1, max_size=3, unique=True)),
    }
    condition = draw(CONDITIONS)
    return made if condition is None else {**made, "Condition": condition}


DOCUMENTS = st.lists(statements(), min_size=1, max_size=2).map(lambda listed: policy(*listed))


FILLED = st.sampled_from([0, 0, 9_900, 10_200])  # characters up to which somebody has filled the inline quota
TRUSTS = st.lists(
    st.sampled_from(
        [
            trusting({"AWS": "999999999999"}),
            trusting("*"),
            trusting({"Service": "greengrass.amazonaws.com"}),
            trusting(
                {"Service": ["lambda.amazonaws.com", "panorama.amazonaws.com"]}, ["sts:AssumeRole", "sts:TagSession"]
            ),
        ]
    ),
    max_size=2,
)


@st.composite
def changed_roles(draw: st.DrawFn) -> tuple[RoleProfile, RoleSnapshot]:
    """Return one of the five roles with further policies, and perhaps another trust, a boundary and a full quota."""
    role = draw(st.sampled_from(ROLES))
    texts = draw(st.lists(DOCUMENTS, max_size=1))
    filled = draw(FILLED)
    attached = [managed(text) for text in draw(st.lists(DOCUMENTS, min_size=1, max_size=1))]
    boundary = [managed(text, BOUNDARY_ARN) for text in draw(st.lists(DOCUMENTS, max_size=1))]
    room = filled - inline_size(with_policies(snapshot_of(role), *texts))
    texts += [filler(room)] if filled else []
    snapshot = with_policies(snapshot_of(role), *texts, attached=attached, boundary=boundary)
    trust = draw(TRUSTS)
    return role, snapshot.with_trust(policy(*trust)) if trust else snapshot


def situation_of(finding: Finding, snapshot: RoleSnapshot, standard: Standard) -> Situation:
    """Return the situation of a finding, in an account in which nobody uses what is the guard's own."""
    around = Surroundings(LEAST, own_boundary_arns(snapshot)[:1], ())
    return Situation(finding, snapshot, standard, MEMORY, (), NOW, around)


def hold_no_wider(before: RoleSnapshot, after: RoleSnapshot, *, but: Grant) -> None:
    """Assert that no request is granted, and nobody let in, that was not before; `but` what may be given back."""
    was, then = read_permissions(before).grant, read_permissions(after).grant
    assert not isinstance(check(then, was), Escaped)
    trusted = Grant((*read_trust(before.trust).policies, *but.policies))
    assert not isinstance(check(read_trust(after.trust), trusted), Escaped)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(changed_roles(), st.booleans())
def test_a_plan_is_refused_or_exactly_right(changed: tuple[RoleProfile, RoleSnapshot], strongest: object) -> None:
    """Its finding is gone and no other came, nothing inside the ceiling is lost, it fits, and it can be taken back."""
    role, before = changed
    standard = standard_of(role, Posture.ACTIVE)
    findings = judge_role(before, standard, MEMORY).findings
    for finding in findings:
        plan = plan_remediation(situation_of(finding, before, standard), strongest=bool(strongest))
        kinds = " ".join(type(step).__name__ for step in plan.steps) if isinstance(plan, Plan) else "refused"
        event(f"{finding.kind.value}: {kinds}")
        if isinstance(plan, Refused):
            continue
        states = [reduce(apply_step, plan.steps[:count], before) for count in range(len(plan.steps) + 1)]
        after = states[-1]
        known = {one.source for one in findings} - {finding.source}
        assert {one.source for one in judge_role(after, standard, MEMORY).findings} <= known
        hold_nothing_lost(before, plan, standard)
        # A trust of which nothing can be kept becomes the profile's own; until the last step nobody is let in anew.
        for state in states[:-1]:
            hold_no_wider(before, state, but=Grant(()))
        hold_no_wider(before, after, but=standard.trust)
        assert all(inline_size(state) <= LEAST.inline for state in states)
        for state, inverse in zip(reversed(states[:-1]), reversed(plan.inverses), strict=True):
            after = apply_step(after, inverse)
            assert after == state


def hold_nothing_lost(before: RoleSnapshot, plan: Plan, standard: Standard) -> None:
    """Assert that whatever was granted inside the ceiling still is, unless an operator is asked for it."""
    if plan.needs_approval:
        return
    lasting = [step for step in plan.steps if not isinstance(step, RevokeSessions)]
    granted, kept = (read_permissions(one).grant for one in (before, reduce(apply_step, lasting, before)))
    inside = Grant(granted.policies, (*granted.boundaries, standard.permissions.policies))
    # The plan may rest on a stronger proof (its Denies touch nothing in the ceiling) where this one is undecided.
    assert not isinstance(check(inside, kept), Escaped)


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(changed_roles())
def test_a_role_comes_back_inside_its_profile_plan_by_plan(changed: tuple[RoleProfile, RoleSnapshot]) -> None:
    """One finding after another, as the queue delivers them, each plan takes at least one finding away."""
    role, snapshot = changed
    standard = standard_of(role, Posture.ACTIVE)
    findings = judge_role(snapshot, standard, MEMORY).findings
    while findings:
        plan = plan_remediation(situation_of(findings[0], snapshot, standard))
        if isinstance(plan, Refused):
            event(f"refused: {plan.reason[:120]}")
            return
        snapshot = reduce(apply_step, plan.steps, snapshot)
        left = judge_role(snapshot, standard, MEMORY).findings
        assert len(left) < len(findings)
        findings = left
    assert check(read_permissions(snapshot).grant, standard.permissions) == Contained()
    assert check(read_trust(snapshot.trust), standard.trust) == Contained()
