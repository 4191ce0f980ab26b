"""Mode enforce: permission leaves the naming pattern, in each of the ways an attacker has."""

import json

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.containment import Request
from tests.builders import ADMINISTRATOR_ARN, ONE_CHARACTER_OFF, PAYROLL, allow, policy, the_role
from tests.stack.account import Account
from tests.stack.claims import LOGS, MODELS, Told, hold_contained, hold_witness_stopped

pytestmark = pytest.mark.stack
TUNING = policy(allow("logs:PutRetentionPolicy", "arn:aws:logs:*:*:log-group:/aws/panorama_device*"))
ALL_LOGS = policy(allow("logs:*", Sid="AllLogs"))


def hold_denied(account: Account, role: str, event: str, kept: Request, source: str) -> Told:
    """Assert that what this policy gave too much is denied by one inline policy, and nothing else was changed."""
    told = hold_contained(account, role, event=event, kept=kept)
    assert (told.incident.kind, told.incident.source) == (Kind.PERMISSION_ESCAPE, source)
    assert told.incident.evidence.statement.startswith(f"{source}, statement 1")
    hold_witness_stopped(account, told)
    after, before = account.record(role), the_role(told.backup.snapshot)
    assert [name for name, _ in after.inline if name not in {each.name for each in before.inline}] == list(
        after.containments
    )
    assert len(after.containments) == 1
    assert after.attached == tuple((each.arn, each.text) for each in before.attached)
    assert (after.trust, after.boundary) == (before.trust, ())
    return told


def test_administrator_access_attached_is_contained(enforcing: Account) -> None:
    """The policy stays attached; everything it gave outside the ceiling is denied."""
    role = "AWSPanoramaServiceRole"
    enforcing.mallory.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR_ARN)
    hold_denied(enforcing, role, "AttachRolePolicy", MODELS, ADMINISTRATOR_ARN)
    assert not enforcing.may(role, Request("iam:CreateUser", "*"))
    assert not enforcing.may(role, Request("a-service-of-tomorrow:Do", "*"))


def test_what_the_guard_writes_itself_is_not_told_as_a_stray_write(enforcing: Account) -> None:
    """Its containment comes back as an event of the remediation role, on an enrolled role."""
    role = "AWSPanoramaServiceRole"
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="wide", PolicyDocument=ALL_LOGS)
    assert enforcing.guard_changes() == []
    assert enforcing.record(role).containments


def test_an_inline_policy_one_character_off_the_pattern_is_contained(enforcing: Account) -> None:
    """The buckets that only the shorter name reaches are denied, those of the pattern are not."""
    role = "AWSPanoramaSageMakerRole"
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="one-off", PolicyDocument=ONE_CHARACTER_OFF)
    hold_denied(enforcing, role, "PutRolePolicy", MODELS, "one-off")
    assert not enforcing.may(role, Request("s3:GetObject", "arn:aws:s3:::aws-panoramic-photos/1.jpg"))


def test_everything_but_one_service_is_contained(enforcing: Account) -> None:
    """A NotAction grants all services, those of tomorrow too."""
    role = "AWSPanoramaApplianceRole"
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}}
    )
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="all-but-iam", PolicyDocument=document)
    hold_denied(enforcing, role, "PutRolePolicy", LOGS, "all-but-iam")
    assert not enforcing.may(role, Request("ec2:RunInstances", "*"))


def test_passing_a_role_to_any_service_is_contained(enforcing: Account) -> None:
    """The ceiling passes the same role to SageMaker only: the condition decides, and passing it there still works."""
    role, passed = "AWSPanoramaServiceRole", f"arn:aws:iam::{enforcing.id}:role/service-role/AWSPanoramaSageMakerRole"
    to_sagemaker = Request("iam:PassRole", passed, (("iam:PassedToService", ("sagemaker.amazonaws.com",)),))
    document = policy(allow("iam:PassRole", passed))
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="pass", PolicyDocument=document)
    told = hold_denied(enforcing, role, "PutRolePolicy", to_sagemaker, "pass")
    assert told.incident.evidence.action.lower() == "iam:passrole"
    to_lambda = Request("iam:PassRole", passed, (("iam:PassedToService", ("lambda.amazonaws.com",)),))
    assert not enforcing.may(role, to_lambda)


