"""Callers are who AWS would say they are."""

from __future__ import annotations

import urllib.request

from local.emulator import LOCK
from local.identity import Credentials
from tests.unit.local.cloud import TRUST, Cloud, policy


def test_a_key_that_nobody_issued_is_the_operator(cloud: Cloud) -> None:
    """The AWS CLI with any key acts as the account's administrator."""
    cloud.role()
    assert cloud.detail("CreateRole")["userIdentity"] == {
        "type": "IAMUser",
        "principalId": "AIDAOPERATOREXAMPLE00",
        "arn": "arn:aws:iam::123456789012:user/operator",
        "accountId": "123456789012",
        "accessKeyId": "test",
        "userName": "operator",
    }


def test_an_iam_users_key_is_that_user(cloud: Cloud) -> None:
    """A key made for a user names the user, with its path."""
    iam = cloud.client("iam")
    user = iam.create_user(UserName="eve", Path="/staff/")["User"]
    key = iam.create_access_key(UserName="eve")["AccessKey"]
    keys = Credentials(key["AccessKeyId"], key["SecretAccessKey"], "")
    cloud.client("iam", keys).create_role(RoleName="R", AssumeRolePolicyDocument=TRUST)
    identity = cloud.detail("CreateRole")["userIdentity"]
    assert identity["type"] == "IAMUser"
    assert identity["arn"] == "arn:aws:iam::123456789012:user/staff/eve"
    assert (identity["userName"], identity["principalId"]) == ("eve", user["UserId"])


def test_a_session_names_its_role_with_path_and_id(cloud: Cloud) -> None:
    """An assumed role's session carries the issuer: the role's ARN with its path, and its unique id."""
    arn = cloud.role("Attacker", Path="/red/")
    role_id = cloud.client("iam").get_role(RoleName="Attacker")["Role"]["RoleId"]
    keys = cloud.session(arn, "mallory")
    cloud.client("iam", keys).put_role_policy(RoleName="Attacker", PolicyName="p", PolicyDocument=policy("s3:*"))
    identity = cloud.detail("PutRolePolicy")["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == "arn:aws:sts::123456789012:assumed-role/Attacker/mallory"
    assert identity["principalId"] == f"{role_id}:mallory"
    assert identity["accessKeyId"] == keys.access_key
    assert identity["sessionContext"]["sessionIssuer"] == {
        "type": "Role",
        "principalId": role_id,
        "arn": arn,
        "accountId": "123456789012",
        "userName": "Attacker",
    }
    assert identity["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    assert identity["sessionContext"]["attributes"]["creationDate"].endswith("Z")


def test_a_session_opened_with_a_device_says_so(cloud: Cloud) -> None:
    """A session whose caller gave an MFA device is authenticated by it."""
    arn = cloud.role("Careful")
    opened = cloud.client("sts").assume_role(
        RoleArn=arn, RoleSessionName="careful", SerialNumber="arn:aws:iam::123456789012:mfa/x", TokenCode="123456"
    )["Credentials"]
    keys = Credentials(opened["AccessKeyId"], opened["SecretAccessKey"], opened["SessionToken"])
    cloud.client("iam", keys).create_role(RoleName="R", AssumeRolePolicyDocument=TRUST)
    (created,) = (each for each in cloud.details("CreateRole") if each["requestParameters"]["roleName"] == "R")
    assert created["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "true"


def test_the_stack_can_open_a_functions_session(cloud: Cloud) -> None:
    """Credentials made in process, as Lambda makes them, are a session of the function's role."""
    arn = cloud.role("Function")
    with LOCK:
        keys = cloud.server.identities.open_session(arn, "inspect", region="us-east-1")
    caller = cloud.client("sts", keys).get_caller_identity()
    assert caller["Arn"] == "arn:aws:sts::123456789012:assumed-role/Function/inspect"


def test_an_unsigned_call_is_anonymous(cloud: Cloud) -> None:
    """A request without a signature is recorded as nobody's."""
    request = urllib.request.Request(f"{cloud.server.endpoint}/nobodys-bucket", method="PUT")
    urllib.request.urlopen(request).close()
    identity = cloud.detail("CreateBucket")["userIdentity"]
    assert identity == {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
