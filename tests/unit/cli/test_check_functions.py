"""`panorama-guard check` judges who could run a guarded function, what it would run and as whom, and what it feeds."""

from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli.reviewed import CLEAN, FOUND
from tests.unit.cli.drafts import ANOTHER, OTHER, Draft, doubt_told, found, judged, plan, template, told_nothing

NAME, RUNNER = "lambda-function", "lambda-runner"
ESCAPE = "resource-escape"
GUARDED = "arn:aws:iam::123456789012:role/service-role/AWSPanoramaApplianceRole"
OWN_GUARDED = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/service-role/AWSPanoramaApplianceRole"}
OWN_ROLE = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/panorama-function"}
SAM = {"Transform": "AWS::Serverless-2016-10-31"}
OF_PARAMETER = {"Parameters": {"P": {"Type": "String"}}}


def function(kind: str = "AWS::Lambda::Function", **properties: Any) -> Draft:
    """Return a template of a guarded function."""
    return template(F=(kind, {"FunctionName": "panorama-inference", "Role": OWN_ROLE, **properties}))


def permission(principal: object, **more: Any) -> Draft:
    """Return a template that lets somebody run a guarded function."""
    asked = {"FunctionName": "panorama-inference", "Action": "lambda:InvokeFunction", "Principal": principal}
    return template(P=("AWS::Lambda::Permission", asked | more))


def planned(kind: str, after: Draft) -> Draft:
    """Return a plan of a guarded function, and of something that names it."""
    own: tuple[str, Draft, Draft] = ("aws_lambda_function.f", {"function_name": "panorama-inference"}, {})
    return plan(own, (f"{kind}.x", after, {"function_name": "aws_lambda_function.f.function_name"}))


def url(auth: str) -> Draft:
    """Return a template that gives a guarded function a URL."""
    return template(U=("AWS::Lambda::Url", {"TargetFunctionArn": "panorama-inference", "AuthType": auth}))


def layer(account: str) -> str:
    """Return the ARN of a layer."""
    return f"arn:aws:lambda:us-east-1:{account}:layer:tools:1"


def both(*drafts: Draft) -> Draft:
    """Return one template of several."""
    return {"Resources": {name: one for draft in drafts for name, one in draft["Resources"].items()}}


