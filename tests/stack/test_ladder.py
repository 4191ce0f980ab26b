"""Mode enforce: the attacker leaves no room for a Deny, and the escape is contained by a later rung of the ladder."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from panorama_guard.case.finding import Kind, Severity
from panorama_guard.case.incident import State
from panorama_guard.containment import Contained, Grant, Request
from panorama_guard.containment.check import check
from panorama_guard.policy import parse_document
from tests.builders import ADMINISTRATOR_ARN, IN_PATTERN, PAYROLL, PROFILE, allow, policy, the_role, trusting
from tests.stack.account import Account, grant_of
from tests.stack.claims import MODELS, Told, hold_contained, hold_witness_stopped
from tests.stack.cornering import BAD, GOOD, QUEUES_ARN, corner, fill

pytestmark = pytest.mark.stack
ROLE, SMALL = "AWSPanoramaServiceRole", "AWSPanoramaSageMakerRole"
LOG_GROUP = Request("logs:CreateLogGroup", "arn:aws:logs:us-east-1:1:log-group:/aws/panorama_device")


def hold_bounded(account: Account, told: Told) -> None:
    """Assert that the ceiling is the boundary, by a policy of the guard's own, and that all else is as it was."""
    role, before = told.incident.subject.name, the_role(told.backup.snapshot)
    after = account.record(role)
    ((arn, text),) = after.boundary
    profile = PROFILE.role_named(role)
    assert profile is not None
    assert arn == f"arn:aws:iam::{account.id}:policy/panorama-guard/boundary-of-{role}"
    assert check(Grant((parse_document(text, name="boundary"),)), profile.ceiling) == Contained()
    assert after.inline == tuple((each.name, each.text) for each in before.inline)
    assert after.attached == tuple((each.arn, each.text) for each in before.attached)


def test_administrator_access_beside_a_full_inline_quota_is_bounded(enforcing: Account) -> None:
    """The filler is inside the ceiling and stays; the attacker's 9,900 characters shield nothing."""
    fill(enforcing, ROLE, 9_900)
    enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=ADMINISTRATOR_ARN)
    told = hold_contained(enforcing, ROLE, event="AttachRolePolicy", kept=MODELS)
    hold_witness_stopped(enforcing, told)
    hold_bounded(enforcing, told)
    assert not enforcing.may(ROLE, Request("iam:CreateUser", "*"))
    assert "passed over: put the inline policy panorama-guard-containment-" in " ".join(told.alert.text.split())


def test_a_full_attachment_quota_shields_nothing_either(enforcing: Account) -> None:
    """No rung needs a place among the attached policies."""
    fill(enforcing, ROLE, 10_200)
    quota = enforcing.iam.get_account_summary()["SummaryMap"]["AttachedPoliciesPerRoleQuota"]
    for number in range(quota - 2):
        arn = enforcing.create_policy(f"harmless-{number}", IN_PATTERN)
        enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=arn)
    assert enforcing.alerts() == []
    enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=ADMINISTRATOR_ARN)
    with pytest.raises(ClientError, match="LimitExceeded"):
        enforcing.mallory.attach_role_policy(RoleName=ROLE, PolicyArn=QUEUES_ARN)
    hold_bounded(enforcing, hold_contained(enforcing, ROLE, event="AttachRolePolicy", kept=MODELS))


def test_a_boundary_that_the_attacker_takes_away_is_set_again(enforcing: Account) -> None:
    """The same incident, told again; the policy is the same one."""
    fill(enforcing, SMALL, 10_200)
    enforcing.mallory.attach_role_policy(RoleName=SMALL, PolicyArn=ADMINISTRATOR_ARN)
    (first,) = enforcing.alerts()
    (bounded,) = enforcing.record(SMALL).boundary
    enforcing.mallory.delete_role_permissions_boundary(RoleName=SMALL)
    (second,) = enforcing.alerts()
    assert (first.body["incident"], first.body["state"]) == (second.body["incident"], "CONTAINED")
    assert enforcing.record(SMALL).boundary == (bounded,)


