"""The adapters of buckets: what they read is what was put, what they put is what is read, and no silence is clean."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from panorama_guard.aws.access_points import S3AccessPoints
from panorama_guard.aws.bucket_writer import S3PointWriter, S3Writer
from panorama_guard.aws.buckets import S3Buckets, read_parts
from panorama_guard.aws.own_subjects import OwnSubjects
from panorama_guard.case import bucket
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.resource import Part, ResourceSnapshot, canonical
from panorama_guard.case.step import DeletePart, PartStep, PutPart, apply_step, invert_step
from tests.builders import PROFILE
from tests.contract.drivers import MOTO_ACCOUNT, REGION, moto_account

NAME, KEY = "my-aws-panorama-models", "s3-bucket:my-aws-panorama-models"
FLAGS = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
SPACED = '{ "Version":"2012-10-17",\n "Statement": [ ] }'
POINT_PART = bucket.point_policy("models")


class Cloud:
    """A bucket in moto, and the adapters on it."""

    def __init__(self) -> None:
        """Make the bucket."""
        self.s3: Any = boto3.client("s3", region_name=REGION)
        self.control: Any = boto3.client("s3control", region_name=REGION)
        self.s3.create_bucket(Bucket=NAME)
        points = S3AccessPoints(self.control, MOTO_ACCOUNT)
        self.reader = S3Buckets(self.s3, points, MOTO_ACCOUNT)
        self.writer = S3Writer(self.s3, S3PointWriter(self.control, MOTO_ACCOUNT), MOTO_ACCOUNT)

    def read(self) -> ResourceSnapshot:
        """Return the bucket as it is."""
        snapshot = self.reader.read_resource(KEY)
        assert snapshot is not None
        return snapshot

    def create_point(self) -> None:
        """Make an access point with a policy."""
        self.control.create_access_point(AccountId=MOTO_ACCOUNT, Name="models", Bucket=NAME)
        self.control.put_access_point_policy(AccountId=MOTO_ACCOUNT, Name="models", Policy=SPACED)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Give a bucket in an empty account."""
    with moto_account():
        yield Cloud()


def test_a_new_bucket_has_its_acl_its_owner_and_its_block(cloud: Cloud) -> None:
    """And nothing else; its ARN is what tells it from another one."""
    snapshot = cloud.read()
    assert {part.name for part in snapshot.parts} == {bucket.ACL, bucket.BLOCK, bucket.OWNERSHIP}
    assert (snapshot.unread, snapshot.facts) == ((), ())
    assert (snapshot.subject.arn, snapshot.subject.unique_id) == (f"arn:aws:s3:::{NAME}",) * 2
    assert snapshot.text_of(bucket.BLOCK) == canonical(FLAGS)


def test_documents_are_read_byte_for_byte(cloud: Cloud) -> None:
    """White space and all."""
    cloud.s3.put_bucket_policy(Bucket=NAME, Policy=SPACED)
    cloud.create_point()
    snapshot = cloud.read()
    assert (snapshot.text_of(bucket.POLICY), snapshot.text_of(POINT_PART)) == (SPACED, SPACED)


