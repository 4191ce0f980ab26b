"""The function `report` through its real handler, on moto: three files in the bucket, and a digest when asked for."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import jsonschema
import pytest

from tests.builders import ADMINISTRATOR_ARN, PAYROLL, ROLES, SERVICE_ROLE
from tests.contract.drivers import MOTO_ACCOUNT, REGION
from tests.functions.account import REPORT_BUCKET, Account, event_on, guarded_account, load_handler, reset

NAME = SERVICE_ROLE.name
BUCKET = "models-aws-panorama"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def running() -> Iterator[Account]:
    """Run with one account for all tests."""
    with guarded_account() as account:
        s3: Any = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=BUCKET)
        yield account


@pytest.fixture
def account(running: Account) -> Account:
    """Return the account as it was at first."""
    reset(running)
    return running


def validate(name: str, body: object) -> None:
    """Hold a body against a published schema."""
    schema = json.loads((ROOT / f"docs/schemas/{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(body)


def test_a_report_is_three_files_of_one_look(account: Account) -> None:
    """The page, and the same as JSON and SARIF; without a digest unless it is asked for."""
    answer = account.report("sweep")
    assert (answer["batchItemFailures"], answer["page"]) == ([], f"s3://{REPORT_BUCKET}/posture.html")
    assert account.shelved("posture.html").startswith("<!DOCTYPE html>")
    posture, sarif = (json.loads(account.shelved(f"posture.{ending}")) for ending in ("json", "sarif"))
    validate("posture-1", posture)
    assert (posture["account"], posture["verdict"], len(posture["roles"])) == (MOTO_ACCOUNT, "contained", 6)
    assert sarif["version"] == "2.1.0"


def test_operators_are_led_to_a_report_that_says_something_else(account: Account) -> None:
    """Once for each; what it says is as the published schema has it."""
    account.report("sweep")
    account.report("sweep")
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    account.report("sweep")
    account.report("sweep")
    bodies = [json.loads(json.loads(told)["Message"].splitlines()[-1]) for told in account.take("alerts")]
    assert [body["verdict"] for body in bodies] == ["contained", "escaped"]
    for body in bodies:
        validate("report-1", body)
    assert [one.partition(":")[0] for one in bodies[1]["gone"]["listed"]] == ["contained"]
    assert bodies[1]["report"]["uri"] == f"s3://{REPORT_BUCKET}/posture.html"


def test_a_resource_is_judged_as_it_is(account: Account) -> None:
    """A bucket of the pattern that lets a stranger in; that of the report itself is no such bucket."""
    stranger = {"Effect": "Allow", "Principal": {"AWS": "999999999999"}, "Action": "s3:GetObject"}
    document = {"Version": "2012-10-17", "Statement": [{**stranger, "Resource": f"arn:aws:s3:::{BUCKET}/*"}]}
    s3: Any = boto3.client("s3", region_name=REGION)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(document))
    account.report("sweep")
    s3.delete_bucket_policy(Bucket=BUCKET)
    resources = {one["name"]: one for one in json.loads(account.shelved("posture.json"))["resources"]}
    assert [name for name, one in resources.items() if one["type"] != "iam-role"] == [BUCKET]
    assert resources[BUCKET]["state"] == "open"
    assert [one["kind"] for one in resources[BUCKET]["findings"]] == ["resource-escape"]


def test_what_escapes_and_what_was_done_are_on_the_page(account: Account) -> None:
    """Judged by the report itself, and the incident of the ledger beside it."""
    account.iam.attach_role_policy(RoleName=NAME, PolicyArn=ADMINISTRATOR_ARN)
    account.inspect(event_on("AttachRolePolicy", roleName=NAME, policyArn=ADMINISTRATOR_ARN))
    account.report("sweep")
    posture = json.loads(account.shelved("posture.json"))
    validate("posture-1", posture)
    (role,) = [one for one in posture["roles"] if one["name"] == NAME]
    assert (role["verdict"], [one["source"] for one in role["findings"]]) == ("escaped", [ADMINISTRATOR_ARN])
    assert [one["source"] for one in posture["incidents"]] == [ADMINISTRATOR_ARN]
    assert ADMINISTRATOR_ARN in account.shelved("posture.html")


def test_the_digest_says_that_nothing_is_open(account: Account) -> None:
    """Silence is never the answer: it is told that all is well, and what was judged."""
    account.report("sweep", "digest")
    (envelope,) = [json.loads(told) for told in account.take("alerts")]
    assert envelope["Subject"] == f"[DIGEST] 0 open: 6 roles and 7 resources of {MOTO_ACCOUNT} judged"
    body = json.loads(envelope["Message"].splitlines()[-1])
    validate("digest-1", body)
    assert body["open"] == {"all": 0, "listed": []}
    assert body["report"]["uri"] == f"s3://{REPORT_BUCKET}/posture.html"
    assert body["last_events"] == {"iam": None, "s3": None}
    assert body["subscribers"] == 1


def test_the_digest_says_what_is_open_and_what_was_not_handled(account: Account) -> None:
    """The incident, the queue in which something waits, and when the last event came."""
    account.iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    account.inspect(event_on("PutRolePolicy", roleName=NAME))
    account.sqs.send_message(QueueUrl=account.urls["rechecks"], MessageBody="failed")
    cloudwatch: Any = boto3.client("cloudwatch", region_name=REGION)
    dimensions = [{"Name": "RuleName", "Value": "panorama-guard-IamChangesRule"}]
    cloudwatch.put_metric_data(
        Namespace="AWS/Events", MetricData=[{"MetricName": "TriggeredRules", "Value": 1, "Dimensions": dimensions}]
    )
    account.report("digest")
    (envelope,) = [json.loads(told) for told in account.take("alerts")]
    body = json.loads(envelope["Message"].splitlines()[-1])
    validate("digest-1", body)
    assert body["open"]["listed"][0]["source"] == "pay"
    assert [count for count in body["dead_letters"].values() if count] == [1]
    assert body["last_events"]["iam"] is not None
    assert body["last_events"]["s3"] is None


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        ({"Records": [{"body": '{"requested_at":"now"}'}, {"body": '{"reason": "digest"}'}]}, True),
        ({"Records": [{"body": '{"requested_at":"now"}'}]}, False),
        ({"Records": [{"body": "no JSON"}, {"body": "[]"}, {"body": "null"}]}, False),
        ({"reason": "digest"}, True),
        ({}, False),
    ],
)
def test_a_digest_is_wanted_by_the_schedule_s_word(event: dict[str, Any], *, wanted: bool) -> None:
    """And by whoever invokes the function with it."""
    assert load_handler("report").wants_digest(event) is wanted


def test_a_sweep_asks_for_a_report(account: Account) -> None:
    """One request, which the report's own queue delays."""
    account.sweep()
    (request,) = account.take("reports")
    assert "requested_at" in json.loads(request)