def test_a_boundary_of_the_guard_s_own_that_is_widened_in_place_is_renewed(enforcing: Account) -> None:
    """The attacker leaves no room for another version: the oldest makes it."""
    fill(enforcing, SMALL, 10_200)
    enforcing.mallory.attach_role_policy(RoleName=SMALL, PolicyArn=ADMINISTRATOR_ARN)
    enforcing.alerts()
    ((arn, text),) = enforcing.record(SMALL).boundary
    for number in range(4):  # IAM keeps five versions, and takes a sixth from nobody
        wide = policy(allow("*"), allow(f"s3:Get{number}"))
        enforcing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=wide, SetAsDefault=number == 3)
    told = [(alert.body["subject"]["name"], alert.body["state"]) for alert in enforcing.alerts()]
    waiting = f"iam-role:{SMALL}"  # a version of it that is not in force would let escape what it holds in
    assert [one for one in told if one != (waiting, "OBSERVED")] == [(SMALL, "CONTAINED")]
    assert enforcing.record(SMALL).boundary == ((arn, text),)


def test_a_name_that_somebody_took_first_does_not_keep_the_guard_from_its_boundary(enforcing: Account) -> None:
    """Policies of an account share their names, whatever their path: the next one is tried, in the same attempt."""
    enforcing.create_policy(f"boundary-of-{SMALL}", IN_PATTERN)
    fill(enforcing, SMALL, 10_200)
    enforcing.mallory.attach_role_policy(RoleName=SMALL, PolicyArn=ADMINISTRATOR_ARN)
    incident = enforcing.outcome(SMALL)
    assert (incident.state, incident.attempt) == (State.CONTAINED, 1)
    ((arn, _),) = enforcing.record(SMALL).boundary
    assert arn.endswith(f":policy/panorama-guard/boundary-of-{SMALL}-2")


# --- taken away, or set back ---


def test_what_grants_nothing_inside_the_ceiling_is_detached_where_no_deny_fits(enforcing: Account) -> None:
    """The plan says that a policy of AWS's own may be gone for good."""
    fill(enforcing, SMALL, 10_220)
    enforcing.mallory.attach_role_policy(RoleName=SMALL, PolicyArn=QUEUES_ARN)
    told = hold_contained(enforcing, SMALL, event="AttachRolePolicy", kept=MODELS)
    hold_witness_stopped(enforcing, told)
    after = enforcing.record(SMALL)
    assert QUEUES_ARN not in dict(after.attached)
    assert after.boundary == ()
    assert any("may be gone for good" in note for note in told.alert.body["remedy"]["notes"])
    undo = f"aws iam attach-role-policy --role-name {SMALL} --policy-arn {QUEUES_ARN}"
    assert told.alert.body["remedy"]["undo"] == [undo]


def test_an_inline_policy_that_grants_nothing_inside_the_ceiling_is_deleted_where_no_deny_fits(
    enforcing: Account,
) -> None:
    """The ledger holds it."""
    own = policy(allow("sqs:*"))
    fill(enforcing, SMALL, 10_230 - len("".join(own.split())))
    enforcing.mallory.put_role_policy(RoleName=SMALL, PolicyName="queues", PolicyDocument=own)
    told = hold_contained(enforcing, SMALL, event="PutRolePolicy", kept=MODELS)
    assert [name for name, _ in enforcing.record(SMALL).inline] == ["filler"]
    assert ("queues", own) in [(each.name, each.text) for each in the_role(told.backup.snapshot).inline]


def test_a_new_version_of_a_policy_that_only_guarded_roles_use_is_set_back(enforcing: Account) -> None:
    """This deployment allows it: the version from before is the default again, the bad one is dormant."""
    arn = enforcing.create_policy("tuning", GOOD)
    enforcing.iam.attach_role_policy(RoleName=SMALL, PolicyArn=arn)
    fill(enforcing, SMALL, 10_220)
    enforcing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=BAD, SetAsDefault=True)
    told = hold_contained(enforcing, SMALL, event="CreatePolicyVersion", kept=MODELS)
    assert enforcing.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v1"
    assert told.alert.body["remedy"]["steps"] == [f"make v1 the default version of {arn}"]
    assert enforcing.may(SMALL, Request("iot:UpdateThing", f"arn:aws:iot:us-east-1:{enforcing.id}:thing/panorama-1"))


