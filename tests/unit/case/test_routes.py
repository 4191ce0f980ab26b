"""The routing table knows every call that can change what is guarded, and tells services apart."""

import json
from pathlib import Path

import pytest
from moto.core.utils import get_service_model

from panorama_guard.case.routes import (
    GREENGRASS,
    IAM,
    IOT,
    LAMBDA,
    LOGS,
    MONITORING,
    ROUTES,
    S3,
    SAGEMAKER,
    SECRETS,
    Route,
    event_names,
    route_of,
    without_version,
)
from panorama_guard.case.routes_of_anywhere import ANYWHERE

EVENTS = Path(__file__).parents[3] / "events"

# Every IAM event name that the design watches, written out once more so that none is lost from the table unnoticed.
WATCHED = frozenset(
    {
        "AcceptDelegationRequest",
        "AcquireRole",
        "AddClientIDToOpenIDConnectProvider",
        "AddRoleToInstanceProfile",
        "AttachRolePolicy",
        "CreateOpenIDConnectProvider",
        "CreatePolicy",
        "CreatePolicyVersion",
        "CreateRole",
        "CreateSAMLProvider",
        "CreateServiceLinkedRole",
        "DeleteOpenIDConnectProvider",
        "DeletePolicy",
        "DeletePolicyVersion",
        "DeleteRole",
        "DeleteRolePermissionsBoundary",
        "DeleteRolePolicy",
        "DeleteSAMLProvider",
        "DeleteServiceLinkedRole",
        "DetachRolePolicy",
        "PutAccountProperties",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "RemoveClientIDFromOpenIDConnectProvider",
        "RemoveRoleFromInstanceProfile",
        "SendDelegationToken",
        "SetDefaultPolicyVersion",
        "TagRole",
        "UntagRole",
        "UpdateAssumeRolePolicy",
        "UpdateOpenIDConnectProviderThumbprint",
        "UpdateRole",
        "UpdateRoleDescription",
        "UpdateSAMLProvider",
    }
)


WATCHED_BUCKETS = frozenset(
    {
        "CreateAccessPoint",
        "CreateBucket",
        "DeleteAccessPoint",
        "DeleteAccessPointPolicy",
        "DeleteAccountPublicAccessBlock",
        "DeleteBucket",
        "DeleteBucketCors",
        "DeleteBucketAnalyticsConfiguration",
        "DeleteBucketEncryption",
        "DeleteBucketInventoryConfiguration",
        "DeleteBucketLifecycle",
        "PutBucketAnalyticsConfiguration",
        "PutBucketEncryption",
        "PutBucketInventoryConfiguration",
        "PutBucketVersioning",
        "DeleteBucketOwnershipControls",
        "DeleteBucketPolicy",
        "DeleteBucketPublicAccessBlock",
        "DeleteBucketReplication",
        "DeleteBucketWebsite",
        "PutAccessPointPolicy",
        "PutAccountPublicAccessBlock",
        "PutBucketAcl",
        "PutBucketCors",
        "PutBucketLifecycle",
        "PutBucketLogging",
        "PutBucketNotification",
        "PutBucketOwnershipControls",
        "PutBucketPolicy",
        "PutBucketPublicAccessBlock",
        "PutBucketReplication",
        "PutBucketWebsite",
    }
)


WATCHED_FUNCTIONS = frozenset(
    {
        "AddPermission",
        "CreateAlias",
        "CreateEventSourceMapping",
        "CreateFunction",
        "CreateFunctionUrlConfig",
        "DeleteAlias",
        "DeleteEventSourceMapping",
        "DeleteFunction",
        "DeleteFunctionEventInvokeConfig",
        "DeleteFunctionUrlConfig",
        "DeleteResourcePolicy",
        "PublishVersion",
        "PutFunctionEventInvokeConfig",
        "PutResourcePolicy",
        "RemovePermission",
        "UpdateAlias",
        "UpdateEventSourceMapping",
        "UpdateFunctionCode",
        "UpdateFunctionConfiguration",
        "UpdateFunctionEventInvokeConfig",
        "UpdateFunctionUrlConfig",
    }
)


