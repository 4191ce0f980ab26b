"""What a parameter adds to the template that is not there by default: on every resource that is meant, and whole."""

import re
from typing import Any

import pytest

from tests.template.reading import Template, actions, of_type
from tests.template.test_regions import resolver
from tests.template.translation import ROOT, read_source, translate_whole

CHANNELS = {"ChatTopic": "yes", "AWS::URLSuffix": "amazonaws.com"}
TRACES = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
SIGNED = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"


@pytest.fixture(scope="module")
def whole() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate_whole()


def taken(whole: Template, parameter: str, value: str) -> bool:
    """Say whether a parameter's pattern takes a value."""
    return bool(re.fullmatch(whole["Parameters"][parameter]["AllowedPattern"], value))


def deployed(whole: Template, kind: str, **given: str) -> dict[str, Any]:
    """Return the properties of each resource of a type as they are deployed at home with these parameters."""
    values = resolver(whole, "us-east-1", **given)
    return {name: values.resolve(properties) for name, properties in of_type(whole, kind).items()}


def test_every_function_takes_signed_code_alone_where_that_is_asked_for(whole: Template) -> None:
    """And any code by default: a configuration is the account's."""
    signed = deployed(whole, "AWS::Lambda::Function", CodeSigningConfigArn=SIGNED)
    assert {one["CodeSigningConfigArn"] for one in signed.values()} == {SIGNED}
    assert not any("CodeSigningConfigArn" in one for one in deployed(whole, "AWS::Lambda::Function").values())


@pytest.mark.parametrize(
    ("value", "is_taken"),
    [
        ("", True),
        (SIGNED, True),
        (SIGNED.replace("arn:aws:", "arn:aws-us-gov:"), True),
        (f"{SIGNED}0", False),
        ("arn:aws:signer:us-east-1:123456789012:/signing-profiles/mine", False),
    ],
)
def test_a_code_signing_configuration_is_one_of_lambda(whole: Template, value: str, *, is_taken: bool) -> None:
    """The profile of AWS Signer is named by the configuration, not here."""
    assert taken(whole, "CodeSigningConfigArn", value) is is_taken


def test_no_function_is_traced_unless_a_parameter_asks_for_it(whole: Template) -> None:
    """And where one is, Lambda may send what it saw with the function's role, and do nothing else for it."""
    for given, mode, sent in (({}, "PassThrough", []), ({"Tracing": "yes"}, "Active", sorted(TRACES))):
        functions = deployed(whole, "AWS::Lambda::Function", **CHANNELS, **given)
        roles = deployed(whole, "AWS::IAM::Role", **CHANNELS, **given)
        assert {one["TracingConfig"]["Mode"] for one in functions.values()} == {mode}
        for name in functions:
            policies = roles[name.replace("Function", "Role")]["Policies"]
            statements = [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]
            found = [action for each in statements for action in actions(each) if action.startswith("xray:")]
            assert sorted(found) == sent, name


def test_the_command_that_deploys_signed_signs_every_function_and_every_layer(whole: Template) -> None:
    """One that is left out would be refused by Lambda, in the midst of a deployment."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r'--signing-profiles "([^"]*)"', page)
    layers = {
        name for name, one in read_source()["Resources"].items() if one["Type"] == "AWS::Serverless::LayerVersion"
    }
    assert {one.partition("=")[0] for one in listed.split()} == layers | of_type(whole, "AWS::Lambda::Function").keys()


@pytest.mark.parametrize("mode", ["GOVERNANCE", "COMPLIANCE"])
def test_the_report_is_locked_where_that_is_asked_for(whole: Template, mode: str) -> None:
    """Every version, for the days that are said; the bucket has versions in any case."""
    (bucket,) = deployed(whole, "AWS::S3::Bucket", ReportLock=mode, ReportLockDays="7").values()
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": mode, "Days": "7"}},
    }
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_report_is_not_locked_by_default(whole: Template) -> None:
    """A lock cannot be taken off again."""
    (bucket,) = deployed(whole, "AWS::S3::Bucket").values()
    assert not {"ObjectLockEnabled", "ObjectLockConfiguration"} & bucket.keys()
