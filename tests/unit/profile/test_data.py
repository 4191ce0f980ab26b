"""The shipped data say what AWS made: six roles, the real policies, and one pattern for each service that has one."""

import json

import pytest
from moto.iam.aws_managed_policies import aws_managed_policies_data

from panorama_guard.containment import Grant, Request
from panorama_guard.containment.evaluate import allows
from panorama_guard.policy.document import parse_document_value
from panorama_guard.profile import Certainty, Enrolment, PinnedPolicy, load_profile

PROFILE = load_profile()
PINNED = [policy for role in PROFILE.roles + PROFILE.watched for policy in role.policies]
SERVICE_ROLE = "arn:aws:iam::aws:policy/service-role/"


def test_the_six_roles_are_enrolled_at_both_paths() -> None:
    """Each role of the source document, and the appliance's of later, may lie under `/service-role/` or `/`."""
    assert {role.name for role in PROFILE.roles} == {
        "AWSPanoramaServiceRole",
        "AWSPanoramaApplianceRole",
        "AWSPanoramaSageMakerRole",
        "AWSPanoramaGreengrassGroupRole",
        "AWSPanoramaGreengrassRole",
        "AWSPanoramaApplianceServiceRole",
    }
    assert {(role.paths, role.enrolment) for role in PROFILE.roles} == {(("/service-role/", "/"), Enrolment.ENROLLED)}


def test_each_role_has_the_managed_policy_that_exists() -> None:
    """The ARNs are AWS's real ones, with the path `service-role`."""
    assert {role.name: role.managed_policies for role in PROFILE.roles} == {
        "AWSPanoramaServiceRole": (f"{SERVICE_ROLE}AWSPanoramaServiceRolePolicy",),
        "AWSPanoramaApplianceRole": (f"{SERVICE_ROLE}AWSPanoramaApplianceRolePolicy",),
        "AWSPanoramaSageMakerRole": (f"{SERVICE_ROLE}AWSPanoramaSageMakerRolePolicy",),
        "AWSPanoramaGreengrassGroupRole": (f"{SERVICE_ROLE}AWSPanoramaGreengrassGroupRolePolicy",),
        "AWSPanoramaGreengrassRole": (f"{SERVICE_ROLE}AWSGreengrassResourceAccessRolePolicy",),
        "AWSPanoramaApplianceServiceRole": (f"{SERVICE_ROLE}AWSPanoramaApplianceServiceRolePolicy",),
    }


def test_the_service_linked_role_is_only_watched() -> None:
    """IAM refuses writes to a service-linked role, so the guard never tries."""
    (role,) = PROFILE.watched
    assert (role.name, role.paths, role.enrolment) == (
        "AWSServiceRoleForAWSPanorama",
        ("/aws-service-role/panorama.amazonaws.com/",),
        Enrolment.ALERT_ONLY,
    )


@pytest.mark.parametrize(
    ("role", "service", "certainty"),
    [
        ("AWSPanoramaServiceRole", "panorama.amazonaws.com", Certainty.INFERRED),
        ("AWSPanoramaApplianceRole", "credentials.iot.amazonaws.com", Certainty.INFERRED),
        ("AWSPanoramaSageMakerRole", "sagemaker.amazonaws.com", Certainty.INFERRED),
        ("AWSPanoramaGreengrassGroupRole", "greengrass.amazonaws.com", Certainty.DOCUMENTED),
        ("AWSPanoramaGreengrassRole", "greengrass.amazonaws.com", Certainty.DOCUMENTED),
        ("AWSPanoramaApplianceServiceRole", "panorama.amazonaws.com", Certainty.DOCUMENTED),
        ("AWSServiceRoleForAWSPanorama", "panorama.amazonaws.com", Certainty.DOCUMENTED),
    ],
)
def test_each_role_trusts_one_service(role: str, service: str, certainty: Certainty) -> None:
    """The trust of each role is one service principal, and says how it is known."""
    found = PROFILE.role_named(role)
    assert found is not None
    (statement,) = json.loads(found.trust_text)["Statement"]
    assert (statement["Principal"], statement["Action"]) == ({"Service": service}, "sts:AssumeRole")
    assert found.trust_certainty is certainty


def test_only_the_appliance_role_has_a_principal_under_review() -> None:
    """AWS IoT itself may become the appliance's role, which nobody has confirmed."""
    assert {role.name: role.review_principals for role in PROFILE.roles if role.review_principals} == {
        "AWSPanoramaApplianceRole": ("iot.amazonaws.com",)
    }


@pytest.mark.parametrize("policy", PINNED, ids=lambda policy: policy.arn.rsplit("/", maxsplit=1)[1])
def test_a_pinned_document_is_the_one_that_aws_publishes(policy: PinnedPolicy) -> None:
    """An independent copy of AWS's managed policies holds the same document, version and day."""
    published = json.loads(aws_managed_policies_data)[policy.arn.rsplit("/", maxsplit=1)[1]]
    assert policy.document == parse_document_value(published["Document"], name=policy.arn)
    assert (policy.version_id, policy.edited) == (published["DefaultVersionId"], published["UpdateDate"][:10])
    assert policy.arn == f"arn:aws:iam::aws:policy{published['Path']}{policy.arn.rsplit('/', maxsplit=1)[1]}"