STATEMENT = "policy statement P"
OPEN_URL = permission("*", Action="lambda:InvokeFunctionUrl", FunctionUrlAuthType="NONE")
ADDED = "policy statement FunctionURLAllowPublicAccess"
ESCAPING: dict[str, tuple[Draft, list[tuple[str, str, str]]]] = {
    "everybody": (permission("*"), [(NAME, ESCAPE, STATEMENT)]),
    "everybody, by the function's ARN": (
        permission(
            "*", FunctionName={"Fn::Sub": "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:panorama-x:live"}
        ),
        [(NAME, ESCAPE, STATEMENT)],
    ),
    "everybody, in a plan": (
        planned("aws_lambda_permission", {"principal": "*", "action": "lambda:InvokeFunction", "statement_id": "all"}),
        [(NAME, ESCAPE, "policy statement all")],
    ),
    "a service on behalf of anybody": (permission("s3.amazonaws.com"), [(NAME, ESCAPE, STATEMENT)]),
    "an organisation": (permission("*", PrincipalOrgID="o-abcdefghij"), [(NAME, ESCAPE, STATEMENT)]),
    "an open URL": (
        both(url("NONE"), OPEN_URL),
        [(NAME, ESCAPE, "function URL"), (NAME, ESCAPE, STATEMENT)],
    ),
    "an open URL of SAM": (
        function("AWS::Serverless::Function", FunctionUrlConfig={"AuthType": "NONE"}) | SAM,
        [(NAME, ESCAPE, ADDED), (NAME, ESCAPE, "function URL")],
    ),
    "an open URL of a plan": (
        planned("aws_lambda_function_url", {"authorization_type": "NONE"}),
        [(NAME, ESCAPE, ADDED), (NAME, ESCAPE, "function URL")],
    ),
    "everybody, by an alias": (
        both(
            template(A=("AWS::Lambda::Alias", {"FunctionName": "panorama-x", "Name": "live", "FunctionVersion": "1"})),
            permission("*", FunctionName={"Ref": "A"}),
        ),
        [(NAME, ESCAPE, STATEMENT)],
    ),
    "layers of others": (function(Layers=[layer(OTHER), layer(ANOTHER)]), [(NAME, ESCAPE, "layers")]),
    "layers of others, in SAM's globals": (
        function("AWS::Serverless::Function")
        | SAM
        | {"Globals": {"Function": {"Layers": [layer(OTHER), layer(ANOTHER)]}}},
        [(NAME, ESCAPE, "layers")],
    ),
    "a guarded role": (function(Role=OWN_GUARDED), [(NAME, ESCAPE, "execution role")]),
    "another function with a guarded role": (
        template(F=("AWS::Lambda::Function", {"FunctionName": "payroll", "Role": OWN_GUARDED})),
        [(RUNNER, ESCAPE, "execution role")],
    ),
    "another function of SAM's with a guarded role": (
        template(F=("AWS::Serverless::Function", {"Role": OWN_GUARDED})) | SAM,
        [(RUNNER, ESCAPE, "execution role")],
    ),
    "another function of a plan with a guarded role": (
        plan(("aws_lambda_function.f", {"function_name": "payroll", "role": GUARDED}, {})),
        [(RUNNER, ESCAPE, "execution role")],
    ),
    "another function of a plan with the plan's own guarded role": (
        plan(
            ("aws_iam_role.r", {"name": "AWSPanoramaApplianceRole", "path": "/service-role/"}, {}),
            ("aws_lambda_function.f", {"function_name": "payroll"}, {"role": "aws_iam_role.r.arn"}),
        ),
        [(RUNNER, ESCAPE, "execution role")],
    ),
    "dead letters to others": (
        both(
            function(DeadLetterConfig={"TargetArn": f"arn:aws:sqs:us-east-1:{OTHER}:q"}),
            permission(ANOTHER),
        ),
        [(NAME, ESCAPE, "destinations"), (NAME, ESCAPE, STATEMENT)],
    ),
}
CLEAN_ONES = {
    "as Lambda makes it": function(),
    "as SAM makes it": function("AWS::Serverless::Function") | SAM,
    "its own account": permission({"Ref": "AWS::AccountId"}),
    "a service of its own account": permission("s3.amazonaws.com", SourceAccount={"Ref": "AWS::AccountId"}),
    "a rule of its own account": permission(
        "events.amazonaws.com", SourceArn={"Fn::Sub": "arn:aws:events:${AWS::Region}:${AWS::AccountId}:rule/r"}
    ),
    "a URL that asks for a signature": url("AWS_IAM"),
    "a plan's URL that asks for a signature": planned("aws_lambda_function_url", {"authorization_type": "AWS_IAM"}),
    "a layer of the template": both(
        function(Layers=[{"Ref": "L"}]), template(L=("AWS::Lambda::LayerVersion", {"LayerName": "tools"}))
    ),
    "a layer of the plan": plan(
        ("aws_lambda_layer_version.l", {"layer_name": "tools"}, {}),
        (
            "aws_lambda_function.f",
            {"function_name": "panorama-x", "layers": [None]},
            {"layers": ["aws_lambda_layer_version.l.arn"]},
        ),
    ),
    "another function": template(
        F=("AWS::Lambda::Function", {"FunctionName": "payroll", "Role": OWN_ROLE, "Layers": [layer(OTHER)]}),
        P=("AWS::Lambda::Permission", {"FunctionName": "payroll", "Principal": "*", "Action": "lambda:InvokeFunction"}),
    ),
}
UNDECIDED = {
    "a principal of a parameter": (permission({"Ref": "P"}) | OF_PARAMETER, "parameter P"),
    "an account that may be its own": (permission(OTHER), f"whether account {OTHER} is its own"),
    "an open URL, without its statement": (url("NONE"), "whether a statement of its policy lets everybody call it"),
    "dead letters to what is no ARN": (function(DeadLetterConfig={"TargetArn": "nowhere"}), "not understood"),
    "a layer that may be its own": (function(Layers=[layer(OTHER)]), f"whether account {OTHER} is its own"),
    "a role of which a part is known": (
        template(
            F=(
                "AWS::Lambda::Function",
                {"FunctionName": "x", "Role": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/AWSPanorama${P}"}},
            )
        )
        | OF_PARAMETER,
        "parameter P",
    ),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_what_opens_a_function_or_gives_a_guarded_role_away_fails(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    """By the guard's own judge, with the line, and nothing else is told."""
    draft, expected = ESCAPING[name]
    code, answer = judged(capsys, tmp_path, draft)
    assert (code, sorted(found(answer))) == (FOUND, sorted(expected))
    assert all(each["place"]["line"] > 1 for one in answer["resources"] for each in one["findings"])


@pytest.mark.parametrize("name", CLEAN_ONES)
def test_what_opens_nothing_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """And nothing is told of it."""
    assert told_nothing(capsys, tmp_path, CLEAN_ONES[name])


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_hangs_on_a_value_is_a_doubt(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """Which says on which."""
    draft, why = UNDECIDED[name]
    assert why in doubt_told(capsys, tmp_path, draft)


def test_a_role_that_is_not_known_is_noted(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Nothing is known of its name, as of most functions' in templates that take it as a parameter."""
    code, answer = judged(capsys, tmp_path, function(Role={"Ref": "P"}) | OF_PARAMETER)
    (note,) = answer["notes"]
    assert (code, found(answer)) == (CLEAN, [])
    assert "not judged: F (line 3): whether the role that it is given is a guarded one: parameter P" in note
