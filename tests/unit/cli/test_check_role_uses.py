"""`panorama-guard check` judges what would hand out a guarded role, or act as one."""

import json
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli import main
from panorama_guard.cli.reviewed import CLEAN, FOUND, IN_DOUBT
from tests.unit.cli.drafts import Draft, found, judged, plan, template, told_nothing

ESCAPE = "resource-escape"
APPLIANCE = "arn:aws:iam::123456789012:role/service-role/AWSPanoramaApplianceRole"
SAGEMAKER = "arn:aws:iam::123456789012:role/service-role/AWSPanoramaSageMakerRole"
GROUP = "arn:aws:iam::123456789012:role/service-role/AWSPanoramaGreengrassGroupRole"
OTHER = "arn:aws:iam::123456789012:role/payroll"
OF_PARAMETER = {"Parameters": {"P": {"Type": "String"}}}
PART = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:role/service-role/AWSPanorama${P}"}


def one(kind: str, **properties: Any) -> Draft:
    """Return a template of one resource."""
    return template(R=(kind, properties))


def planned(kind: str, **after: Any) -> Draft:
    """Return a plan of one resource."""
    return plan((f"{kind}.r", after, {}))


def rule(role: object) -> Draft:
    """Return what a topic rule does."""
    action = {"S3": {"BucketName": "x", "Key": "k", "RoleArn": role}}
    return {"Sql": "SELECT * FROM 'x'", "Actions": [action]}


