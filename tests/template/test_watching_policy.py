"""What ends the guard's senses is denied to an administrator, call by call, and left to its roles and its deployer."""

import json
from typing import Any

import pytest

from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.evaluate import allows
from panorama_guard.containment.records import Request
from tests.architecture.test_template_roles import ACCOUNT, resolved
from tests.template.reading import of_type, role_statements
from tests.template.test_service_control_policy import (
    ALL,
    EXEMPT,
    FULL,
    KEYS,
    STACK,
    document,
    organisation,
    with_caller,
)
from tests.template.translation import REGION, translate, translate_whole

ADMINISTRATOR = f"arn:aws:iam::{ACCOUNT}:role/Administrator"
MEMBER = "999999999999"
DEPLOYER = EXEMPT.replace("*", ACCOUNT)
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{STACK}-InspectFunction-1"
OF_A_FUNCTION = (("lambda:FunctionArn", (FUNCTION,)),)
IN_MEMBERS = ("forwards/StackSet-guard-ForwardsRole-1", "forwards/StackSet-guard-SecondForwardsRole-1")


def arns(service: str, *names: str) -> list[str]:
    """Return what is called so in a service."""
    return [f"arn:aws:{service}:{REGION}:{ACCOUNT}:{name}" for name in names]


def own(kind: str) -> list[str]:
    """Return what there is of a kind, by the names that CloudFormation gives."""
    return [f"{STACK}-{name}-1" for name, one in translate_whole()["Resources"].items() if one["Type"] == kind]


