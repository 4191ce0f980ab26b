"""A member account on moto, with the five roles in it."""

from typing import Any

import boto3

from local.emulator import iam_backend
from local.seed import seed_roles
from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.case.member import READ_ROLE, REMEDIATION_ROLE
from tests.builders import ADMINISTRATOR, ADMINISTRATOR_ARN, aws_documents, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT, REGION
from tests.functions.account import create_aws_policy

MEMBER = "222233334444"


def iam_of(account: str) -> Any:
    """Return IAM of an account; moto asks nobody who may be a role of it."""
    sts = boto3.client("sts", region_name=REGION)
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{READ_ROLE}", RoleSessionName="test")["Credentials"]
    session = boto3.session.Session(keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])
    iam: Any = session.client("iam", region_name=REGION)
    keep_documents_as_text(iam)
    return iam


def make_member(*, remediation: bool = False) -> None:
    """Make the five roles of the member account anew, and the one that the hub writes with if it is to be there."""
    iam_backend(MEMBER).reset()
    for arn, document in (*aws_documents().items(), (ADMINISTRATOR_ARN, ADMINISTRATOR)):
        create_aws_policy(arn, document, MEMBER)
    list(seed_roles(iam_of(MEMBER)))
    if remediation:
        path, _, name = REMEDIATION_ROLE.rpartition("/")
        trust = policy(trusting({"AWS": MOTO_ACCOUNT}))
        iam_of(MEMBER).create_role(RoleName=name, Path=f"/{path}/", AssumeRolePolicyDocument=trust)
