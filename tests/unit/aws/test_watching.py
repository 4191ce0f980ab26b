"""The status says of each region when an event last came and which trail tells of it, or why that cannot be read."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from panorama_guard.aws.canary import TAG
from panorama_guard.aws.watching import Watch
from panorama_guard.cli.regions import read_regions
from panorama_guard.cli.words import answer_lines

NOW = datetime.now(UTC).replace(minute=30, second=0, microsecond=0)
HOME, OTHER, STACK = "us-east-1", "eu-west-1", "panorama-guard"
STATUS: dict[str, object] = {
    "caller": "me",
    "account": "1",
    "mode": "observe",
    "modes": {},
    "posture": "active",
    "paused": None,
}
ROLE = {
    "Type": "AWS::IAM::Role",
    "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}},
}


@pytest.fixture
def session() -> Iterator[Any]:
    """Return a session of an account in which the stack is deployed."""
    with mock_aws():
        yield boto3.session.Session(region_name=HOME)


def client_of(session: Any) -> Callable[[str, str], Any]:
    """Return what makes a client of a service in a region."""
    return lambda service, region: session.client(service, region_name=region)


def deploy(session: Any) -> str:
    """Make a stack with a parameter and a canary, and return the canary's name."""
    template = {"Parameters": {"OtherRegions": {"Type": "String"}}, "Resources": {"CanaryRole": ROLE}}
    cloudformation = session.client("cloudformation")
    given = [{"ParameterKey": "OtherRegions", "ParameterValue": OTHER}]
    cloudformation.create_stack(StackName=STACK, TemplateBody=str(template).replace("'", '"'), Parameters=given)
    found = cloudformation.describe_stack_resource(StackName=STACK, LogicalResourceId="CanaryRole")
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def matched(session: Any, region: str, rule: str, at: datetime) -> None:
    """Let a rule have matched."""
    data = {"MetricName": "TriggeredRules", "Value": 1.0, "Timestamp": at}
    named = {"Dimensions": [{"Name": "RuleName", "Value": rule}]}
    session.client("cloudwatch", region_name=region).put_metric_data(Namespace="AWS/Events", MetricData=[data | named])


def test_the_last_event_is_that_of_the_stack_s_own_rules(session: Any) -> None:
    """In that region, to the hour; what other rules match says nothing."""
    matched(session, OTHER, f"{STACK}-S3ChangesRule-1", NOW - timedelta(hours=5))
    matched(session, OTHER, f"{STACK}-LogsChangesRule-2", NOW - timedelta(hours=2))
    matched(session, OTHER, "payroll-S3ChangesRule-1", NOW)
    watch = Watch(client_of(session), STACK)
    last = datetime.fromisoformat(watch.region(OTHER, now=NOW).last_event)
    assert NOW - timedelta(hours=3) < last <= NOW - timedelta(hours=2)
    assert watch.region(HOME, now=NOW).last_event == "none in 14 days"


def test_a_trail_that_does_not_log_is_none(session: Any) -> None:
    """And where there is none at all, no event comes."""
    watch = Watch(client_of(session), STACK)
    assert watch.region(HOME, now=NOW).trail == "none: no event comes from here"
    session.client("s3").create_bucket(Bucket="the-trail-s-own")
    cloudtrail = session.client("cloudtrail")
    cloudtrail.create_trail(Name="all", S3BucketName="the-trail-s-own", IsMultiRegionTrail=True)
    assert watch.region(HOME, now=NOW).trail == "none is logging: no event comes from here"
    cloudtrail.start_logging(Name="all")
    assert (watch.region(HOME, now=NOW).trail, watch.region(OTHER, now=NOW).trail) == ("all", "all")


def test_the_status_tells_of_every_region_that_the_deployment_names(session: Any) -> None:
    """And of the canary, as its tag and the metric have it."""
    canary = deploy(session)
    session.client("iam").tag_role(RoleName=canary, Tags=[{"Key": TAG, "Value": "2026-11-26T10:00:00+00:00"}])
    answer = {**STATUS, "incidents": {}, "regions": read_regions(STACK, session, now=NOW)}
    lines = answer_lines("status", answer)
    assert "Canary:      sent 2026-11-26T10:00:00+00:00, came back never in 14 days" in lines
    assert [line.split(":")[0] for line in lines[-2:]] == [HOME, OTHER]


def test_what_cannot_be_read_is_said_in_its_place_and_hides_nothing_else(session: Any) -> None:
    """An operator may not read everything."""

    class Refused:
        """A client that AWS refuses everything."""

        def __getattr__(self, _name: str) -> Any:
            """Refuse."""
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "Any")

    def client(service: str, region: str) -> Any:
        return Refused() if service == "cloudwatch" else session.client(service, region_name=region)

    watched = Watch(client, STACK).region(HOME, now=NOW)
    assert watched.last_event == "cannot be read: AccessDenied: `not you`"
    assert watched.trail == "none: no event comes from here"
    assert "came back cannot be read" in Watch(client, STACK).canary(HOME, now=NOW)
    assert Watch(lambda *_: Refused(), STACK).other_regions(HOME) == ()
