"""IAM's listings answer as AWS's do."""

from __future__ import annotations

import pytest

from tests.unit.local.cloud import ADMIN, Cloud, policy


def test_a_policys_entities_include_those_it_bounds(cloud: Cloud) -> None:
    """ListEntitiesForPolicy finds both usages, or the one that is asked for."""
    iam = cloud.client("iam")
    cloud.role("Attached", Path="/service-role/")
    cloud.role("Bounded")
    iam.attach_role_policy(RoleName="Attached", PolicyArn=ADMIN)
    iam.put_role_permissions_boundary(RoleName="Bounded", PermissionsBoundary=ADMIN)

    def names(**rest: str) -> list[str]:
        listed = iam.list_entities_for_policy(PolicyArn=ADMIN, **rest)
        return [role["RoleName"] for role in listed["PolicyRoles"]]

    assert names() == ["Attached", "Bounded"]
    assert names(PolicyUsageFilter="PermissionsPolicy") == ["Attached"]
    assert names(PolicyUsageFilter="PermissionsBoundary") == ["Bounded"]
    assert names(PathPrefix="/service-role/") == ["Attached"]
    assert names(EntityFilter="User") == []


def test_account_details_name_the_policies(cloud: Cloud) -> None:
    """Policies of the account, and those of AWS that are in use, come with their names."""
    iam = cloud.client("iam")
    cloud.role("Holder")
    iam.create_policy(PolicyName="own", PolicyDocument=policy("s3:*"))
    iam.attach_role_policy(RoleName="Holder", PolicyArn=ADMIN)
    details = iam.get_account_authorization_details()
    assert [each["PolicyName"] for each in details["Policies"]] == ["own", "AdministratorAccess"]
    assert [each["RoleName"] for each in details["RoleDetailList"]] == ["Holder"]


def test_account_details_come_in_pages(cloud: Cloud) -> None:
    """No page is larger than asked for, and together they hold everything once."""
    for number in range(5):
        cloud.role(f"R{number}")
    cloud.client("iam").create_policy(PolicyName="own", PolicyDocument=policy("s3:*"))
    paginator = cloud.client("iam").get_paginator("get_account_authorization_details")
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 2}))
    sizes = [len(page["RoleDetailList"]) + len(page["Policies"]) for page in pages]
    roles = [role["RoleName"] for page in pages for role in page["RoleDetailList"]]
    assert sizes == [2, 2, 2]
    assert roles == [f"R{number}" for number in range(5)]


def test_account_details_show_a_roles_boundary_and_documents(cloud: Cloud) -> None:
    """A role's trust, inline policies, attachments and boundary are in its details."""
    iam = cloud.client("iam")
    cloud.role("Holder")
    iam.put_role_policy(RoleName="Holder", PolicyName="p", PolicyDocument=policy("s3:*"))
    iam.put_role_permissions_boundary(RoleName="Holder", PermissionsBoundary=ADMIN)
    (role,) = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert role["RolePolicyList"][0]["PolicyName"] == "p"
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == ADMIN


def test_attaching_twice_counts_once(cloud: Cloud) -> None:
    """An attachment that is there already changes no count."""
    iam = cloud.client("iam")
    cloud.role("Holder")
    arn = iam.create_policy(PolicyName="own", PolicyDocument=policy("s3:*"))["Policy"]["Arn"]
    for _ in range(2):
        iam.attach_role_policy(RoleName="Holder", PolicyArn=arn)
    assert iam.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1


def test_panoramas_service_linked_role_has_its_name_and_policy(cloud: Cloud) -> None:
    """Creating it gives the documented name, path and managed policy."""
    iam = cloud.client("iam")
    role = iam.create_service_linked_role(AWSServiceName="panorama.amazonaws.com")["Role"]
    path = "arn:aws:iam::123456789012:role/aws-service-role/panorama.amazonaws.com"
    assert role["Arn"] == f"{path}/AWSServiceRoleForAWSPanorama"
    (attached,) = iam.list_attached_role_policies(RoleName="AWSServiceRoleForAWSPanorama")["AttachedPolicies"]
    assert attached["PolicyName"] == "AWSPanoramaServiceLinkedRolePolicy"


def test_panoramas_service_linked_role_can_be_deleted(cloud: Cloud) -> None:
    """AWS takes its policy away with it, which nobody else may detach."""
    iam = cloud.client("iam")
    iam.create_service_linked_role(AWSServiceName="panorama.amazonaws.com")
    iam.delete_service_linked_role(RoleName="AWSServiceRoleForAWSPanorama")
    with pytest.raises(iam.exceptions.NoSuchEntityException, match="AWSServiceRoleForAWSPanorama"):
        iam.get_role(RoleName="AWSServiceRoleForAWSPanorama")
