"""Who must be able to use which key: derived from what sends to what, never listed by hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.template.reading import Properties, Template, actions, as_list, of_type, referred, role_statements, services

SEND = frozenset({"kms:Decrypt", "kms:GenerateDataKey"})
READ = frozenset({"kms:Decrypt"})
LOG = frozenset({"kms:Encrypt", "kms:Decrypt", "kms:ReEncryptTo", "kms:GenerateDataKey", "kms:DescribeKey"})

# What is to work without the key: it tells that somebody changed the key, and holds nothing that the trail has not.
IN_THE_CLEAR = frozenset({"GuardWatchTopic"})

_RULE = ("BucketEncryption", "ServerSideEncryptionConfiguration", 0)

# Where a type of resource names its key, and the service through which a role uses it.
KEYS: dict[str, tuple[str, tuple[str | int, ...]]] = {
    "AWS::SQS::Queue": ("sqs", ("KmsMasterKeyId",)),
    "AWS::SNS::Topic": ("sns", ("KmsMasterKeyId",)),
    "AWS::DynamoDB::Table": ("dynamodb", ("SSESpecification", "KMSMasterKeyId")),
    "AWS::Logs::LogGroup": ("logs", ("KmsKeyId",)),
    "AWS::S3::Bucket": ("s3", (*_RULE, "ServerSideEncryptionByDefault", "KMSMasterKeyID")),
}
# EventBridge passes no source condition on to KMS: with one, its events would vanish.
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
WITHOUT_SOURCE = frozenset({"events.amazonaws.com"})


@dataclass(frozen=True, slots=True)
class Use:
    """One user of one encrypted resource: a service principal, or a role by its logical id."""

    user: str
    target: str
    needs: frozenset[str]
    is_service: bool


def key_of(template: Template, name: str | None) -> str | None:
    """Return the logical id of the template's key that encrypts a resource."""
    resource = template["Resources"].get(name, {})
    if resource.get("Type") not in KEYS:
        return None
    value = resource["Properties"]
    for step in KEYS[resource["Type"]][1]:
        value = (value or [{}])[step] if isinstance(step, int) else value.get(step, {})
    key = referred(value)
    return key if key in of_type(template, "AWS::KMS::Key") else None


def find_unencrypted(template: Template) -> list[str]:
    """Return the resources that can be encrypted with a key of the stack and are not."""
    return [
        f"{name} is not encrypted with the stack's key"
        for name in of_type(template, *KEYS)
        if not key_of(template, name) and name not in IN_THE_CLEAR
    ]


def find_locked_out(template: Template) -> list[str]:
    """Return each user of an encrypted resource that its key would refuse."""
    return [
        f"{use.user} may not use the key of {use.target}"
        for use in uses(template)
        if (key := key_of(template, use.target)) and not _may_use(template, use, key)
    ]


def find_idle_services(template: Template) -> list[str]:
    """Return each service that a key lets in without any need."""
    needed = {(key_of(template, use.target), use.user) for use in uses(template) if use.is_service}
    return [f"{key} lets in {service}" for key, _, service in _let_in(template) if (key, service) not in needed]


def find_unbounded_services(template: Template) -> list[str]:
    """Return each service that a key lets in on anybody's behalf, though it can say on whose."""
    return [
        f"{key} lets in {service} for any account"
        for key, statement, service in _let_in(template)
        if service not in WITHOUT_SOURCE and "${AWS::AccountId}" not in _bounds(statement)
    ]


def _bounds(statement: Properties) -> str:
    return str(statement.get("Condition", {})).replace("{'Ref': 'AWS::AccountId'}", "${AWS::AccountId}")


def _let_in(template: Template) -> Iterator[tuple[str, Properties, str]]:
    for name, key in of_type(template, "AWS::KMS::Key").items():
        for statement in key["KeyPolicy"]["Statement"]:
            for service in services(statement):
                yield name, statement, service


def uses(template: Template) -> tuple[Use, ...]:
    """Return every use of an encrypted resource that the template makes."""
    found = [*_by_rules(template), *_by_alarms(template), *_by_subscriptions(template), *_by_logs(template)]
    found += [*_by_schedules(template), *_by_mappings(template), *_by_roles(template)]
    return tuple(use for use in found if key_of(template, use.target))