def test_a_policy_that_anybody_else_uses_is_never_edited(enforcing: Account) -> None:
    """It is attached to a role of payroll's: what is done is done to the guarded role alone."""
    arn = enforcing.create_policy("shared-tuning", GOOD)
    enforcing.iam.create_role(RoleName="Payroll", AssumeRolePolicyDocument=enforcing.record(SMALL).trust)
    for role in (SMALL, "Payroll"):
        enforcing.iam.attach_role_policy(RoleName=role, PolicyArn=arn)
    fill(enforcing, SMALL, 10_220)
    enforcing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=BAD, SetAsDefault=True)
    told = hold_contained(enforcing, SMALL, event="CreatePolicyVersion", kept=MODELS)
    assert enforcing.iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"] == "v2"
    assert enforcing.may("Payroll", Request("sqs:SendMessage", f"arn:aws:sqs:us-east-1:{enforcing.id}:payroll"))
    assert any("role/Payroll uses it too" in note for note in told.alert.body["remedy"]["notes"])
    hold_bounded(enforcing, told)


def test_without_the_parameter_the_function_could_not_set_a_policy_back(observing: Account) -> None:
    """Off by default: the plan that is told is another one, and the permission is not there."""
    arn = observing.create_policy("tuning", GOOD)
    observing.iam.attach_role_policy(RoleName=SMALL, PolicyArn=arn)
    fill(observing, SMALL, 10_220)
    observing.mallory.create_policy_version(PolicyArn=arn, PolicyDocument=BAD, SetAsDefault=True)
    (alert,) = observing.alerts()
    assert "boundary-of" in alert.body["remedy"]["steps"][0]
    role = observing.resource("RemediateRole")
    granted = json.dumps(observing.iam.get_role_policy(RoleName=role, PolicyName="remediate")["PolicyDocument"])
    assert "iam:SetDefaultPolicyVersion" not in granted


# --- quarantine ---


def test_quarantine_is_carried_out_only_with_an_operator_s_word(enforcing: Account) -> None:
    """The attacker has filled the quota, and has the guard's own policies in use elsewhere. Nothing happens unasked."""
    corner(enforcing, SMALL)
    arn = enforcing.create_policy("payroll", PAYROLL)
    enforcing.mallory.attach_role_policy(RoleName=SMALL, PolicyArn=arn)
    asked = enforcing.outcome(SMALL)
    before = enforcing.record(SMALL)
    (alert,) = enforcing.alerts()
    assert (asked.state, asked.severity) == (State.NEEDS_APPROVAL, Severity.CRITICAL)
    assert "lost inside the ceiling: " in alert.text
    enforcing.recheck()
    assert enforcing.alerts() == []
    assert enforcing.record(SMALL) == before
    enforcing.approve(asked)
    done = enforcing.outcome(SMALL)
    after = enforcing.record(SMALL)
    assert done.state is State.CONTAINED
    assert check(grant_of(after), Grant(())) == Contained()
    assert json.loads(after.trust)["Statement"][0]["Effect"] == "Deny"
    assert not enforcing.may(SMALL, MODELS)


# --- sessions ---


def call_as(account: Account, role: str) -> Any:
    """Return a client of CloudWatch Logs with a session of a role, as whoever the trust lets in opens it."""
    arn = account.iam.get_role(RoleName=role)["Role"]["Arn"]
    keys = account.stack.client("sts").assume_role(RoleArn=arn, RoleSessionName="stranger")["Credentials"]
    return account.client_of(keys, "logs")


def test_a_session_issued_before_a_trust_was_repaired_is_ended(enforcing: Account) -> None:
    """It could write logs, and can no longer; a session that is issued afterwards can."""
    role = "AWSPanoramaApplianceRole"
    trust = json.loads(enforcing.record(role).trust)
    trust["Statement"].append(trusting({"AWS": "arn:aws:iam::999999999999:root"}))
    with enforcing.events_lost():
        enforcing.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
    stranger = call_as(enforcing, role)
    stranger.create_log_group(logGroupName="/aws/panorama_device_before")
    enforcing.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust, indent=1))
    told = hold_contained(enforcing, role, event="UpdateAssumeRolePolicy", kept=LOG_GROUP)
    assert told.incident.kind is Kind.TRUST_ESCAPE
    with pytest.raises(ClientError, match="AccessDenied"):
        stranger.create_log_group(logGroupName="/aws/panorama_device_after")
    assert "ends sessions and takes no permission" in " ".join(told.alert.text.split())
    enforcing.recheck()
    assert len(enforcing.backups(told.incident)) > 1  # the time was moved up, each time with a backup before
    assert enforcing.alerts() == []
