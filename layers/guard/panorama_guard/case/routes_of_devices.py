"""Which calls of AWS IoT and Greengrass can change what is guarded, and where each says whom it was done to."""

from collections.abc import Mapping
from types import MappingProxyType

from panorama_guard.case.route import Route

IOT = "iot.amazonaws.com"

# What a job, a document or an attribute says is nothing by itself, nor is a certificate that belongs to nothing yet.
# https://docs.aws.amazon.com/iot/latest/apireference/API_Operations_AWS_IoT.html
IOT_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreatePolicy": Route.IOT_POLICY,
        "CreatePolicyVersion": Route.IOT_POLICY,
        "SetDefaultPolicyVersion": Route.IOT_POLICY,
        "DeletePolicy": Route.IOT_POLICY,
        "DeletePolicyVersion": Route.IOT_POLICY,
        "AttachPolicy": Route.IOT_ATTACHMENT,
        "DetachPolicy": Route.IOT_ATTACHMENT,
        "AttachPrincipalPolicy": Route.IOT_ATTACHMENT,
        "DetachPrincipalPolicy": Route.IOT_ATTACHMENT,
        "CreateThing": Route.IOT_THING,
        "UpdateThing": Route.IOT_THING,
        "DeleteThing": Route.IOT_THING,
        "AttachThingPrincipal": Route.IOT_THING,
        "DetachThingPrincipal": Route.IOT_THING,
        "AddThingToThingGroup": Route.IOT_THING,
        "RemoveThingFromThingGroup": Route.IOT_THING,
        "UpdateThingGroupsForThing": Route.IOT_THING,
        "CancelJobExecution": Route.IOT_THING,
        "DeleteJobExecution": Route.IOT_THING,
        "RegisterThing": Route.EVERY_THING,
        "UpdateDynamicThingGroup": Route.EVERY_THING,
        "UpdateCertificate": Route.IOT_CERTIFICATE,
        "DeleteCertificate": Route.IOT_CERTIFICATE,
        "TransferCertificate": Route.IOT_CERTIFICATE,
        "CancelCertificateTransfer": Route.IOT_CERTIFICATE,
        "CreateRoleAlias": Route.IOT_ALIAS,
        "UpdateRoleAlias": Route.IOT_ALIAS,
        "DeleteRoleAlias": Route.IOT_ALIAS,
        "CreateTopicRule": Route.IOT_RULE,
        "ReplaceTopicRule": Route.IOT_RULE,
        "DeleteTopicRule": Route.IOT_RULE,
        "CreateProvisioningTemplate": Route.IOT_TEMPLATE,
        "UpdateProvisioningTemplate": Route.IOT_TEMPLATE,
        "DeleteProvisioningTemplate": Route.IOT_TEMPLATE,
        "CreateJob": Route.IOT_JOB,
        "AssociateTargetsWithJob": Route.IOT_JOB,
        "UpdateJob": Route.IOT_JOB,
        "CancelJob": Route.IOT_JOB,
        "DeleteJob": Route.IOT_JOB,
        "CreateOTAUpdate": Route.IOT_JOB,
        "CreateCommand": Route.IOT_TAKER,
        "DeleteCommand": Route.IOT_TAKER,
        "CreateJobTemplate": Route.IOT_TAKER,
        "DeleteJobTemplate": Route.IOT_TAKER,
        "CreateMitigationAction": Route.IOT_TAKER,
        "UpdateMitigationAction": Route.IOT_TAKER,
        "DeleteMitigationAction": Route.IOT_TAKER,
        "CreateSecurityProfile": Route.IOT_TAKER,
        "UpdateSecurityProfile": Route.IOT_TAKER,
        "DeleteSecurityProfile": Route.IOT_TAKER,
        "CreateStream": Route.IOT_TAKER,
        "UpdateStream": Route.IOT_TAKER,
        "DeleteStream": Route.IOT_TAKER,
        "CreateTopicRuleDestination": Route.IOT_TAKER,
        "DeleteTopicRuleDestination": Route.IOT_TAKER,
        "RegisterCACertificate": Route.IOT_TAKER,
        "UpdateCACertificate": Route.IOT_TAKER,
        "DeleteCACertificate": Route.IOT_TAKER,
        "StartThingRegistrationTask": Route.IOT_TAKER,
        "SetLoggingOptions": Route.IOT_TAKER,
        "SetV2LoggingOptions": Route.IOT_TAKER,
        "UpdateAccountAuditConfiguration": Route.IOT_TAKER,
        "DeleteAccountAuditConfiguration": Route.IOT_TAKER,
        "UpdateEncryptionConfiguration": Route.IOT_TAKER,
        "UpdatePackageConfiguration": Route.IOT_TAKER,
    }
)

GREENGRASS = "greengrass.amazonaws.com"

# Of both versions, which share some names; what is said of connectivity, of certificates and of loggers is none of it.
# https://docs.aws.amazon.com/greengrass/v1/developerguide/logging-using-cloudtrail.html
GREENGRASS_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "AssociateRoleToGroup": Route.GREENGRASS_GROUP,
        "DisassociateRoleFromGroup": Route.GREENGRASS_GROUP,
        "CreateGroup": Route.GREENGRASS_GROUP,
        "CreateGroupVersion": Route.GREENGRASS_GROUP,
        "UpdateGroup": Route.GREENGRASS_GROUP,
        "DeleteGroup": Route.GREENGRASS_GROUP,
        "ResetDeployments": Route.GREENGRASS_GROUP,
        "CreateDeployment": Route.GREENGRASS_DEPLOYMENT,
        "CancelDeployment": Route.GREENGRASS_DEPLOYMENT,
        "DeleteDeployment": Route.GREENGRASS_DEPLOYMENT,
        "AssociateServiceRoleToAccount": Route.GREENGRASS_ACCOUNT,
        "DisassociateServiceRoleFromAccount": Route.GREENGRASS_ACCOUNT,
        "CreateFunctionDefinition": Route.EVERY_GROUP,
        "CreateFunctionDefinitionVersion": Route.EVERY_GROUP,
        "CreateResourceDefinition": Route.EVERY_GROUP,
        "CreateResourceDefinitionVersion": Route.EVERY_GROUP,
        "CreateCoreDefinition": Route.EVERY_GROUP,
        "CreateCoreDefinitionVersion": Route.EVERY_GROUP,
        "StartBulkDeployment": Route.EVERY_GROUP,
        "CreateComponentVersion": Route.EVERY_GROUP,
    }
)
