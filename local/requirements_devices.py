"""What each call of AWS IoT and Greengrass needs, on the ARN of what it names.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from local.emulator import PARTITION
from local.requirement import Requirement
from local.wire import Call

# The parameter that names the resource, and how its ARN goes on; a call without one is on none.
_NAMED: Final[Mapping[str, str]] = {
    "policyName": "policy",
    "thingName": "thing",
    "jobId": "job",
    "roleAlias": "rolealias",
    "ruleName": "rule",
    "templateName": "provisioningtemplate",
    "thingGroupName": "thinggroup",
    "certificateId": "cert",
    "commandId": "command",
    "jobTemplateId": "jobtemplate",
    "actionName": "mitigationaction",
    "securityProfileName": "securityprofile",
    "streamId": "stream",
}
_BY_ARN: Final[Mapping[str, str]] = {"ListAttachedPolicies": "target", "GetTopicRuleDestination": "arn"}
_OPERATIONS: Final = frozenset(
    {
        "DescribeAccountAuditConfiguration",
        "DescribeCACertificate",
        "DescribeCertificate",
        "DescribeEncryptionConfiguration",
        "DescribeJob",
        "DescribeJobTemplate",
        "DescribeMitigationAction",
        "DescribeProvisioningTemplate",
        "DescribeRoleAlias",
        "DescribeSecurityProfile",
        "DescribeStream",
        "DescribeThing",
        "DescribeThingRegistrationTask",
        "GetCommand",
        "GetLoggingOptions",
        "GetPackageConfiguration",
        "GetPolicy",
        "GetPolicyVersion",
        "GetTopicRule",
        "GetTopicRuleDestination",
        "GetV2LoggingOptions",
        "ListAttachedPolicies",
        "ListCACertificates",
        "ListCommands",
        "ListJobExecutionsForThing",
        "ListJobTemplates",
        "ListJobs",
        "ListMitigationActions",
        "ListPolicies",
        "ListPolicyVersions",
        "ListPrincipalThings",
        "ListProvisioningTemplates",
        "ListRoleAliases",
        "ListSecurityProfiles",
        "ListStreams",
        "ListTargetsForPolicy",
        "ListThingGroupsForThing",
        "ListThingPrincipals",
        "ListThingRegistrationTasks",
        "ListThings",
        "ListThingsInThingGroup",
        "ListTopicRuleDestinations",
        "ListTopicRules",
        "SetDefaultPolicyVersion",
    }
)


def iot_requirement(call: Call, account: str) -> tuple[Requirement, ...] | None:
    """Return the permission that a call needs, or None when the table does not know the operation."""
    if call.operation not in _OPERATIONS:
        return None
    action = f"iot:{call.operation}"
    if call.operation in _BY_ARN:
        return (Requirement(action, call.text(_BY_ARN[call.operation])),)
    if call.operation == "DescribeCACertificate":
        arn = f"arn:{PARTITION}:iot:{call.region}:{account}:cacert/{call.text('certificateId')}"
        return (Requirement(action, arn),)
    for parameter, kind in _NAMED.items():
        if name := call.text(parameter):
            return (Requirement(action, f"arn:{PARTITION}:iot:{call.region}:{account}:{kind}/{name}"),)
    return (Requirement(action, "*"),)


_GREENGRASS: Final = frozenset(
    {
        "GetAssociatedRole",
        "GetCoreDefinitionVersion",
        "GetDeployment",
        "GetFunctionDefinitionVersion",
        "GetGroup",
        "GetGroupVersion",
        "GetResourceDefinitionVersion",
        "GetServiceRoleForAccount",
        "ListDeployments",
        "ListGroups",
    }
)


def greengrass_requirement(call: Call, _account: str) -> tuple[Requirement, ...] | None:
    """Return the permission that a call needs, or None when the table does not know the operation."""
    return (Requirement(f"greengrass:{call.operation}", "*"),) if call.operation in _GREENGRASS else None
