"""What an operator's own hand does that no function may, and how it says what AWS will not do."""

from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case.errors import UnreachableError, WriteRefusedError
from panorama_guard.case.step import AttachManaged
from tests.builders import PAYROLL, PROFILE, managed, snapshot_of

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


def test_what_was_detached_is_attached_again() -> None:
    """The very policy."""
    stubber, roles = stubbed()
    stubber.add_response("attach_role_policy", {}, {"RoleName": NAME, "PolicyArn": EXTRA.arn})
    roles.apply(SUBJECT, AttachManaged(EXTRA))
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize("code", ["PolicyNotAttachable", "NoSuchEntity", "LimitExceeded"])
def test_what_cannot_be_attached_any_more_is_said_by_name(code: str) -> None:
    """AWS has deprecated it, it was deleted, or others have taken its place."""
    stubber, roles = stubbed()
    stubber.add_client_error("attach_role_policy", code, "not this")
    with pytest.raises(WriteRefusedError, match=f"^attach the managed policy {EXTRA.arn}: {code}: `not this`$"):
        roles.apply(SUBJECT, AttachManaged(EXTRA))


def test_an_error_that_may_pass_is_one_line_that_says_what_to_do() -> None:
    """No traceback."""
    stubber, roles = stubbed()
    stubber.add_client_error("attach_role_policy", "Throttling", "Rate exceeded")
    with pytest.raises(UnreachableError, match="run the command again"):
        roles.apply(SUBJECT, AttachManaged(EXTRA))
