"""What no role of the guard may have: each permission, once planted, is an escape that the guard's own engine shows."""

import copy
from typing import Any

import pytest

from panorama_guard.containment import Contained, Escaped
from panorama_guard.containment.check import check
from tests.architecture.test_template_roles import ACCOUNT, CEILINGS, ceiling_of, grant_of
from tests.template.reading import Template, of_type
from tests.template.translation import REGION, translate

ENROLLED = f"arn:aws:iam::{ACCOUNT}:role/service-role/AWSPanoramaServiceRole"
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/panorama-guard-RemediateRole-1"
THROUGH_QUEUES = {"StringEquals": {"kms:ViaService": f"sqs.{REGION}.amazonaws.com"}}
# What is planted: the action, what it is on, under which condition.
PLANTED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("iam:PassRole", "*", {}),
    ("iam:PassRole", ENROLLED, {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
    ("iam:AttachRolePolicy", ENROLLED, {}),
    # An enrolled role and one of the guard's own policies: an attached boundary would grant the whole ceiling.
    (
        "iam:AttachRolePolicy",
        ENROLLED,
        {"ArnLike": {"iam:PolicyARN": f"arn:aws:iam::{ACCOUNT}:policy/panorama-guard/*"}},
    ),
    ("iam:PutRolePermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:role/Payroll", {}),
    ("iam:PutRolePolicy", f"{ENROLLED}*", {}),
    ("iam:PutRolePolicy", OWN_ROLE, {}),
    ("iam:UpdateAssumeRolePolicy", OWN_ROLE, {}),
    ("iam:PutUserPolicy", "*", {}),
    ("iam:CreateRole", "*", {}),
    ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/*", {}),
    ("sts:AssumeRole", ENROLLED, {}),
    ("lambda:InvokeFunction", "*", {}),
    ("lambda:AddPermission", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:panorama-x", {}),
    ("s3:GetObject", "arn:aws:s3:::x-aws-panorama-x/*", {}),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:panorama-x", {}),
    ("dynamodb:DeleteTable", f"arn:aws:stack:{REGION}:{ACCOUNT}:LedgerTable", {}),
    ("dynamodb:PutItem", "*", {}),
    ("sqs:SendMessage", "*", {}),
    ("sqs:PurgeQueue", f"arn:aws:stack:{REGION}:{ACCOUNT}:ChangesQueue", {}),
    ("sns:Publish", "*", {}),
    ("sns:Unsubscribe", "*", {}),
    ("events:PutEvents", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/default", {}),
    ("events:DisableRule", "*", {}),
    ("kms:Decrypt", f"arn:aws:stack:{REGION}:{ACCOUNT}:GuardKey", {}),
    ("kms:Decrypt", "*", THROUGH_QUEUES),
    ("kms:ScheduleKeyDeletion", f"arn:aws:stack:{REGION}:{ACCOUNT}:GuardKey", THROUGH_QUEUES),
    ("cloudtrail:StopLogging", "*", {}),
    ("a-service-that-is-not-there-yet:Anything", "*", {}),
)
TRUSTED = {"lambda.amazonaws.com", "scheduler.amazonaws.com"}


@pytest.fixture(scope="module")
def template() -> Template:
    """Return the template as CloudFormation gets it."""
    return translate()


def with_statement(template: Template, role: str, statement: dict[str, Any]) -> Template:
    """Return the template with one statement more in a role's own policy."""
    wide = copy.deepcopy(template)
    nothing = {"PolicyName": "planted", "PolicyDocument": {"Version": "2012-10-17", "Statement": []}}
    policies = wide["Resources"][role]["Properties"].setdefault("Policies", [nothing])
    policies[0]["PolicyDocument"]["Statement"].append(statement)
    return wide


@pytest.mark.parametrize(
    ("role", "planted"),
    [("RemediateRole", planted) for planted in PLANTED] + [(role, PLANTED[0]) for role in CEILINGS],
    ids=lambda one: one if isinstance(one, str) else f"{one[0]}-{one[1][-24:]}-{len(one[2])}",
)
def test_a_permission_beyond_the_ceiling_is_an_escape(
    template: Template, role: str, planted: tuple[str, str, dict[str, Any]]
) -> None:
    """Any of them in the role that writes, and the first in every role, with a request that it lets through."""
    action, resource, condition = planted
    statement: dict[str, Any] = {"Sid": "Planted", "Effect": "Allow", "Action": action, "Resource": resource}
    wide = with_statement(template, role, {**statement, **({"Condition": condition} if condition else {})})
    verdict = check(grant_of(wide, role), ceiling_of(role))
    assert isinstance(verdict, Escaped)
    assert (verdict.witness.action.lower(), verdict.statement.sid) == (action.lower(), "Planted")


def test_what_stands_inside_the_ceiling_already_is_no_escape(template: Template) -> None:
    """The same statement once more changes nothing: it is what is asked that decides, not that something was added."""
    statements = template["Resources"]["RemediateRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    twice = with_statement(template, "RemediateRole", {**statements[0], "Sid": "Planted"})
    assert check(grant_of(twice, "RemediateRole"), ceiling_of("RemediateRole")) == Contained()


def test_every_role_of_the_template_has_a_ceiling(template: Template) -> None:
    """And each ceiling is of a role that there is."""
    assert CEILINGS.keys() == of_type(template, "AWS::IAM::Role").keys()


def test_a_role_of_the_guard_has_no_other_policies_and_lets_in_one_service_at_most(template: Template) -> None:
    """Nothing attached, which no ceiling would see; nobody but the service that runs what the role is for."""
    for name, role in of_type(template, "AWS::IAM::Role").items():
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert not {"ManagedPolicyArns", "PermissionsBoundary"} & role.keys(), name
        if statement["Effect"] == "Deny":
            continue  # the canary's: nobody at all
        assert statement["Principal"].keys() == {"Service"}, name
        assert statement["Principal"]["Service"] in TRUSTED, name
        assert statement["Action"] == "sts:AssumeRole", name
