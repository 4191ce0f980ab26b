"""Gives a role to whatever of AWS IoT acts as one, each kind by the call that a caller makes."""

from collections.abc import Callable, Mapping
from typing import Any

from panorama_guard.case import iot_takers

_FILES: Any = [{"fileId": 1, "s3Location": {"bucket": "payroll", "key": "salaries"}}]
_DEACTIVATE: Any = {"updateDeviceCertificateParams": {"action": "DEACTIVATE"}}
_NAMED = "lured"  # what has a name of its caller's


def _alerts(member: str) -> Callable[[str], Any]:
    """Return what sends alerts to a topic as a role; what names the topic is called otherwise here and there."""
    return lambda role: {"SNS": {member: "arn:aws:sns:us-east-1:123456789012:findings", "roleArn": role}}


def _destination(client: Any, role: str) -> str:
    network = {"subnetIds": ["subnet-1"], "vpcId": "vpc-1", "roleArn": role}
    made = client.create_topic_rule_destination(destinationConfiguration={"vpcConfiguration": network})
    return iot_takers.name_in(made["topicRuleDestination"]["arn"])


def _authority(client: Any, role: str) -> str:
    config = {"templateBody": "{}", "roleArn": role}
    return str(client.register_ca_certificate(caCertificate="-", registrationConfig=config)["certificateId"])


def _registration(client: Any, role: str) -> str:
    asked = {"templateBody": "{}", "inputFileBucket": "payroll", "inputFileKey": "things", "roleArn": role}
    return str(client.start_thing_registration_task(**asked)["taskId"])


def _named(call: str, **asked: Callable[[str], Any] | Any) -> Callable[[Any, str], str]:
    """Return what makes a call with a name or without, each parameter as it is, or as it is made of the role."""

    def give(client: Any, role: str) -> str:
        getattr(client, call)(**{name: one(role) if callable(one) else one for name, one in asked.items()})
        return _NAMED if _NAMED in asked.values() else iot_takers.OF_THE_ACCOUNT

    return give


def _itself(role: str) -> str:
    return role


def _in(*path: str) -> Callable[[str], Any]:
    """Return what puts a role where a path leads."""

    def put(role: str) -> Any:
        value: Any = role
        for name in reversed(path):
            value = {name: value}
        return value

    return put


# By the kind and where the role stands: what gives it the role, and returns what it is called.
GIVE: Mapping[tuple[str, str], Callable[[Any, str], str]] = {
    ("command", ""): _named("create_command", commandId=_NAMED, roleArn=_itself),
    ("job-template", ""): _named(
        "create_job_template",
        jobTemplateId=_NAMED,
        description="fix",
        document="{}",
        presignedUrlConfig=_in("roleArn"),
    ),
    ("mitigation-action", ""): _named(
        "create_mitigation_action", actionName=_NAMED, actionParams=_DEACTIVATE, roleArn=_itself
    ),
    ("mitigation-action", "for logging"): _named(
        "create_mitigation_action",
        actionName=_NAMED,
        roleArn="arn:aws:iam::123456789012:role/Payroll",
        actionParams=lambda role: {"enableIoTLoggingParams": {"roleArnForLogging": role, "logLevel": "INFO"}},
    ),
    ("security-profile", ""): _named(
        "create_security_profile", securityProfileName=_NAMED, alertTargets=_alerts("alertTargetArn")
    ),
    ("security-profile", "metrics"): _named(
        "create_security_profile",
        securityProfileName=_NAMED,
        metricsExportConfig=lambda role: {"mqttTopic": "metrics", "roleArn": role},
    ),
    ("stream", ""): _named("create_stream", streamId=_NAMED, files=_FILES, roleArn=_itself),
    ("topic-rule-destination", ""): _destination,
    ("ca-certificate", ""): _authority,
    ("thing-registration-task", ""): _registration,
    ("logging-options", ""): _named("set_v2_logging_options", roleArn=_itself, defaultLogLevel="DEBUG"),
    ("logging-options", "first version"): _named("set_logging_options", loggingOptionsPayload=_in("roleArn")),
    ("account-audit-configuration", ""): _named("update_account_audit_configuration", roleArn=_itself),
    ("account-audit-configuration", "alerts"): _named(
        "update_account_audit_configuration", auditNotificationTargetConfigurations=_alerts("targetArn")
    ),
    ("encryption-configuration", ""): _named(
        "update_encryption_configuration", encryptionType="CUSTOMER_MANAGED_KMS_KEY", kmsAccessRoleArn=_itself
    ),
    ("package-configuration", ""): _named("update_package_configuration", versionUpdateByJobsConfig=_in("roleArn")),
}
# What takes each away again, by its name; a setting is given another role instead.
TAKE: Mapping[str, Callable[[Any, str], Any]] = {
    "command": lambda client, name: client.delete_command(commandId=name),
    "job-template": lambda client, name: client.delete_job_template(jobTemplateId=name),
    "mitigation-action": lambda client, name: client.delete_mitigation_action(actionName=name),
    "security-profile": lambda client, name: client.delete_security_profile(securityProfileName=name),
    "stream": lambda client, name: client.delete_stream(streamId=name),
    "topic-rule-destination": lambda client, name: client.delete_topic_rule_destination(
        arn=f"arn:aws:iot:us-east-1:123456789012:ruledestination/{name}"
    ),
    "ca-certificate": lambda client, name: client.delete_ca_certificate(certificateId=name),
}
