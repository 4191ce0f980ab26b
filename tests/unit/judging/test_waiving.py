"""A waiver adds something that is decided, and one that weighs much needs a second operator."""

from dataclasses import replace
from datetime import timedelta

import pytest

from panorama_guard.case.errors import CommandError
from panorama_guard.case.finding import Kind
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.waiver import Scope
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Standard, standard_of
from panorama_guard.judging.trust import TRUST
from panorama_guard.judging.waiver_rules import parse_waiver
from panorama_guard.judging.waiving import check_waiver, escaping_document, scope_of, why_second_operator
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ACCOUNT,
    ADMINISTRATOR,
    ADMINISTRATOR_ARN,
    BOUNDARY_ARN,
    GROUP_ROLE,
    IN_PATTERN,
    MEMORY,
    PAYROLL,
    WAIVER,
    allow,
    as_administrator,
    deny,
    managed,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

STANDARD = standard_of(GROUP_ROLE, Posture.ACTIVE)
HEALTHY = snapshot_of(GROUP_ROLE)
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
STRANGER = trusting({"AWS": "arn:aws:iam::999999999999:root"})
OPENED = HEALTHY.with_trust(policy(trusting({"Service": "greengrass.amazonaws.com"}), STRANGER))


def waived(*documents: tuple[Scope, str]) -> Standard:
    """Return the standard of the role with waivers."""
    return standard_of(
        GROUP_ROLE, Posture.ACTIVE, tuple(replace(WAIVER, scope=scope, document=text) for scope, text in documents)
    )


# --- what a role is judged by ---


@pytest.mark.parametrize(
    ("role", "scope", "document"),
    [
        (with_policies(HEALTHY, PAYROLL), Scope.PERMISSIONS, PAYROLL),
        (as_administrator(HEALTHY), Scope.PERMISSIONS, ADMINISTRATOR),
        (OPENED, Scope.TRUST, policy(STRANGER)),
    ],
    ids=["an inline policy", "everything", "trust"],
)
def test_what_is_waived_is_no_finding(role: RoleSnapshot, scope: Scope, document: str) -> None:
    """By the same engine, and without the waiver it is one."""
    assert judge_role(role, waived((scope, document)), MEMORY).is_compliant
    assert not judge_role(role, STANDARD, MEMORY).is_compliant


def test_what_goes_beyond_the_waiver_is_a_finding() -> None:
    """By one character."""
    wider = with_policies(HEALTHY, policy(allow("s3:*", "arn:aws:s3:::payrol*")))
    (finding,) = judge_role(wider, waived((Scope.PERMISSIONS, PAYROLL)), MEMORY).findings
    assert finding.kind is Kind.PERMISSION_ESCAPE


def test_a_waiver_of_one_scope_waives_nothing_of_the_other() -> None:
    """Who may become the role is not what it may do."""
    assert not judge_role(OPENED, waived((Scope.PERMISSIONS, ADMINISTRATOR)), MEMORY).is_compliant
    opened = with_policies(HEALTHY, PAYROLL)
    assert not judge_role(opened, waived((Scope.TRUST, policy(STRANGER))), MEMORY).is_compliant


def test_a_retired_service_may_have_waivers() -> None:
    """Its ceiling is nothing, and what is waived."""
    waiver = replace(WAIVER, document=policy(allow("s3:*")))
    standard = standard_of(GROUP_ROLE, Posture.RETIRED, (waiver,))
    only = replace(with_policies(HEALTHY, PAYROLL), attached=(), trust=policy(deny("sts:AssumeRole")))
    assert not [one for one in judge_role(only, standard, MEMORY).findings if one.source == "inline-0"]


@pytest.mark.parametrize(("scope", "document"), [(Scope.PERMISSIONS, "{"), (Scope.TRUST, PAYROLL)])
def test_a_waiver_that_is_not_understood_waives_nothing(scope: Scope, document: str) -> None:
    """A record of another version is no reason to stop judging."""
    assert waived((scope, document)) == STANDARD


# --- what it may be ---


@pytest.mark.parametrize("document", [IN_PATTERN, policy(allow("s3:GetObject", "arn:aws:s3:::x-aws-panorama-y/*"))])
def test_a_waiver_of_what_is_allowed_anyway_is_refused(document: str) -> None:
    """Somebody has misread the profile."""
    with pytest.raises(CommandError, match="waives nothing"):
        check_waiver(document, Scope.PERMISSIONS, STANDARD, lasts=HOUR)


@pytest.mark.parametrize(
    "condition",
    [{"DateLessThan": {"aws:CurrentTime": "next week"}}, {"Bool": {"aws:SecureTransport": "maybe"}}],
)
def test_a_waiver_that_cannot_be_decided_is_refused(condition: dict[str, object]) -> None:
    """What nobody knows, nobody waives."""
    with pytest.raises(CommandError, match="cannot be decided"):
        check_waiver(policy(allow("s3:*", Condition=condition)), Scope.PERMISSIONS, STANDARD, lasts=HOUR)


