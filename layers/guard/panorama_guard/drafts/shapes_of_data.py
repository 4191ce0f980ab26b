"""Reads what a template or a plan says of secrets, log groups, policies of AWS IoT and dashboards."""

import re
from collections.abc import Callable, Iterator, Mapping

from panorama_guard.case import dashboard, iot, log_group, secret
from panorama_guard.drafts.filling import as_object
from panorama_guard.drafts.made import Made, member_at, name_after, structure, word_at
from panorama_guard.drafts.node import Node, parts_of
from panorama_guard.drafts.resources import Around, DraftPart, DraftResource

Shaped = Iterator[DraftResource]
Shape = Callable[[Made, Around], Shaped]
_SUFFIX = re.compile(r"-[A-Za-z0-9]{6}$")  # what Secrets Manager puts at the end of a secret's ARN
_GROUP = re.compile(r":log-group:([^:*?]*)")
_STAND_INS = ("/aws/panorama_device/example", "/aws/greengrass/example")  # of what a pattern is of
_MASKED = "ACTIVATED"


def secret_name(node: Node) -> Node:
    """Return the name of a secret, by its name or ARN."""
    name = name_after(node, ":secret:")
    is_arn = word_at(node).startswith("arn:")
    if is_arn and isinstance(name.value, str):
        return Node(_SUFFIX.sub("", name.value), name.line)
    return name


def _secret(name: str, key: str, replicas: str, region: str) -> Shape:
    """Return how a secret is read: its key, its copies, and the policy that a plan may have in it."""

    def shaped(made: Made, _: Around) -> Shaped:
        parts = []
        if found := made.get(key):
            parts.append(DraftPart(secret.KEY, found, found.line or made.line, service="kms"))
        copies = tuple(
            structure(one.line, Region=member_at(one, region), KmsKeyId=member_at(one, key))
            for one in made.listed(replicas)
        )
        if copies:
            parts.append(DraftPart(secret.REPLICATION, Node(copies, made.line), made.line, service="kms"))
        yield DraftResource(secret.TYPE, secret_name(made.get(name) or made.name), made.line, tuple(parts))
        if policy := made.get("policy"):
            yield _policy_of(secret.TYPE, secret_name(made.get(name) or made.name), secret.POLICY, policy, made)

    return shaped


def _policy_of(kind: str, name: Node, part: str, policy: Node, made: Made) -> DraftResource:
    line = policy.line or made.line
    document = DraftPart(part, policy, line, is_document=True, is_sure=made.is_sure)
    return DraftResource(kind, name, line, (document,))


def _secret_policy(member: str, document: str) -> Shape:
    def shaped(made: Made, _: Around) -> Shaped:
        name, policy = made.get(member), made.get(document)
        if name is not None and policy is not None:
            yield _policy_of(secret.TYPE, secret_name(name), secret.POLICY, policy, made)

    return shaped


def _rotation(member: str, function: str) -> Shape:
    """Return how it is read which function is handed a secret."""

    def shaped(made: Made, _: Around) -> Shaped:
        name, target = made.get(member), made.get(function)
        if name is not None and target is not None:
            value = structure(made.line, Rotations=(structure(target.line, RotationLambdaARN=target),))
            part = DraftPart(secret.ROTATION, value, target.line or made.line, service="lambda")
            yield DraftResource(secret.TYPE, secret_name(name), made.line, (part,))

    return shaped


def group_name(node: Node) -> Node:
    """Return the name of a log group, by its name or ARN."""
    return name_after(node, ":log-group:", ":")


def _log_group(name: str, days: str, key: str) -> Shape:
    """Return how a log group is read: how long events are kept, and by whose key."""

    def shaped(made: Made, _: Around) -> Shaped:
        parts = []
        kept, by = made.get(days), made.get(key)
        if kept is not None and word_at(kept) != "0":
            parts.append(DraftPart(log_group.RETENTION, kept, kept.line or made.line, fills=(365, 1)))
        if by is not None:
            parts.append(DraftPart(log_group.KEY, by, by.line or made.line, service="kms"))
        yield DraftResource(log_group.TYPE, made.get(name) or made.name, made.line, tuple(parts))
        if policy := made.get("ResourcePolicyDocument"):
            part = log_group.policy_part("of the log group")
            yield _policy_of(log_group.TYPE, made.get(name) or made.name, part, policy, made)

    return shaped


def _filter(name: str, group: str, target: str, role: str) -> Shape:
    """Return how a subscription is read: where the events of a log group go, and as whom they are sent."""

    def shaped(made: Made, _: Around) -> Shaped:
        of, to = made.get(group), made.get(target)
        if of is None or to is None:
            return
        entry = structure(to.line, destinationArn=to, roleArn=made.get(role))
        told = word_at(made.values, name) or made.where.partition(" ")[0]
        value = structure(made.line, Filters=(entry,))
        part = DraftPart(log_group.filter_part(told), value, to.line or made.line, service="logs")
        yield DraftResource(log_group.TYPE, group_name(of), made.line, (part,))

    return shaped


