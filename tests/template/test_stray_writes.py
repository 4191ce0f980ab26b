"""Two rules tell of what the remediation role does beside its subjects, and of nothing that the guard does.

Two more tell the same of what other regions and member accounts forward, which is every call of that role.
"""

import json
from typing import Any

import pytest

from local.patterns import Pattern, parse_pattern
from panorama_guard.case.member import REMEDIATION_ROLE
from panorama_guard.profile import load_profile
from tests.architecture.test_template_roles import (
    ACCOUNT,
    BUCKET_WRITES,
    FUNCTION_WRITES,
    OWN_WRITES,
    SECRET_WRITES,
    resolved,
)
from tests.architecture.test_template_roles import WRITES as ROLE_WRITES
from tests.template.reading import Template, actions, of_type, role_statements
from tests.template.translation import REGION, ROOT, read_source, translate

RULES = ("StrayWritesRule", "StrayResourceWritesRule")
FORWARDED = tuple(f"Forwarded{name}" for name in RULES)
REMEDIATOR = str(resolved({"Fn::GetAtt": ["RemediateRole", "Arn"]}))
ROLES = [role.name for role in load_profile().roles]
OWN_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/panorama-guard/ceiling"
FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:"
MEMBER_TEMPLATE = ROOT / "templates" / "member.yaml"
MEMBER = "999999999999"
OF_MEMBER = "arn:aws:iam::{}:role/panorama-guard/member/panorama-guard-remediate"
OF_STACK = f"arn:aws:iam::{ACCOUNT}:role/panorama-guard-RemediateRole-1ABC"
Call = tuple[str, str, dict[str, Any] | None]

