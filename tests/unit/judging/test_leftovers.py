"""In the retired posture what is left over is told: what to delete, in which order, what breaks. Nothing is deleted."""

import pytest

from panorama_guard.case.finding import Deviation, Kind
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.planning.resource_ladder import RESOURCE_RUNGS
from panorama_guard.profile import GuardedResource
from panorama_guard.profile.posture import Posture
from tests.builders import ACCOUNT, PROFILE

LEFT = {
    "iot-job:panorama-1": "aws iot delete-job --job-id panorama-1 --force",
    "sagemaker-work:model/panorama-1": "aws sagemaker delete-model --model-name panorama-1",
    "lambda-function:panorama-people": "aws lambda delete-function --function-name panorama-people",
    "iot-alias:panorama-1": "aws iot delete-role-alias --role-alias panorama-1",
    "iot-thing:panorama-1": "aws iot delete-thing --thing-name panorama-1",
    "iot-policy:panorama-1": "aws iot delete-policy --policy-name panorama-1",
    "secret:panorama-camera": "aws secretsmanager delete-secret --secret-id panorama-camera",
    "s3-bucket:my-aws-panorama-models": "aws s3 rb s3://my-aws-panorama-models --force",
    "log-group:/aws/panorama/devices/d": "aws logs delete-log-group --log-group-name /aws/panorama/devices/d",
    "iam-role:AWSPanoramaServiceRole": "aws iam delete-role --role-name AWSPanoramaServiceRole",
}


def judged(key: str, posture: Posture, arn: str = f"arn:aws:example::{ACCOUNT}:x") -> list[str]:
    """Return what is told of an empty resource."""
    guarded = PROFILE.guarded(key)
    assert isinstance(guarded, GuardedResource)
    snapshot = ResourceSnapshot(Subject(ACCOUNT, arn, key, arn), key.partition(":")[0], ())
    findings = judge_resource(snapshot, ResourceStandard(guarded.profile, posture=posture)).findings
    told = [one for one in findings if one.source == "leftover"]
    assert {one.kind for one in told} <= {Kind.WEAKNESS}
    return [one.verdict.reason for one in told if isinstance(one.verdict, Deviation)]


@pytest.mark.parametrize(("key", "command"), LEFT.items())
def test_a_resource_that_is_left_over_is_told_with_how_to_delete_it(key: str, command: str) -> None:
    """And what breaks; in the active posture it is where it belongs."""
    (reason,) = judged(key, Posture.RETIRED)
    assert command in reason
    assert "What breaks: " in reason
    assert judged(key, Posture.ACTIVE) == []


def test_what_runs_is_deleted_before_what_it_runs_as() -> None:
    """A role goes last: what runs as it cannot be ended in order without it."""
    places = {key: int(judged(key, Posture.RETIRED)[0].split("(")[1].split(" ")[0]) for key in LEFT}
    assert sorted(places, key=lambda key: places[key]) == list(LEFT)


def test_a_service_linked_role_is_deleted_by_its_own_call() -> None:
    """IAM takes no other."""
    arn = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/panorama.amazonaws.com/AWSServiceRoleForAWSPanorama"
    (reason,) = judged("iam-role:AWSServiceRoleForAWSPanorama", Posture.RETIRED, arn)
    assert "aws iam delete-service-linked-role" in reason


def test_nothing_that_is_left_over_is_ever_deleted() -> None:
    """The kind of the finding has no rung."""
    assert RESOURCE_RUNGS[Kind.WEAKNESS] == ()


def test_what_only_runs_as_a_guarded_role_is_not_left_over_by_the_service() -> None:
    """It is somebody's function, and stays his."""
    assert [kind for kind in RULES if kind == "lambda-runner"] == ["lambda-runner"]
    assert judged("lambda-runner:payroll", Posture.RETIRED) == []
