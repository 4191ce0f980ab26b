"""What each call needs: the IAM actions, on which resources, with which condition keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.iam.models import IAMBackend, Role
from moto.kms.models import kms_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local.assuming import assuming
from local.emulator import PARTITION, iam_backend
from local.requirement import Requirement, type_context, type_resolver
from local.requirements_devices import greengrass_requirement, iot_requirement
from local.requirements_lambda import lambda_requirement
from local.requirements_models import anywhere_requirement, sagemaker_requirement
from local.requirements_s3 import s3_requirement
from local.requirements_stores import on_log_group, on_secret
from local.wire import Call, signing_name

_KEY_ID: Final = re.compile(r"^[\w-]+$", re.ASCII)


__all__: Final = ["Requirement", "key_arn", "requirements_of", "type_context"]


def requirements_of(call: Call, account: str) -> tuple[Requirement, ...] | None:
    """Return all permissions the call needs in the account, or None when the table does not know the operation."""
    if call.service == "iam":
        return (_iam_requirement(call, account),)
    if call.service in ("s3", "s3control"):
        return s3_requirement(call, account)
    if call.service in _BY_SERVICE:
        return _BY_SERVICE[call.service](call, account)
    resolver = _RESOLVERS.get((call.service, call.operation))
    return None if resolver is None else resolver(call, account)


# --- IAM ----------------------------------------------------------------------------------------------------------


def _iam_requirement(call: Call, account: str) -> Requirement:
    backend = iam_backend(account)
    return Requirement(f"iam:{call.operation}", _iam_resource(call, account, backend), _iam_context(call, backend))


def _iam_resource(call: Call, account: str, backend: IAMBackend) -> str:
    for parameter, find in _IAM_SUBJECTS.items():
        if name := call.text(parameter):
            return find(name, call, account, backend)
    return "*"  # listings are authorised on no resource


def _role_arn(name: str, call: Call, account: str, backend: IAMBackend) -> str:
    role = _role(backend, name)
    return role.arn if role else _new_arn("role", name, call, account)


def _user_arn(name: str, call: Call, account: str, backend: IAMBackend) -> str:
    user = backend.users.get(name)
    return user.arn if user else _new_arn("user", name, call, account)


def _group_arn(name: str, call: Call, account: str, backend: IAMBackend) -> str:
    group = backend.groups.get(name)
    return group.arn if group else _new_arn("group", name, call, account)


def _profile_arn(name: str, call: Call, account: str, backend: IAMBackend) -> str:
    profile = next((each for each in backend.instance_profiles.values() if each.name == name), None)
    return profile.arn if profile else _new_arn("instance-profile", name, call, account)


def _given_arn(arn: str, _: Call, __: str, ___: IAMBackend) -> str:
    return arn


def _new_policy_arn(name: str, call: Call, account: str, _: IAMBackend) -> str:
    return _new_arn("policy", name, call, account)


def _new_arn(kind: str, name: str, call: Call, account: str) -> str:
    return f"arn:{PARTITION}:iam::{account}:{kind}{call.text('Path', '/')}{name}"


# The first parameter given is the subject: AttachRolePolicy's is the role, AddRoleToInstanceProfile's the profile.
_IAM_SUBJECTS: Final[Mapping[str, Callable[[str, Call, str, IAMBackend], str]]] = {
    "InstanceProfileName": _profile_arn,
    "RoleName": _role_arn,
    "GroupName": _group_arn,
    "UserName": _user_arn,
    "PolicyArn": _given_arn,
    "PolicyName": _new_policy_arn,
    "OpenIDConnectProviderArn": _given_arn,
    "SAMLProviderArn": _given_arn,
}


def _iam_context(call: Call, backend: IAMBackend) -> type_context:
    context: list[tuple[str, tuple[str, ...]]] = []
    if call.text("PolicyArn") and call.text("RoleName"):
        context.append(("iam:PolicyARN", (call.text("PolicyArn"),)))
    role = _role(backend, call.text("RoleName"))
    boundary = call.text("PermissionsBoundary") or (role and role.permissions_boundary_arn)
    if boundary:
        context.append(("iam:PermissionsBoundary", (boundary,)))
    context += [(f"iam:ResourceTag/{tag['Key']}", (tag["Value"],)) for tag in (role.tags if role else [])]
    return tuple(context)


def _role(backend: IAMBackend, name: str) -> Role | None:
    return next((role for role in backend.roles.values() if role.name == name), None)


# --- SQS, SNS, DynamoDB: the call on the resource, and the use of the resource's key ---------------------------------


def _on_queue(call: Call, account: str) -> tuple[Requirement, ...]:
    name = call.text("QueueUrl").rsplit("/", 1)[-1] or call.text("QueueName")
    arn = f"arn:{PARTITION}:sqs:{call.region}:{account}:{name}"
    action = call.operation.removesuffix("Batch")  # a batch needs the single call's permission
    needed = (Requirement(f"sqs:{action}", arn),)
    queue = sqs_backends[account][call.region].queues.get(name)
    key = getattr(queue, "kms_master_key_id", None)
    uses = _QUEUE_KEY_USES.get(action, ())
    return needed + _key_uses(call, account, key, uses, ("kms:EncryptionContext:aws:sqs:arn", (arn,)))


def _on_topic(call: Call, account: str) -> tuple[Requirement, ...]:
    arn = call.text("TopicArn") or call.text("TargetArn") or "*"
    topic = sns_backends[account][call.region].topics.get(arn)
    key = getattr(topic, "kms_master_key_id", None)
    needed = (Requirement(f"sns:{call.operation.removesuffix('Batch')}", arn),)
    return needed + _key_uses(call, account, key, _PUBLISH_KEY_USES, ("kms:EncryptionContext:aws:sns:topicArn", (arn,)))


def _reads_topic(call: Call, _: str) -> tuple[Requirement, ...]:
    return (Requirement(f"sns:{call.operation}", call.text("TopicArn") or "*"),)  # attributes need no key


def _on_table(call: Call, account: str) -> tuple[Requirement, ...]:
    name = call.text("TableName").rsplit("/", 1)[-1]
    arn = f"arn:{PARTITION}:dynamodb:{call.region}:{account}:table/{name}"
    index = call.text("IndexName")
    resource = f"{arn}/index/{index}" if index else arn
    return (Requirement(f"dynamodb:{call.operation}", resource), *_table_key_uses(call, account, name))


def _on_stream(call: Call, account: str) -> tuple[Requirement, ...]:
    # moto's shard iterators begin with the stream they are for.
    arn = call.text("StreamArn") or call.text("ShardIterator").split("|", 1)[0]
    return (Requirement(f"dynamodb:{call.operation}", arn), *_table_key_uses(call, account, arn.split("/")[1]))


def _table_key_uses(call: Call, account: str, table_name: str) -> tuple[Requirement, ...]:
    table = dynamodb_backends[account][call.region].tables.get(table_name)
    sse: Mapping[str, Any] = getattr(table, "sse_specification", None) or {}
    context = ("kms:EncryptionContext:aws:dynamodb:tableName", (table_name,))
    return _key_uses(call, account, sse.get("KMSMasterKeyId"), ("kms:Decrypt",), context)


_QUEUE_KEY_USES: Final[Mapping[str, tuple[str, ...]]] = {
    "SendMessage": ("kms:GenerateDataKey", "kms:Decrypt"),
    "ReceiveMessage": ("kms:Decrypt",),
}
_PUBLISH_KEY_USES: Final = ("kms:GenerateDataKey", "kms:Decrypt")


def _key_uses(
    call: Call, account: str, key: str | None, actions: tuple[str, ...], encryption: tuple[str, tuple[str, ...]]
) -> tuple[Requirement, ...]:
    if not key or not actions:
        return ()
    arn = key_arn(key, call.region, account)
    context = (
        ("kms:ViaService", (f"{signing_name(call.service)}.{call.region}.amazonaws.com",)),
        ("kms:CallerAccount", (account,)),
    )
    return tuple(Requirement(action, arn, (*context, encryption)) for action in actions)


def key_arn(key: str, region: str, account: str) -> str:
    """Return the ARN of a key named by id, ARN or alias."""
    backend = kms_backends[account][region]
    alias = key.split(":", 5)[-1]
    if alias.startswith("alias/"):
        found = backend.get_key_id_from_alias(alias)
        key = found or key
    return f"arn:{PARTITION}:kms:{region}:{account}:key/{key}" if _KEY_ID.match(key) else key


# --- the rest -------------------------------------------------------------------------------------------------------


def _on_key(call: Call, account: str) -> tuple[Requirement, ...]:
    key = call.text("KeyId")
    return (Requirement(f"kms:{call.operation}", key_arn(key, call.region, account) if key else "*"),)


def _on_log_group(call: Call, account: str) -> tuple[Requirement, ...]:
    # Logs authorises on the stream also where there is none: its denials end in `:log-stream:`.
    group = f"arn:{PARTITION}:logs:{call.region}:{account}:log-group:{call.text('logGroupName')}"
    return (Requirement(f"logs:{call.operation}", f"{group}:log-stream:{call.text('logStreamName')}"),)


def _on_nothing(call: Call, _: str) -> tuple[Requirement, ...]:
    return (Requirement(f"{call.service}:{call.operation}", "*"),)  # the action knows no resource


def _put_metrics(call: Call, _: str) -> tuple[Requirement, ...]:
    namespace = (("cloudwatch:namespace", (call.text("Namespace"),)),)
    return (Requirement("cloudwatch:PutMetricData", "*", namespace),)


def _on_dashboard(call: Call, account: str) -> tuple[Requirement, ...]:
    name = call.text("DashboardName")
    arn = f"arn:{PARTITION}:cloudwatch::{account}:dashboard/{name}"
    return (Requirement(f"cloudwatch:{call.operation}", arn if name else "*"),)


def _on_rule(call: Call, account: str) -> tuple[Requirement, ...]:
    arn = f"arn:{PARTITION}:events:{call.region}:{account}:rule/{call.text('Name')}"
    return (Requirement(f"events:{call.operation}", arn),)


def _put_events(call: Call, account: str) -> tuple[Requirement, ...]:
    return tuple(_put_event(entry, call, account) for entry in call.parameters.get("Entries", []))


def _put_event(entry: Mapping[str, Any], call: Call, account: str) -> Requirement:
    bus = str(entry.get("EventBusName", "default")).rpartition("/")[2]
    context = (
        ("events:source", (str(entry.get("Source", "")),)),
        ("events:detail-type", (str(entry.get("DetailType", "")),)),
    )
    return Requirement("events:PutEvents", f"arn:{PARTITION}:events:{call.region}:{account}:event-bus/{bus}", context)


def _import_findings(call: Call, _: str) -> tuple[Requirement, ...]:
    products = {str(finding.get("ProductArn", "*")) for finding in call.parameters.get("Findings", [])}
    return tuple(Requirement("securityhub:BatchImportFindings", product) for product in sorted(products))


def _needs_nothing(_: Call, __: str) -> tuple[Requirement, ...]:
    return ()  # GetCallerIdentity is answered without any permission


def _each(service: str, operations: str, resolver: type_resolver) -> dict[tuple[str, str], type_resolver]:
    return {(service, operation): resolver for operation in operations.split()}


_BY_SERVICE: Final[Mapping[str, Callable[[Call, str], tuple[Requirement, ...] | None]]] = {
    "lambda": lambda_requirement,
    "iot": iot_requirement,
    "sagemaker": sagemaker_requirement,
    "rolesanywhere": anywhere_requirement,
    "greengrass": greengrass_requirement,
    "greengrassv2": greengrass_requirement,
}
_RESOLVERS: Final[Mapping[tuple[str, str], type_resolver]] = {
    **_each("sqs", "SendMessage SendMessageBatch ReceiveMessage DeleteMessage DeleteMessageBatch", _on_queue),
    **_each("sqs", "GetQueueAttributes GetQueueUrl ChangeMessageVisibility ChangeMessageVisibilityBatch", _on_queue),
    **_each("sns", "Publish PublishBatch", _on_topic),
    **_each("sns", "GetTopicAttributes", _reads_topic),
    **_each("dynamodb", "GetItem PutItem UpdateItem DeleteItem Query Scan DescribeTable", _on_table),
    **_each("dynamodbstreams", "DescribeStream GetRecords GetShardIterator", _on_stream),
    **_each("kms", "Encrypt Decrypt GenerateDataKey DescribeKey Sign Verify", _on_key),
    **_each("logs", "CreateLogGroup CreateLogStream PutLogEvents", _on_log_group),
    **_each("secretsmanager", "DescribeSecret GetResourcePolicy PutResourcePolicy DeleteResourcePolicy", on_secret),
    **_each("secretsmanager", "ListSecrets GetSecretValue", on_secret),
    **_each("logs", "DescribeSubscriptionFilters DeleteSubscriptionFilter PutSubscriptionFilter", on_log_group),
    **_each("logs", "DescribeLogGroups DescribeResourcePolicies DescribeAccountPolicies", on_log_group),
    **_each("logs", "DescribeDestinations PutResourcePolicy DeleteResourcePolicy", on_log_group),
    **_each("cloudwatch", "PutMetricData", _put_metrics),
    **_each("cloudwatch", "GetDashboard ListDashboards", _on_dashboard),
    **_each("cloudwatch", "GetMetricData", _on_nothing),
    **_each("events", "PutEvents", _put_events),
    **_each("events", "EnableRule", _on_rule),
    **_each("events", "ListRules", _on_nothing),
    **_each("securityhub", "BatchImportFindings", _import_findings),
    **_each("sts", "GetCallerIdentity", _needs_nothing),
    **_each("sts", "AssumeRole", assuming),
    **_each("organizations", "ListAccounts", _on_nothing),
}
