"""What of AWS IoT acts as a role that it is given, whatever its name: commands, streams, logging, audits and others.

https://docs.aws.amazon.com/iot/latest/apireference/API_Operations_AWS_IoT.html
"""

import re
from collections.abc import Mapping

COMMAND, JOB_TEMPLATE, STREAM = "command", "job-template", "stream"
MITIGATION, SECURITY_PROFILE = "mitigation-action", "security-profile"
DESTINATION, AUTHORITY, REGISTRATION = "topic-rule-destination", "ca-certificate", "thing-registration-task"
LOGGING, AUDIT = "logging-options", "account-audit-configuration"
ENCRYPTION, PACKAGES = "encryption-configuration", "package-configuration"

# What the API calls each kind, and its member that names one of it.
TAKERS: Mapping[str, tuple[str, str]] = {
    COMMAND: ("Command", "commandId"),
    JOB_TEMPLATE: ("JobTemplate", "jobTemplateId"),
    MITIGATION: ("MitigationAction", "actionName"),
    SECURITY_PROFILE: ("SecurityProfile", "securityProfileName"),
    STREAM: ("Stream", "streamId"),
    DESTINATION: ("TopicRuleDestination", "arn"),
    AUTHORITY: ("CACertificate", "certificateId"),
    REGISTRATION: ("ThingRegistrationTask", "taskId"),
}
# What there is one of in a region: it has no name.
SETTINGS: Mapping[str, str] = {
    LOGGING: "LoggingOptions",
    AUDIT: "AccountAuditConfiguration",
    ENCRYPTION: "EncryptionConfiguration",
    PACKAGES: "PackageConfiguration",
}
OF_THE_ACCOUNT = "account"  # in the place of a name

NAME = re.compile(r"[\w:-]{1,128}", re.ASCII)
DESTINATION_ARN = re.compile(
    r"arn:[a-z0-9-]{1,32}:iot:[a-z0-9-]{1,32}:\d{12}:ruledestination/[a-z]{1,16}/[\w-]{1,64}", re.ASCII
)
_VERB = re.compile("^(create|update|delete|register|set|start)(v2)?")


def kind_of_call(event_name: str) -> str:
    """Return on which kind a call is, or an empty text for a call on none: its own name says it."""
    word = _VERB.sub("", event_name.lower())
    words = {**{kind: called for kind, (called, _) in TAKERS.items()}, **SETTINGS}
    return next((kind for kind, called in words.items() if called.lower() == word), "")


def name_in(text: str) -> str:
    """Return what names one of a kind in a key: of a destination, which has an ARN alone, the end of that."""
    return text.partition(":ruledestination/")[2] or text