OF_SAGEMAKER: dict[str, dict[str, Any]] = {
    "Algorithm": {"ValidationSpecification": {"ValidationRole": SAGEMAKER}},
    "DeviceFleet": {"DeviceFleetName": "panorama-fleet", "RoleArn": SAGEMAKER},
    "FeatureGroup": {"FeatureGroupName": "panorama-features", "RoleArn": SAGEMAKER},
    "MlflowApp": {"Name": "a", "RoleArn": SAGEMAKER},
    "ModelPackage": {"ValidationSpecification": {"ValidationRole": SAGEMAKER}},
    "PartnerApp": {"Name": "a", "ExecutionRoleArn": SAGEMAKER},
    "Project": {"TemplateProviderDetails": [{"CfnTemplateProviderDetail": {"RoleARN": SAGEMAKER}}]},
}
ESCAPING: dict[str, tuple[Draft, str, str]] = {
    "a role alias": (one("AWS::IoT::RoleAlias", RoleAlias="back", RoleArn=APPLIANCE), "iot-user", "role"),
    "a role alias in another case": (
        one("AWS::IoT::RoleAlias", RoleAlias="back", RoleArn=APPLIANCE.replace("AWSP", "awsp")),
        "iot-user",
        "role",
    ),
    "a plan's role alias": (planned("aws_iot_role_alias", alias="back", role_arn=APPLIANCE), "iot-user", "role"),
    "a guarded alias of another role": (
        one("AWS::IoT::RoleAlias", RoleAlias="panorama-x", RoleArn=OTHER),
        "iot-alias",
        "role",
    ),
    "a plan's guarded alias of another role": (
        planned("aws_iot_role_alias", alias="panorama-x", role_arn=OTHER),
        "iot-alias",
        "role",
    ),
    "a command": (one("AWS::IoT::Command", CommandId="reboot", RoleArn=APPLIANCE), "iot-user", "role"),
    "a template of jobs": (
        one("AWS::IoT::JobTemplate", JobTemplateId="fix", PresignedUrlConfig={"RoleArn": APPLIANCE}),
        "iot-user",
        "role",
    ),
    "a mitigation action": (
        one(
            "AWS::IoT::MitigationAction",
            RoleArn=OTHER,
            ActionParams={"EnableIoTLoggingParams": {"LogLevel": "INFO", "RoleArnForLogging": APPLIANCE}},
        ),
        "iot-user",
        "role",
    ),
    "alerts of a security profile": (
        one("AWS::IoT::SecurityProfile", AlertTargets={"SNS": {"AlertTargetArn": "x", "RoleArn": APPLIANCE}}),
        "iot-user",
        "role",
    ),
    "a stream": (one("AWS::IoT::Stream", Files=[{"FileId": 1}], RoleArn=APPLIANCE), "iot-user", "role"),
    "a destination of rules": (
        one("AWS::IoT::TopicRuleDestination", VpcProperties={"RoleArn": APPLIANCE}),
        "iot-user",
        "role",
    ),
    "a plan's destination of rules": (
        planned("aws_iot_topic_rule_destination", vpc_configuration=[{"role_arn": APPLIANCE, "vpc_id": "vpc-1"}]),
        "iot-user",
        "role",
    ),
    "an authority": (
        one("AWS::IoT::CACertificate", CACertificatePem="-", RegistrationConfig={"RoleArn": APPLIANCE}),
        "iot-user",
        "role",
    ),
    "a plan's authority": (
        planned("aws_iot_ca_certificate", registration_config=[{"role_arn": APPLIANCE}]),
        "iot-user",
        "role",
    ),
    "logging": (one("AWS::IoT::Logging", AccountId="x", RoleArn=APPLIANCE), "iot-user", "role"),
    "a plan's logging": (planned("aws_iot_logging_options", role_arn=APPLIANCE), "iot-user", "role"),
    "audits": (one("AWS::IoT::AccountAuditConfiguration", AccountId="x", RoleArn=APPLIANCE), "iot-user", "role"),
    "encryption": (
        one("AWS::IoT::EncryptionConfiguration", KmsAccessRoleArn=APPLIANCE, EncryptionType="CUSTOMER_MANAGED_KMS_KEY"),
        "iot-user",
        "role",
    ),
    "a topic rule": (one("AWS::IoT::TopicRule", TopicRulePayload=rule(APPLIANCE)), "iot-user", "role"),
    "a plan's topic rule": (
        planned("aws_iot_topic_rule", name="r", s3=[{"bucket_name": "x", "role_arn": APPLIANCE}]),
        "iot-user",
        "role",
    ),
    "a provisioning template": (
        one("AWS::IoT::ProvisioningTemplate", ProvisioningRoleArn=APPLIANCE, TemplateBody="{}"),
        "iot-user",
        "role",
    ),
    "a plan's provisioning template": (
        planned("aws_iot_provisioning_template", name="t", provisioning_role_arn=APPLIANCE),
        "iot-user",
        "role",
    ),
    "a notebook": (one("AWS::SageMaker::NotebookInstance", RoleArn=SAGEMAKER), "sagemaker-user", "execution role"),
    "a plan's notebook": (
        planned("aws_sagemaker_notebook_instance", name="n", role_arn=SAGEMAKER),
        "sagemaker-user",
        "execution role",
    ),
    "a model": (one("AWS::SageMaker::Model", ExecutionRoleArn=SAGEMAKER), "sagemaker-user", "execution role"),
    "a pipeline": (
        one("AWS::SageMaker::Pipeline", PipelineName="p", RoleArn=SAGEMAKER),
        "sagemaker-user",
        "execution role",
    ),
    **{
        f"what is of {kind}": (one(f"AWS::SageMaker::{kind}", **given), "sagemaker-user", "execution role")
        for kind, given in OF_SAGEMAKER.items()
    },
    **{
        f"a plan's {kind}": (planned(kind, role_arn=SAGEMAKER), "sagemaker-user", "execution role")
        for kind in ("aws_sagemaker_device_fleet", "aws_sagemaker_flow_definition")
    },
    "a domain": (
        one("AWS::SageMaker::Domain", DomainName="d", DefaultUserSettings={"ExecutionRole": SAGEMAKER}),
        "sagemaker-user",
        "execution role",
    ),
    "a plan's domain": (
        planned("aws_sagemaker_domain", domain_name="d", default_user_settings=[{"execution_role": SAGEMAKER}]),
        "sagemaker-user",
        "execution role",
    ),
    "a feature group": (
        one("AWS::SageMaker::FeatureGroup", FeatureGroupName="f", RoleArn=SAGEMAKER),
        "sagemaker-user",
        "execution role",
    ),
    "a profile of Roles Anywhere": (
        one("AWS::RolesAnywhere::Profile", Name="p", Enabled=True, RoleArns=[APPLIANCE]),
        "rolesanywhere-profile",
        "roles",
    ),
    "a plan's profile of Roles Anywhere": (
        planned("aws_rolesanywhere_profile", name="p", enabled=True, role_arns=[APPLIANCE]),
        "rolesanywhere-profile",
        "roles",
    ),
    "a group of Greengrass": (one("AWS::Greengrass::Group", Name="g", RoleArn=APPLIANCE), "greengrass-group", "role"),
    "a deployment to a guarded device": (
        one(
            "AWS::GreengrassV2::Deployment",
            TargetArn="arn:aws:iot:us-east-1:123456789012:thing/panorama-gate",
            Components={"shell": {"ComponentVersion": "1.0.0"}},
        ),
        "greengrass-deployment",
        "components",
    ),
    "a guarded model of another place": (
        one(
            "AWS::SageMaker::Model",
            ModelName="panorama-m",
            ExecutionRoleArn=SAGEMAKER,
            PrimaryContainer={"ModelDataUrl": "s3://elsewhere/model.tar.gz"},
        ),
        "sagemaker-work",
        "inputs",
    ),
}
CLEAN_ONES = {
    "an alias of its own role": one("AWS::IoT::RoleAlias", RoleAlias="panorama-x", RoleArn=APPLIANCE),
    "a plan's alias of its own role": planned("aws_iot_role_alias", alias="panorama-x", role_arn=APPLIANCE),
    "another alias of another role": one("AWS::IoT::RoleAlias", RoleAlias="x", RoleArn=OTHER),
    "a rule of another role": one("AWS::IoT::TopicRule", TopicRulePayload=rule(OTHER)),
    "a stream of another role": one("AWS::IoT::Stream", StreamId="s", Files=[], RoleArn=OTHER),
    "logging of another role": one("AWS::IoT::Logging", AccountId="x", RoleArn=OTHER),
    "a model of the pattern": one(
        "AWS::SageMaker::Model",
        ModelName="panorama-m",
        ExecutionRoleArn=SAGEMAKER,
        PrimaryContainer={"ModelDataUrl": "s3://my-aws-panorama-models/model.tar.gz"},
    ),
    "a plan's model of the pattern": planned(
        "aws_sagemaker_model",
        name="panorama-m",
        execution_role_arn=SAGEMAKER,
        primary_container=[{"model_data_url": "s3://my-aws-panorama-models/m.tar.gz", "environment": {"a": "s3://x/"}}],
    ),
    "a notebook with what is no function's argument": one(
        "AWS::SageMaker::NotebookInstance", InstanceType={"Fn::Sub": []}, RoleArn=OTHER
    ),
    "another notebook": one("AWS::SageMaker::NotebookInstance", RoleArn=OTHER),
    "another profile of Roles Anywhere": one("AWS::RolesAnywhere::Profile", Name="p", RoleArns=[OTHER]),
    "a group of the right role": one("AWS::Greengrass::Group", Name="g", RoleArn=GROUP),
    "a deployment to another device": one(
        "AWS::GreengrassV2::Deployment", TargetArn="arn:aws:iot:us-east-1:1:thing/x", Components={"shell": {}}
    ),
    "another instance profile": one("AWS::IAM::InstanceProfile", Roles=["payroll"]),
}
UNDECIDED = {
    "an alias of a role of which a part is known": one("AWS::IoT::RoleAlias", RoleAlias="x", RoleArn=PART),
    "a notebook with such a role": one("AWS::SageMaker::NotebookInstance", RoleArn=PART),
}
WEAK_ONES = {
    "an instance profile": one("AWS::IAM::InstanceProfile", Roles=["AWSPanoramaApplianceRole"]),
    "a plan's instance profile": planned("aws_iam_instance_profile", name="x", role="AWSPanoramaApplianceRole"),
    "a disabled profile of Roles Anywhere": one(
        "AWS::RolesAnywhere::Profile", Name="p", Enabled=False, RoleArns=[APPLIANCE]
    ),
    "guarded work of another role": one("AWS::SageMaker::Model", ModelName="panorama-m", ExecutionRoleArn=OTHER),
}


