"""Each policy through which permission leaves the ceiling is one finding; a doubt about another hides none."""

from dataclasses import replace

import pytest

from panorama_guard.case.finding import Finding, Kind, Severity
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Escaped, Grant, Undecided
from panorama_guard.containment.evaluate import allows
from panorama_guard.judging.permissions import judge_permissions, lost_boundary, read_permissions
from panorama_guard.profile import RoleProfile
from tests.builders import (
    ADMINISTRATOR,
    ADMINISTRATOR_ARN,
    BOUNDARY_ARN,
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
    managed,
    policy,
    snapshot_of,
    with_policies,
)

BOUNDARY = managed(IN_PATTERN, BOUNDARY_ARN)
REMEMBERED = Memory(ROLE_ID, boundary=(BOUNDARY,))


def judged(snapshot: RoleSnapshot, memory: Memory = MEMORY) -> tuple[Finding, ...]:
    """Return the findings on the service role's permissions."""
    return judge_permissions(snapshot, SERVICE_ROLE.ceiling, memory)


def causes(findings: tuple[Finding, ...]) -> list[tuple[Kind, str]]:
    """Return kind and source of each finding."""
    return [(finding.kind, finding.source) for finding in findings]


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_a_role_as_aws_makes_it_is_contained(role: RoleProfile) -> None:
    """What AWS attaches is inside the profile."""
    assert judge_permissions(snapshot_of(role), role.ceiling, MEMORY) == ()


def test_a_role_without_policies_is_contained() -> None:
    """It may do nothing."""
    assert judged(replace(snapshot_of(), attached=())) == ()


@pytest.mark.parametrize("text", [ONE_CHARACTER_OFF, PAYROLL, ADMINISTRATOR])
def test_an_escape_has_a_witness_that_replays(text: str) -> None:
    """The definition finds it allowed by the role and not by the ceiling."""
    snapshot = with_policies(snapshot_of(), text)
    (finding,) = judged(snapshot)
    assert isinstance(finding.verdict, Escaped)
    request = finding.verdict.witness.request
    assert allows(read_permissions(snapshot).grant, request)
    assert not allows(SERVICE_ROLE.ceiling, request)
    assert finding.verdict.statement.policy == "inline-0"


def test_each_escaping_policy_is_one_finding() -> None:
    """The policy that stays inside is not among them."""
    snapshot = with_policies(
        snapshot_of(), IN_PATTERN, PAYROLL, ONE_CHARACTER_OFF, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)]
    )
    assert causes(judged(snapshot)) == [
        (Kind.PERMISSION_ESCAPE, "inline-1"),
        (Kind.PERMISSION_ESCAPE, "inline-2"),
        (Kind.PERMISSION_ESCAPE, ADMINISTRATOR_ARN),
    ]


def test_a_deny_of_one_policy_applies_to_another() -> None:
    """What is denied anywhere is not granted."""
    assert judged(with_policies(snapshot_of(), PAYROLL, policy(deny("s3:*", "arn:aws:s3:::payroll/*")))) == ()


def test_a_deny_that_leaves_something_out_leaves_the_finding() -> None:
    """Exactly what is not denied escapes."""
    snapshot = with_policies(
        snapshot_of(),
        policy(allow("s3:*", "arn:aws:s3:::payroll/*")),
        policy(deny("s3:Get*", "arn:aws:s3:::payroll/*")),
    )
    (finding,) = judged(snapshot)
    assert finding.source == "inline-0"
    assert isinstance(finding.verdict, Escaped)
    assert not finding.verdict.witness.action.lower().startswith("s3:get")


def test_a_boundary_holds_an_escape_back() -> None:
    """Only what both allow is granted."""
    assert judged(with_policies(snapshot_of(), ADMINISTRATOR, boundary=[BOUNDARY])) == ()


def test_a_lost_boundary_is_the_finding_where_it_held_the_escape_back() -> None:
    """The policy was there before; what is new is that the boundary is gone."""
    assert causes(judged(as_administrator(snapshot_of()), REMEMBERED)) == [(Kind.BOUNDARY_ESCAPE, BOUNDARY_ARN)]


def test_a_lost_boundary_that_held_nothing_back_is_no_finding() -> None:
    """A boundary is no end in itself."""
    assert judged(snapshot_of(), REMEMBERED) == ()


