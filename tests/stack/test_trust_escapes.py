"""Mode enforce: somebody whom the profile does not name is let into a guarded role."""

import json
from typing import Any

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.containment import Request
from tests.builders import the_role
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_contained

pytestmark = pytest.mark.stack
GREENGRASS = Request("greengrass:GetGroup", "*")
STRANGER = {"AWS": "arn:aws:iam::999999999999:root"}


def open_trust(account: Account, role: str, statement: dict[str, Any]) -> str:
    """Let mallory add a statement to the role's trust policy, and return the policy as it was."""
    before = account.record(role).trust
    document = json.loads(before)
    document["Statement"].append({"Effect": "Allow", **statement})
    account.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(document))
    return before


def hold_repaired(account: Account, role: str, before: str, principal: str, kept: Request) -> None:
    """Assert that one stranger was told by name, and that the trust policy lets in exactly whom it let in before."""
    told = hold_contained(account, role, event="UpdateAssumeRolePolicy", kept=kept)
    assert told.incident.kind is Kind.TRUST_ESCAPE
    assert told.alert.body["witness"]["resource"].startswith(principal)
    assert told.alert.body["statement"] == "trust policy, statement 2"
    after = account.record(role)
    assert json.loads(after.trust) == json.loads(before)
    assert after.containments == ()
    assert json.loads(the_role(told.backup.snapshot).trust) != json.loads(before)


def test_a_foreign_account_is_taken_out_of_the_trust(enforcing: Account) -> None:
    """The service that AWS documents stays."""
    role = "AWSPanoramaGreengrassRole"
    before = open_trust(enforcing, role, {"Principal": STRANGER, "Action": "sts:AssumeRole"})
    hold_repaired(enforcing, role, before, "AWS arn:aws:iam::999999999999:", GREENGRASS)


def test_everybody_is_taken_out_of_the_trust(enforcing: Account) -> None:
    """`*` is everybody in every account."""
    role = "AWSPanoramaGreengrassGroupRole"
    before = open_trust(enforcing, role, {"Principal": "*", "Action": "sts:AssumeRole"})
    hold_repaired(enforcing, role, before, "AWS ", MODELS)


def test_another_service_is_taken_out_of_the_trust(enforcing: Account) -> None:
    """A function of Lambda's could become the role. Its trust is inferred, and was confirmed when it was first seen."""
    role = "AWSPanoramaServiceRole"
    before = open_trust(enforcing, role, {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
    hold_repaired(enforcing, role, before, "Service lambda.amazonaws.com", MODELS)


def test_tagging_sessions_is_taken_out_of_the_trust(enforcing: Account) -> None:
    """The same service, one action more: session tags decide what some policies grant."""
    role = "AWSPanoramaSageMakerRole"
    service = {"Service": "sagemaker.amazonaws.com"}
    before = open_trust(enforcing, role, {"Principal": service, "Action": ["sts:TagSession"]})
    hold_repaired(enforcing, role, before, "Service sagemaker.amazonaws.com", MODELS)


def test_a_stranger_inside_a_good_statement_is_taken_out_of_it(enforcing: Account) -> None:
    """Only the stranger goes; the statement keeps its service."""
    role = "AWSPanoramaGreengrassRole"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "greengrass.amazonaws.com", **STRANGER},
        "Action": "sts:AssumeRole",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    before = enforcing.record(role).trust
    enforcing.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=document)
    hold_contained(enforcing, role, event="UpdateAssumeRolePolicy", kept=GREENGRASS)
    assert json.loads(enforcing.record(role).trust) == json.loads(before)
