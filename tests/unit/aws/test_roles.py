"""AWS's answers become values, refusals and errors; throttling stays what it is."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.roles import IamRoles
from tests.builders import SERVICE_ROLE

NAME = SERVICE_ROLE.name
ROLE = {
    "RoleName": NAME,
    "Arn": f"arn:aws:iam::111122223333:role/{NAME}",
    "RoleId": "AROAEXAMPLEROLE000001",
    "Path": "/",
    "CreateDate": "2026-11-23T15:00:07Z",
    "AssumeRolePolicyDocument": "%7B%20%22a%22%3A%20%22%2B%2525%22%7D",
}

ARN = "arn:aws:iam::111122223333:policy/P-example"
DECOY = {"PolicyName": "Decoy", "PolicyArn": "arn:aws:iam::111122223333:policy/Decoy"}
KEPT = {"PolicyName": "P-example", "PolicyArn": ARN}


def stubbed() -> tuple[Stubber, IamRoles]:
    """Return an IAM client whose answers are given, and the adapter on it."""
    iam: Any = boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - nobody's
    keep_documents_as_text(iam)
    stubber = Stubber(iam)
    stubber.activate()
    return stubber, IamRoles(iam)


def answer_whole_role(stubber: Stubber) -> None:
    """Answer the calls that read a role without policies."""
    stubber.add_response("get_role", {"Role": ROLE})
    stubber.add_response("list_role_policies", {"PolicyNames": [], "IsTruncated": False})
    stubber.add_response("list_attached_role_policies", {"AttachedPolicies": [], "IsTruncated": False})


def test_documents_are_decoded_once() -> None:
    """IAM percent-encodes them: what decoded still looks encoded stays."""
    stubber, roles = stubbed()
    answer_whole_role(stubber)
    role = roles.read_role(NAME)
    assert role is not None
    assert role.trust == '{ "a": "+%25"}'


def test_a_policy_that_vanishes_while_the_role_is_read_is_read_around() -> None:
    """The role is read once more from the beginning."""
    stubber, roles = stubbed()
    stubber.add_response("get_role", {"Role": ROLE})
    stubber.add_response("list_role_policies", {"PolicyNames": ["gone"], "IsTruncated": False})
    stubber.add_client_error("get_role_policy", "NoSuchEntity")
    answer_whole_role(stubber)
    role = roles.read_role(NAME)
    assert role is not None
    assert role.inline == ()


def test_a_role_that_vanishes_while_it_is_read_is_none() -> None:
    """It was deleted meanwhile."""
    stubber, roles = stubbed()
    stubber.add_response("get_role", {"Role": ROLE})
    stubber.add_client_error("list_role_policies", "NoSuchEntity")
    stubber.add_client_error("get_role", "NoSuchEntity")
    assert roles.read_role(NAME) is None


def test_policies_that_keep_vanishing_are_the_queues_to_retry() -> None:
    """Twice is no coincidence; nothing is said of the role."""
    stubber, roles = stubbed()
    for _ in range(2):
        stubber.add_response("get_role", {"Role": ROLE})
        stubber.add_client_error("list_role_policies", "NoSuchEntity")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        roles.read_role(NAME)


def test_policies_that_come_and_go_while_the_role_is_read_hide_nothing_else() -> None:
    """Whoever puts and deletes policies as fast as IAM lets him would keep the role from being read at all."""
    stubber, roles = stubbed()
    for _ in range(2):
        stubber.add_response("get_role", {"Role": ROLE})
        stubber.add_response("list_role_policies", {"PolicyNames": ["decoy", "kept"], "IsTruncated": False})
        stubber.add_client_error("get_role_policy", "NoSuchEntity")
    kept = {"RoleName": NAME, "PolicyName": "kept", "PolicyDocument": "%7B%7D"}
    stubber.add_response("get_role_policy", kept)
    stubber.add_response("list_attached_role_policies", {"AttachedPolicies": [DECOY, KEPT], "IsTruncated": False})
    stubber.add_client_error("get_policy", "NoSuchEntity")
    stubber.add_response("get_policy", {"Policy": {"Arn": KEPT["PolicyArn"], "DefaultVersionId": "v1"}})
    stubber.add_response("get_policy_version", {"PolicyVersion": {"Document": "%7B%7D"}})
    role = roles.read_role(NAME)
    assert role is not None
    assert [policy.name for policy in role.inline] == ["kept"]
    assert [policy.arn for policy in role.attached] == [KEPT["PolicyArn"]]


def test_a_boundary_that_vanishes_twice_is_the_queues_to_retry() -> None:
    """A role that seems to have none would seem to be granted more than it is."""
    stubber, roles = stubbed()
    bounded = {**ROLE, "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": ARN}}
    for _ in range(2):
        stubber.add_response("get_role", {"Role": bounded})
        stubber.add_response("list_role_policies", {"PolicyNames": [], "IsTruncated": False})
        stubber.add_response("list_attached_role_policies", {"AttachedPolicies": [], "IsTruncated": False})
        stubber.add_client_error("get_policy", "NoSuchEntity")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        roles.read_role(NAME)


@pytest.mark.parametrize("code", ["AccessDenied", "Throttling", "ServiceFailure", "NoSuchEntityX", "nosuchentity"])
def test_a_role_that_cannot_be_read_is_an_error(code: str) -> None:
    """Not being allowed to look is not the same as nothing being there."""
    stubber, roles = stubbed()
    stubber.add_client_error("get_role", code)
    with pytest.raises(ClientError, match=code):
        roles.read_role(NAME)


def test_a_managed_policy_that_may_not_be_read_is_an_error() -> None:
    """Only what does not exist is none."""
    stubber, roles = stubbed()
    stubber.add_client_error("get_policy", "AccessDenied")
    with pytest.raises(ClientError, match="AccessDenied"):
        roles.read_managed_policy(ARN)
