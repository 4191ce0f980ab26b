"""A role of the guard becomes one of another account only where its own policy and that role's trust let it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.assuming import ORGANIZATION
from local.emulator import LOCK, iam_backend
from local.identity import Credentials
from tests.unit.local.cloud import Cloud

MEMBER, HUB = "222233334444", "123456789012"
READ = f"arn:aws:iam::{MEMBER}:role/panorama-guard/member/panorama-guard-read"
FUNCTION = f"arn:aws:iam::{HUB}:role/Function"
IN_ORGANISATION = {"StringEquals": {"aws:ResourceOrgID": ORGANIZATION}}


@pytest.fixture(autouse=True)
def member(cloud: Cloud) -> Iterator[None]:
    """Make the read role in the member account."""
    keys = cloud.session(f"arn:aws:iam::{MEMBER}:role/Administrator")
    iam = cloud.client("iam", keys)
    condition = {"StringEquals": {"sts:ExternalId": "ours"}, "ArnLike": {"aws:PrincipalArn": FUNCTION}}
    trust = document("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{HUB}:root"}, Condition=condition)
    iam.create_role(RoleName="panorama-guard-read", Path="/panorama-guard/member/", AssumeRolePolicyDocument=trust)
    allowed = document("iam:ListRoles", Resource="*")
    iam.put_role_policy(RoleName="panorama-guard-read", PolicyName="read", PolicyDocument=allowed)
    yield
    with LOCK:
        iam_backend(MEMBER).roles.clear()


def document(action: str, **rest: Any) -> str:
    """Return a policy that allows an action."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **rest}]})


def function(cloud: Cloud, name: str = "Function", **condition: Any) -> Any:
    """Return STS for a role of the guard that may become the read role, under a condition."""
    cloud.role(name)
    arn = f"arn:aws:iam::{HUB}:role/{name}"
    policy = document("sts:AssumeRole", Resource=READ, Condition=condition or IN_ORGANISATION)
    cloud.client("iam").put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy)
    with LOCK:
        cloud.server.authorizer.enforce(arn)
        keys = cloud.server.identities.open_session(arn, "function", region="us-east-1")
    return cloud.client("sts", keys)


def test_who_is_let_in_may_do_what_the_role_there_may(cloud: Cloud) -> None:
    """And nothing else: the member's own roles for the hub are held to their policies too."""
    given = function(cloud).assume_role(RoleArn=READ, RoleSessionName="test", ExternalId="ours")["Credentials"]
    keys = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    iam = cloud.client("iam", keys)
    assert [role["RoleName"] for role in iam.list_roles()["Roles"]] == ["panorama-guard-read"]
    with pytest.raises(ClientError, match="AccessDenied"):
        iam.list_users()


@pytest.mark.parametrize(
    ("name", "external_id", "role", "condition"),
    [
        ("Function", "theirs", READ, IN_ORGANISATION),
        ("Other", "ours", READ, IN_ORGANISATION),
        ("Function", "ours", READ.replace(MEMBER, "333344445555"), IN_ORGANISATION),
        ("Function", "ours", READ, {"StringEquals": {"aws:ResourceOrgID": "o-another000"}}),
    ],
    ids=["another external id", "another role of the hub", "an account without the role", "another organisation"],
)
def test_who_is_not_let_in_is_denied(cloud: Cloud, name: str, external_id: str, role: str, condition: Any) -> None:
    """As STS denies: that there is no such role is not told."""
    with pytest.raises(ClientError, match="AccessDenied"):
        function(cloud, name, **condition).assume_role(RoleArn=role, RoleSessionName="test", ExternalId=external_id)