def test_an_escape_that_the_boundary_would_not_have_held_back_is_a_finding_of_its_own() -> None:
    """Both are told: the lost boundary, and the policy that escapes even under it."""
    wide = managed(policy(allow("s3:*")), BOUNDARY_ARN)
    snapshot = with_policies(snapshot_of(), PAYROLL, policy(allow("iam:*")))
    assert causes(judged(snapshot, Memory(ROLE_ID, boundary=(wide,)))) == [
        (Kind.BOUNDARY_ESCAPE, BOUNDARY_ARN),
        (Kind.PERMISSION_ESCAPE, "inline-0"),
    ]


def test_a_lost_boundary_is_graded_by_the_worst_that_it_held_back() -> None:
    """Not by the first policy that it held back."""
    snapshot = with_policies(snapshot_of(), PAYROLL, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)])
    findings = judged(snapshot, REMEMBERED)
    assert [(finding.kind, finding.severity) for finding in findings] == [(Kind.BOUNDARY_ESCAPE, Severity.CRITICAL)]


def test_a_boundary_widened_in_place_is_a_permission_escape() -> None:
    """It still stands there; what escapes is what it now lets through."""
    widened = managed(ADMINISTRATOR, BOUNDARY_ARN, "v2")
    snapshot = with_policies(snapshot_of(), ADMINISTRATOR, boundary=[widened])
    assert causes(judged(snapshot, REMEMBERED)) == [(Kind.PERMISSION_ESCAPE, "inline-0")]


def test_a_replaced_boundary_is_a_lost_one() -> None:
    """Another policy in its place is as if it were gone."""
    other = managed(ADMINISTRATOR, "arn:aws:iam::aws:policy/AdministratorAccess")
    snapshot = with_policies(snapshot_of(), ADMINISTRATOR, boundary=[other])
    assert lost_boundary(snapshot, REMEMBERED) == (BOUNDARY,)
    assert causes(judged(snapshot, REMEMBERED)) == [(Kind.BOUNDARY_ESCAPE, BOUNDARY_ARN)]


UNREADABLE = ["{", "[]", '{"Statement": 1, "Statement": 2}', '{"Version": "2012-10-17"}', policy({"Effect": "Allow"})]


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_document_that_cannot_be_read_is_a_doubt(text: str) -> None:
    """Alone it says that nothing is known of it."""
    (finding,) = judged(with_policies(snapshot_of(), text))
    assert (finding.kind, finding.source, finding.severity) == (Kind.UNDECIDED, "inline-0", Severity.MEDIUM)


@pytest.mark.parametrize("text", UNREADABLE)
def test_a_document_that_cannot_be_read_does_not_hide_an_escape(text: str) -> None:
    """An attacker cannot turn AdministratorAccess into a mere doubt by adding nonsense."""
    snapshot = with_policies(snapshot_of(), text, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)])
    assert causes(judged(snapshot)) == [(Kind.UNDECIDED, "inline-0"), (Kind.PERMISSION_ESCAPE, ADMINISTRATOR_ARN)]


def test_a_condition_that_is_not_understood_does_not_hide_an_escape_of_another_policy() -> None:
    """Each policy is judged by itself."""
    odd = policy(allow("s3:GetObject", "arn:aws:s3:::payroll/*", Condition={"Unheard": {"aws:x": "y"}}))
    findings = judged(with_policies(snapshot_of(), odd, ADMINISTRATOR))
    assert causes(findings) == [(Kind.UNDECIDED, "inline-0"), (Kind.PERMISSION_ESCAPE, "inline-1")]
    assert isinstance(findings[0].verdict, Undecided)


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{'${aws:PrincipalTag/a}' * 5}"}},
        {"StringEquals": {"aws:x": "${aws:Unheard}"}},
        {"DateGreaterThan": {"aws:CurrentTime": "2090"}},
    ],
)
def test_a_deny_that_is_hard_to_decide_does_not_hide_an_escape_of_another_policy(condition: object) -> None:
    """A request to which it does not apply still shows the escape."""
    denying = policy(deny("*", Condition=condition))
    snapshot = with_policies(snapshot_of(), denying, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)])
    assert causes(judged(snapshot)) == [(Kind.PERMISSION_ESCAPE, ADMINISTRATOR_ARN)]


def test_a_boundary_that_cannot_be_read_is_a_doubt_about_it() -> None:
    """The boundary's ARN is the source."""
    assert causes(judged(with_policies(snapshot_of(), boundary=[managed("{", BOUNDARY_ARN)]))) == [
        (Kind.UNDECIDED, BOUNDARY_ARN)
    ]


