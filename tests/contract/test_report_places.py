"""What `report` writes to and reads its gauges from, on moto: the bucket with its versions, queues, rules' metrics."""

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from panorama_guard.aws.gauges import DeadLetters, RuleActivity
from panorama_guard.aws.queues import ReportsQueue
from panorama_guard.aws.report_bucket import ReportBucket
from panorama_guard.aws.topic import SnsTopic
from tests.contract.drivers import REGION, moto_account

NOW = datetime.now(UTC)
_NUMBERS = itertools.count()


@pytest.fixture(scope="module", autouse=True)
def account() -> Iterator[None]:
    """Run in moto's account."""
    with moto_account():
        yield


def a_client(service: str) -> Any:
    """Return a client of the account."""
    client: Any = boto3.client
    return client(service, region_name=REGION)


@pytest.fixture
def bucket() -> str:
    """Make a bucket that keeps versions."""
    name = f"reports-{next(_NUMBERS)}"
    a_client("s3").create_bucket(Bucket=name)
    a_client("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def test_a_file_is_put_over_its_last_version_which_is_kept(bucket: str) -> None:
    """The link of each has its version."""
    shelf = ReportBucket(a_client("s3"), bucket)
    first, second = (shelf.put("posture.html", body, "text/html") for body in ("one", "two"))
    assert first.uri == second.uri == f"s3://{bucket}/posture.html"
    assert first.version_id != second.version_id
    assert first.console == (
        f"https://{REGION}.console.aws.amazon.com/s3/object/{bucket}"
        f"?region={REGION}&prefix=posture.html&versionId={first.version_id}"
    )
    read = a_client("s3").get_object(Bucket=bucket, Key="posture.html", VersionId=first.version_id)
    assert (read["Body"].read(), read["ContentType"]) == (b"one", "text/html")


def test_a_locked_bucket_takes_it_for_it_has_a_checksum_and_keeps_it() -> None:
    """S3 refuses what goes into such a bucket without one; moto does not, so the header is looked at."""
    name, s3, sent = f"reports-{next(_NUMBERS)}", a_client("s3"), []
    s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
    retention = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": retention}
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.append(request.headers))
    put = ReportBucket(s3, name).put("posture.html", "one", "text/html")
    assert [headers["x-amz-sdk-checksum-algorithm"] for headers in sent] == [b"SHA256"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket=name, Key="posture.html", VersionId=put.version_id)


def test_what_was_told_is_read_and_of_another_name_nothing(bucket: str) -> None:
    """Nothing too where there is none yet, or only one whose name goes on."""
    shelf = ReportBucket(a_client("s3"), bucket)
    shelf.put("posture.told.old", "other", "text/plain")
    assert shelf.read("posture.told") == ""
    shelf.put("posture.told", "posture active\nr\u00f6le", "text/plain")
    a_client("s3").put_object(Bucket=bucket, Key="posture.odd", Body=b"\xff")
    assert (shelf.read("posture.told"), shelf.read("posture.odd")) == ("posture active\nr\u00f6le", "\ufffd")


def test_what_waits_in_a_queue_is_counted() -> None:
    """By the queue's name."""
    sqs = a_client("sqs")
    urls = tuple(sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("changes-dead", "notify-dead"))
    sqs.send_message(QueueUrl=urls[0], MessageBody="failed")
    assert DeadLetters(sqs, urls).waiting() == (("changes-dead", 1), ("notify-dead", 0))


def put_events(rule: str, at: datetime) -> None:
    """Count an event of a rule, as EventBridge does."""
    datum = {"MetricName": "TriggeredRules", "Value": 1, "Timestamp": at}
    dimensions = [{"Name": "RuleName", "Value": rule}]
    a_client("cloudwatch").put_metric_data(Namespace="AWS/Events", MetricData=[{**datum, "Dimensions": dimensions}])


def test_the_last_hour_of_a_service_s_events_is_told() -> None:
    """Of several the last, of none nothing, and of what is too long ago nothing."""
    put_events("iam-rule", NOW - timedelta(hours=30))
    put_events("iam-rule", NOW - timedelta(hours=5))
    put_events("s3-rule", NOW - timedelta(days=20))
    rules = {"iam": "iam-rule", "s3": "s3-rule", "lambda": "lambda-rule"}
    told = dict(RuleActivity(a_client("cloudwatch"), rules).last_events(NOW.isoformat()))
    expected = (NOW - timedelta(hours=5)).replace(minute=0, second=0, microsecond=0)
    assert datetime.fromisoformat(told["iam"]) == expected
    assert (told["s3"], told["lambda"]) == ("", "")


def test_whoever_has_confirmed_is_counted() -> None:
    """Nobody at first; a queue confirms by itself, and an address has not until its owner does."""
    sns, sqs = a_client("sns"), a_client("sqs")
    arn = sns.create_topic(Name="alerts")["TopicArn"]
    topic = SnsTopic(sns, arn)
    assert topic.subscribers() == 0
    url = sqs.create_queue(QueueName="hears")["QueueUrl"]
    queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
    assert topic.subscribers() == 1
    sns.subscribe(TopicArn=arn, Protocol="email", Endpoint="ops@example.com")
    assert topic.subscribers() == 1


def test_a_report_is_asked_for_once_by_each_sweep() -> None:
    """In one group, so that one is written at a time."""
    sqs = a_client("sqs")
    url = sqs.create_queue(QueueName="reports.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    queue = ReportsQueue(sqs, url)
    for _ in range(2):
        queue.report("2026-11-26T07:00:00+00:00")
    queue.report("2026-11-26T08:00:00+00:00")
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
    assert answer["Attributes"]["ApproximateNumberOfMessages"] == "2"
