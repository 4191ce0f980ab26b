"""A role is judged by its permissions and its trust."""

from dataclasses import replace

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.profile.posture import Posture
from tests.builders import (
    ACCOUNT,
    MEMORY,
    PAYROLL,
    ROLES,
    SERVICE_ROLE,
    allow,
    policy,
    snapshot_of,
    trusting,
    with_policies,
)

STANDARD = standard_of(SERVICE_ROLE, Posture.ACTIVE)
OPENED = policy(trusting("*"))


def test_a_role_has_findings_on_permission_and_on_trust() -> None:
    """Both at once are both told."""
    snapshot = replace(with_policies(snapshot_of(), PAYROLL), trust=OPENED)
    kinds = [finding.kind for finding in judge_role(snapshot, STANDARD, MEMORY).findings]
    assert kinds == [Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE]


APPLIANCE = next(role for role in ROLES if role.name == "AWSPanoramaApplianceServiceRole")
OF_ACCOUNT = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
OF_DEVICE = {"ArnLike": {"aws:SourceArn": f"arn:aws:panorama:us-east-1:{ACCOUNT}:device/device-1"}}
IN_NAMESPACE = {"StringEquals": {"cloudwatch:namespace": "PanoramaDeviceMetrics"}}
THROUGH_POINTS = {"ArnLike": {"s3:DataAccessPointArn": "arn:aws:s3:*:*:accesspoint/panorama*"}}
STORE = "arn:aws:s3:::x-nodepackage-store-y/a"


@pytest.mark.parametrize("condition", [{}, OF_ACCOUNT, {**OF_ACCOUNT, **OF_DEVICE}])
def test_the_trust_of_the_appliance_is_inside_with_the_conditions_that_aws_recommends(
    condition: dict[str, object],
) -> None:
    """And without them, as the console once made it."""
    rest = {"Condition": condition} if condition else {}
    trust = policy({**trusting({"Service": "panorama.amazonaws.com"}), **rest})
    assert judge_role(
        snapshot_of(APPLIANCE).with_trust(trust), standard_of(APPLIANCE, Posture.ACTIVE), MEMORY
    ).is_compliant


@pytest.mark.parametrize(
    ("statement", "is_inside"),
    [
        (allow("cloudwatch:PutMetricData", Condition=IN_NAMESPACE), True),
        (allow("cloudwatch:PutMetricData"), False),
        (allow("cloudwatch:PutMetricData", Condition={"StringLike": {"cloudwatch:namespace": "Panorama*"}}), False),
        (allow("s3:GetObject", STORE, Condition=THROUGH_POINTS), True),
        (allow("s3:GetObject", STORE), False),
        (allow("s3:PutObject", STORE, Condition=THROUGH_POINTS), False),
    ],
)
def test_the_limits_of_the_appliance_that_stand_in_conditions_are_held(
    statement: dict[str, object], *, is_inside: bool
) -> None:
    """Dropping or widening the condition is the escape, with a request in another namespace, or past the points."""
    snapshot = with_policies(snapshot_of(APPLIANCE), policy(statement))
    assert judge_role(snapshot, standard_of(APPLIANCE, Posture.ACTIVE), MEMORY).is_compliant is is_inside
