"""Roles of any name are found, told and never written to; so is what is around the roles that are named."""

from collections.abc import Iterator

import pytest

from panorama_guard.case.incident import State
from tests.builders import ADMINISTRATOR_ARN, IN_PATTERN, PAYROLL, PROFILE, allow, policy, trusting
from tests.stack.account import Account
from tests.stack.roles import delete_role

pytestmark = pytest.mark.stack
ROLE = "AWSPanoramaSageMakerRole"
APPLICATION, OTHER = "panorama-people-runtimeRole-1A2B", "payroll-batch"
PANORAMA = policy(trusting({"Service": "panorama.amazonaws.com"}))
EC2 = policy(trusting({"Service": "ec2.amazonaws.com"}))
METRICS = policy(allow("cloudwatch:PutMetricData"))


@pytest.fixture
def application(enforcing: Account) -> Iterator[str]:
    """Give an application's role, as AWS's templates make it, in an account of mode enforce."""
    enforcing.mallory.create_role(RoleName=APPLICATION, AssumeRolePolicyDocument=PANORAMA)
    enforcing.mallory.put_role_policy(RoleName=APPLICATION, PolicyName="metrics", PolicyDocument=METRICS)
    enforcing.recheck()
    yield APPLICATION
    delete_role(enforcing.iam, APPLICATION)
    enforcing.recheck()
    enforcing.alerts()


def test_an_application_role_is_silent_then_told_and_never_written_to(enforcing: Account, application: str) -> None:
    """Its ceiling is metrics and logs; an escape is told with a witness, another trust too, and nothing is changed."""
    assert enforcing.alerts() == []
    enforcing.mallory.put_role_policy(RoleName=application, PolicyName="more", PolicyDocument=PAYROLL)
    (escape,) = enforcing.alerts()
    assert (escape.body["state"], escape.body["kind"]) == ("OBSERVED", "permission-escape")
    assert "payroll" in escape.body["witness"]["resource"]
    enforcing.mallory.update_assume_role_policy(RoleName=application, PolicyDocument=EC2)
    (trust,) = enforcing.alerts()
    assert (trust.body["state"], trust.body["kind"]) == ("OBSERVED", "trust-escape")
    enforcing.recheck()
    names = enforcing.iam.list_role_policies(RoleName=application)["PolicyNames"]
    assert sorted(names) == ["metrics", "more"]
    assert {one.state for one in enforcing.incidents(application)} == {State.OBSERVED}


def test_a_left_over_of_the_samples_is_found_by_a_sweep(enforcing: Account) -> None:
    """No event said it was there: it is told with what it may do, and stays as it is."""
    name = "AWSPanoramaSMRole20230101120000"
    with enforcing.events_lost():
        enforcing.iam.create_role(RoleName=name, AssumeRolePolicyDocument=PANORAMA)
        enforcing.iam.attach_role_policy(RoleName=name, PolicyArn=ADMINISTRATOR_ARN)
    enforcing.invoke("sweep", {})
    told = [alert for alert in enforcing.alerts() if alert.body["subject"]["name"] == name]
    assert [(alert.body["state"], alert.body["source"]) for alert in told] == [("OBSERVED", ADMINISTRATOR_ARN)]
    assert enforcing.iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    delete_role(enforcing.iam, name)
    enforcing.recheck()


def test_other_roles_are_met_with_silence(enforcing: Account) -> None:
    """Whatever they may do."""
    enforcing.mallory.create_role(RoleName=OTHER, AssumeRolePolicyDocument=EC2)
    enforcing.mallory.attach_role_policy(RoleName=OTHER, PolicyArn=ADMINISTRATOR_ARN)
    enforcing.invoke("sweep", {})
    assert enforcing.alerts() == []
    delete_role(enforcing.iam, OTHER)


def test_an_instance_profile_and_a_version_that_waits_are_told_and_over_when_they_are_gone(enforcing: Account) -> None:
    """Neither changes the role; each is one call away from it."""
    arn = enforcing.create_policy("waiting", IN_PATTERN)
    enforcing.iam.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    enforcing.mallory.create_instance_profile(InstanceProfileName="bastion")
    enforcing.recheck()
    assert enforcing.alerts() == []
    enforcing.mallory.add_role_to_instance_profile(InstanceProfileName="bastion", RoleName=ROLE)
    enforcing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=PAYROLL)
    alerts = {alert.body["source"]: alert for alert in enforcing.alerts()}
    told = {source: alert.body for source, alert in alerts.items()}
    assert set(told) == {"instance profiles", f"version not in force v2 {arn}"}
    assert {(one["state"], one["kind"]) for one in told.values()} == {("OBSERVED", "weakness")}
    assert "through bastion" in " ".join(alerts["instance profiles"].text.split())
    enforcing.iam.remove_role_from_instance_profile(InstanceProfileName="bastion", RoleName=ROLE)
    enforcing.iam.delete_policy_version(PolicyArn=arn, VersionId="v2")
    assert {alert.body["state"] for alert in enforcing.alerts()} == {"RESOLVED"}
    enforcing.iam.delete_instance_profile(InstanceProfileName="bastion")


def test_a_role_that_is_deleted_and_made_again_is_told(enforcing: Account) -> None:
    """That it is gone, and then that another one bears its name; the new one is judged like any other."""
    enforcing.invoke("sweep", {})
    enforcing.settle()
    delete_role(enforcing.mallory, ROLE)
    (gone,) = [alert for alert in enforcing.alerts() if alert.body["source"] == "existence"]
    assert (gone.body["state"], gone.body["severity"]) == ("OBSERVED", "LOW")
    profile = PROFILE.role_named(ROLE)
    assert profile is not None
    enforcing.mallory.create_role(RoleName=ROLE, Path="/service-role/", AssumeRolePolicyDocument=profile.trust_text)
    told = {alert.body["source"]: alert.body["state"] for alert in enforcing.alerts()}
    assert told == {"existence": "RESOLVED", "made again": "OBSERVED"}