def _account_policy(names: tuple[str, str, str]) -> Shape:
    """Return how a subscription of all log groups is read: by one of each pattern, for which it stands."""
    name, kind, document = names

    def shaped(made: Made, _: Around) -> Shaped:
        policy = made.get(document)
        if policy is None or word_at(made.values, kind) not in ("SUBSCRIPTION_FILTER_POLICY", ""):
            return
        to = as_object(policy).get("DestinationArn") or Node(None, made.line)
        value = structure(made.line, Filters=(structure(made.line, destinationArn=to),))
        told = log_group.subscription_part(word_at(made.values, name) or made.where)
        part = DraftPart(told, value, policy.line or made.line, service="logs")
        for one in _STAND_INS:
            yield DraftResource(log_group.TYPE, Node(one, made.line), made.line, (part,))

    return shaped


def _log_policy(name: str, document: str) -> Shape:
    """Return how a resource policy of the account is read: on each log group that it names, by pattern or name."""

    def shaped(made: Made, _: Around) -> Shaped:
        policy = made.get(document)
        if policy is None:
            return
        part = log_group.policy_part(word_at(made.values, name) or made.where.partition(" ")[0])
        for one in _groups_in(as_object(policy)):
            yield _policy_of(log_group.TYPE, Node(one, made.line), part, policy, made)

    return shaped


def _groups_in(policy: Node) -> Iterator[str]:
    """Yield the log groups that a policy is about, a stand-in for each pattern of some that may be guarded."""
    statements = policy.get("Statement")
    texts = [text for one in (statements.items if statements else ()) for text in _resources(one)]
    named = [found for text in texts for found in _GROUP.findall(text)] if texts else [""]
    named += [""] if any(":log-group:" not in text for text in texts) else []
    first = (next((one for one in _STAND_INS if one.startswith(name)), name) for name in named)
    yield from dict.fromkeys(first)


def _resources(statement: Node) -> Iterator[str]:
    for name in ("Resource", "NotResource"):
        found = statement.get(name)
        for item in found.items if found is not None else ():
            yield "".join(part if isinstance(part, str) else "*" for part in parts_of(item))


def _device_policy(name: str, document: str) -> Shape:
    """Return how a policy of AWS IoT is read: what devices may do by it."""

    def shaped(made: Made, _: Around) -> Shaped:
        policy = made.get(document)
        if policy is not None:
            yield _policy_of(iot.POLICY, made.get(name) or made.name, iot.DEFAULT, policy, made)

    return shaped


def _dashboard(name: str, body: str) -> Shape:
    """Return how a dashboard is read: which functions it calls."""

    def shaped(made: Made, _: Around) -> Shaped:
        found = made.get(body)
        widgets = as_object(found).get("widgets") if found is not None else None
        called = tuple(
            endpoint
            for widget in (widgets.items if widgets else ())
            if word_at(widget, "type") == "custom" and (endpoint := member_at(widget, "properties", "endpoint"))
        )
        if found is not None and called:
            part = DraftPart(dashboard.ENDPOINTS, Node(called, found.line), found.line or made.line, service="lambda")
            yield DraftResource(dashboard.TYPE, made.get(name) or made.name, made.line, (part,))

    return shaped


SHAPES: Mapping[str, Shape] = {
    "AWS::SecretsManager::Secret": _secret("Name", "KmsKeyId", "ReplicaRegions", "Region"),
    "AWS::SecretsManager::ResourcePolicy": _secret_policy("SecretId", "ResourcePolicy"),
    "AWS::SecretsManager::RotationSchedule": _rotation("SecretId", "RotationLambdaARN"),
    "aws_secretsmanager_secret": _secret("name", "kms_key_id", "replica", "region"),
    "aws_secretsmanager_secret_policy": _secret_policy("secret_arn", "policy"),
    "aws_secretsmanager_secret_rotation": _rotation("secret_id", "rotation_lambda_arn"),
    "AWS::Logs::LogGroup": _log_group("LogGroupName", "RetentionInDays", "KmsKeyId"),
    "AWS::Logs::ResourcePolicy": _log_policy("PolicyName", "PolicyDocument"),
    "AWS::Logs::SubscriptionFilter": _filter("FilterName", "LogGroupName", "DestinationArn", "RoleArn"),
    "AWS::Logs::AccountPolicy": _account_policy(("PolicyName", "PolicyType", "PolicyDocument")),
    "aws_cloudwatch_log_group": _log_group("name", "retention_in_days", "kms_key_id"),
    "aws_cloudwatch_log_resource_policy": _log_policy("policy_name", "policy_document"),
    "aws_cloudwatch_log_subscription_filter": _filter("name", "log_group_name", "destination_arn", "role_arn"),
    "aws_cloudwatch_log_account_policy": _account_policy(("policy_name", "policy_type", "policy_document")),
    "AWS::IoT::Policy": _device_policy("PolicyName", "PolicyDocument"),
    "aws_iot_policy": _device_policy("name", "policy"),
    "AWS::CloudWatch::Dashboard": _dashboard("DashboardName", "DashboardBody"),
    "aws_cloudwatch_dashboard": _dashboard("dashboard_name", "dashboard_body"),
}
