"""`panorama-guard check` judges the policies that files would put on guarded buckets, whoever owns them."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT

NAME = "my-aws-panorama-models"
OWN: Any = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
OTHER = "arn:aws:iam::444455556666:root"
DOCUMENTED = "arn:aws:iam::123456789012:root"  # what examples are written with, in templates and here
TLS = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


def allowing(principal: object, **more: object) -> dict[str, object]:
    """Return a statement that lets somebody read the bucket."""
    return {
        "Effect": "Allow",
        "Principal": principal,
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{NAME}/*",
    } | more


def template(*statements: object, bucket: object = NAME, **more: object) -> dict[str, Any]:
    """Return a template that puts a policy on a bucket."""
    properties = {"Bucket": bucket, "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}
    return {"Resources": {"P": {"Type": "AWS::S3::BucketPolicy", "Properties": properties, **more}}}


def plan(policy: str | None) -> dict[str, Any]:
    """Return a plan that puts a policy on a bucket of its own, whose id is known after the apply."""
    change = {
        "actions": ["create"],
        "before": None,
        "after": {"policy": policy},
        "after_unknown": {"bucket": True, "policy": policy is None},
    }
    made = {"actions": ["create"], "before": None, "after": {"bucket": NAME}, "after_unknown": {"id": True}}
    refers = {"expressions": {"bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]}}}
    return {
        "resource_changes": [
            {"address": "aws_s3_bucket.b", "type": "aws_s3_bucket", "name": "b", "change": made},
            {"address": "aws_s3_bucket_policy.p", "type": "aws_s3_bucket_policy", "name": "p", "change": change},
        ],
        "configuration": {"root_module": {"resources": [{"address": "aws_s3_bucket_policy.p", **refers}]}},
    }


def judged(capsys: pytest.CaptureFixture[str], folder: Path, draft: object, *more: str) -> tuple[int, dict[str, Any]]:
    """Check a file, and return how it ended and what was told."""
    path = folder / "draft.json"
    path.write_text(json.dumps(draft, indent=1), encoding="utf-8")
    code = main(["check", str(path), "--output", "json", *more])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


EVERYBODY = allowing("*")


def bucket_with(policy: str | None, unknown: dict[str, bool] | None = None) -> dict[str, Any]:
    """Return a plan of a bucket that has its policy in itself."""
    after = {"bucket": NAME, "policy": policy}
    change = {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown or {}}
    made = {"address": "aws_s3_bucket.b", "type": "aws_s3_bucket", "name": "b", "change": change}
    return {"resource_changes": [made]}


ESCAPING = {
    "everybody": template(EVERYBODY),
    "everybody beside an account": template(EVERYBODY, allowing({"AWS": OTHER})),
    "two accounts, of which one at most owns it": template(allowing({"AWS": [OTHER, DOCUMENTED]})),
    "one of two statements": template(allowing({"AWS": OWN}), EVERYBODY),
    "a name of which a part is known": template(
        allowing("*", Resource="*"), bucket={"Fn::Sub": "my-aws-panorama-${AWS::AccountId}"}
    ),
    "a plan": plan(json.dumps({"Statement": [EVERYBODY]})),
    "a bucket of a plan with its own policy": bucket_with(json.dumps({"Statement": [EVERYBODY]})),
}
CLEAN_ONES = {
    "its own account": template(allowing({"AWS": OWN}), allowing({"AWS": {"Ref": "AWS::AccountId"}})),
    "a role of its own account": template(allowing({"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/x"}})),
    "a service that the profile states": template(
        allowing(
            {"Service": "logging.s3.amazonaws.com"},
            Action="s3:PutObject",
            Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
        )
    ),
    "a denial": template(TLS),
    "everybody whom a denial leaves out": template(EVERYBODY, TLS),
    "a plan": plan(json.dumps({"Statement": [TLS]})),
    "a bucket of a plan with its own policy": bucket_with(json.dumps({"Statement": [TLS]})),
}
UNDECIDED = {
    "an account that may be its own": (template(allowing({"AWS": OTHER})), "whether account 444455556666 is"),
    "the account of the documentation": (template(allowing({"AWS": DOCUMENTED})), "whether account 123456789012 is"),
    "a parameter": (
        template(allowing({"AWS": {"Ref": "Who"}})) | {"Parameters": {"Who": {"Type": "String"}}},
        "Who",
    ),
    "what is known after the apply": (plan(None), "known after apply"),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_a_bucket_that_would_be_open_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """With the bucket, the statement's line and a request that shows it."""
    code, answer = judged(capsys, tmp_path, ESCAPING[name])
    (bucket,) = answer["resources"]
    (finding,) = bucket["findings"]
    assert (code, bucket["type"], finding["kind"]) == (FOUND, "s3-bucket", "resource-escape")
    assert "aws-panorama" in bucket["name"]
    assert finding["witness"]["action"] == "s3:GetObject"
    assert finding["place"]["line"] > 1