def test_every_setting_is_read(cloud: Cloud) -> None:
    """As the canonical text of what S3 says."""
    s3, rule = cloud.s3, {"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 9}}
    function = f"arn:aws:lambda:us-east-1:{MOTO_ACCOUNT}:function:f"
    told = {"LambdaFunctionConfigurations": [{"LambdaFunctionArn": function, "Events": ["s3:ObjectCreated:*"]}]}
    cors = {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    s3.put_bucket_website(Bucket=NAME, WebsiteConfiguration={"IndexDocument": {"Suffix": "i.html"}})
    s3.put_bucket_cors(Bucket=NAME, CORSConfiguration=cors)
    s3.put_bucket_notification_configuration(Bucket=NAME, NotificationConfiguration=told)
    s3.put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": [rule]})
    snapshot = cloud.read()
    assert snapshot.text_of(bucket.CORS) == canonical(cors)
    assert "i.html" in str(snapshot.text_of(bucket.WEBSITE))
    assert function in str(snapshot.text_of(bucket.NOTIFICATIONS))
    assert json.loads(str(snapshot.text_of(bucket.LIFECYCLE)))["Rules"][0]["Expiration"] == {"Days": 9}


def test_of_the_targets_of_a_replication_the_own_ones_are_known(cloud: Cloud) -> None:
    """By the account's own listing."""
    cloud.s3.create_bucket(Bucket="own-target")
    for name in (NAME, "own-target"):
        cloud.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    rules = [
        {
            "ID": name,
            "Status": "Enabled",
            "Priority": number,
            "Filter": {"Prefix": ""},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": f"arn:aws:s3:::{name}"},
        }
        for number, name in enumerate(("own-target", "target-of-others"), start=1)
    ]
    configuration = {"Role": f"arn:aws:iam::{MOTO_ACCOUNT}:role/r", "Rules": rules}
    cloud.s3.put_bucket_replication(Bucket=NAME, ReplicationConfiguration=configuration)
    assert cloud.read().fact(bucket.OWN_BUCKETS) == '["own-target"]'


def test_the_account_s_block_is_a_fact(cloud: Cloud) -> None:
    """No part of the bucket's."""
    cloud.control.put_public_access_block(AccountId=MOTO_ACCOUNT, PublicAccessBlockConfiguration=FLAGS)
    assert cloud.read().fact(bucket.ACCOUNT_BLOCK) == canonical(FLAGS)


def test_a_bucket_that_the_account_does_not_have_is_none(cloud: Cloud) -> None:
    """Even where another one's name begins with it."""
    assert cloud.reader.read_resource("s3-bucket:my-aws-panorama") is None
    assert cloud.reader.resource_keys(bucket.TYPE) == (KEY,)


def test_what_is_behind_an_access_point_is_its_bucket(cloud: Cloud) -> None:
    """Behind one that is gone, and behind the account, may be any."""
    cloud.create_point()
    cloud.s3.create_bucket(Bucket="another")
    everything = ("s3-bucket:another", KEY)
    assert cloud.reader.behind("s3-access-point:models") == (KEY,)
    assert sorted(cloud.reader.behind("s3-access-point:gone")) == sorted(everything)
    assert sorted(cloud.reader.behind("s3-account:")) == sorted(everything)


@pytest.mark.parametrize(
    "step",
    [
        PutPart(bucket.POLICY, '{"Version": "2012-10-17",  "Statement": []}'),
        DeletePart(bucket.POLICY),
        PutPart(bucket.BLOCK, canonical({**FLAGS, "BlockPublicAcls": False})),
        PutPart(POINT_PART, '{"Version": "2012-10-17",   "Statement": []}'),
        DeletePart(POINT_PART),
    ],
    ids=repr,
)
def test_a_step_does_what_it_says_and_its_inverse_takes_it_back(cloud: Cloud, step: PartStep) -> None:
    """On paper and in S3; done twice it is done once."""
    cloud.s3.put_bucket_policy(Bucket=NAME, Policy=SPACED)
    cloud.create_point()
    before = cloud.read()
    for _ in range(2):
        cloud.writer.apply(KEY, step)
        assert cloud.read() == apply_step(before, step)
    inverse = invert_step(before, step)
    assert isinstance(inverse, PutPart)
    cloud.writer.apply(KEY, inverse)
    assert cloud.read() == before


def test_an_acl_is_put_as_it_was_read(cloud: Cloud) -> None:
    """With its owner."""
    cloud.s3.put_bucket_ownership_controls(
        Bucket=NAME, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
    )
    before = cloud.read()
    cloud.s3.put_bucket_acl(Bucket=NAME, ACL="public-read")
    cloud.writer.apply(KEY, PutPart(bucket.ACL, str(before.text_of(bucket.ACL))))
    assert cloud.read() == before


@pytest.mark.parametrize("step", [PutPart(bucket.REPLICATION, "{}"), DeletePart(bucket.BLOCK), DeletePart(bucket.ACL)])
def test_no_function_puts_a_replication_or_takes_a_block_away(cloud: Cloud, step: PartStep) -> None:
    """That is an operator's own hand."""
    with pytest.raises(WriteRefusedError, match=r"^no function "):
        cloud.writer.apply(KEY, step)


def test_an_operator_s_own_hand_takes_a_block_away(cloud: Cloud) -> None:
    """To undo what the guard did."""
    before = cloud.read()
    make: Any = boto3.client
    own = OwnSubjects(PROFILE, lambda service: make(service, region_name=REGION), lambda _: None)
    own.apply(before.subject, DeletePart(bucket.BLOCK))
    assert own.read_subject(before.subject) == before.without_part(bucket.BLOCK)


# --- what moto never says ---


def failing(code: str) -> Callable[[], str]:
    """Return a reading that AWS answers with an error."""

    def read() -> str:
        raise ClientError({"Error": {"Code": code, "Message": "of AWS"}}, "Get")

    return read


def test_a_part_that_aws_keeps_from_the_guard_is_unread_with_its_words() -> None:
    """A Deny in a bucket's policy is enough for that."""
    parts, unread = read_parts(((bucket.POLICY, failing("AccessDenied")), (bucket.CORS, lambda: "{}")))
    assert parts == (Part(bucket.CORS, "{}"),)
    assert unread == (Part(bucket.POLICY, "AWS does not let the guard read it: AccessDenied: `of AWS`"),)


@pytest.mark.parametrize("code", ["Throttling", "SlowDown", "InternalError", "ServiceUnavailable"])
def test_an_error_that_may_pass_is_for_the_queue_to_try_again(code: str) -> None:
    """It is neither absence nor a doubt."""
    with pytest.raises(ClientError, match=code):
        read_parts(((bucket.POLICY, failing(code)),))


def stubbed() -> tuple[Stubber, S3Writer]:
    """Return an S3 client whose answers are given, and the writer behind it."""
    s3: Any = boto3.client("s3", region_name=REGION, aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106 - nobody's
    stubber = Stubber(s3)
    stubber.activate()
    return stubber, S3Writer(s3, S3PointWriter(None, MOTO_ACCOUNT), MOTO_ACCOUNT)


def test_every_write_says_whose_the_bucket_has_to_be() -> None:
    """S3 refuses it for a bucket of that name in another account."""
    stubber, writer = stubbed()
    expected = {"Bucket": NAME, "ExpectedBucketOwner": MOTO_ACCOUNT, "Policy": SPACED}
    stubber.add_response("put_bucket_policy", {}, expected)
    writer.apply(KEY, PutPart(bucket.POLICY, SPACED))
    stubber.assert_no_pending_responses()


def test_how_objects_are_kept_and_where_lists_of_them_go_is_read() -> None:
    """Where there is nothing to tell of it, it has no part; whose the other bucket is, is a fact."""
    with moto_account():
        s3: Any = boto3.client("s3", region_name=REGION)
        for name in (NAME, "lists"):
            s3.create_bucket(Bucket=name)
        reader = S3Buckets(
            s3, S3AccessPoints(boto3.client("s3control", region_name=REGION), MOTO_ACCOUNT), MOTO_ACCOUNT
        )
        key = f"arn:aws:kms:{REGION}:999999999999:key/k"
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket=NAME, ServerSideEncryptionConfiguration={"Rules": [rule]})
        s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Suspended"})
        logs: Any = {"LoggingEnabled": {"TargetBucket": "lists", "TargetPrefix": "who/"}}
        deliver = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}
        to_lists = [{**deliver, "Resource": "arn:aws:s3:::lists/*"}]
        s3.put_bucket_policy(Bucket="lists", Policy=json.dumps({"Version": "2012-10-17", "Statement": to_lists}))
        s3.put_bucket_logging(Bucket=NAME, BucketLoggingStatus=logs)
        listed = {"Id": "all", "IsEnabled": True, "IncludedObjectVersions": "All", "Schedule": {"Frequency": "Daily"}}
        target = {"S3BucketDestination": {"Bucket": "arn:aws:s3:::lists", "Format": "CSV"}}
        s3.put_bucket_inventory_configuration(
            Bucket=NAME, Id="all", InventoryConfiguration={**listed, "Destination": target}
        )
        snapshot, plain = reader.read_resource(KEY), reader.read_resource("s3-bucket:lists")
    assert snapshot is not None
    assert plain is not None
    assert snapshot.text_of(bucket.ENCRYPTION) == canonical({"Keys": [key]})
    assert snapshot.text_of(bucket.VERSIONING) == '{"Status":"Suspended"}'
    assert snapshot.text_of(bucket.EXPORTS) == canonical(
        {"Exports": [{"Bucket": "arn:aws:s3:::lists", "Of": "inventory all"}]}
    )
    assert snapshot.fact(bucket.OWN_BUCKETS) == '["lists"]'
    assert snapshot.text_of(bucket.LOGGING) == canonical({"TargetBucket": "lists", "TargetPrefix": "who/"})
    without = (bucket.ENCRYPTION, bucket.VERSIONING, bucket.EXPORTS, bucket.LOGGING)
    assert [plain.text_of(part) for part in without] == [None] * 4


@pytest.mark.parametrize("code", ["AccessDenied", "MalformedPolicy", "NoSuchBucket"])
def test_what_s3_refuses_for_good_is_said_by_name(code: str) -> None:
    """Another rung may be open."""
    stubber, writer = stubbed()
    stubber.add_client_error("put_bucket_policy", code, "not this")
    with pytest.raises(WriteRefusedError, match=f"^put the bucket policy: {code}: `not this`$"):
        writer.apply(KEY, PutPart(bucket.POLICY, SPACED))