def test_nothing_is_inside_an_empty_ceiling() -> None:
    """Posture retired: each policy that allows anything is a finding."""
    assert causes(judge_permissions(snapshot_of(), Grant(()), MEMORY)) == [
        (Kind.PERMISSION_ESCAPE, SERVICE_ROLE.managed_policies[0])
    ]


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (ADMINISTRATOR, Severity.CRITICAL),
        (policy(allow("iam:PassRole")), Severity.CRITICAL),
        (policy(allow("sts:AssumeRole")), Severity.CRITICAL),
        (policy(allow("sts:AssumeRoot")), Severity.CRITICAL),
        (policy(allow("sso:AttachManagedPolicyToPermissionSet")), Severity.CRITICAL),
        (policy(allow("*", "arn:aws:iam::*:role/*")), Severity.CRITICAL),
        (PAYROLL, Severity.HIGH),
        (ONE_CHARACTER_OFF, Severity.HIGH),
        (policy(allow("*"), deny(["iam:*", "sts:*"])), Severity.CRITICAL),
        (policy(allow("*"), deny(["iam:*", "sts:*", "sso*:*", "identitystore:*"])), Severity.HIGH),
    ],
)
def test_what_can_administer_permissions_is_critical(text: str, severity: Severity) -> None:
    """Everything else that escapes is high."""
    (finding,) = judged(with_policies(snapshot_of(), text))
    assert finding.severity is severity


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (policy(allow(["s3:GetObject", "iam:PutRolePolicy"])), Severity.CRITICAL),
        (policy(allow("s3:GetObject"), allow("iam:*", "arn:aws:iam::*:role/One")), Severity.CRITICAL),
        (policy(allow(["iam:Get*", "iam:List*", "sts:GetCallerIdentity"])), Severity.HIGH),
        (policy(allow("*", "arn:aws:s3:::payroll/*")), Severity.HIGH),
    ],
)
def test_the_whole_escape_is_graded_and_not_its_first_witness(text: str, severity: Severity) -> None:
    """Administration behind a harmless witness is critical; reading IAM administers nothing."""
    (finding,) = judged(with_policies(snapshot_of(), text))
    assert finding.severity is severity


def test_a_policy_is_graded_by_itself() -> None:
    """AdministratorAccess beside it makes a small escape no larger."""
    findings = judged(with_policies(snapshot_of(), PAYROLL, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)]))
    assert [finding.severity for finding in findings] == [Severity.HIGH, Severity.CRITICAL]


NO_NUMBER = (  # numbers are denied, and what AWS says of a word it does not tell
    deny("*", Condition={"NumericEquals": {"aws:PrincipalTag/x": "5"}}),
    deny("*", Condition={"NumericNotEquals": {"aws:PrincipalTag/x": "5"}}),
)


def test_a_doubt_that_only_denies_leave_is_told_as_high_with_what_would_escape() -> None:
    """Who writes a Deny that nobody can decide beside an administrator's policy does not make a small matter of it."""
    (finding,) = judged(with_policies(snapshot_of(), policy(allow("*"), *NO_NUMBER)))
    assert (finding.kind, finding.severity) == (Kind.UNDECIDED, Severity.HIGH)
    assert isinstance(finding.verdict, Undecided)
    assert finding.verdict.reason.endswith("on arn:aws:iam::123456789012:user/alice would escape")


def test_a_doubt_about_a_condition_is_told_as_high_with_what_it_may_let_through() -> None:
    """Only its condition, of which nobody knows what it says, is between the role and the escape."""
    doubtful = allow("s3:GetObject", Condition={"BinaryEquals": {"aws:PrincipalTag/x": "no base64"}})
    (finding,) = judged(with_policies(snapshot_of(), policy(doubtful, *NO_NUMBER)))
    assert (finding.kind, finding.severity) == (Kind.UNDECIDED, Severity.HIGH)
    assert isinstance(finding.verdict, Undecided)
    assert "If a request can meet its conditions, s3:GetObject on arn:aws:s3:::" in finding.verdict.reason


def test_a_doubt_about_what_is_allowed_stays_a_medium_one() -> None:
    """Nothing shows an escape, with or without conditions: AWS takes no variable there."""
    doubtful = allow("s3:GetObject", "arn:aws:s3:${aws:PrincipalTag/x}::payroll/*")
    (finding,) = judged(with_policies(snapshot_of(), policy(doubtful)))
    assert (finding.kind, finding.severity) == (Kind.UNDECIDED, Severity.MEDIUM)
