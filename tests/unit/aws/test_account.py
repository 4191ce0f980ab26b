"""What AWS says of quotas and of policies becomes values."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.account import IamAccount
from panorama_guard.case.account import LEAST, PolicyVersion, Quotas

ARN = "arn:aws:iam::111122223333:policy/Extra-example"
SUMMARY = {
    "RolePolicySizeQuota": 10_241,
    "AssumeRolePolicySizeQuota": 4_096,
    "PolicySizeQuota": 6_145,
    "AttachedPoliciesPerRoleQuota": 25,
    "VersionsPerPolicyQuota": 6,
    "PoliciesQuota": 1_500,
    "Policies": 1_499,
}


def stubbed() -> tuple[Stubber, IamAccount]:
    """Return an IAM client whose answers are given, and the adapter on it."""
    iam: Any = boto3.client("iam", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - nobody's
    stubber = Stubber(iam)
    stubber.activate()
    return stubber, IamAccount(iam)


def test_quotas_are_what_the_account_s_summary_says() -> None:
    """Each account may have its own."""
    stubber, account = stubbed()
    stubber.add_response("get_account_summary", {"SummaryMap": SUMMARY})
    assert account.read_quotas() == Quotas(10_241, 4_096, 6_145, 25, 6, 1)


def test_a_quota_that_the_summary_does_not_say_is_the_least_that_aws_gives() -> None:
    """Nothing is guessed to be more."""
    stubber, account = stubbed()
    stubber.add_response("get_account_summary", {"SummaryMap": {}})
    assert account.read_quotas() == LEAST


def test_users_that_may_not_be_read_are_an_error() -> None:
    """Not being allowed to look is not the same as nobody being there."""
    stubber, account = stubbed()
    stubber.add_client_error("list_entities_for_policy", "AccessDenied")
    with pytest.raises(ClientError, match="AccessDenied"):
        account.read_users(ARN)


@pytest.mark.parametrize(("version", "number"), [("v1", 1), ("v12", 12), ("v2.abc", 2), ("odd", 0)])
def test_a_version_has_its_place_among_all_that_ever_were(version: str, number: int) -> None:
    """IAM counts up and never uses a number again."""
    assert PolicyVersion(version, "{}", is_default=False).number == number