def test_every_watched_event_of_functions_is_routed() -> None:
    """The table holds exactly the events of Lambda by which what is judged of a function can change."""
    assert frozenset(event_names(LAMBDA)) == WATCHED_FUNCTIONS


@pytest.mark.parametrize(
    "name", ["AddPermission", "AddPermission20150331", "AddPermission20150331v2", "addpermission20301231V10"]
)
def test_lambda_s_events_are_known_with_every_version_of_its_api(name: str) -> None:
    """One that comes next year too."""
    assert route_of(LAMBDA, name) is Route.FUNCTION


def test_a_version_is_lambda_s_alone() -> None:
    """No other service writes one."""
    assert route_of(IAM, "PutRolePolicy20150331") is None
    assert route_of(LAMBDA, "AddPermissionForEverybody20150331") is None


WATCHED_SECRETS = frozenset(
    {
        "CancelRotateSecret",
        "CreateSecret",
        "DeleteResourcePolicy",
        "DeleteSecret",
        "PutResourcePolicy",
        "RemoveRegionsFromReplication",
        "ReplicateSecretToRegions",
        "RestoreSecret",
        "RotateSecret",
        "StopReplicationToReplica",
        "UpdateSecret",
    }
)
# What is neither a read nor routed of Secrets Manager, each with its reason.
IGNORED_SECRETS = {
    "PutSecretValue": "what a secret holds says nothing about who reaches it",
    "UpdateSecretVersionStage": "which version is current says nothing about who reaches it",
    "TagResource": "no tag decides in a policy of the secret without a principal that is judged",
    "UntagResource": "as above",
}
# What is neither a read nor routed, by service and reason.
IGNORED = json.loads((Path(__file__).parent / "ignored.json").read_text(encoding="utf-8"))
MORE_READS = (
    *("BatchDescribe", "BatchGet", "Describe", "Get", "List", "Query", "Render", "Search", "Test", "Validate"),
)
READS = ("BatchGet", "Describe", "Get", "List", "Validate")


WATCHED_LOG_GROUPS = frozenset(
    {
        "AssociateKmsKey",
        "CreateLogGroup",
        "DeleteAccountPolicy",
        "DeleteDataProtectionPolicy",
        "DeleteDestination",
        "DeleteLogGroup",
        "DeleteResourcePolicy",
        "DeleteRetentionPolicy",
        "DeleteSubscriptionFilter",
        "DisassociateKmsKey",
        "PutAccountPolicy",
        "PutDataProtectionPolicy",
        "PutDestination",
        "PutResourcePolicy",
        "PutRetentionPolicy",
        "PutSubscriptionFilter",
    }
)


WATCHED_IOT = frozenset(
    {
        "AddThingToThingGroup",
        "AssociateTargetsWithJob",
        "AttachPolicy",
        "AttachPrincipalPolicy",
        "AttachThingPrincipal",
        "CancelCertificateTransfer",
        "CancelJob",
        "CancelJobExecution",
        "CreateCommand",
        "CreateJob",
        "CreateJobTemplate",
        "CreateMitigationAction",
        "CreateOTAUpdate",
        "CreatePolicy",
        "CreatePolicyVersion",
        "CreateProvisioningTemplate",
        "CreateRoleAlias",
        "CreateSecurityProfile",
        "CreateStream",
        "CreateThing",
        "CreateTopicRule",
        "CreateTopicRuleDestination",
        "DeleteAccountAuditConfiguration",
        "DeleteCACertificate",
        "DeleteCertificate",
        "DeleteCommand",
        "DeleteJob",
        "DeleteJobExecution",
        "DeleteJobTemplate",
        "DeleteMitigationAction",
        "DeletePolicy",
        "DeletePolicyVersion",
        "DeleteProvisioningTemplate",
        "DeleteRoleAlias",
        "DeleteSecurityProfile",
        "DeleteStream",
        "DeleteThing",
        "DeleteTopicRule",
        "DeleteTopicRuleDestination",
        "DetachPolicy",
        "DetachPrincipalPolicy",
        "DetachThingPrincipal",
        "RegisterCACertificate",
        "RegisterThing",
        "RemoveThingFromThingGroup",
        "ReplaceTopicRule",
        "SetDefaultPolicyVersion",
        "SetLoggingOptions",
        "SetV2LoggingOptions",
        "StartThingRegistrationTask",
        "TransferCertificate",
        "UpdateAccountAuditConfiguration",
        "UpdateCACertificate",
        "UpdateCertificate",
        "UpdateDynamicThingGroup",
        "UpdateEncryptionConfiguration",
        "UpdateJob",
        "UpdateMitigationAction",
        "UpdatePackageConfiguration",
        "UpdateProvisioningTemplate",
        "UpdateRoleAlias",
        "UpdateSecurityProfile",
        "UpdateStream",
        "UpdateThing",
        "UpdateThingGroupsForThing",
    }
)


