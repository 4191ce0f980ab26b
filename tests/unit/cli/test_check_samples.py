"""Every escape that is planted in a sample is found, on its line; none is found in a clean one."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND

SAMPLES = Path(__file__).resolve().parents[2] / "samples" / "check"
ESCAPE, TRUST = "permission-escape", "trust-escape"
SERVICE, APPLIANCE, SAGEMAKER = "AWSPanoramaServiceRole", "AWSPanoramaApplianceRole", "AWSPanoramaSageMakerRole"
GROUP, GREENGRASS = "AWSPanoramaGreengrassGroupRole", "AWSPanoramaGreengrassRole"
# For each file: the role, what kind of escape, through which policy, on which line, by which action.
PLANTED = {
    "cfn-administrator-attached.yaml": (
        SERVICE,
        ESCAPE,
        "arn:aws:iam::aws:policy/AdministratorAccess",
        16,
        "iam:CreateUser",
    ),
    "cfn-all-but-iam.yaml": (SERVICE, ESCAPE, "nearly-all", 18, "s3:GetObject"),
    "cfn-allowed-values.json": (SERVICE, ESCAPE, "arn:aws:iam::aws:policy/PowerUserAccess", 30, "s3:GetObject"),
    "cfn-attribute-of-a-bucket.yaml": (SERVICE, ESCAPE, "bucket", 22, "s3:GetObject"),
    "cfn-boundary-that-holds-nothing.yaml": (SERVICE, ESCAPE, "all", 28, "s3:GetObject"),
    "cfn-branch-that-is-off-by-default.yaml": (APPLIANCE, ESCAPE, "sandbox", 26, "iam:CreateUser"),
    "cfn-joined.json": (SERVICE, ESCAPE, "extra", 25, "sqs:SendMessage"),
    "cfn-managed-policy-by-reference.yaml": (
        GREENGRASS,
        ESCAPE,
        "arn:aws:iam::123456789012:policy/{the name that CloudFormation gives to Wide}",
        9,
        "iam:PassRole",
    ),
    "cfn-name-of-a-sample.yaml": (
        "AWSPanoramaSamples-{parameter Stage}",
        ESCAPE,
        "arn:aws:iam::aws:policy/AdministratorAccess",
        14,
        "iam:CreateUser",
    ),
    "cfn-role-of-an-application.yaml": (
        "{the name that CloudFormation gives to Application}",
        ESCAPE,
        "footage",
        26,
        "s3:GetObject",
    ),
    "cfn-name-in-another-case.yaml": ("awsPANORAMAserviceROLE", ESCAPE, "roles", 18, "iam:CreateRole"),
    "cfn-nested-join.json": (
        SERVICE,
        ESCAPE,
        "arn:aws:iam::123456789012:policy/{the name that CloudFormation gives to P}",
        12,
        "s3:PutObject",
    ),
    "cfn-one-character-off.yaml": (SERVICE, ESCAPE, "models", 21, "s3:GetObject"),
    "cfn-policy-as-text.yaml": (SERVICE, ESCAPE, "extra", 8, "lambda:InvokeFunction"),
    "cfn-policy-put-on-a-role-by-name.yaml": (GROUP, ESCAPE, "extra", 11, "secretsmanager:GetSecretValue"),
    "cfn-resource-from-a-mapping.yaml": (SERVICE, ESCAPE, "bucket", 27, "s3:GetObject"),
    "cfn-sub-in-a-branch.yaml": (SERVICE, ESCAPE, "wide", 23, "s3:GetObject"),
    "cfn-trust-of-another-account.yaml": (SAGEMAKER, TRUST, "trust policy", 17, "sts:AssumeRole"),
    "cfn-trust-of-everybody.json": (GREENGRASS, TRUST, "trust policy", 17, "sts:AssumeRole"),
    "sam-role-of-a-function.yaml": (SERVICE, ESCAPE, "table", 29, "dynamodb:PutItem"),
    "sam-role-policy.yaml": (SAGEMAKER, ESCAPE, "logs", 24, "logs:PutLogEvents"),
    "sam-role-that-sam-makes.yaml": (
        "{the name that CloudFormation gives to PanoramaInferenceRole}",
        ESCAPE,
        "PanoramaInferenceRolePolicy1",
        16,
        "iam:PassRole",
    ),
    "terraform-administrator-attached.json": (
        SERVICE,
        ESCAPE,
        "arn:aws:iam::aws:policy/AdministratorAccess",
        55,
        "iam:CreateUser",
    ),
    "terraform-boundary-removed.json": (SERVICE, ESCAPE, "all", 33, "iam:CreateUser"),
    "terraform-inline-by-id.json": (SERVICE, ESCAPE, "extra", 56, "s3:GetObject"),
    "terraform-inline-of-for-each.json": (APPLIANCE, ESCAPE, "bad", 54, "iam:PassRole"),
    "terraform-policy-attachment.json": (
        SERVICE,
        ESCAPE,
        "arn:aws:iam::aws:policy/AdministratorAccess",
        42,
        "iam:CreateUser",
    ),
    "terraform-policy-of-a-module.json": (
        SERVICE,
        ESCAPE,
        "arn:aws:iam::123456789012:policy/extra",
        22,
        "iam:CreateUser",
    ),
    "terraform-role-of-an-application.json": (
        "cameras-{the name that Terraform gives to aws_iam_role.application}",
        ESCAPE,
        "footage",
        38,
        "dynamodb:PutItem",
    ),
    "terraform-trust-widened.json": (SERVICE, TRUST, "trust policy", 20, "sts:AssumeRole"),
}
# For each file: the type of the resource, its name, what kind of finding, through which of its parts, on which line.
OPENED = "resource-escape"
ON_RESOURCES = {
    "cfn-access-point.yaml": ("s3-bucket", "my-aws-panorama-models", OPENED, "policy of access point partners", 18),
    "cfn-bucket-acl.yaml": ("s3-bucket", "models-aws-panorama-123456789012", OPENED, "ACL", 9),
    "cfn-bucket-without-its-block.yaml": (
        "s3-bucket",
        "my-aws-panorama-models",
        "safeguard-lost",
        "public access block",
        14,
    ),
    "cfn-device-policy.yaml": ("iot-policy", "panorama-cameras", OPENED, "default version", 12),
    "cfn-function-of-others.yaml": ("lambda-runner", "payroll", OPENED, "execution role", 8),
    "cfn-function-permission.yaml": ("lambda-function", "panorama-inference", OPENED, "policy statement Anybody", 11),
    "cfn-log-policy.yaml": ("log-group", "/aws/panorama_device/example", OPENED, "resource policy open", 6),
    "cfn-notebook.yaml": ("sagemaker-user", "notebook-instance/scratch", OPENED, "execution role", 18),
    "cfn-role-alias.json": ("iot-user", "role-alias/cameras", OPENED, "role", 7),
    "cfn-roles-anywhere.yaml": ("rolesanywhere-profile", "on-premises", OPENED, "roles", 9),
    "cfn-secret-policy.yaml": ("secret", "panorama/wifi", OPENED, "resource policy", 14),
    "sam-function-url.yaml": ("lambda-function", "panorama-inference", OPENED, "function URL", 14),
    "terraform-bucket-acl.json": ("s3-bucket", "my-aws-panorama-models", OPENED, "ACL", 46),
    "terraform-bucket-without-its-block.json": (
        "s3-bucket",
        "my-aws-panorama-models",
        "safeguard-lost",
        "public access block",
        17,
    ),
    "terraform-function-of-others.json": ("lambda-runner", "payroll", OPENED, "execution role", 27),
    "terraform-function-permission.json": (
        "lambda-function",
        "panorama-inference",
        OPENED,
        "policy statement partner",
        18,
    ),
    "terraform-role-alias.json": ("iot-user", "role-alias/cameras", OPENED, "role", 13),
    "terraform-secret-policy.json": ("secret", "panorama/wifi", OPENED, "resource policy", 26),
    "terraform-subscription.json": (
        "log-group",
        "/aws/panorama_device/camera",
        OPENED,
        "subscription filter out",
        28,
    ),
}
MARKED = {name: row[3] for name, row in PLANTED.items()} | {name: row[4] for name, row in ON_RESOURCES.items()}
# An open URL is told twice: for itself, and for the statement that SAM adds.
BESIDE = {"policy statement FunctionURLAllowPublicAccess"}


def judged(capsys: pytest.CaptureFixture[str], path: Path) -> tuple[int, dict[str, Any]]:
    """Check a sample, and return how it ended and what was told."""
    code = main(["check", str(path), "--output", "json"])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


def test_every_sample_is_in_the_table() -> None:
    """Twenty of each, or more; in JSON and YAML, of three kinds."""
    clean = list((SAMPLES / "clean").iterdir())
    assert {*PLANTED, *ON_RESOURCES} == {path.name for path in (SAMPLES / "escaping").iterdir()}
    assert len(PLANTED) >= 20
    assert len(clean) >= 20
    for names in (list(PLANTED), list(ON_RESOURCES), [path.name for path in clean]):
        assert {name.split("-")[0] for name in names} == {"cfn", "sam", "terraform"}
        assert {Path(name).suffix for name in names} == {".yaml", ".json"}


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_escape_is_found(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Role, kind, policy, line and action; and nothing else is told."""
    code, answer = judged(capsys, SAMPLES / "escaping" / name)
    told = [(role["name"], finding) for role in answer["roles"] for finding in role["findings"]]
    assert code == FOUND
    assert [
        (role, one["kind"], one["source"], one["place"]["line"], one["witness"]["action"]) for role, one in told
    ] == [PLANTED[name]]