INSIDE = [
    ("s3:PutBucketPolicy", "arn:aws:s3:::my-aws-panorama-models"),
    ("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/a/b"),
    ("iot:UpdateThing", "arn:aws:iot:us-east-1:111122223333:thing/panorama_camera"),
    ("iot:DeletePolicy", "arn:aws:iot:us-east-1:111122223333:policy/panorama-device"),
    ("iot:UpdateRoleAlias", "arn:aws:iot:us-east-1:111122223333:rolealias/panorama"),
    ("iot:CancelJob", "arn:aws:iot:us-east-1:111122223333:job/panorama-1"),
    ("sagemaker:AddTags", "arn:aws:sagemaker:us-east-1:111122223333:training-job/panorama-1"),
    ("sagemaker:AddTags", "arn:aws:sagemaker:us-east-1:111122223333:compilation-job/panorama-1"),
    ("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111122223333:log-group:/aws/panorama_device-1"),
    ("logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:/aws/panorama/devices/d:log-stream:s"),
    ("logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:/aws/greengrass/Lambda/f:log-stream:s"),
    ("cloudwatch:DeleteDashboards", "arn:aws:cloudwatch::111122223333:dashboard/panorama-main"),
]

OUTSIDE = [
    ("s3:GetObject", "arn:aws:s3:::payroll/a"),
    ("s3:GetObject", "arn:aws:s3:::my-aws-panoram/a"),
    ("iot:UpdateThing", "arn:aws:iot:us-east-1:111122223333:thing/Panorama_camera"),
    ("iot:UpdateCertificate", "arn:aws:iot:us-east-1:111122223333:cert/0123"),
    ("sagemaker:CreateModel", "arn:aws:sagemaker:us-east-1:111122223333:model/panorama-1"),
    ("logs:DeleteLogGroup", "arn:aws:logs:us-east-1:111122223333:log-group:/aws/lambda/panorama"),
    ("cloudwatch:PutMetricData", "*"),
    ("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/service-role/AWSPanoramaServiceRole"),
    ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:111122223333:function:panorama"),
    ("greengrass:ListGroups", "*"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:111122223333:secret:panorama-x-aaaaaa"),
]


def pattern() -> Grant:
    """Return the pattern, which is the same for every role."""
    return PROFILE.roles[0].pattern


def test_every_role_has_the_one_pattern() -> None:
    """The naming pattern belongs to the service, not to a role."""
    assert {role.pattern for role in PROFILE.roles + PROFILE.watched} == {pattern()}


@pytest.mark.parametrize(("action", "resource"), INSIDE)
def test_any_action_on_a_name_of_the_pattern_is_inside(action: str, resource: str) -> None:
    """In the five services that have a pattern, a matching name is enough."""
    assert allows(pattern(), Request(action, resource))


@pytest.mark.parametrize(("action", "resource"), OUTSIDE)
def test_other_names_and_services_are_outside(action: str, resource: str) -> None:
    """Another name, another type, or a service without a pattern is not inside."""
    assert not allows(pattern(), Request(action, resource))


def test_how_the_names_of_guarded_resources_begin_is_known() -> None:
    """So a listing need not go through all that the account has."""
    assert PROFILE.beginnings("log-group") == ("/aws/panorama", "/aws/greengrass")
    assert PROFILE.beginnings("secret") == ("panorama", "Panorama")
    assert PROFILE.beginnings("s3-bucket") == ("",)


def test_the_limits_of_the_appliance_s_service_role_stand_in_conditions() -> None:
    """Metrics in one namespace, and objects through access points of AWS Panorama's alone."""
    role = PROFILE.role_named("AWSPanoramaApplianceServiceRole")
    assert role is not None
    metrics = Request("cloudwatch:PutMetricData", "*", (("cloudwatch:namespace", ("PanoramaDeviceMetrics",)),))
    elsewhere = Request("cloudwatch:PutMetricData", "*", (("cloudwatch:namespace", ("Payroll",)),))
    assert (allows(role.ceiling, metrics), allows(role.ceiling, elsewhere)) == (True, False)
    store = "arn:aws:s3:::a-nodepackage-store-b"
    assert not allows(role.ceiling, Request("s3:GetObject", store))


def test_the_families_are_those_that_aws_and_its_samples_leave_behind() -> None:
    """What nobody named is found by its signs, the narrowest family first."""
    assert [family.name for family in PROFILE.families] == ["sample-role", "application-role", "function-role"]
    ceilings = {family.name: family.model.ceiling for family in PROFILE.families}
    assert ceilings["sample-role"] == Grant(())
    assert allows(ceilings["application-role"], Request("cloudwatch:PutMetricData", "*"))
    assert not allows(ceilings["application-role"], Request("s3:GetObject", "arn:aws:s3:::my-aws-panorama-models/a"))
    assert PROFILE.ended == "2026-05-31"
