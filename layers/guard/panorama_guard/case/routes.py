"""Which calls can change a guarded role or resource, and where each says whom it was done to.

The table is keyed by (event source, event name) because services share event names: `CreatePolicy` is IAM's and IoT's.
The event patterns of the template hold the same names; a test compares them.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

from panorama_guard.case.route import Route
from panorama_guard.case.routes_of_anywhere import ANYWHERE, ANYWHERE_EVENTS
from panorama_guard.case.routes_of_devices import GREENGRASS, GREENGRASS_EVENTS, IOT, IOT_EVENTS
from panorama_guard.case.routes_of_models import MONITORING, MONITORING_EVENTS, SAGEMAKER, SAGEMAKER_EVENTS

__all__ = [
    "GREENGRASS",
    "IAM",
    "IOT",
    "LAMBDA",
    "LOGS",
    "MONITORING",
    "ROUTES",
    "S3",
    "SAGEMAKER",
    "SECRETS",
    "SURROUNDING",
    "Route",
    "event_names",
    "route_of",
    "without_version",
]

IAM = "iam.amazonaws.com"

_IAM_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateRole": Route.ROLE,
        "AcquireRole": Route.ROLE,
        "DeleteRole": Route.ROLE,
        "UpdateAssumeRolePolicy": Route.ROLE,
        "PutRolePolicy": Route.ROLE,
        "DeleteRolePolicy": Route.ROLE,
        "AttachRolePolicy": Route.ROLE,
        "DetachRolePolicy": Route.ROLE,
        "PutRolePermissionsBoundary": Route.ROLE,
        "DeleteRolePermissionsBoundary": Route.ROLE,
        "UpdateRole": Route.ROLE,
        "UpdateRoleDescription": Route.ROLE,
        "TagRole": Route.ROLE,
        "UntagRole": Route.ROLE,
        "AddRoleToInstanceProfile": Route.INSTANCE_PROFILE,
        "RemoveRoleFromInstanceProfile": Route.INSTANCE_PROFILE,
        "CreateServiceLinkedRole": Route.SERVICE_LINKED,
        "DeleteServiceLinkedRole": Route.SERVICE_LINKED,
        "CreatePolicy": Route.POLICY,
        "CreatePolicyVersion": Route.POLICY,
        "SetDefaultPolicyVersion": Route.POLICY,
        "DeletePolicyVersion": Route.POLICY,
        "DeletePolicy": Route.POLICY,
        "CreateOpenIDConnectProvider": Route.PROVIDER,
        "DeleteOpenIDConnectProvider": Route.PROVIDER,
        "AddClientIDToOpenIDConnectProvider": Route.PROVIDER,
        "RemoveClientIDFromOpenIDConnectProvider": Route.PROVIDER,
        "UpdateOpenIDConnectProviderThumbprint": Route.PROVIDER,
        "CreateSAMLProvider": Route.PROVIDER,
        "UpdateSAMLProvider": Route.PROVIDER,
        "DeleteSAMLProvider": Route.PROVIDER,
        "PutAccountProperties": Route.ACCOUNT,
        "AcceptDelegationRequest": Route.ACCOUNT,
        "SendDelegationToken": Route.ACCOUNT,
    }
)

# Those after which what is around a role may be otherwise than before, and not only what it may do.
SURROUNDING = frozenset(
    {
        *("CreateRole", "AcquireRole", "DeleteRole", "CreateServiceLinkedRole", "DeleteServiceLinkedRole"),
        *("AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"),
    }
)

S3 = "s3.amazonaws.com"

# As CloudTrail writes them, which is not always as the API does.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
_S3_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateBucket": Route.BUCKET,
        "DeleteBucket": Route.BUCKET_POLICY,
        "PutBucketPolicy": Route.BUCKET_POLICY,
        "DeleteBucketPolicy": Route.BUCKET_POLICY,
        "PutBucketAcl": Route.BUCKET,
        "PutBucketOwnershipControls": Route.BUCKET,
        "DeleteBucketOwnershipControls": Route.BUCKET,
        "PutBucketPublicAccessBlock": Route.BUCKET,
        "DeleteBucketPublicAccessBlock": Route.BUCKET,
        "PutBucketReplication": Route.BUCKET,
        "DeleteBucketReplication": Route.BUCKET,
        "PutBucketWebsite": Route.BUCKET,
        "DeleteBucketWebsite": Route.BUCKET,
        "PutBucketCors": Route.BUCKET,
        "DeleteBucketCors": Route.BUCKET,
        "PutBucketNotification": Route.BUCKET,
        "PutBucketLifecycle": Route.BUCKET,
        "DeleteBucketLifecycle": Route.BUCKET,
        "PutBucketEncryption": Route.BUCKET,
        "DeleteBucketEncryption": Route.BUCKET,
        "PutBucketVersioning": Route.BUCKET,
        "PutBucketLogging": Route.BUCKET,
        "PutBucketInventoryConfiguration": Route.BUCKET,
        "DeleteBucketInventoryConfiguration": Route.BUCKET,
        "PutBucketAnalyticsConfiguration": Route.BUCKET,
        "DeleteBucketAnalyticsConfiguration": Route.BUCKET,
        "CreateAccessPoint": Route.ACCESS_POINT,
        "DeleteAccessPoint": Route.ACCESS_POINT,
        "PutAccessPointPolicy": Route.ACCESS_POINT,
        "DeleteAccessPointPolicy": Route.ACCESS_POINT,
        "PutAccountPublicAccessBlock": Route.EVERY_BUCKET,
        "DeleteAccountPublicAccessBlock": Route.EVERY_BUCKET,
    }
)

LAMBDA = "lambda.amazonaws.com"

# As the API calls them. CloudTrail puts the date of an API's version behind most, as in `AddPermission20150331v2`.
# https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
_LAMBDA_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateFunction": Route.FUNCTION_ROLE,
        "UpdateFunctionConfiguration": Route.FUNCTION_ROLE,
        "UpdateFunctionCode": Route.FUNCTION,
        "DeleteFunction": Route.FUNCTION_ROLE,
        "AddPermission": Route.FUNCTION,
        "RemovePermission": Route.FUNCTION,
        "PutResourcePolicy": Route.FUNCTION,
        "DeleteResourcePolicy": Route.FUNCTION,
        "CreateFunctionUrlConfig": Route.FUNCTION,
        "UpdateFunctionUrlConfig": Route.FUNCTION,
        "DeleteFunctionUrlConfig": Route.FUNCTION,
        "PublishVersion": Route.FUNCTION,
        "CreateAlias": Route.FUNCTION,
        "UpdateAlias": Route.FUNCTION,
        "DeleteAlias": Route.FUNCTION,
        "CreateEventSourceMapping": Route.FUNCTION,
        "UpdateEventSourceMapping": Route.FUNCTION,
        "DeleteEventSourceMapping": Route.FUNCTION,
        "PutFunctionEventInvokeConfig": Route.FUNCTION,
        "UpdateFunctionEventInvokeConfig": Route.FUNCTION,
        "DeleteFunctionEventInvokeConfig": Route.FUNCTION,
    }
)
_VERSION_OF_API = re.compile(r"20\d{6}(v\d+)?$", re.ASCII | re.IGNORECASE)

SECRETS = "secretsmanager.amazonaws.com"

# What a secret holds, its versions and its tags decide nothing about who reaches it.
_SECRETS_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateSecret": Route.SECRET,
        "DeleteSecret": Route.SECRET,
        "RestoreSecret": Route.SECRET,
        "UpdateSecret": Route.SECRET,
        "PutResourcePolicy": Route.SECRET,
        "DeleteResourcePolicy": Route.SECRET,
        "ReplicateSecretToRegions": Route.SECRET,
        "RemoveRegionsFromReplication": Route.SECRET,
        "StopReplicationToReplica": Route.SECRET,
        "RotateSecret": Route.SECRET,
        "CancelRotateSecret": Route.SECRET,
    }
)

LOGS = "logs.amazonaws.com"

# PutDestinationPolicy is none of them: it says who may send to a destination, not where that one sends what it gets.
_LOGS_EVENTS: Mapping[str, Route] = MappingProxyType(
    {
        "CreateLogGroup": Route.LOG_GROUP,
        "DeleteLogGroup": Route.LOG_GROUP,
        "PutSubscriptionFilter": Route.LOG_GROUP,
        "DeleteSubscriptionFilter": Route.LOG_GROUP,
        "PutRetentionPolicy": Route.LOG_GROUP,
        "DeleteRetentionPolicy": Route.LOG_GROUP,
        "AssociateKmsKey": Route.LOG_GROUP,
        "DisassociateKmsKey": Route.LOG_GROUP,
        "PutDataProtectionPolicy": Route.LOG_GROUP,
        "DeleteDataProtectionPolicy": Route.LOG_GROUP,
        "PutResourcePolicy": Route.LOG_POLICY,
        "DeleteResourcePolicy": Route.LOG_POLICY,
        "PutAccountPolicy": Route.EVERY_LOG_GROUP,
        "DeleteAccountPolicy": Route.EVERY_LOG_GROUP,
        "PutDestination": Route.EVERY_LOG_GROUP,
        "DeleteDestination": Route.EVERY_LOG_GROUP,
    }
)

_EVENTS: Mapping[str, Mapping[str, Route]] = MappingProxyType(
    {
        IAM: _IAM_EVENTS,
        S3: _S3_EVENTS,
        LAMBDA: _LAMBDA_EVENTS,
        SECRETS: _SECRETS_EVENTS,
        LOGS: _LOGS_EVENTS,
        IOT: IOT_EVENTS,
        SAGEMAKER: SAGEMAKER_EVENTS,
        GREENGRASS: GREENGRASS_EVENTS,
        MONITORING: MONITORING_EVENTS,
        ANYWHERE: ANYWHERE_EVENTS,
    }
)
ROUTES: Mapping[tuple[str, str], Route] = MappingProxyType(
    {(source, name): route for source, events in _EVENTS.items() for name, route in events.items()}
)

_LOWER_CASE: Mapping[tuple[str, str], Route] = MappingProxyType(
    {(source.lower(), name.lower()): route for (source, name), route in ROUTES.items()}
)


def route_of(source: str, name: str) -> Route | None:
    """Return where a call says whom it was done to, or None if it changes nothing that is guarded; case is ignored."""
    return _LOWER_CASE.get((source.lower(), without_version(source, name).lower()))


def without_version(source: str, name: str) -> str:
    """Return the name of an event without the version of Lambda's API, which other services do not write."""
    return _VERSION_OF_API.sub("", name) if source.lower() == LAMBDA else name


def event_names(source: str) -> tuple[str, ...]:
    """Return the routed event names of one source, as CloudTrail writes them, in the order of the table."""
    return tuple(name for key, name in ROUTES if key == source)
