"""Steps become calls; what AWS refuses for good is told apart from what passes."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.errors import REFUSED
from panorama_guard.aws.role_writer import SPREADING, IamWriter
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.case.step import AttachManaged, PutInline, PutOwnBoundary
from tests.builders import PAYROLL, SERVICE_ROLE, managed

NAME = SERVICE_ROLE.name
STEP = PutInline("deny", PAYROLL)
ARN = f"arn:aws:iam::111122223333:policy/panorama-guard/boundary-of-{NAME}"
OWN = PutOwnBoundary(ManagedPolicy(ARN, "", PAYROLL))


def stubbed() -> tuple[Stubber, IamWriter, list[float]]:
    """Return an IAM client whose answers are given, the writer on it, and how long it waited."""
    iam: Any = boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - nobody's
    keep_documents_as_text(iam)
    stubber, waits = Stubber(iam), list[float]()
    stubber.activate()
    return stubber, IamWriter(iam, waits.append), waits


@pytest.mark.parametrize("code", sorted(REFUSED))
def test_what_aws_refuses_for_good_is_a_refusal(code: str) -> None:
    """It says the step, the code and the message, on one line."""
    stubber, writer, _ = stubbed()
    stubber.add_client_error("put_role_policy", code, "not\nthis  way")
    with pytest.raises(WriteRefusedError, match=f"^put the inline policy deny: {code}: `not this way`$"):
        writer.apply(NAME, STEP)


@pytest.mark.parametrize(
    "code",
    ["Throttling", "ThrottlingException", "ServiceFailure", "ConcurrentModification", "EntityTemporarilyUnmodifiable"],
)
def test_what_passes_is_tried_again_by_the_queue(code: str) -> None:
    """Throttling, outages and races propagate."""
    stubber, writer, _ = stubbed()
    stubber.add_client_error("put_role_policy", code)
    with pytest.raises(ClientError, match=code):
        writer.apply(NAME, STEP)


def test_a_policy_of_the_guard_s_own_that_iam_does_not_know_yet_is_waited_for() -> None:
    """It was just made; it is set as the boundary as soon as IAM knows it."""
    stubber, writer, waits = stubbed()
    stubber.add_client_error("get_policy", "NoSuchEntity")
    stubber.add_response("create_policy", {"Policy": {"Arn": ARN}})
    stubber.add_client_error("put_role_permissions_boundary", "NoSuchEntity")
    stubber.add_response("put_role_permissions_boundary", {})
    writer.apply(NAME, OWN)
    assert waits == [SPREADING[0]]


def test_a_policy_of_the_guard_s_own_that_iam_never_knows_is_a_refusal() -> None:
    """Or the role is gone: it is read again then."""
    stubber, writer, waits = stubbed()
    stubber.add_client_error("get_policy", "NoSuchEntity")
    stubber.add_response("create_policy", {"Policy": {"Arn": ARN}})
    for _ in range(3):
        stubber.add_client_error("put_role_permissions_boundary", "NoSuchEntity")
    with pytest.raises(WriteRefusedError, match="NoSuchEntity"):
        writer.apply(NAME, OWN)
    assert waits == list(SPREADING)


def test_a_name_that_is_taken_under_another_path_is_a_refusal() -> None:
    """IAM lets one policy of an account have a name; somebody was first."""
    stubber, writer, _ = stubbed()
    stubber.add_client_error("get_policy", "NoSuchEntity")
    stubber.add_client_error("create_policy", "EntityAlreadyExists", "A policy called so already exists.")
    stubber.add_client_error("get_policy", "NoSuchEntity")
    with pytest.raises(WriteRefusedError, match="EntityAlreadyExists"):
        writer.apply(NAME, OWN)


def test_a_policy_of_the_guard_s_own_that_may_not_be_read_is_a_refusal() -> None:
    """Nothing is made in its place."""
    stubber, writer, _ = stubbed()
    stubber.add_client_error("get_policy", "AccessDenied")
    with pytest.raises(WriteRefusedError, match="AccessDenied"):
        writer.apply(NAME, OWN)


def test_what_only_an_operator_does_is_refused_without_a_call() -> None:
    """The functions have no permission for it."""
    _, writer, _ = stubbed()
    with pytest.raises(WriteRefusedError, match="no function may attach a policy"):
        writer.apply(NAME, AttachManaged(managed(PAYROLL)))