@pytest.mark.parametrize("name", ON_RESOURCES)
def test_what_is_planted_on_a_resource_is_found(capsys: pytest.CaptureFixture[str], name: str) -> None:
    """Type, name, kind, part and line; and nothing else is told, of roles neither."""
    code, answer = judged(capsys, SAMPLES / "escaping" / name)
    told = [
        (one["type"], one["name"], each["kind"], each["source"], each["place"]["line"])
        for one in answer["resources"]
        for each in one["findings"]
        if each["source"] not in BESIDE
    ]
    assert (code, told) == (FOUND, [ON_RESOURCES[name]])
    assert [each for role in answer["roles"] for each in role["findings"]] == []


@pytest.mark.parametrize("path", sorted((SAMPLES / "clean").iterdir()), ids=lambda path: path.name)
def test_a_clean_sample_is_clean(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    """Proved, for every value of what is not known."""
    code, answer = judged(capsys, path)
    assert (code, answer["counts"]["escaped"], answer["counts"]["undecided"], answer["unread"]) == (CLEAN, 0, 0, [])


@pytest.mark.parametrize("name", [name for name in MARKED if name.endswith(".yaml")])
def test_the_line_of_the_table_is_the_one_that_is_marked(name: str) -> None:
    """In YAML the planted statement has a comment."""
    lines = (SAMPLES / "escaping" / name).read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, start=1) if "# expect" in line] == [MARKED[name]]