def test_every_watched_event_of_iot_is_routed() -> None:
    """The table holds exactly the events by which what is judged of AWS IoT can change."""
    assert frozenset(event_names(IOT)) == WATCHED_IOT


@pytest.mark.parametrize(
    ("services", "source"),
    [
        (("iot",), IOT),
        (("sagemaker",), SAGEMAKER),
        (("greengrass", "greengrassv2"), GREENGRASS),
        (("cloudwatch",), MONITORING),
        (("rolesanywhere",), ANYWHERE),
    ],
)
def test_every_operation_is_routed_or_ignored_with_a_reason(services: tuple[str, ...], source: str) -> None:
    """One that a later version of the service adds has to be thought through."""
    names = {name for service in services for name in get_service_model(service).operation_names}
    operations = {name for name in names if not name.startswith(MORE_READS)}
    ignored = [name for names in IGNORED[services[0]].values() for name in names]
    assert len(ignored) == len(set(ignored))
    assert operations == set(event_names(source)) | set(ignored)


def test_every_watched_event_of_log_groups_is_routed() -> None:
    """The table holds exactly the events by which what is judged of a log group can change."""
    assert frozenset(event_names(LOGS)) == WATCHED_LOG_GROUPS


def test_every_watched_event_of_secrets_is_routed() -> None:
    """The table holds exactly the events by which what is judged of a secret can change."""
    assert frozenset(event_names(SECRETS)) == WATCHED_SECRETS


def test_every_operation_of_secrets_manager_is_routed_or_ignored_with_a_reason() -> None:
    """One that a later version of the service adds has to be thought through."""
    operations = get_service_model("secretsmanager").operation_names
    assert {name for name in operations if not name.startswith(READS)} == WATCHED_SECRETS | IGNORED_SECRETS.keys()


def test_every_watched_event_of_buckets_is_routed() -> None:
    """The table holds exactly the events of S3 by which what is judged of a bucket can change."""
    assert frozenset(event_names(S3)) == WATCHED_BUCKETS


def test_every_watched_iam_event_is_routed() -> None:
    """The table holds exactly the IAM events that the design watches."""
    assert frozenset(event_names(IAM)) == WATCHED


def test_event_names_compare_without_case() -> None:
    """A name in another case finds the same route."""
    assert route_of("IAM.amazonaws.com", "putrolepolicy") is Route.ROLE


def test_a_shared_event_name_belongs_to_its_source() -> None:
    """IoT's CreatePolicy is not IAM's."""
    assert (route_of(IOT, "CreatePolicy"), route_of(IAM, "CreatePolicy")) == (Route.IOT_POLICY, Route.POLICY)


def test_a_read_is_not_routed() -> None:
    """A call that changes nothing has no route."""
    assert route_of(IAM, "GetRole") is None


def test_an_unknown_source_has_no_event_names() -> None:
    """A source that the table does not have yields no names."""
    assert event_names("sqs.amazonaws.com") == ()


def test_every_route_has_a_sample_event_named_after_it() -> None:
    """Each routed event has a file in `events/` that holds that very event; its service may come first."""
    for source, name in ROUTES:
        own = EVENTS / f"{source.partition('.')[0]}-{name}.json"
        path = own if own.exists() else EVENTS / f"{name}.json"
        detail = json.loads(path.read_text(encoding="utf-8"))["detail"]
        assert (detail["eventSource"], without_version(source, detail["eventName"])) == (source, name)