@pytest.mark.parametrize("name", ESCAPING)
def test_what_gives_a_guarded_role_away_fails(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """By the guard's own judge, with the line, and nothing else is told."""
    draft, kind, source = ESCAPING[name]
    code, answer = judged(capsys, tmp_path, draft)
    assert (code, found(answer)) == (FOUND, [(kind, ESCAPE, source)])
    assert all(each["place"]["line"] > 1 for one in answer["resources"] for each in one["findings"])
    assert not any("role-alias" in one["arn"] or "topic-rule" in one["arn"] for one in answer["resources"])


@pytest.mark.parametrize("name", CLEAN_ONES)
def test_what_gives_nothing_away_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """And nothing is told of it."""
    assert told_nothing(capsys, tmp_path, CLEAN_ONES[name])


@pytest.mark.parametrize("name", UNDECIDED)
def test_a_role_that_may_be_guarded_is_a_doubt(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """Which says on what it hangs."""
    code, answer = judged(capsys, tmp_path, UNDECIDED[name] | OF_PARAMETER)
    ((finding,),) = (each["findings"] for each in answer["resources"] if each["findings"])
    assert (code, finding["kind"]) == (IN_DOUBT, "undecided")
    assert "parameter P" in finding["reason"]


@pytest.mark.parametrize("name", WEAK_ONES)
def test_a_weak_setting_is_told_and_passes(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    """As in `audit`."""
    code, answer = judged(capsys, tmp_path, WEAK_ONES[name])
    assert (code, [kind for _, kind, _ in found(answer)]) == (CLEAN, ["weakness"])


@pytest.mark.parametrize(
    "draft",
    [
        one("AWS::StepFunctions::StateMachine", RoleArn=APPLIANCE, DefinitionString="{}"),
        planned("aws_sfn_state_machine", name="s", role_arn=APPLIANCE),
    ],
    ids=["a template", "a plan"],
)
def test_what_else_is_given_a_guarded_role_is_said_to_be_unjudged(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, draft: Draft
) -> None:
    """It gets it only once the role's trust lets its service in, which is an escape of its own."""
    code, answer = judged(capsys, tmp_path, draft)
    (note,) = answer["notes"]
    assert (code, answer["resources"]) == (CLEAN, [])
    assert "it is given AWSPanoramaApplianceRole, and resources of type" in note


@pytest.mark.parametrize("output", ["text", "sarif", "junit", "html"])
def test_every_format_has_what_is_given_a_guarded_role(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, output: str
) -> None:
    """With its name, the role, and the file."""
    path = tmp_path / "draft.json"
    path.write_text(json.dumps(ESCAPING["a role alias"][0], indent=1), encoding="utf-8")
    assert main(["check", str(path), "--output", output]) == FOUND
    told = capsys.readouterr().out
    assert "role-alias/back" in told
    assert "AWSPanoramaApplianceRole" in told.replace("<wbr>", "")
    assert "draft.json" in told
