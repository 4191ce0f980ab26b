"""`panorama-guard check` judges what else than a policy opens a guarded bucket, or sends elsewhere what it holds."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT
from tests.unit.cli.drafts import ANOTHER, OTHER, Draft, doubt_told, found, judged, plan, template, told_nothing

NAME = "my-aws-panorama-models"
ARN = f"arn:aws:s3:::{NAME}"
ESCAPE, LOST, WEAK, OPEN = "resource-escape", "safeguard-lost", "weakness", "undecided"
EVERYBODY = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}
SERVICE_ROLE = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/service-role/AWSPanoramaServiceRole"}
ALL_ON = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
OFF = dict.fromkeys(FLAGS, False)
ON = dict.fromkeys(FLAGS, True)


def bucket(**properties: Any) -> Draft:
    """Return a template of a guarded bucket."""
    return template(B=("AWS::S3::Bucket", {"BucketName": NAME, **properties}))


def beside(kind: str, after: Draft, rest: Draft | None = None, *more: tuple[str, Draft, Draft]) -> Draft:
    """Return a plan of a guarded bucket, and of a resource that sets something of it by its id."""
    own: tuple[str, Draft, Draft] = ("aws_s3_bucket.b", {"bucket": NAME}, {})
    return plan(own, (f"{kind}.x", after, {"bucket": "aws_s3_bucket.b.id", **(rest or {})}), *more)


def point(policy: Draft) -> Draft:
    """Return a template of an access point."""
    return template(A=("AWS::S3::AccessPoint", {"Name": "all", "Bucket": NAME, "Policy": policy}))


def copied(target: object, role: object = "arn:aws:iam::123456789012:role/copies") -> Draft:
    """Return a template of a bucket that is copied to another."""
    rule = {"Status": "Enabled", "Destination": {"Bucket": target}}
    return bucket(ReplicationConfiguration={"Role": role, "Rules": [rule]})


def told(*queues: object) -> Draft:
    """Return a template of a bucket that tells queues of its objects."""
    listed = [{"Event": "s3:ObjectCreated:*", "Queue": queue} for queue in queues]
    return bucket(NotificationConfiguration={"QueueConfigurations": listed})


def queue_of(account: str) -> str:
    """Return the ARN of a queue."""
    return f"arn:aws:sqs:us-east-1:{account}:q"


def with_queue(draft: Draft) -> Draft:
    """Return a template with a queue of its own."""
    return {"Resources": {**draft["Resources"], "Q": {"Type": "AWS::SQS::Queue", "Properties": {}}}}


RULE = {"status": "Enabled", "destination": [{"bucket": "arn:aws:s3:::elsewhere"}]}
COPIED: tuple[str, Draft] = (
    "aws_s3_bucket_replication_configuration",
    {"role": "arn:aws:iam::1:role/r", "rule": [RULE]},
)
ESCAPING = {
    "an ACL": (bucket(AccessControl="PublicRead"), ESCAPE, "ACL"),
    "an ACL for whoever is signed in": (bucket(AccessControl="AuthenticatedRead"), ESCAPE, "ACL"),
    "a plan's ACL": (beside("aws_s3_bucket_acl", {"acl": "public-read"}), ESCAPE, "ACL"),
    "an ACL in the bucket of a plan": (
        plan(("aws_s3_bucket.b", {"bucket": NAME, "acl": "public-read-write"}, {})),
        ESCAPE,
        "ACL",
    ),
    "a grant": (
        beside(
            "aws_s3_bucket_acl",
            {
                "access_control_policy": [
                    {
                        "grant": [
                            {
                                "grantee": [
                                    {"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}
                                ],
                                "permission": "READ",
                            }
                        ]
                    }
                ]
            },
        ),
        ESCAPE,
        "ACL",
    ),
    "no public access block": (
        bucket(PublicAccessBlockConfiguration=dict.fromkeys(ALL_ON, False)),
        LOST,
        "public access block",
    ),
    "half a public access block": (
        bucket(PublicAccessBlockConfiguration={"BlockPublicAcls": True}),
        LOST,
        "public access block",
    ),
    "a plan's block": (beside("aws_s3_bucket_public_access_block", OFF), LOST, "public access block"),
    "an access point": (point(EVERYBODY), ESCAPE, "policy of access point all"),
    "a plan's access point": (
        beside("aws_s3_access_point", {"name": "all", "policy": json.dumps(EVERYBODY)}),
        ESCAPE,
        "policy of access point all",
    ),
    "two accounts that are told": (told(queue_of(OTHER), queue_of(ANOTHER)), ESCAPE, "notifications"),
    "a plan that tells two accounts": (
        beside("aws_s3_bucket_notification", {"queue": [{"queue_arn": queue_of(one)} for one in (OTHER, ANOTHER)]}),
        ESCAPE,
        "notifications",
    ),
    "a guarded role that copies": (copied({"Fn::GetAtt": ["B", "Arn"]}, SERVICE_ROLE), ESCAPE, "role of replication"),
}
CLEAN_ONES = {
    "as S3 makes it": bucket(),
    "a private ACL": bucket(AccessControl="Private"),
    "an ACL of no consequence": bucket(
        AccessControl="PublicRead", OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    ),
    "a whole block": bucket(PublicAccessBlockConfiguration=ALL_ON),
    "a whole block of texts": bucket(PublicAccessBlockConfiguration=dict.fromkeys(ALL_ON, "true")),
    "a plan's block": beside("aws_s3_bucket_public_access_block", ON),
    "a queue of the template": with_queue(told({"Fn::GetAtt": ["Q", "Arn"]})),
    "a queue of the plan": beside(
        "aws_s3_bucket_notification",
        {"queue": [{"events": ["s3:ObjectCreated:*"]}]},
        {"queue": [{"queue_arn": "aws_sqs_queue.q.arn"}]},
        ("aws_sqs_queue.q", {"name": "q"}, {}),
    ),
    "copied to itself": copied({"Fn::GetAtt": ["B", "Arn"]}),
    "copied to a bucket of the plan": beside(
        "aws_s3_bucket_replication_configuration",
        {"role": "arn:aws:iam::1:role/r", "rule": [{"status": "Enabled", "destination": [{}]}]},
        {"rule": [{"destination": [{"bucket": "aws_s3_bucket.c.arn"}]}]},
        ("aws_s3_bucket.c", {"bucket": "copies"}, {}),
    ),
    "another bucket's business": template(B=("AWS::S3::Bucket", {"BucketName": "x", "AccessControl": "PublicRead"})),
}
UNDECIDED = {
    "an ACL of a parameter": (bucket(AccessControl={"Ref": "P"}) | {"Parameters": {"P": {"Type": "String"}}}, "P"),
    "a flag of a parameter": (
        bucket(PublicAccessBlockConfiguration=ALL_ON | {"BlockPublicAcls": {"Ref": "P"}})
        | {"Parameters": {"P": {"Type": "String"}}},
        "parameter P",
    ),
    "a bucket that may be its own": (copied("arn:aws:s3:::elsewhere"), "whether the bucket elsewhere is"),
    "a bucket that may be the plan's own": (beside(*COPIED), "whether the bucket elsewhere is"),
    "an account that may be its own": (told(queue_of(OTHER)), f"whether account {OTHER} is its own"),
    "a queue of a parameter": (told({"Ref": "P"}) | {"Parameters": {"P": {"Type": "String"}}}, "parameter P"),
    "what another provider makes": (
        beside(
            "aws_s3_bucket_notification",
            {"queue": [{}]},
            {"queue": [{"queue_arn": "data.aws_sqs_queue.q.arn"}]},
        ),
        "known after apply",
    ),
}
WEAK_ONES = {
    "a website": bucket(WebsiteConfiguration={"IndexDocument": "index.html"}),
    "CORS of everybody": bucket(
        CorsConfiguration={"CorsRules": [{"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}]}
    ),
    "objects that are soon gone": bucket(
        LifecycleConfiguration={"Rules": [{"Status": "Enabled", "ExpirationInDays": 1}]}
    ),
    "a plan's lifecycle": beside(
        "aws_s3_bucket_lifecycle_configuration", {"rule": [{"status": "Enabled", "expiration": [{"days": 1}]}]}
    ),
    "suspended versions": bucket(VersioningConfiguration={"Status": "Suspended"}),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_what_opens_a_bucket_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """By the guard's own judge, with the line, and nothing else is told."""
    draft, kind, source = ESCAPING[name]
    code, answer = judged(capsys, tmp_path, draft)
    assert (code, found(answer)) == (FOUND, [("s3-bucket", kind, source)])
    assert all(each["place"]["line"] > 1 for one in answer["resources"] for each in one["findings"])


