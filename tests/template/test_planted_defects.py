"""The checks can fail: each planted defect is found by the check that is meant for it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.template import access, delivery, encryption, keeping, patterns, resource_policies
from tests.template.reading import Template
from tests.template.translation import ROOT, translate

Check = Callable[[Template], list[str]]
ROLE = "Resources.InspectRole.Properties.Policies.0.PolicyDocument.Statement"
KEY = "Resources.GuardKey.Properties.KeyPolicy.Statement"
PATTERN = "Resources.IamChangesRule.Properties.EventPattern"
STREAM = "Resources.NotifyFunctionIncidents.Properties"
BUCKET = "Resources.ReportBucket.Properties"
TOPIC = "Resources.AlertsTopicPolicy.Properties.PolicyDocument.Statement"
OF_QUEUES = tuple(
    f"{name}Policy.Properties.PolicyDocument.Statement"
    for name in ("ChangesQueue", "ChangesDeadLetterQueue", "NotifyDeadLetterQueue")
)
WILD = {"Sid": "Wild", "Effect": "Allow", "Action": "s3:*", "Resource": "*"}
STRANGER = {
    "Sid": "X",
    "Effect": "Allow",
    "Principal": {"Service": "s3.amazonaws.com"},
    "Action": "kms:Decrypt",
    "Resource": "*",
}
GONE = object()

# What is put where, and the check that must see it.
DEFECTS: tuple[tuple[str, Any, Check], ...] = (
    (f"{ROLE}.0", WILD, access.find_wildcards),
    (f"{ROLE}.0.Sid", "Renamed", access.find_wildcards),
    (f"{ROLE}.0.Resource", "arn:aws:iam::1:role/x", access.find_idle_reasons),
    ("Resources.SweepFunction.Properties.Role", {"Fn::GetAtt": ["InspectRole", "Arn"]}, access.find_shared_roles),
    ("Resources.SweepRole.Properties.ManagedPolicyArns", ["arn:aws:iam::aws:policy/X"], access.find_shared_roles),
    (
        "Resources.ChangesQueuePolicy.Properties.PolicyDocument.Statement.0.Condition",
        GONE,
        resource_policies.find_open_doors,
    ),
    (
        "Resources.AlertsTopicPolicy.Properties.PolicyDocument.Statement.0.Principal",
        "*",
        resource_policies.find_open_doors,
    ),
    (
        "Resources.PrivateQueuesPolicy.Properties.Queues.0",
        {"Ref": "ChangesQueue"},
        resource_policies.find_replaced_policies,
    ),
    ("Resources.PrivateQueuesPolicy.Properties.Queues.3", GONE, resource_policies.find_clear_text),
    ("Resources.AlertsTopicPolicy.Properties.PolicyDocument.Statement.2", GONE, resource_policies.find_clear_text),
    *((f"Resources.{one}.2", GONE, resource_policies.find_open_to_other_accounts) for one in OF_QUEUES),
    ("Resources.PrivateQueuesPolicy.Properties.Queues.3", GONE, resource_policies.find_open_to_other_accounts),
    (f"{TOPIC}.3", GONE, resource_policies.find_open_to_other_accounts),
    (f"{TOPIC}.3.Action.4", GONE, resource_policies.find_open_to_other_accounts),
    (f"{TOPIC}.3.Condition.BoolIfExists", GONE, resource_policies.find_open_to_other_accounts),
    (f"{TOPIC}.3.Condition.StringNotEquals", GONE, resource_policies.find_open_to_other_accounts),
    (f"{TOPIC}.3.Principal", {"AWS": "111122223333"}, resource_policies.find_open_to_other_accounts),
    ("Resources.GuardWatchTopicPolicy", GONE, resource_policies.find_open_to_other_accounts),
    (
        "Resources.ReportBucketPolicy.Properties.PolicyDocument.Statement.1",
        GONE,
        resource_policies.find_open_to_other_accounts,
    ),
    ("Resources.ChangesQueue.Properties.RedrivePolicy", GONE, delivery.find_without_dead_letter),
    ("Resources.IamChangesRule.Properties.Targets.0.DeadLetterConfig", GONE, delivery.find_without_dead_letter),
    ("Resources.SweepSchedule.Properties.Target.DeadLetterConfig", GONE, delivery.find_without_dead_letter),
    (f"{STREAM}.DestinationConfig", GONE, delivery.find_without_dead_letter),
    ("Resources.NotifyDeadLetterAlarm", GONE, delivery.find_without_alarm),
    ("Resources.NotifyDeadLetterAlarm.Properties.AlarmActions", [], delivery.find_without_alarm),
    ("Resources.NotifyDeadLetterAlarm.Properties.Threshold", 10, delivery.find_without_alarm),
    ("Resources.NotifyDeadLetterAlarm.Properties.MetricName", "NumberOfMessagesSent", delivery.find_without_alarm),
    ("Resources.RemediationsAlarm", GONE, delivery.find_without_bound_on_acts),
    ("Resources.RemediationsAlarm.Properties.AlarmActions", [], delivery.find_without_bound_on_acts),
    ("Resources.RemediationsAlarm.Properties.Dimensions", [], delivery.find_without_bound_on_acts),
    ("Resources.RemediationsAlarm.Properties.AlarmDescription", "odd", delivery.find_without_bound_on_acts),
    ("Resources.SweepsDeadLetterQueue.Properties.FifoQueue", GONE, delivery.find_wrong_order),
    ("Resources.SweepsQueue.Properties.ContentBasedDeduplication", GONE, delivery.find_refused_requests),
    ("Resources.MembersQueue.Properties.ContentBasedDeduplication", False, delivery.find_refused_requests),
    ("Resources.SweepSchedule.Properties.Target.SqsParameters", GONE, delivery.find_refused_requests),
    ("Resources.ChangesQueue.Properties.VisibilityTimeout", 120, delivery.find_short_visibility),
    ("Resources.SweepFunction.Properties.Timeout", 900, delivery.find_short_visibility),
    ("Resources.InspectFunctionChanges.Properties.FunctionResponseTypes", GONE, delivery.find_whole_batch_failures),
    ("Resources.InspectFunctionChanges.Properties.ScalingConfig", GONE, delivery.find_endless),
    (f"{STREAM}.MaximumRetryAttempts", GONE, delivery.find_endless),
    ("Resources.ChangesQueue.Properties.KmsMasterKeyId", "alias/aws/sqs", encryption.find_unencrypted),
    ("Resources.AlertsTopic.Properties.KmsMasterKeyId", GONE, encryption.find_unencrypted),
    (f"{KEY}.1", GONE, encryption.find_locked_out),
    (f"{KEY}.1.Action", "kms:Decrypt", encryption.find_locked_out),
    (f"{KEY}.1.Condition", {"StringEquals": {"aws:SourceAccount": "1"}}, encryption.find_locked_out),
    (f"{KEY}.2.Principal.Service", "events.amazonaws.com", encryption.find_locked_out),
    (f"{KEY}.3.Action", ["kms:Decrypt*"], encryption.find_locked_out),
    (f"{ROLE}.9", GONE, encryption.find_locked_out),
    (f"{ROLE}.10.Condition.StringEquals", {"kms:ViaService": "s3.us-east-1"}, encryption.find_locked_out),
    ("Resources.SweepScheduleRole.Properties.Policies.0.PolicyDocument.Statement.1", GONE, encryption.find_locked_out),
    (f"{KEY}.2", STRANGER, encryption.find_idle_services),
    (f"{KEY}.2.Condition", GONE, encryption.find_unbounded_services),
    ("Resources.LedgerTable.DeletionPolicy", "Delete", keeping.find_perishable),
    ("Resources.GuardKey.UpdateReplacePolicy", GONE, keeping.find_perishable),
    ("Resources.LedgerTable.Properties.DeletionProtectionEnabled", False, keeping.find_unprotected_tables),
    ("Resources.LedgerTable.Properties.TimeToLiveSpecification.AttributeName", "ttl", keeping.find_unprotected_tables),
    ("Resources.ReportBucket.DeletionPolicy", GONE, keeping.find_perishable),
    (f"{BUCKET}.VersioningConfiguration", GONE, keeping.find_open_buckets),
    (f"{BUCKET}.PublicAccessBlockConfiguration.BlockPublicPolicy", False, keeping.find_open_buckets),
    (f"{BUCKET}.LifecycleConfiguration", GONE, keeping.find_open_buckets),
    (f"{BUCKET}.BucketEncryption", GONE, encryption.find_unencrypted),
    ("Resources.ReportBucketPolicy", GONE, resource_policies.find_clear_text),
    ("Resources.SweepLogGroup.Properties.RetentionInDays", GONE, keeping.find_endless_logs),
    ("Resources.SweepFunction.Properties.LoggingConfig", GONE, keeping.find_endless_logs),
    ("Parameters.Mode.AllowedPattern", GONE, keeping.find_loose_parameters),
    ("Parameters.Mode.Description", GONE, keeping.find_loose_parameters),
    ("Resources.SweepFunction.Properties.TracingConfig.Mode", "Active", keeping.find_odd_functions),
    ("Resources.SweepFunction.Properties.Runtime", "python3.9", keeping.find_odd_functions),
    (f"{PATTERN}.source", "aws.iam", patterns.find_bad_patterns),
    (f"{PATTERN}.detail.eventName", [], patterns.find_bad_patterns),
    (f"{PATTERN}.detail.eventName", [{"begins-with": "Put"}], patterns.find_bad_patterns),
    (f"{PATTERN}.detail.eventName", ["PutRolePolicyOfSomeLength"] * 80, patterns.find_bad_patterns),
    (f"{STREAM}.FilterCriteria.Filters.0.Pattern", '{"eventName": "INSERT"}', patterns.find_bad_patterns),
    ("Parameters.SweepRate.Default", "rate(1 hours)", patterns.find_bad_schedules),
    ("Resources.SweepSchedule.Properties.ScheduleExpression", "every hour", patterns.find_bad_schedules),
)


@pytest.fixture(scope="module")
def sound() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


@pytest.mark.parametrize(
    ("path", "value", "check"), DEFECTS, ids=[f"{check.__name__}: {path}" for path, _, check in DEFECTS]
)
def test_a_planted_defect_is_found(sound: Template, path: str, value: Any, check: Check) -> None:
    """The check reports the template with the defect, and not the one without."""
    assert check(sound) == []
    assert check(plant(sound, path, value)) != []


def test_a_missing_handler_is_found(sound: Template) -> None:
    """A function whose handler names no file, or no function of it, is reported."""
    path = "Resources.SweepFunction.Properties.Handler"
    assert keeping.find_missing_handlers(plant(sound, path, "nowhere.handler"), ROOT) != []
    assert keeping.find_missing_handlers(plant(sound, path, "handler.nothing"), ROOT) != []


def test_a_write_beyond_the_guarded_roles_is_found(sound: Template) -> None:
    """A role that may write to any IAM role shows up among the writes."""
    anything = {"Sid": "X", "Effect": "Allow", "Action": "iam:AttachRolePolicy", "Resource": "*"}
    assert access.iam_writes(plant(sound, f"{ROLE}.0", anything))[("InspectRole", "iam:AttachRolePolicy")] == ("*",)


def plant(template: Template, path: str, value: object) -> Template:
    """Return a copy of the template with a value put at a path, or taken away from there."""
    copied = copy.deepcopy(template)
    *steps, last = path.split(".")
    at: Any = copied
    for step in steps:
        at = at[int(step) if isinstance(at, list) else step]
    place = int(last) if isinstance(at, list) else last
    if value is GONE:
        del at[place]
    else:
        at[place] = value
    return copied
