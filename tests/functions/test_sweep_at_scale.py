"""A sweep of a large account: how many calls it makes, and what comes of it when the time is up."""

import json
from collections import Counter
from collections.abc import Iterator

import boto3
import pytest

from panorama_guard.case.sweeping import parse_place
from tests.builders import PROFILE, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT, REGION
from tests.functions.account import Account, Context, guarded_account, load_handler, sqs_batch

STRANGERS = 200  # roles of others; `make bench` sweeps 1,000 of them, and 500 buckets
OWN = OTHERS = 60  # buckets of the pattern, and of other names
NAMING = 3  # of the others, whose policy names a guarded role
TRUST = policy(trusting({"Service": "ec2.amazonaws.com"}))


def seed(account: Account) -> None:
    """Make as many roles and buckets."""
    for number in range(STRANGERS):
        account.iam.create_role(RoleName=f"Payroll-{number:04}", AssumeRolePolicyDocument=TRUST)
    s3 = boto3.client("s3", region_name=REGION)
    for number in range(OWN):
        s3.create_bucket(Bucket=f"aws-panorama-models-{number:03}")
        s3.create_bucket(Bucket=f"payroll-{number:03}")
    role = f"arn:aws:iam::{MOTO_ACCOUNT}:role/service-role/AWSPanoramaServiceRole"
    for number in range(NAMING):
        name = f"payroll-{number:03}"
        lets = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "s3:*", "Resource": f"arn:aws:s3:::{name}/*"}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [lets]}))


@pytest.fixture(scope="module")
def large() -> Iterator[Account]:
    """Give a large account with the guard in it."""
    with guarded_account() as account:
        seed(account)
        yield account


@pytest.fixture(scope="module")
def swept(large: Account) -> tuple[Counter[str], list[str]]:
    """Sweep it once; return the calls, and what was asked for."""
    answer = large.sweep()
    calls = Counter(large.calls)
    large.take("changes")
    return calls, answer["roles"]


Swept = tuple[Counter[str], list[str]]


def test_the_roles_are_one_listing_and_no_call_each(swept: Swept) -> None:
    """In pages of a hundred; beside it IAM hears of the canary alone."""
    calls, _ = swept
    of_iam = {name: count for name, count in calls.items() if name.startswith("iam:")}
    pages = -(-(STRANGERS + len(PROFILE.roles) + 1) // 100)
    assert of_iam == {"iam:GetAccountAuthorizationDetails": pages, "iam:TagRole": 1}


def test_buckets_of_the_pattern_cost_a_listing_and_all_others_one_call_each(swept: Swept) -> None:
    """It is whether a policy names a guarded role that nobody lists; the report's own bucket is one of the others."""
    calls, asked = swept
    of_s3 = {name: count for name, count in calls.items() if name.startswith("s3:")}
    assert of_s3 == {"s3:ListBuckets": 2, "s3:GetBucketPolicy": OTHERS + 1}
    assert sum(name.startswith("s3-bucket:") for name in asked) == OWN
    assert [name for name in asked if name.startswith("s3-grantor:")] == [
        f"s3-grantor:payroll-{number:03}" for number in range(NAMING)
    ]


def test_the_ledger_is_read_for_roles_and_for_what_is_on_record(swept: Swept) -> None:
    """Not for sixty buckets of which nothing was ever found."""
    calls, _ = swept
    assert calls["dynamodb:Query"] <= len(PROFILE.roles) + len(PROFILE.watched) + 2
    assert {name for name in calls if name.startswith("dynamodb:")} == {"dynamodb:Query"}


def test_requests_go_out_ten_at_a_time(swept: Swept) -> None:
    """And a few that are left over of each stretch."""
    calls, asked = swept
    assert calls["sqs:SendMessageBatch"] <= len(asked) / 10 + len(PROFILE.resources) + 2
    assert calls["sqs:SendMessage"] == 1


def test_no_stranger_is_asked_for(swept: Swept) -> None:
    """Two hundred roles of others are read and nobody's business."""
    _, asked = swept
    assert [name for name in asked if "Payroll-" in name] == []


def test_a_sweep_whose_time_is_up_goes_on_where_it_was(large: Account, swept: Swept) -> None:
    """Through the queue, part by part; all parts together have asked for what one sweep asks for."""
    _, whole = swept
    late, asked, bodies = Context("sweep", remaining_ms=1), [], ["{}"]
    while bodies:
        assert [body for body in bodies[1:] if parse_place(body) is None] == []
        answer = load_handler("sweep").handler(sqs_batch(*bodies, group="sweep"), late)
        asked += answer["roles"]
        bodies = large.take("sweeps")
    large.take("changes")
    assert sorted(asked) == sorted(whole)
    assert len(large.take("reports")) == 2  # one for each of the two sweeps, whatever their parts


def test_the_log_says_how_far_a_sweep_has_come(large: Account, caplog: pytest.LogCaptureFixture) -> None:
    """A line for each stretch, and one for the end, or for where it is to go on."""
    load_handler("sweep").handler(sqs_batch("{}", group="sweep"), Context("sweep"))
    said = [vars(record) for record in caplog.records]
    on_way = [line for line in said if line["message"] == "sweeping"]
    assert (on_way[0]["kind"], on_way[0]["looked_at"] > STRANGERS) == ("role", True)
    assert sum(line["looked_at"] for line in on_way if line["kind"] == "s3-grantor") == OWN + OTHERS + 1
    assert said[-1]["message"] == "swept"
    caplog.clear()
    load_handler("sweep").handler(sqs_batch("{}", group="sweep"), Context("sweep", remaining_ms=1))
    assert [record.message for record in caplog.records] == ["sweeping", "the time is up, the rest was asked for"]
    for queue in ("changes", "sweeps", "reports"):
        large.take(queue)