@pytest.mark.parametrize("name", CLEAN_ONES)
def test_a_bucket_that_would_stay_inside_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """Whoever the owner is."""
    code, answer = judged(capsys, tmp_path, CLEAN_ONES[name])
    assert (code, [one["findings"] for one in answer["resources"]]) == (CLEAN, [[]])


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_hangs_on_a_value_or_on_the_owner_is_a_doubt(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    """Which says on which."""
    draft, why = UNDECIDED[name]
    code, answer = judged(capsys, tmp_path, draft)
    ((finding,),) = (one["findings"] for one in answer["resources"])
    assert (code, finding["kind"]) == (IN_DOUBT, "undecided")
    assert why in finding["reason"]


def test_a_policy_that_is_there_in_one_world_is_told_with_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As of a role."""
    draft = template(EVERYBODY, Condition="IsSandbox") | {
        "Parameters": {"Stage": {"Type": "String", "Default": "prod"}},
        "Conditions": {"IsSandbox": {"Fn::Equals": [{"Ref": "Stage"}, "sandbox"]}},
    }
    code, answer = judged(capsys, tmp_path, draft)
    ((finding,),) = (one["findings"] for one in answer["resources"])
    assert (code, finding["notes"]) == (FOUND, ["where Stage = sandbox"])


def test_a_bucket_of_another_name_is_nobody_s_business(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Only what the profile guards is judged; that a name is not known is noted."""
    code, answer = judged(capsys, tmp_path, template(EVERYBODY, bucket="payroll"))
    assert (code, answer["resources"], answer["notes"]) == (CLEAN, [], [])
    unknown = template(EVERYBODY, bucket={"Ref": "Name"}) | {"Parameters": {"Name": {"Type": "String"}}}
    code, answer = judged(capsys, tmp_path, unknown)
    assert (code, answer["resources"]) == (CLEAN, [])
    assert "s3 bucket (line 9) whose name is not known" in answer["notes"][0]


def test_what_else_a_guard_looks_at_is_said_to_be_unjudged(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """By its name; nothing is said of what has nothing to do with Panorama."""
    draft = {
        "Resources": {
            "Camera": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "panorama-gate"}},
            "Other": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "toaster"}},
        }
    }
    _, answer = judged(capsys, tmp_path, draft)
    (note,) = answer["notes"]
    assert "not judged: Camera (line 3)" in note
    assert note.endswith("resources of type AWS::IoT::Thing are not")


@pytest.mark.parametrize("output", ["text", "sarif", "junit", "html"])
def test_every_format_has_the_bucket(capsys: pytest.CaptureFixture[str], tmp_path: Path, output: str) -> None:
    """With its name, and in those of code scanning with the file."""
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(template(EVERYBODY)), encoding="utf-8")
    assert main(["check", str(path), "--output", output]) == FOUND
    told = capsys.readouterr().out
    assert NAME in told
    assert "draft.json" in told
    if output == "html":
        assert "What these files make, change or give a guarded role to" in told


@pytest.mark.parametrize("unknown", [{"policy": True}, {}], ids=["known after apply", "null"])
def test_a_bucket_of_a_plan_that_sets_no_policy_has_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, unknown: dict[str, bool]
) -> None:
    """Of what a resource does not set Terraform says that it is known after the apply."""
    code, answer = judged(capsys, tmp_path, bucket_with(None, unknown))
    (bucket,) = answer["resources"]
    assert (code, bucket["state"], answer["notes"]) == (CLEAN, "inside", [])
