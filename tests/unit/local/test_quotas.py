"""IAM's quotas and rules hold where moto has none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator import DEFAULT_ACCOUNT, iam_backend
from tests.unit.local.cloud import ADMIN, TRUST, Cloud, policy


def _of_size(characters: int) -> str:
    """Return a policy of so many characters that are not white space, and many that are."""
    empty = json.loads(policy("s3:GetObject", resource="arn:aws:s3:::"))
    text = json.dumps(empty, indent=8)
    short = sum(not each.isspace() for each in text)
    return text.replace("arn:aws:s3:::", "arn:aws:s3:::" + "x" * (characters - short))


def _code(call: Callable[[], Any]) -> str:
    """Return the error code that a call raises."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


def test_inline_policies_of_a_role_share_10240_characters(cloud: Cloud) -> None:
    """The quota counts all of a role's inline policies, without white space, and lets the last character in."""
    cloud.role()
    iam = cloud.client("iam")
    iam.put_role_policy(RoleName="Guarded", PolicyName="a", PolicyDocument=_of_size(5_000))
    iam.put_role_policy(RoleName="Guarded", PolicyName="b", PolicyDocument=_of_size(5_240))
    more = _of_size(5_241)
    assert (
        _code(lambda: iam.put_role_policy(RoleName="Guarded", PolicyName="b", PolicyDocument=more)) == "LimitExceeded"
    )
    assert cloud.details("PutRolePolicy")[-1]["errorCode"] == "LimitExceededException"


def test_replacing_a_policy_frees_its_characters(cloud: Cloud) -> None:
    """A full quota does not stop the same policy from being written again."""
    cloud.role()
    iam = cloud.client("iam")
    for _ in range(2):
        iam.put_role_policy(RoleName="Guarded", PolicyName="a", PolicyDocument=_of_size(10_240))
    assert iam.list_role_policies(RoleName="Guarded")["PolicyNames"] == ["a"]


def test_a_role_holds_as_many_policies_as_the_account_says(cloud: Cloud) -> None:
    """Attaching one more than AttachedPoliciesPerRoleQuota is refused; attaching one again is not."""
    cloud.role()
    iam = cloud.client("iam")
    quota = iam.get_account_summary()["SummaryMap"]["AttachedPoliciesPerRoleQuota"]
    for number in range(quota):
        arn = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="Guarded", PolicyArn=arn)
    assert _code(lambda: iam.attach_role_policy(RoleName="Guarded", PolicyArn=ADMIN)) == "LimitExceeded"
    iam.attach_role_policy(RoleName="Guarded", PolicyArn=arn)