def test_a_report_takes_few_calls(account: Account) -> None:
    """The listing, the resources, the ledger, the gauges, the files; of a role what the listing does not say."""
    account.report("sweep")
    roles = Counter(call for call in account.calls if call.startswith("iam:"))
    assert roles.pop("iam:GetAccountAuthorizationDetails") == 1
    assert {call: count for call, count in roles.items() if count > len(ROLES)} == {}
    assert roles["iam:ListInstanceProfilesForRole"] == len(ROLES)
    assert account.calls.count("s3:PutObject") == 4  # the fourth keeps what operators were led to


def test_what_is_around_a_role_is_judged_with_the_resources(account: Account) -> None:
    """As a sweep has it judged: EC2 holds the role in an instance profile."""
    account.iam.create_instance_profile(InstanceProfileName="spare")
    account.iam.add_role_to_instance_profile(InstanceProfileName="spare", RoleName=NAME)
    account.report("sweep")
    posture = json.loads(account.shelved("posture.json"))
    validate("posture-1", posture)
    around = {one["name"]: one for one in posture["resources"] if one["type"] == "iam-role"}
    assert around.keys() == {role["name"] for role in posture["roles"]}
    (found,) = around[NAME]["findings"]
    assert (found["source"], found["kind"]) == ("instance profiles", "weakness")
    assert {one["state"] for name, one in around.items() if name != NAME} == {"inside"}
