"""Mode observe, the default: the guard tells what it would do, and writes to no role."""

import json

import pytest

from panorama_guard.case.incident import State
from panorama_guard.containment import Request
from tests.builders import ADMINISTRATOR_ARN, ONE_CHARACTER_OFF, allow, policy
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_told
from tests.stack.messages import Message

pytestmark = pytest.mark.stack


def hold_observed(account: Account, role: str, event: str) -> Message:
    """Assert one alert that says what would be done, with its proof, and that nothing was done."""
    incident = account.outcome(role)
    (alert,) = account.alerts()
    assert (incident.state, incident.remedy.carried_out) == (State.OBSERVED, False)
    assert incident.reason == "mode observe: the guard tells and changes nothing"
    hold_told(account, incident, alert, event=event)
    assert "\nWould do:" in alert.text
    assert incident.remedy.proof.startswith("decided over all ")
    assert account.backups(incident) == ()
    return alert


def test_administrator_access_is_told_and_stays(observing: Account) -> None:
    """The alert has the plan, proved; the role is byte for byte what the attacker made of it."""
    role = "AWSPanoramaServiceRole"
    with observing.events_lost():
        observing.mallory.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR_ARN)
    attacked = observing.record(role)
    observing.mallory.attach_role_policy(RoleName=role, PolicyArn=ADMINISTRATOR_ARN)
    alert = hold_observed(observing, role, "AttachRolePolicy")
    assert alert.body["remedy"]["steps"][0].startswith("put the inline policy panorama-guard-containment-")
    assert observing.record(role) == attacked
    assert observing.may(role, Request("iam:CreateUser", "*"))


def test_a_stranger_in_the_trust_is_told_and_stays(observing: Account) -> None:
    """Who may become the role is left as the attacker made it."""
    role = "AWSPanoramaGreengrassRole"
    trust = json.loads(observing.record(role).trust)
    trust["Statement"][0]["Principal"] = "*"
    observing.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    (alert,) = observing.alerts()
    assert alert.subject.startswith("[OBSERVED] CRITICAL AWSPanoramaGreengrassRole: ")
    assert json.loads(observing.record(role).trust) == trust


def test_a_lost_boundary_is_told_and_stays_lost(observing: Account) -> None:
    """The plan is to put it back."""
    role = "AWSPanoramaSageMakerRole"
    arn = observing.create_policy("boundary", policy(allow("s3:*", "arn:aws:s3:::*aws-panorama*")))
    observing.iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=arn)
    observing.settle()
    observing.iam.put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=policy(allow("s3:*")))
    assert observing.alerts() == []
    observing.mallory.delete_role_permissions_boundary(RoleName=role)
    alert = hold_observed(observing, role, "DeleteRolePermissionsBoundary")
    assert alert.body["remedy"]["steps"] == [f"set the permissions boundary {arn}"]
    assert observing.record(role).boundary == ()


def test_an_escape_that_the_attacker_takes_back_is_resolved(observing: Account) -> None:
    """One incident, told twice: OBSERVED, then RESOLVED."""
    role = "AWSPanoramaSageMakerRole"
    observing.mallory.put_role_policy(RoleName=role, PolicyName="brief", PolicyDocument=ONE_CHARACTER_OFF)
    opened = hold_observed(observing, role, "PutRolePolicy")
    observing.mallory.delete_role_policy(RoleName=role, PolicyName="brief")
    incident = observing.outcome(role)
    (closed,) = observing.alerts()
    assert incident.state is State.RESOLVED
    assert closed.subject.startswith("[RESOLVED] ")
    assert closed.body["incident"] == opened.body["incident"]
    assert "without the guard's doing" in closed.text
    assert observing.may(role, MODELS)


def test_a_change_beside_an_open_escape_is_not_told_again(observing: Account) -> None:
    """The incident is open and says the same: an operator hears of it once."""
    role = "AWSPanoramaSageMakerRole"
    observing.mallory.put_role_policy(RoleName=role, PolicyName="open", PolicyDocument=ONE_CHARACTER_OFF)
    hold_observed(observing, role, "PutRolePolicy")
    observing.mallory.tag_role(RoleName=role, Tags=[{"Key": "team", "Value": "vision"}])
    observing.mallory.put_role_policy(RoleName=role, PolicyName="open", PolicyDocument=ONE_CHARACTER_OFF)
    assert observing.alerts() == []
    assert observing.outcome(role).state is State.OBSERVED