def test_a_policy_has_five_versions(cloud: Cloud) -> None:
    """The sixth version is refused."""
    iam = cloud.client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:*"))
    assert _code(lambda: iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:*"))) == "LimitExceeded"


def test_documents_have_a_largest_size(cloud: Cloud) -> None:
    """A managed policy holds 6,144 characters, a trust policy 2,048."""
    cloud.role()
    iam = cloud.client("iam")
    iam.create_policy(PolicyName="fits", PolicyDocument=_of_size(6_144))
    assert _code(lambda: iam.create_policy(PolicyName="p", PolicyDocument=_of_size(6_145))) == "LimitExceeded"
    large = json.dumps({**json.loads(TRUST), "Id": "x" * 2_048})
    assert _code(lambda: iam.update_assume_role_policy(RoleName="Guarded", PolicyDocument=large)) == "LimitExceeded"


def test_names_are_taken_in_any_case(cloud: Cloud) -> None:
    """A role, policy, user or group whose name differs only in case exists already."""
    cloud.role("AWSPanoramaServiceRole", Path="/service-role/")
    iam = cloud.client("iam")
    iam.create_policy(PolicyName="Custom", PolicyDocument=policy("s3:*"))
    iam.create_user(UserName="Eve")
    iam.create_group(GroupName="Staff")
    calls: list[Callable[[], Any]] = [
        lambda: cloud.role("AWSPANORAMASERVICEROLE"),
        lambda: iam.create_policy(PolicyName="custom", Path="/x/", PolicyDocument=policy("s3:*")),
        lambda: iam.create_user(UserName="EVE"),
        lambda: iam.create_group(GroupName="STAFF"),
    ]
    assert [_code(call) for call in calls] == ["EntityAlreadyExists"] * 4


def test_a_customer_policy_may_have_the_name_of_one_of_awss(cloud: Cloud) -> None:
    """Names are unique within the account, which AWS's policies are not in."""
    made = cloud.client("iam").create_policy(PolicyName="AdministratorAccess", PolicyDocument=policy("s3:*"))
    assert made["Policy"]["Arn"] == "arn:aws:iam::123456789012:policy/AdministratorAccess"


def test_a_boundary_must_exist(cloud: Cloud) -> None:
    """A role cannot be bounded by a policy that is not there."""
    cloud.role()
    arn = "arn:aws:iam::123456789012:policy/nothing"
    iam = cloud.client("iam")
    bound = _code(lambda: iam.put_role_permissions_boundary(RoleName="Guarded", PermissionsBoundary=arn))
    assert bound == "NoSuchEntity"


def test_a_policy_in_use_cannot_be_deleted(cloud: Cloud) -> None:
    """Neither one that is attached nor one that bounds a role."""
    cloud.role()
    iam = cloud.client("iam")
    attached = iam.create_policy(PolicyName="a", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    bounding = iam.create_policy(PolicyName="b", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Guarded", PolicyArn=attached)
    iam.put_role_permissions_boundary(RoleName="Guarded", PermissionsBoundary=bounding)
    assert _code(lambda: iam.delete_policy(PolicyArn=attached)) == "DeleteConflict"
    assert _code(lambda: iam.delete_policy(PolicyArn=bounding)) == "DeleteConflict"


def test_a_policy_with_versions_cannot_be_deleted(cloud: Cloud) -> None:
    """The versions that are not the default go first."""
    iam = cloud.client("iam")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy("s3:*"))
    assert _code(lambda: iam.delete_policy(PolicyArn=arn)) == "DeleteConflict"
    iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    iam.delete_policy(PolicyArn=arn)


def test_a_service_linked_roles_policy_goes_nowhere_else(cloud: Cloud) -> None:
    """The policy of a service-linked role can neither be attached to another role nor bound it."""
    cloud.role()
    iam = cloud.client("iam")
    arn = "arn:aws:iam::aws:policy/aws-service-role/AWSPanoramaServiceLinkedRolePolicy"
    attach = _code(lambda: iam.attach_role_policy(RoleName="Guarded", PolicyArn=arn))
    bound = _code(lambda: iam.put_role_permissions_boundary(RoleName="Guarded", PermissionsBoundary=arn))
    assert (attach, bound) == ("PolicyNotAttachable", "PolicyNotAttachable")


def test_a_service_linked_role_is_awss_to_modify(cloud: Cloud) -> None:
    """Nobody in the account can change a service-linked role; an impostor at another path is an ordinary role."""
    iam = cloud.client("iam")
    name = iam.create_service_linked_role(AWSServiceName="panorama.amazonaws.com")["Role"]["RoleName"]
    assert _code(lambda: iam.attach_role_policy(RoleName=name, PolicyArn=ADMIN)) == "UnmodifiableEntity"
    assert _code(lambda: iam.delete_role(RoleName=name)) == "UnmodifiableEntity"
    cloud.role("AWSServiceRoleForImpostor")
    iam.attach_role_policy(RoleName="AWSServiceRoleForImpostor", PolicyArn=ADMIN)


def test_an_account_holds_as_many_policies_as_its_summary_says(cloud: Cloud) -> None:
    """One more is refused, and is there room again it is taken."""
    iam, summary = cloud.client("iam"), vars(iam_backend(DEFAULT_ACCOUNT).account_summary)
    quota = summary["_policies_quota"]
    summary["_policies_quota"] = 1
    try:
        arn = iam.create_policy(PolicyName="first", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
        more = {"PolicyName": "second", "PolicyDocument": policy("s3:*")}
        assert _code(lambda: iam.create_policy(**more)) == "LimitExceeded"
        iam.delete_policy(PolicyArn=arn)
        iam.create_policy(**more)
    finally:
        summary["_policies_quota"] = quota