def _by_rules(template: Template) -> Iterator[Use]:
    for rule in of_type(template, "AWS::Events::Rule").values():
        for target in rule["Targets"]:
            for arn in (target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")):
                yield Use("events.amazonaws.com", str(referred(arn)), SEND, is_service=True)


def _by_alarms(template: Template) -> Iterator[Use]:
    for alarm in of_type(template, "AWS::CloudWatch::Alarm").values():
        for kind in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            for action in alarm.get(kind, []):
                yield Use("cloudwatch.amazonaws.com", str(referred(action)), SEND, is_service=True)


def _by_subscriptions(template: Template) -> Iterator[Use]:
    for subscription in of_type(template, "AWS::SNS::Subscription").values():
        yield Use("sns.amazonaws.com", str(referred(subscription["Endpoint"])), SEND, is_service=True)


def _by_logs(template: Template) -> Iterator[Use]:
    for name in of_type(template, "AWS::Logs::LogGroup"):
        yield Use("logs.${AWS::Region}.${AWS::URLSuffix}", name, LOG, is_service=True)


def _by_schedules(template: Template) -> Iterator[Use]:
    for schedule in of_type(template, "AWS::Scheduler::Schedule").values():
        target = schedule["Target"]
        for arn in (target["Arn"], target.get("DeadLetterConfig", {}).get("Arn")):
            yield Use(str(referred(target["RoleArn"])), str(referred(arn)), SEND, is_service=False)


def _by_mappings(template: Template) -> Iterator[Use]:
    functions = of_type(template, "AWS::Lambda::Function")
    for mapping in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        role = str(referred(functions[str(referred(mapping["FunctionName"]))]["Role"]))
        yield Use(role, str(referred(mapping["EventSourceArn"])), READ, is_service=False)
        failed = mapping.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        yield Use(role, str(referred(failed)), SEND, is_service=False)


def _by_roles(template: Template) -> Iterator[Use]:
    needs = {"sqs:SendMessage": SEND, "sns:Publish": SEND, "dynamodb:PutItem": SEND | {"kms:Encrypt"}}
    needs["s3:PutObject"] = frozenset({"kms:GenerateDataKey"})
    needs |= dict.fromkeys(("dynamodb:GetItem", "dynamodb:Query", "sqs:ReceiveMessage"), READ)
    for role in of_type(template, "AWS::IAM::Role"):
        for statement in role_statements(template, role):
            for action in needs.keys() & set(actions(statement)):
                for resource in as_list(statement["Resource"]):
                    yield Use(role, str(referred(resource)), needs[action], is_service=False)


def _may_use(template: Template, use: Use, key: str) -> bool:
    if use.is_service:
        policy = template["Resources"][key]["Properties"]["KeyPolicy"]["Statement"]
        given = [each for each in policy if use.user in services(each) and _passes(each, use)]
    else:
        via, _ = KEYS[template["Resources"][use.target]["Type"]]
        given = [each for each in role_statements(template, use.user) if _is_for(each, key) and _is_via(each, via)]
    allowed = [action for statement in given if statement["Effect"] == "Allow" for action in actions(statement)]
    return all(any(_matches(pattern, need) for pattern in allowed) for need in use.needs)


def _passes(statement: Properties, use: Use) -> bool:
    keys = [key.lower() for test in statement.get("Condition", {}).values() for key in test]
    return use.user not in WITHOUT_SOURCE or not any(key.startswith("aws:source") for key in keys)


def _is_for(statement: Properties, key: str) -> bool:
    return any(referred(resource) == key for resource in as_list(statement["Resource"]))


def _is_via(statement: Properties, service: str) -> bool:
    via: Any = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", f"{service}.")
    return any(
        str(each.get("Fn::Sub") if isinstance(each, dict) else each).startswith(f"{service}.") for each in as_list(via)
    )


def _matches(pattern: str, action: str) -> bool:
    return action.startswith(pattern[:-1]) if pattern.endswith("*") else pattern == action
