"""What the adapters of other buckets and of dashboards read is what was put, and no silence is clean."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from panorama_guard.aws.dashboards import Dashboards
from panorama_guard.aws.grantors import S3Grantors
from panorama_guard.case import dashboard, grantor
from panorama_guard.case.resource import Part
from panorama_guard.case.sweeping import Seen
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

ROLE = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaServiceRole"
NAMES = tuple(role.name for role in PROFILE.roles)


@pytest.fixture
def cloud() -> Iterator[Any]:
    """Give an empty account."""
    with moto_account():
        yield boto3.client("s3", region_name=REGION)


def grantors(s3: Any) -> S3Grantors:
    """Return the adapter."""
    return S3Grantors(s3, MOTO_ACCOUNT, lambda key: key.startswith("s3-bucket:x-aws-panorama"), NAMES)


def policy(principal: str, name: str) -> str:
    """Return a bucket's policy that lets a principal read."""
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "s3:GetObject"}
    return json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"arn:aws:s3:::{name}/*"}]})


def test_a_bucket_whose_policy_names_a_guarded_role_is_read(cloud: Any) -> None:
    """Of others, and of buckets of the pattern, which are subjects themselves, nothing is."""
    reader = grantors(cloud)
    for name, principal in (("payroll", ROLE), ("own", MOTO_ACCOUNT), ("x-aws-panorama", ROLE)):
        cloud.create_bucket(Bucket=name)
        cloud.put_bucket_policy(Bucket=name, Policy=policy(principal, name))
    cloud.create_bucket(Bucket="bare")
    assert reader.resource_keys(grantor.TYPE) == ("s3-grantor:payroll",)
    snapshot = reader.read_resource("s3-grantor:payroll")
    assert snapshot is not None
    assert snapshot.parts == (Part(grantor.POLICY, policy(ROLE, "payroll")),)
    assert [reader.read_resource(f"s3-grantor:{name}") for name in ("own", "x-aws-panorama", "bare", "none")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("named", "is_read"),
    [
        ("role/service-role/AWSPanorama*", True),
        ("role/*/AWSPanoramaS*Role", True),
        ("role/serv*PanoramaApplianceRole", True),
        ("role/service-role/*", True),
        ("role/service-role/AWSPanoramaServic?Role", True),
        ("role/service-role/AWSPanorama\\u0053erviceRole", True),
        ("role/payroll-*", False),
        ("role/*", False),
    ],
)
def test_a_bucket_whose_policy_has_a_pattern_of_guarded_roles_is_read(cloud: Any, named: str, *, is_read: bool) -> None:
    """Or a letter of a role's name as its escape; what is for every role names none."""
    condition = {"ArnLike": {"aws:PrincipalArn": "PATTERN"}}
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::payroll/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]})
    text = document.replace("PATTERN", f"arn:aws:iam::*:{named}")
    cloud.create_bucket(Bucket="payroll")
    cloud.put_bucket_policy(Bucket="payroll", Policy=text)
    assert (grantors(cloud).read_resource("s3-grantor:payroll") is not None) is is_read


def test_a_walk_through_the_buckets_begins_after_any_of_them(cloud: Any) -> None:
    """In the order of their names; each is looked at, and said to be one of these or not."""
    for name in ("bare", "payroll", "wages"):
        cloud.create_bucket(Bucket=name)
    cloud.put_bucket_policy(Bucket="wages", Policy=policy(ROLE, "wages"))
    walked = list(grantors(cloud).walk(grantor.TYPE, "s3-grantor:bare"))
    assert walked == [Seen("s3-grantor:payroll", is_there=False), Seen("s3-grantor:wages", is_there=True)]


def test_a_policy_that_is_kept_from_the_guard_is_unread(cloud: Any) -> None:
    """With S3's words."""
    cloud.create_bucket(Bucket="payroll")
    with Stubber(cloud) as stubber:
        stubber.add_response("list_buckets", {"Buckets": [{"Name": "payroll"}]})
        stubber.add_client_error("get_bucket_policy", "AccessDenied", "no")
        snapshot = grantors(cloud).read_resource("s3-grantor:payroll")
    assert snapshot is not None
    assert snapshot.unread == (Part(grantor.POLICY, "AWS does not let the guard read it: AccessDenied: `no`"),)


def test_the_functions_that_a_dashboard_calls_are_read(cloud: Any) -> None:
    """Of custom widgets; one without any has no part, and one that there is not is none."""
    assert cloud
    client: Any = boto3.client("cloudwatch", region_name=REGION)
    reader, endpoint = Dashboards(client, MOTO_ACCOUNT), f"arn:aws:lambda:{REGION}:{MOTO_ACCOUNT}:function:x"
    widgets = [{"type": "custom", "properties": {"endpoint": endpoint}}, {"type": "text", "properties": {}}]
    client.put_dashboard(DashboardName="panorama-a", DashboardBody=json.dumps({"widgets": widgets}))
    client.put_dashboard(DashboardName="panorama-b", DashboardBody=json.dumps({"widgets": widgets[1:]}))
    called, plain = (reader.read_resource(f"cloudwatch-dashboard:panorama-{one}") for one in "ab")
    assert called is not None
    assert plain is not None
    assert (called.parts, plain.parts) == ((Part(dashboard.ENDPOINTS, f'["{endpoint}"]'),), ())
    assert called.subject.arn == f"arn:aws:cloudwatch::{MOTO_ACCOUNT}:dashboard/panorama-a"
    assert reader.read_resource("cloudwatch-dashboard:panorama-none") is None
    assert set(reader.resource_keys(dashboard.TYPE)) == {f"cloudwatch-dashboard:panorama-{one}" for one in "ab"}


def test_a_dashboard_that_is_not_understood_or_kept_from_the_guard_is_unread(cloud: Any) -> None:
    """Never clean."""
    assert cloud
    client: Any = boto3.client("cloudwatch", region_name=REGION)
    with Stubber(client) as stubber:
        stubber.add_response("get_dashboard", {"DashboardBody": "{"})
        stubber.add_client_error("get_dashboard", "AccessDenied", "no")
        read = [Dashboards(client, MOTO_ACCOUNT).read_resource("cloudwatch-dashboard:panorama-a") for _ in range(2)]
    assert [[part.name for part in one.unread] for one in read if one] == [[dashboard.ENDPOINTS]] * 2