@pytest.mark.parametrize("name", CLEAN_ONES)
def test_what_opens_nothing_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """What the file leaves out is as S3 makes it."""
    assert told_nothing(capsys, tmp_path, CLEAN_ONES[name])


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_hangs_on_a_value_is_a_doubt(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """Which says on which."""
    draft, why = UNDECIDED[name]
    assert why in doubt_told(capsys, tmp_path, draft)


@pytest.mark.parametrize("name", WEAK_ONES)
def test_a_weak_setting_is_told_and_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """As in `audit`."""
    code, answer = judged(capsys, tmp_path, WEAK_ONES[name])
    assert (code, [kind for _, kind, _ in found(answer)]) == (CLEAN, [WEAK])


def test_another_bucket_that_gives_a_guarded_role_more_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Than its ceiling holds: the policy is the grant."""
    given = {
        "Effect": "Allow",
        "Principal": {"AWS": SERVICE_ROLE},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::payroll/*",
    }
    draft = template(P=("AWS::S3::BucketPolicy", {"Bucket": "payroll", "PolicyDocument": {"Statement": [given]}}))
    code, answer = judged(capsys, tmp_path, draft)
    assert (code, found(answer)) == (FOUND, [("s3-grantor", ESCAPE, "bucket policy")])


def removed(address: str, before: Draft) -> Draft:
    """Return a change that takes something away."""
    change = {"actions": ["delete"], "before": before, "after": None, "after_unknown": {}}
    return {"address": address, "type": address.partition(".")[0], "change": change}


def test_a_plan_that_takes_the_block_away_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Unless another is put in its place, or the bucket goes too."""
    gone = removed("aws_s3_bucket_public_access_block.old", {"bucket": NAME, **ON})
    draft = plan(("aws_s3_bucket.b", {"bucket": NAME}, {}))
    code, answer = judged(capsys, tmp_path, draft | {"resource_changes": [*draft["resource_changes"], gone]})
    assert (code, found(answer)) == (FOUND, [("s3-bucket", LOST, "public access block")])
    draft = beside("aws_s3_bucket_public_access_block", ON)
    code, answer = judged(capsys, tmp_path, draft | {"resource_changes": [*draft["resource_changes"], gone]})
    assert (code, found(answer)) == (CLEAN, [])
    changes = [gone, removed("aws_s3_bucket.b", {"bucket": NAME})]
    code, answer = judged(capsys, tmp_path, {"resource_changes": changes})
    assert (code, found(answer)) == (CLEAN, [])


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (
            {
                "Fn::ForEach::Buckets": [
                    "N",
                    ["a"],
                    {"B${N}": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": NAME}}},
                ]
            },
            "makes resources that name Panorama",
        ),
        (
            {"B": {"Type": "AWS::S3::Bucket", "Properties": {"Fn::Transform": {"Name": "AWS::Include"}}}},
            "brings in what is not read",
        ),
    ],
    ids=["a loop", "what is brought in"],
)
def test_what_is_not_seen_through_is_a_doubt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, draft: Draft, why: str
) -> None:
    """As of roles."""
    code, answer = judged(capsys, tmp_path, {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}, **draft}})
    ((finding,),) = (role["findings"] for role in answer["roles"])
    assert code == IN_DOUBT
    assert why in finding["reason"]