def test_a_waiver_of_every_action_lasts_a_day_at_most() -> None:
    """It is for an emergency."""
    check_waiver(ADMINISTRATOR, Scope.PERMISSIONS, STANDARD, lasts=timedelta(days=1))
    with pytest.raises(CommandError, match="every action") as caught:
        check_waiver(ADMINISTRATOR, Scope.PERMISSIONS, STANDARD, lasts=WEEK)
    assert (caught.value.field, caught.value.value) == ("seconds", "7d")


# --- who has to agree ---


@pytest.mark.parametrize(
    ("document", "needs"),
    [
        (PAYROLL, False),
        (policy(allow("s3:*", "arn:aws:s3:::payroll/*")), True),
        (policy(allow("s3:*", "arn:aws:s3:::payroll-aws-panorama/*")), False),
        (policy(allow(["s3:Get*", "s3:List*"])), False),
        (policy(allow("s3:put*policy", "arn:aws:s3:::payroll")), True),
        (policy(allow("s3:PutBucketPolicy", "arn:aws:s3:::payroll")), True),
        *((policy(allow(action)), True) for action in ("kms:CreateGrant", "kms:PutKeyPolicy", "lambda:AddPermission")),
        *((policy(allow(action)), True) for action in ("ram:CreateResourceShare", "ec2:ModifySnapshotAttribute")),
        *((policy(allow(action)), False) for action in ("kms:Decrypt", "lambda:InvokeFunction", "ec2:RunInstances")),
        (policy(allow("iam:GetRole")), False),
        (policy(allow("iam:*")), True),
        (policy(allow("iam:PutRolePolicy", "arn:aws:iam::*:role/AWSPanorama*")), True),
        (policy(allow(["s3:GetObject", "sts:AssumeRole"])), True),
        (policy(allow("sts:AssumeRoot")), True),
        (policy(allow("sso:CreateAccountAssignment")), True),
        (policy(allow("sso:ListAccountAssignments")), False),
        (policy(allow("identitystore:CreateGroupMembership")), True),
        (ADMINISTRATOR, True),
    ],
)
def test_managing_permissions_needs_a_second_operator(document: str, *, needs: bool) -> None:
    """Decided by the engine, over all requests."""
    parsed = parse_waiver(document, Scope.PERMISSIONS)
    assert bool(why_second_operator(parsed, Scope.PERMISSIONS, STANDARD, ACCOUNT)) is needs


@pytest.mark.parametrize(
    ("principal", "needs"),
    [
        ({"AWS": ACCOUNT}, False),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Builder"}, False),
        ({"Service": "ecs-tasks.amazonaws.com"}, False),
        ({"AWS": "999999999999"}, True),
        ({"AWS": [f"arn:aws:iam::{ACCOUNT}:role/Builder", "arn:aws:iam::999999999999:role/x"]}, True),
        ({"AWS": "AROAEXAMPLE1234567890"}, True),
    ],
)
def test_another_account_in_the_trust_needs_a_second_operator(principal: object, *, needs: bool) -> None:
    """And so does a principal whose account is not said."""
    parsed = parse_waiver(policy(trusting(principal)), Scope.TRUST)
    assert bool(why_second_operator(parsed, Scope.TRUST, STANDARD, ACCOUNT)) is needs


# --- what has to be waived ---


def test_the_statements_that_escape_are_what_is_waived() -> None:
    """As they are written, and nothing of the others."""
    mixed = policy(
        allow("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/*"), allow("s3:GetObject*", "arn:aws:s3:::payroll/*")
    )
    role = with_policies(HEALTHY, mixed)
    assert escaping_document(role, Kind.PERMISSION_ESCAPE, "inline-0", STANDARD) == PAYROLL.replace(": ", ":").replace(
        ", ", ","
    )


def test_the_principals_that_escape_are_what_is_waived() -> None:
    """The service keeps its place in the profile."""
    document = escaping_document(OPENED, Kind.TRUST_ESCAPE, TRUST, STANDARD)
    assert document == policy(STRANGER).replace(": ", ":").replace(", ", ",")
    assert judge_role(OPENED, waived((Scope.TRUST, document)), MEMORY).is_compliant


def test_under_a_lost_boundary_every_policy_that_escapes_is_waived() -> None:
    """It had held all of them."""
    role = with_policies(HEALTHY, PAYROLL, attached=[managed(ADMINISTRATOR, ADMINISTRATOR_ARN)])
    document = escaping_document(role, Kind.BOUNDARY_ESCAPE, BOUNDARY_ARN, STANDARD)
    assert judge_role(role, waived((Scope.PERMISSIONS, document)), MEMORY).is_compliant
    assert '"*"' in document
    assert "payroll" in document


def test_where_nothing_escapes_there_is_nothing_to_waive() -> None:
    """An empty text, not an empty document."""
    assert escaping_document(HEALTHY, Kind.PERMISSION_ESCAPE, "inline-0", STANDARD) == ""
    assert escaping_document(HEALTHY, Kind.TRUST_ESCAPE, TRUST, STANDARD) == ""


def test_a_waiver_widens_what_the_incident_is_about() -> None:
    """Trust, or else permissions."""
    assert [scope_of(kind) for kind in (Kind.TRUST_ESCAPE, Kind.PERMISSION_ESCAPE, Kind.BOUNDARY_ESCAPE)] == [
        Scope.TRUST,
        Scope.PERMISSIONS,
        Scope.PERMISSIONS,
    ]
