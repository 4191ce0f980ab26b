"""What acts as a guarded role though nothing of its kind is to is told: nothing else shows to whom it was given."""

import pytest

from panorama_guard.case import bucket, function, log_group
from panorama_guard.case.finding import Deviation, Kind, Severity
from panorama_guard.case.resource import ResourceSnapshot, canonical
from panorama_guard.judging.resource import ResourceStandard, judge_resource
from panorama_guard.profile import GuardedResource
from tests.builders import ACCOUNT, PROFILE
from tests.unit.buckets import a_bucket
from tests.unit.functions import a_function
from tests.unit.log_groups import FILTER, a_group

GUARDED = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSPanoramaServiceRole"
OTHER = f"arn:aws:iam::{ACCOUNT}:role/panorama-runtime"


def copied_by(role: str) -> ResourceSnapshot:
    """Return a bucket whose objects are copied inside the account."""
    rules = [{"ID": "own", "Status": "Disabled", "Destination": {"Bucket": "arn:aws:s3:::own-aws-panorama"}}]
    return a_bucket().with_part(bucket.REPLICATION, canonical({"Role": role, "Rules": rules}))


def sent_by(role: str) -> ResourceSnapshot:
    """Return a log group whose events are sent on inside the account."""
    target = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/own"
    return a_group(
        (FILTER, canonical({"Filters": [{"filterName": "copy", "destinationArn": target, "roleArn": role}]}))
    )


def run_by(role: str) -> ResourceSnapshot:
    """Return a function of the naming pattern."""
    return a_function(role=role)


def found(snapshot: ResourceSnapshot) -> list[tuple[Kind, Severity, str, str]]:
    """Return what is told of a resource as it is looked at: its profile knows the roles."""
    guarded = PROFILE.guarded(snapshot.subject.name)
    assert isinstance(guarded, GuardedResource)
    findings = judge_resource(snapshot, ResourceStandard(guarded.profile)).findings
    return [
        (one.kind, one.severity, one.source, one.verdict.reason)
        for one in findings
        if isinstance(one.verdict, Deviation)
    ]


@pytest.mark.parametrize(
    ("snapshot", "source", "words"),
    [
        (copied_by(GUARDED), "role of replication", "S3 copies its objects as the guarded role"),
        (sent_by(GUARDED), f"role of {FILTER}", "it sends events on as the guarded role"),
        (run_by(GUARDED), function.ROLE, "it runs as the guarded role"),
        (run_by(GUARDED.replace("AWSPanorama", "awspanorama")), function.ROLE, "it runs as the guarded role"),
    ],
    ids=["replication", "subscription filter", "function", "function, in another case"],
)
def test_whatever_acts_as_a_guarded_role_is_told(snapshot: ResourceSnapshot, source: str, words: str) -> None:
    """Whoever may change it does what the role may do."""
    ((kind, severity, where, reason),) = found(snapshot)
    assert (kind, severity, where) == (Kind.WEAKNESS, Severity.HIGH, source)
    assert reason.lower() == f"{words} {GUARDED}".lower()


@pytest.mark.parametrize("snapshot", [copied_by(OTHER), sent_by(OTHER), run_by(OTHER)])
def test_another_role_of_the_account_is_no_news(snapshot: ResourceSnapshot) -> None:
    """What it may do is not Panorama's."""
    assert found(snapshot) == []


def test_a_log_group_without_filters_has_no_role() -> None:
    """Nor has one whose events go by a policy of their own."""
    assert found(a_group((log_group.RETENTION, "90"))) == []