RULES = [
    *arns("events", *(f"rule/{name}" for name in own("AWS::Events::Rule"))),
    *arns("events", f"rule/{STACK}-forwards/{STACK}-ForwardedChangesRule-1", "rule/panorama-guard-rules"),
    *arns(
        "events",
        *(f"rule/StackSet-guard-{one}-1" for one in ("IamChangesRule", "S3ChangesRule", "RemediatorCallsRule")),
    ),
]
QUEUES = arns("sqs", *own("AWS::SQS::Queue"))
ALARMS = arns("cloudwatch", *(f"alarm:{name}" for name in own("AWS::CloudWatch::Alarm")))
WORK = [one for one in QUEUES if "DeadLetter" not in one]
# Each call that ends something, and each part that it would end.
ENDS: list[tuple[str, list[str]]] = [
    ("lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration lambda:DeleteFunction", [FUNCTION]),
    ("lambda:PutFunctionConcurrency lambda:AddPermission lambda:RemovePermission", [FUNCTION]),
    ("lambda:UpdateFunctionUrlConfig lambda:DeleteFunctionUrlConfig lambda:CreateFunctionUrlConfig", [FUNCTION]),
    ("lambda:DeleteFunctionCodeSigningConfig lambda:PutFunctionEventInvokeConfig", [FUNCTION]),
    ("lambda:DeleteEventSourceMapping lambda:UpdateEventSourceMapping", arns("lambda", "event-source-mapping:1a2b")),
    ("events:DisableRule events:DeleteRule events:RemoveTargets events:PutRule events:PutTargets", RULES),
    (
        "events:DeleteEventBus events:PutPermission events:RemovePermission",
        arns("events", f"event-bus/{STACK}-forwards"),
    ),
    ("scheduler:DeleteSchedule scheduler:UpdateSchedule", arns("scheduler", f"schedule/default/{STACK}-sweeps-1")),
    ("sqs:SetQueueAttributes sqs:DeleteQueue", [*QUEUES, *arns("sqs", "StackSet-guard-ForwardsDeadLetterQueue-1")]),
    ("sqs:PurgeQueue sqs:ReceiveMessage sqs:DeleteMessage", WORK),
    ("sns:SetTopicAttributes sns:DeleteTopic sns:Unsubscribe", arns("sns", *own("AWS::SNS::Topic"))),
    (
        "dynamodb:DeleteTable dynamodb:UpdateTable dynamodb:UpdateTimeToLive",
        arns("dynamodb", f"table/{STACK}-LedgerTable-1"),
    ),
    ("dynamodb:DeleteItem dynamodb:PutItem dynamodb:UpdateItem", arns("dynamodb", f"table/{STACK}-LedgerTable-1")),
    ("kms:ScheduleKeyDeletion kms:DisableKey kms:PutKeyPolicy", KEYS),
    ("logs:DeleteLogGroup logs:PutRetentionPolicy", arns("logs", f"log-group:/aws/lambda/{STACK}-inspect")),
    (
        "cloudwatch:DeleteAlarms cloudwatch:DisableAlarmActions cloudwatch:PutMetricAlarm",
        [*ALARMS, *arns("cloudwatch", "alarm:StackSet-guard-MemberForwardsAlarm-1")],
    ),
    (
        "iam:DeleteRolePolicy iam:PutRolePolicy iam:UpdateAssumeRolePolicy iam:DeleteRole iam:PassRole",
        [f"arn:aws:iam::{ACCOUNT}:role/panorama-guard/{one}" for one in (*IN_MEMBERS, "member/panorama-guard-read")],
    ),
]
CALLS = [(action, parts) for actions, parts in ENDS for action in actions.split()]
LEFT = [
    ("events:EnableRule", RULES[0]),
    ("events:DisableRule", f"arn:aws:events:{REGION}:{ACCOUNT}:rule/payroll"),
    ("sqs:PurgeQueue", next(one for one in QUEUES if "DeadLetter" in one)),
    ("sqs:ReceiveMessage", next(one for one in QUEUES if "DeadLetter" in one)),
    ("sns:Subscribe", f"arn:aws:sns:{REGION}:{ACCOUNT}:{STACK}-AlertsTopic-1"),
    ("cloudwatch:EnableAlarmActions", ALARMS[0]),
    ("iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/AWSPanoramaServiceRole"),
    ("dynamodb:GetItem", f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{STACK}-LedgerTable-1"),
]


def may(who: str, action: str, resource: str) -> bool:
    """Say whether somebody who is granted everything may make a call under both policies."""
    context = (("aws:PrincipalArn", (who,)), *(OF_A_FUNCTION if "EventSourceMapping" in action else ()))
    return allows(Grant((document(FULL),), (organisation(*ALL),)), Request(action, resource, context))


@pytest.mark.parametrize(("action", "parts"), CALLS)
def test_what_ends_a_part_is_the_deployer_s_alone(action: str, parts: list[str]) -> None:
    """Every part of that kind that there is, in the hub and in members; CloudFormation acts as whoever deploys."""
    assert parts
    assert [one for one in parts if may(ADMINISTRATOR, action, one)] == []
    assert [one for one in parts if not may(DEPLOYER, action, one)] == []


@pytest.mark.parametrize(("action", "part"), LEFT)
def test_what_the_page_says_is_not_denied_is_left_to_an_administrator(action: str, part: str) -> None:
    """Operators empty dead letters, sweeps enable rules, and the guard sees a trust that is changed."""
    assert may(ADMINISTRATOR, action, part)


NO_SUCH_ARN = {"Effect": "Deny", "Action": "*", "Resource": "*:function:*:function:*"}  # a name has no colon in it
NAMED = {
    "AWS::SQS::Queue": "sqs:{}:{}:{}",
    "AWS::SNS::Topic": "sns:{}:{}:{}",
    "AWS::DynamoDB::Table": "dynamodb:{}:{}:table/{}",
    "AWS::Events::Rule": "events:{}:{}:rule/{}",
}


def as_deployed(statement: dict[str, Any]) -> dict[str, Any]:
    """Return a statement of the template in one region, with the names that CloudFormation gives to what it is on."""
    text = json.dumps(resolved(statement)).replace("table/ledger", f"table/{STACK}-LedgerTable-1")
    text = text.replace(":iam::*:", f":iam::{MEMBER}:").replace(f":*:{ACCOUNT}:", f":{REGION}:{ACCOUNT}:")
    for kind, form in NAMED.items():
        for name in of_type(translate(), kind):
            arn = "arn:aws:" + form.format(REGION, ACCOUNT, f"{STACK}-{name}-1")
            text = text.replace(json.dumps(f"arn:aws:stack:{REGION}:{ACCOUNT}:{name}"), json.dumps(arn))
    return dict(json.loads(text))


@pytest.mark.parametrize("role", sorted(of_type(translate(), "AWS::IAM::Role")))
def test_no_role_of_the_guard_loses_anything(role: str) -> None:
    """Each of its statements, as whoever it is: the functions read their queues, and a sweep enables the rules."""
    who = f"arn:aws:iam::{ACCOUNT}:role/{STACK}-{role}-1"
    own = [as_deployed(one) for one in role_statements(translate(), role)]
    denies = [NO_SUCH_ARN, *(one for one in own if one["Effect"] == "Deny")]
    for statement in [one for one in own if one["Effect"] == "Allow"]:
        condition = {**statement.get("Condition", {}), **with_caller(statement, who)["Condition"]}
        grant = Grant((document({**statement, "Condition": condition}, *denies),))
        assert check(grant, Grant(organisation(*ALL))) == Contained()
