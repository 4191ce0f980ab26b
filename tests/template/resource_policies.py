"""Who gets at queues, topics and buckets by their own policies: whoever is let in says for whom, all others are out."""

from collections.abc import Callable

from tests.template.reading import Properties, Template, actions, as_list, of_type, referred, services

POLICIES = ("AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy", "AWS::S3::BucketPolicy")
OWNERS = ("AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::S3::Bucket")

# Every action that a policy of the type may name: SNS refuses `sns:*`.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
_OF_TOPICS = (
    *("AddPermission", "DeleteTopic", "GetTopicAttributes", "ListSubscriptionsByTopic", "Publish"),
    *("RemovePermission", "SetTopicAttributes", "Subscribe"),
)
EVERY_ACTION = {
    "AWS::SQS::QueuePolicy": {"sqs:*"},
    "AWS::SNS::TopicPolicy": {f"sns:{name}" for name in _OF_TOPICS},
    "AWS::S3::BucketPolicy": {"s3:*"},
}
IN_THE_CLEAR = {"Bool": {"aws:SecureTransport": "false"}}
OF_ANOTHER_ACCOUNT = {
    "StringNotEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}},
    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
}


def find_open_doors(template: Template) -> list[str]:
    """Return each Allow to a service in a policy of a queue, topic or bucket that does not say on whose behalf."""
    owners = of_type(template, *POLICIES)
    return [
        f"{owner}/{statement.get('Sid')} lets anybody in"
        for owner, policy in owners.items()
        for statement in as_list(policy["PolicyDocument"]["Statement"])
        if statement["Effect"] == "Allow" and not (services(statement) and _source(statement))
    ]


def _source(statement: Properties) -> bool:
    keys = {key for test in statement.get("Condition", {}).values() for key in test}
    return bool(keys & {"aws:SourceArn", "aws:SourceAccount"})


def find_replaced_policies(template: Template) -> list[str]:
    """Return each queue, topic and bucket that two policies are for: it keeps the later one alone."""
    owners = [owner for policy in of_type(template, *POLICIES).values() for owner in _owners(policy)]
    return [f"{name} has more than one policy" for name in sorted(set(owners)) if owners.count(name) > 1]


def find_clear_text(template: Template) -> list[str]:
    """Return each queue, topic and bucket whose policy does not refuse a call without TLS."""
    return [f"{name} takes calls without TLS" for name in _without(template, lambda _, one: _denies(one, IN_THE_CLEAR))]


def find_open_to_other_accounts(template: Template) -> list[str]:
    """Return each queue, topic and bucket whose policy does not refuse every call of another account."""
    return [f"{name} takes calls of other accounts" for name in _without(template, _denies_other_accounts)]


def _denies_other_accounts(kind: str, statement: Properties) -> bool:
    return _denies(statement, OF_ANOTHER_ACCOUNT) and set(actions(statement)) == EVERY_ACTION[kind]


def _denies(statement: Properties, condition: Properties) -> bool:
    of_anybody = statement["Effect"] == "Deny" and statement.get("Principal") == "*"
    return of_anybody and statement.get("Condition") == condition


def _without(template: Template, is_kept: Callable[[str, Properties], bool]) -> list[str]:
    """Return the queues, topics and buckets in whose policy no statement is as it has to be."""
    kept = {
        owner
        for kind in POLICIES
        for policy in of_type(template, kind).values()
        if any(is_kept(kind, statement) for statement in as_list(policy["PolicyDocument"]["Statement"]))
        for owner in _owners(policy)
    }
    return [name for name in of_type(template, *OWNERS) if name not in kept]


def _owners(policy: Properties) -> list[str]:
    named = [*policy.get("Queues", []), *policy.get("Topics", []), *as_list(policy.get("Bucket"))]
    return [name for name in map(referred, named) if name]