# What the guard does: service, call as CloudTrail names it, what it is on.
OWN_CALLS: list[Call] = [
    *(
        ("iam", action.partition(":")[2], {"roleName": name, "policyName": "x"})
        for action in ROLE_WRITES
        for name in ROLES
    ),
    ("iam", "CreatePolicy", {"path": "/panorama-guard/", "policyName": "ceiling"}),
    ("iam", "CreatePolicyVersion", {"policyArn": OWN_POLICY}),
    ("iam", "DeletePolicyVersion", {"policyArn": OWN_POLICY, "versionId": "v1"}),
    ("iam", "SetDefaultPolicyVersion", {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/yours"}),
    *(
        ("s3", name, {"bucketName": "my-aws-panorama-models"})
        for name in ("PutBucketPolicy", "DeleteBucketPolicy", "PutBucketAcl", "PutBucketPublicAccessBlock")
    ),
    ("s3", "DeleteBucketReplication", {"bucketName": "aws-panorama"}),
    ("s3", "PutAccessPointPolicy", {"name": "models"}),
    ("s3", "DeleteAccessPointPolicy", {"name": "models"}),
    ("lambda", "RemovePermission20150331v2", {"functionName": "panorama-detector"}),
    ("lambda", "RemovePermission20150331v2", {"functionName": f"{FUNCTION}panorama-detector:live"}),
    ("lambda", "UpdateFunctionUrlConfig", {"functionName": "panorama-detector", "authType": "AWS_IAM"}),
    ("secretsmanager", "PutResourcePolicy", {"secretId": "panorama-camera"}),
    ("secretsmanager", "DeleteResourcePolicy", {"secretId": f"{SECRET}Panorama-a1B2c3"}),
    ("logs", "DeleteSubscriptionFilter", {"logGroupName": "/aws/panorama/devices/gate"}),
    ("logs", "DeleteSubscriptionFilter", {"logGroupName": "/aws/greengrass/Lambda/x"}),
    ("logs", "CreateLogStream", {"logGroupName": "/aws/lambda/panorama-guard-remediate"}),
    ("iot", "SetDefaultPolicyVersion", {"policyName": "panorama-gate"}),
    ("dynamodb", "PutItem", {"tableName": "ledger"}),
    ("sqs", "SendMessage", {"queueUrl": "rechecks"}),
    ("kms", "GenerateDataKey", {"keyId": "key"}),
    ("xray", "PutTraceSegments", None),
    ("xray", "PutTelemetryRecords", None),
    ("sts", "AssumeRole", {"roleArn": f"arn:aws:iam::222233334444:role/{REMEDIATION_ROLE}"}),
]
# What it never does: on what is not enrolled, or another call altogether.
STRAY_CALLS: list[Call] = [
    *(("iam", action.partition(":")[2], {"roleName": "Payroll", "policyName": "x"}) for action in ROLE_WRITES),
    ("iam", "PutRolePolicy", {"roleName": "AWSPanoramaServiceRole2"}),
    ("iam", "PutRolePolicy", {"roleName": "panorama-guard-RemediateRole-1"}),
    ("iam", "PutRolePolicy", None),
    ("iam", "AttachRolePolicy", {"roleName": "AWSPanoramaServiceRole"}),
    ("iam", "CreateRole", {"roleName": "AWSPanoramaServiceRole"}),
    ("iam", "PutUserPolicy", {"userName": "mallory"}),
    ("iam", "CreateAccessKey", {}),
    ("iam", "CreatePolicy", {"path": "/", "policyName": "x"}),
    ("iam", "CreatePolicy", {"policyName": "x"}),
    ("iam", "CreatePolicyVersion", {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/yours"}),
    ("iam", "DeletePolicyVersion", {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/x/panorama-guard/ceiling"}),
    ("sts", "AssumeRole", {"roleArn": "arn:aws:iam::999999999999:role/x"}),
    ("sts", "AssumeRole", {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/AWSPanoramaServiceRole"}),
    ("sts", "AssumeRoot", {"targetPrincipal": "222233334444"}),
    ("ec2", "RunInstances", {}),
    ("lambda", "UpdateFunctionCode20150331v2", {"functionName": "panorama-detector"}),
    ("lambda", "AddPermission20150331v2", {"functionName": "panorama-detector"}),
    ("lambda", "RemovePermission20150331v2", {"functionName": "payroll"}),
    ("lambda", "UpdateFunctionUrlConfig", {"functionName": f"{FUNCTION}payroll-panorama"}),
    ("s3", "PutBucketPolicy", {"bucketName": "payroll"}),
    ("s3", "PutBucketReplication", {"bucketName": "my-aws-panorama-models"}),
    ("s3", "GetObject", {"bucketName": "my-aws-panorama-models", "key": "x"}),
    ("secretsmanager", "PutResourcePolicy", {"secretId": f"{SECRET}payroll-a1B2c3"}),
    ("secretsmanager", "GetSecretValue", {"secretId": "panorama-camera"}),
    ("logs", "DeleteSubscriptionFilter", {"logGroupName": "/aws/lambda/payroll"}),
    ("logs", "PutSubscriptionFilter", {"logGroupName": "/aws/panorama/devices/gate"}),
    ("iot", "SetDefaultPolicyVersion", {"policyName": "payroll"}),
    ("iot", "CreatePolicyVersion", {"policyName": "panorama-gate"}),
]


@pytest.fixture(scope="module")
def template() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


@pytest.fixture(scope="module")
def patterns(template: Template) -> list[Pattern]:
    """Return the patterns of the two rules as they are deployed."""
    rules = of_type(template, "AWS::Events::Rule")
    return [parse_pattern(resolved(rules[name]["EventPattern"])) for name in RULES]


def event_of(call: Call, *, issuer: str = REMEDIATOR, error: str = "") -> dict[str, Any]:
    """Return the event of a call, as far as a pattern asks."""
    service, name, parameters = call
    detail: dict[str, Any] = {
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "requestParameters": parameters,
        "userIdentity": {"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": issuer}}},
    }
    return {
        "source": f"aws.{service}",
        "detail-type": "AWS API Call via CloudTrail",
        "detail": detail | ({"errorCode": error} if error else {}),
    }


def is_told(patterns: list[Pattern], event: dict[str, Any]) -> bool:
    """Return whether a rule tells of the event."""
    return any(pattern.matches(event) for pattern in patterns)


@pytest.mark.parametrize("call", OWN_CALLS, ids=str)
def test_what_the_guard_does_is_not_told(patterns: list[Pattern], call: Call) -> None:
    """On each enrolled role and each kind of resource, whether it succeeds or not."""
    assert not is_told(patterns, event_of(call))
    assert not is_told(patterns, event_of(call, error="AccessDenied"))


@pytest.mark.parametrize("call", STRAY_CALLS, ids=str)
def test_what_the_guard_never_does_is_told(patterns: list[Pattern], call: Call) -> None:
    """Of the remediation role only."""
    assert is_told(patterns, event_of(call))
    assert not is_told(patterns, event_of(call, issuer=f"arn:aws:iam::{ACCOUNT}:role/Admin"))


@pytest.mark.parametrize(
    "call", [call for call in STRAY_CALLS if call[2] is not None and call[1] != "CreatePolicy"], ids=str
)
def test_an_attempt_is_told_as_well(patterns: list[Pattern], call: Call) -> None:
    """The guard's own code makes none of them, so somebody else did."""
    assert is_told(patterns, event_of(call, error="AccessDenied"))


def test_a_denied_call_whose_subject_is_not_told_is_let_pass(patterns: list[Pattern]) -> None:
    """CloudTrail leaves out the parameters of many: an organisation may have stopped the guard itself."""
    assert not is_told(patterns, event_of(("iam", "PutRolePolicy", None), error="AccessDenied"))


def test_the_calls_above_are_all_that_the_role_may_write(template: Template) -> None:
    """Each action that writes is among them, so that a new one has to be thought of here."""
    reads = ("Get", "List", "Describe")
    granted = {action for statement in role_statements(template, "RemediateRole") for action in actions(statement)}
    written = {action for action in granted if not action.partition(":")[2].startswith(reads)}
    named = {f"{service}:{name.split('2015')[0]}" for service, name, _ in OWN_CALLS}
    assert named | {"s3:PutReplicationConfiguration"} >= {
        *(*ROLE_WRITES, *OWN_WRITES, *BUCKET_WRITES, *FUNCTION_WRITES, *SECRET_WRITES),
        *(
            each
            for each in written
            if each.partition(":")[0] not in {"dynamodb", "sqs", "kms"} and "PutLog" not in each
        ),
    }


def test_the_rules_name_the_enrolled_roles(template: Template) -> None:
    """Those of the profile, and no other."""
    alternatives = of_type(template, "AWS::Events::Rule")[RULES[0]]["EventPattern"]["detail"]["$or"]
    named = [
        one["requestParameters"]["roleName"][0]
        for one in alternatives
        if "roleName" in one.get("requestParameters", {})
    ]
    assert sorted(named[0]["anything-but"]) == sorted(ROLES)


@pytest.fixture(scope="module")
def forwarding() -> list[Pattern]:
    """Return the pattern of the rule with which another region of the guard's account sends the role's calls home."""
    rule = of_type(translate(part="forward"), "AWS::Events::Rule")["RemediatorCallsRule"]
    return [parse_pattern(resolved(rule["EventPattern"]))]


@pytest.fixture(scope="module")
def forwarding_of_member() -> list[Pattern]:
    """Return that of a member account."""
    rule = of_type(read_source(MEMBER_TEMPLATE), "AWS::Events::Rule")["RemediatorCallsRule"]
    return [parse_pattern(resolved(rule["EventPattern"]))]


def test_what_is_forwarded_is_weighed_as_at_home(template: Template) -> None:
    """By the same patterns, on the bus that forwarders send to, into the same topic."""
    rules = of_type(template, "AWS::Events::Rule")
    for name, forwarded in zip(RULES, FORWARDED, strict=True):
        assert rules[forwarded]["EventBusName"] == {"Ref": "ForwardsBus"}
        assert [rules[forwarded][key] for key in ("EventPattern", "Targets")] == [
            rules[name][key] for key in ("EventPattern", "Targets")
        ]


@pytest.mark.parametrize("call", STRAY_CALLS, ids=str)
def test_a_stray_call_in_another_region_or_account_is_forwarded_and_told(
    patterns: list[Pattern], forwarding: list[Pattern], forwarding_of_member: list[Pattern], call: Call
) -> None:
    """Of the remediation role that is there."""
    assert is_told(forwarding, event_of(call, issuer=OF_STACK))
    assert is_told(forwarding_of_member, event_of(call, issuer=OF_MEMBER.format(ACCOUNT)))
    assert is_told(patterns, event_of(call, issuer=OF_MEMBER.format(MEMBER)))


@pytest.mark.parametrize("call", OWN_CALLS, ids=str)
def test_what_the_guard_does_in_a_member_account_is_not_told(patterns: list[Pattern], call: Call) -> None:
    """Its own policies have that account in their names."""
    service, name, parameters = call
    moved = json.loads(json.dumps(parameters).replace(ACCOUNT, MEMBER))
    assert not is_told(patterns, event_of((service, name, moved), issuer=OF_MEMBER.format(MEMBER)))


@pytest.mark.parametrize(
    "issuer",
    [
        f"arn:aws:iam::{ACCOUNT}:role/Admin",
        f"arn:aws:iam::{ACCOUNT}:role/panorama-guard-remediate",
        OF_MEMBER.format(MEMBER),
        OF_STACK.replace(ACCOUNT, MEMBER),
    ],
)
def test_calls_of_nobody_else_are_forwarded(
    forwarding: list[Pattern], forwarding_of_member: list[Pattern], issuer: str
) -> None:
    """Neither another role's, nor those of another account's."""
    event = event_of(("ec2", "RunInstances", {}), issuer=issuer)
    assert not is_told(forwarding, event)
    assert not is_told(forwarding_of_member, event)


def test_a_role_of_another_stack_is_not_told_at_home(patterns: list[Pattern]) -> None:
    """A forwarder may send its calls, for it knows only what the name has in the middle; the home knows the whole."""
    other = f"arn:aws:iam::{ACCOUNT}:role/another-RemediateRole-1"
    assert not is_told(patterns, event_of(("ec2", "RunInstances", {}), issuer=other))
