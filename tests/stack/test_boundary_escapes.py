"""Mode enforce: a role is inside its ceiling only under its permissions boundary, and the boundary goes."""

import pytest

from panorama_guard.case.finding import Kind
from tests.builders import allow, policy
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_contained, hold_witness_stopped

pytestmark = pytest.mark.stack
ROLE = "AWSPanoramaSageMakerRole"
ALL_BUCKETS = policy(allow("s3:*"))
BOUNDARY = policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*"))
WIDER = policy(allow("s3:*", "arn:aws:s3:::*"))


@pytest.fixture
def boundary(enforcing: Account) -> str:
    """Give the role all buckets, under a boundary that keeps it to those of the pattern; return the boundary's ARN."""
    arn = enforcing.create_policy("boundary", BOUNDARY)
    enforcing.iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=arn)
    enforcing.settle()
    enforcing.iam.put_role_policy(RoleName=ROLE, PolicyName="all-buckets", PolicyDocument=ALL_BUCKETS)
    assert enforcing.alerts() == []
    return arn


def hold_put_back(account: Account, arn: str, event: str) -> None:
    """Assert that the boundary is in force again, and that nothing else was changed."""
    told = hold_contained(account, ROLE, event=event, kept=MODELS)
    assert (told.incident.kind, told.incident.source) == (Kind.BOUNDARY_ESCAPE, arn)
    assert told.incident.evidence.statement.startswith("all-buckets, statement 1")
    hold_witness_stopped(account, told)
    after = account.record(ROLE)
    assert after.boundary == ((arn, BOUNDARY),)
    assert after.containments == ()


def test_a_boundary_that_was_removed_is_put_back(enforcing: Account, boundary: str) -> None:
    """Under it the role was last judged contained."""
    enforcing.mallory.delete_role_permissions_boundary(RoleName=ROLE)
    hold_put_back(enforcing, boundary, "DeleteRolePermissionsBoundary")


def test_a_boundary_that_was_replaced_is_put_back(enforcing: Account, boundary: str) -> None:
    """By a wider one, which stays as a policy and bounds nothing."""
    wider = enforcing.create_policy("wider", WIDER)
    enforcing.settle()
    enforcing.mallory.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=wider)
    hold_put_back(enforcing, boundary, "PutRolePermissionsBoundary")


def test_a_boundary_widened_in_place_leads_to_a_deny(enforcing: Account, boundary: str) -> None:
    """Its document is another one now, so putting it back would help nothing: the escape itself is denied."""
    enforcing.mallory.create_policy_version(PolicyArn=boundary, PolicyDocument=WIDER, SetAsDefault=True)
    told = hold_contained(enforcing, ROLE, event="CreatePolicyVersion", kept=MODELS)
    assert (told.incident.kind, told.incident.source) == (Kind.PERMISSION_ESCAPE, "all-buckets")
    hold_witness_stopped(enforcing, told)
    after = enforcing.record(ROLE)
    assert after.boundary == ((boundary, WIDER),)
    assert len(after.containments) == 1


def test_a_boundary_that_was_removed_and_widened_leads_to_a_deny(enforcing: Account, boundary: str) -> None:
    """What was remembered no longer exists: the next rung denies the escape."""
    with enforcing.events_lost():
        enforcing.mallory.create_policy_version(PolicyArn=boundary, PolicyDocument=WIDER, SetAsDefault=True)
    enforcing.mallory.delete_role_permissions_boundary(RoleName=ROLE)
    told = hold_contained(enforcing, ROLE, event="DeleteRolePermissionsBoundary", kept=MODELS)
    assert told.incident.kind is Kind.BOUNDARY_ESCAPE
    hold_witness_stopped(enforcing, told)
    after = enforcing.record(ROLE)
    assert (after.boundary, len(after.containments)) == ((), 1)