def test_a_new_default_version_of_an_attached_policy_is_contained(enforcing: Account) -> None:
    """The call names a policy, not a role; every guarded role that has it is judged."""
    role = "AWSPanoramaApplianceRole"
    arn = enforcing.create_policy("tuning-new-version", TUNING)
    enforcing.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    enforcing.settle()
    enforcing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=ALL_LOGS, SetAsDefault=True)
    told = hold_denied(enforcing, role, "CreatePolicyVersion", LOGS, arn)
    assert "(AllLogs)" in told.alert.body["statement"]


def test_a_wide_dormant_version_made_the_default_is_contained(enforcing: Account) -> None:
    """While it is dormant it grants nothing and nobody is told; the moment it is the default it is contained."""
    role = "AWSPanoramaApplianceRole"
    arn = enforcing.create_policy("tuning-dormant", ALL_LOGS)
    enforcing.iam.create_policy_version(PolicyArn=arn, PolicyDocument=TUNING, SetAsDefault=True)
    enforcing.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    assert enforcing.alerts() == []
    enforcing.mallory.set_default_policy_version(PolicyArn=arn, VersionId="v1")
    hold_denied(enforcing, role, "SetDefaultPolicyVersion", LOGS, arn)


def test_one_policy_on_two_roles_is_contained_on_each(enforcing: Account) -> None:
    """Two subjects, two incidents, two alerts; a role that is not guarded has the same policy and keeps it."""
    roles = ("AWSPanoramaApplianceRole", "AWSPanoramaSageMakerRole")
    arn = enforcing.create_policy("shared", TUNING)
    enforcing.iam.create_role(RoleName="Payroll", AssumeRolePolicyDocument=enforcing.record(roles[0]).trust)
    for role in (*roles, "Payroll"):
        enforcing.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    enforcing.settle()
    enforcing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=ALL_LOGS, SetAsDefault=True)
    alerts = enforcing.alerts()
    assert sorted(alert.body["subject"]["name"] for alert in alerts) == sorted(roles)
    assert {alert.body["state"] for alert in alerts} == {"CONTAINED"}
    elsewhere = Request("logs:DeleteLogGroup", f"arn:aws:logs:us-east-1:{enforcing.id}:log-group:payroll")
    assert [enforcing.may(role, elsewhere) for role in (*roles, "Payroll")] == [False, False, True]


def test_two_escapes_of_one_role_are_two_incidents(enforcing: Account) -> None:
    """One cause, one incident: each has its own statement, containment and alert."""
    role = "AWSPanoramaSageMakerRole"
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="payroll", PolicyDocument=PAYROLL)
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="logs", PolicyDocument=ALL_LOGS)
    assert sorted(alert.body["source"] for alert in enforcing.alerts()) == ["logs", "payroll"]
    assert len(enforcing.record(role).containments) == 2
    assert enforcing.may(role, MODELS)


def test_an_escape_that_comes_back_is_contained_and_told_again(enforcing: Account) -> None:
    """The attacker removes the containment; the guard puts it back, by the same incident, told a second time."""
    role = "AWSPanoramaSageMakerRole"
    enforcing.mallory.put_role_policy(RoleName=role, PolicyName="again", PolicyDocument=PAYROLL)
    (first,) = enforcing.alerts()
    (name,) = enforcing.record(role).containments
    enforcing.mallory.delete_role_policy(RoleName=role, PolicyName=name)
    (second,) = enforcing.alerts()
    assert (first.body["state"], second.body["state"]) == ("CONTAINED", "CONTAINED")
    assert (first.body["attempt"], second.body["attempt"]) == (1, 2)
    assert first.body["incident"] == second.body["incident"]
    assert second.body["call"]["event"] == "iam.amazonaws.com DeleteRolePolicy"
    assert enforcing.record(role).containments == (name,)
