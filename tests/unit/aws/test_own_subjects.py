"""What an operator's own hand does that no function may, and how it says what AWS will not do."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case.errors import UnreachableError, WriteRefusedError
from panorama_guard.case.step import AttachManaged, PutBoundary
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, PAYROLL, PROFILE, managed, snapshot_of

NAME = "AWSPanoramaServiceRole"
EXTRA = managed(PAYROLL)
SUBJECT = snapshot_of().subject


def stubbed() -> tuple[Stubber, OwnSubjects]:
    """Return an IAM client whose answers are given, and the roles behind it."""
    iam: Any = boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - nobody's
    keep_documents_as_text(iam)
    stubber = Stubber(iam)
    stubber.activate()
    return stubber, OwnSubjects(PROFILE, lambda _: iam, lambda _: None)


def says(stubber: Stubber, text: str, version_id: str = "v1") -> None:
    """Have IAM say what the policy says."""
    version = {"VersionId": version_id, "Document": text}
    stubber.add_response("get_policy", {"Policy": {"DefaultVersionId": version_id}}, {"PolicyArn": EXTRA.arn})
    asked = {"PolicyArn": EXTRA.arn, "VersionId": version_id}
    stubber.add_response("get_policy_version", {"PolicyVersion": version}, asked)


def test_what_was_detached_is_attached_again() -> None:
    """The very policy."""
    stubber, roles = stubbed()
    says(stubber, EXTRA.text)
    stubber.add_response("attach_role_policy", {}, {"RoleName": NAME, "PolicyArn": EXTRA.arn})
    roles.apply(SUBJECT, AttachManaged(EXTRA))
    stubber.assert_no_pending_responses()


def test_what_says_something_else_by_now_is_not_attached() -> None:
    """Whoever may edit it would have the operator give the role what nobody has waived."""
    stubber, roles = stubbed()
    says(stubber, ADMINISTRATOR, "v2")
    with pytest.raises(WriteRefusedError, match=r"says something else now: v2 is in force, and was v1$"):
        roles.apply(SUBJECT, AttachManaged(EXTRA))


def test_a_boundary_that_says_something_else_by_now_is_not_set() -> None:
    """The same: the role would be held to what nobody has seen."""
    stubber, roles = stubbed()
    says(stubber, ADMINISTRATOR, "v2")
    with pytest.raises(WriteRefusedError, match=r"says something else now: v2 is in force, and was v1$"):
        roles.apply(SUBJECT, PutBoundary(EXTRA))


def test_a_boundary_is_set_again() -> None:
    """The very policy."""
    stubber, roles = stubbed()
    says(stubber, EXTRA.text)
    stubber.add_response("put_role_permissions_boundary", {}, {"RoleName": NAME, "PermissionsBoundary": EXTRA.arn})
    roles.apply(SUBJECT, PutBoundary(EXTRA))
    stubber.assert_no_pending_responses()


def test_a_policy_of_aws_is_attached_as_it_is() -> None:
    """Nobody in the account edits it."""
    stubber, roles = stubbed()
    stubber.add_response("attach_role_policy", {}, {"RoleName": NAME, "PolicyArn": ADMINISTRATOR_ARN})
    roles.apply(SUBJECT, AttachManaged(managed(ADMINISTRATOR, ADMINISTRATOR_ARN)))
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["PolicyNotAttachable", "NoSuchEntity", "LimitExceeded"])
def test_what_cannot_be_attached_any_more_is_said_by_name(code: str) -> None:
    """AWS has deprecated it, it was deleted, or others have taken its place."""
    stubber, roles = stubbed()
    says(stubber, EXTRA.text)
    stubber.add_client_error("attach_role_policy", code, "not this")
    with pytest.raises(WriteRefusedError, match=f"^attach the managed policy {EXTRA.arn}: {code}: `not this`$"):
        roles.apply(SUBJECT, AttachManaged(EXTRA))


def test_an_error_that_may_pass_is_one_line_that_says_what_to_do() -> None:
    """No traceback."""
    stubber, roles = stubbed()
    says(stubber, EXTRA.text)
    stubber.add_client_error("attach_role_policy", "Throttling", "Rate exceeded")
    with pytest.raises(UnreachableError, match="run the command again"):
        roles.apply(SUBJECT, AttachManaged(EXTRA))
