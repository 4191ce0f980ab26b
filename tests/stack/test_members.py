"""The hub of an organisation sweeps its members, with no permission but what the two templates give."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.case.incident import State
from panorama_guard.case.member import NO_ROLE, SWITCHED_OFF
from panorama_guard.cli.output import ANSWERED, DIFFERS
from panorama_guard.containment import Request
from panorama_guard.containment.evaluate import allows
from tests.builders import PAYROLL, SERVICE_ROLE, policy, trusting
from tests.stack.account import Account, grant_of
from tests.stack.calls import recording
from tests.stack.member import MEMBER, REMEDIATION_ROLE, WITHOUT, keys_in, make_member
from tests.stack.roles import read_record
from tests.stack.test_reports import Reports

pytestmark = pytest.mark.stack
NAME = SERVICE_ROLE.name
BOTH = ("ReadRole", "RemediationRole")
PAY = Request("s3:GetObject", "arn:aws:s3:::payroll/january")
OPENED = policy(trusting({"Service": "panorama.amazonaws.com"}), trusting({"AWS": "arn:aws:iam::999999999999:root"}))
ROLE_WRITES = {
    *("PutRolePolicy", "DeleteRolePolicy", "DetachRolePolicy", "UpdateAssumeRolePolicy", "CreatePolicy"),
    *("PutRolePermissionsBoundary", "DeleteRolePermissionsBoundary", "CreatePolicyVersion", "TagRole"),
}
PROFILE_OF = """[member]
aws_access_key_id = {AccessKeyId}
aws_secret_access_key = {SecretAccessKey}
aws_session_token = {SessionToken}
"""


@pytest.fixture
def there(remediating: Account) -> Iterator[Any]:
    """Give IAM of the member, with both roles of its template and six healthy ones, and leave it so."""
    yield make_member(remediating, *BOTH)
    remediating.settle()
    make_member(remediating, *BOTH)


def test_a_sweep_finds_what_no_event_told_in_a_member_and_tells_who_cannot_be_read(observing: Account) -> None:
    """Asked for by an operator, as by the schedule: the incident is the member's, and all of it was listed."""
    iam = make_member(observing)
    with observing.events_lost():
        iam.put_role_policy(RoleName=NAME, PolicyName="unseen", PolicyDocument=PAYROLL)
    carol, _ = observing.operators
    assert carol.ask({"action": "sweep"})[0] == 202
    alerts = {alert.subject: alert.body for alert in observing.alerts()}
    (found,) = [body for body in alerts.values() if "incident" in body]
    assert (found["subject"]["account"], found["state"]) == (MEMBER, State.OBSERVED.value)
    assert len(alerts) == 2
    assert any("a member account cannot be read" in subject for subject in alerts)
    members = carol.ask({"action": "status"})[1]["members"]
    assert (members["read"], members["in_part"], members["unreached"]) == (1, 0, 1)
    assert [one["account"] for one in members["not_read"]] == [WITHOUT]
    listed = carol.ask({"action": "incidents", "account": MEMBER})[1]["incidents"]
    assert [one["incident"] for one in listed] == [found["incident"]]
    assert observing.dead_letters() == []
    assert iam.list_role_policies(RoleName=NAME)["PolicyNames"] == ["unseen"]


def test_what_is_open_in_a_member_is_in_status_report_and_digest_until_it_is_over(observing: Account) -> None:
    """With its account: the hub's role of the same name is well, and said to be so."""
    iam, reports = make_member(observing, *BOTH), Reports(observing)
    carol, _ = observing.operators
    iam.put_role_policy(RoleName=NAME, PolicyName="seen", PolicyDocument=PAYROLL)
    (alert,) = observing.alerts()
    reports.ask_for_digest()
    (digest,) = [one for one in observing.alerts() if one.subject.startswith("[DIGEST]")]
    assert digest.subject.startswith("[DIGEST] 1 open, ")
    (told,) = digest.body["open"]["listed"]
    assert (told["account"], told["incident"]) == (MEMBER, alert.body["incident"])
    posture = reports.posture()
    assert [one["subject"]["account"] for one in posture["incidents"] if one["state"] == "OBSERVED"] == [MEMBER]
    assert {one["verdict"] for one in posture["roles"] if one["name"] == NAME} == {"contained"}
    there = carol.ask({"action": "status"})[1]["open_in_members"]
    assert [(one["account"], one["open"]) for one in there["accounts"]["listed"]] == [(MEMBER, 1)]
    iam.delete_role_policy(RoleName=NAME, PolicyName="seen")
    assert [one.body["state"] for one in observing.alerts()] == [State.RESOLVED.value]
    assert carol.ask({"action": "status"})[1]["open_in_members"]["all"] == 0
    assert observing.dead_letters() == []


def test_a_call_in_a_member_is_judged_in_its_account_and_nothing_is_written(observing: Account) -> None:
    """As its event says, and the hub's of the same name is not looked at. Of all calls one writes: the attacker's."""
    iam = make_member(observing, *BOTH)
    with recording(observing.stack) as made:
        iam.put_role_policy(RoleName=NAME, PolicyName="seen", PolicyDocument=PAYROLL)
        (alert,) = observing.alerts()
    assert (alert.body["subject"]["account"], alert.body["state"]) == (MEMBER, State.OBSERVED.value)
    assert (alert.body["reason"], alert.body["commands"]) == (SWITCHED_OFF, {})
    assert observing.incidents(NAME) == ()
    assert [call.operation for call in made.calls if call.operation in ROLE_WRITES] == ["PutRolePolicy"]
    assumed = [call.body for call in made.calls if call.operation == "AssumeRole"]
    assert not [body for body in assumed if REMEDIATION_ROLE in body]


def test_an_escape_in_a_member_is_contained_verified_and_undone_byte_for_byte(
    remediating: Account, there: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hub's role of the same name is as it was. What is compared needs credentials of the member's account."""
    iam = there
    hub = remediating.record(NAME)
    with remediating.events_lost():
        iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    before = read_record(iam, NAME)
    iam.tag_role(RoleName=NAME, Tags=[{"Key": "a", "Value": "b"}])
    (alert,) = remediating.alerts()
    assert (alert.body["subject"]["account"], alert.body["state"]) == (MEMBER, State.CONTAINED.value)
    assert not allows(grant_of(read_record(iam, NAME)), PAY)
    assert (remediating.record(NAME), remediating.incidents(NAME)) == (hub, ())
    carol, _ = remediating.operators
    words = ("undo", alert.body["incident"], "--reason", "an agreed change", "--for", "1h")
    code, told = carol.run(*words)
    assert code == DIFFERS
    assert f"is in {MEMBER}" in told["differs"][0]
    own = tmp_path / "credentials"
    own.write_text(PROFILE_OF.format(**keys_in(remediating, MEMBER)), encoding="utf-8")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(own))
    code, told = carol.run(*words, "--own-profile", "member")
    assert (code, told.get("compared")) == (ANSWERED, "byte for byte")
    after = read_record(iam, NAME)
    assert (after.inline, after.trust, after.attached) == (before.inline, before.trust, before.attached)
    remediating.recheck()
    assert (remediating.record(NAME), read_record(iam, NAME).containments) == (hub, ())
    assert remediating.dead_letters() == []


def test_a_plan_in_a_member_waits_for_an_operator(remediating: Account, there: Any) -> None:
    """Whose word carries it out there, by the incident's id alone."""
    iam, trusted = there, read_record(there, NAME).trust
    carol, _ = remediating.operators
    iam.tag_role(RoleName=NAME, Tags=[{"Key": "a", "Value": "b"}])  # the trust is seen as it should be
    remediating.recheck()  # else a look that is on its way finds the escape before its event does, and names nobody
    iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=OPENED)
    alerts = remediating.alerts()
    assert [alert.subject.split("]")[0] for alert in alerts] == ["[NEEDS APPROVAL"]
    asked = alerts[0].body
    assert asked["subject"]["account"] == MEMBER
    assert read_record(iam, NAME).trust == OPENED
    status, answer = carol.ask({"action": "approve", "incident": asked["incident"]})
    assert status == 200, answer
    told = [alert.body for alert in remediating.alerts()]
    assert {one["incident"] for one in told} == {asked["incident"]}
    assert [one["state"] for one in told] == [State.DETECTED.value, State.CONTAINED.value]  # approved, and done
    assert json.loads(read_record(iam, NAME).trust)["Statement"] == json.loads(trusted)["Statement"]
    assert remediating.record(NAME) == remediating.healthy(NAME)


def test_a_member_that_refuses_its_role_is_not_fixed_and_contained_once_it_lets_the_guard_in(
    remediating: Account, there: Any
) -> None:
    """Operators read why; one that makes no such role at all is only told of, with no command."""
    iam = there
    trust = read_record(iam, REMEDIATION_ROLE).trust
    with remediating.events_lost():
        iam.update_assume_role_policy(RoleName=REMEDIATION_ROLE, PolicyDocument=policy(trusting({"AWS": MEMBER})))
    iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    (alert,) = remediating.alerts()
    assert (alert.body["state"], alert.body["subject"]["account"]) == (State.NOT_FIXED.value, MEMBER)
    assert f"account {MEMBER} cannot be written to: AccessDenied" in alert.body["reason"]
    assert allows(grant_of(read_record(iam, NAME)), PAY)
    with remediating.events_lost():
        iam.update_assume_role_policy(RoleName=REMEDIATION_ROLE, PolicyDocument=trust)
    iam.tag_role(RoleName=NAME, Tags=[{"Key": "a", "Value": "b"}])
    assert [one.body["state"] for one in remediating.alerts()] == [State.CONTAINED.value]
    iam = make_member(remediating, "ReadRole")
    iam.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    told = remediating.alerts()[-1].body
    assert (told["state"], told["reason"], told["commands"]) == (State.OBSERVED.value, NO_ROLE, {})


def test_who_changes_the_guard_s_role_in_a_member_is_told_past_the_functions(remediating: Account, there: Any) -> None:
    """Whom the role lets in from then on would pass for the guard; another role of the member is nobody's business."""
    other = policy(trusting({"AWS": MEMBER}))
    there.create_role(RoleName="panorama-guard-reader", AssumeRolePolicyDocument=other)
    there.update_assume_role_policy(RoleName=REMEDIATION_ROLE, PolicyDocument=other)
    (alert,) = [one for one in remediating.guard_changes() if one.body["account"] == MEMBER]
    assert alert.body["what"].startswith("GUARD CHANGED, NOT UNDONE: UpdateAssumeRolePolicy of iam.amazonaws.com")
    assert (alert.body["account"], alert.body["on"]["roleName"]) == (MEMBER, REMEDIATION_ROLE)
    assert "Administrator" in alert.body["who"]["arn"]
    assert remediating.dead_letters() == []


def test_one_name_in_hub_and_member_is_two_records_and_a_member_s_pause_is_its_own(
    remediating: Account, there: Any
) -> None:
    """The hub's is contained while the member's waits; it is contained when the pause ends."""
    iam = there
    carol, _ = remediating.operators
    assert carol.ask({"action": "sweep", "account": MEMBER})[0] == 202  # puts the member on record
    remediating.alerts()
    code, paused = carol.run("pause", "--reason", "a migration there", "--account", MEMBER)
    assert (code, paused["account"]) == (ANSWERED, MEMBER)
    for one in (iam, remediating.mallory):
        one.put_role_policy(RoleName=NAME, PolicyName="pay", PolicyDocument=PAYROLL)
    told = {one.body["subject"]["account"]: one.body for one in remediating.alerts() if "incident" in one.body}
    assert {account: one["state"] for account, one in told.items()} == {
        MEMBER: State.OBSERVED.value,
        remediating.id: State.CONTAINED.value,
    }
    assert "paused by" in told[MEMBER]["reason"]
    listed = carol.run("incidents", "--account", MEMBER)[1]
    assert (listed["account"], [one["incident"] for one in listed["incidents"]]) == (MEMBER, [told[MEMBER]["incident"]])
    assert carol.run("status", "--account", MEMBER)[1]["paused"]
    assert carol.run("status")[1]["paused"] is None
    assert carol.run("resume", "--account", MEMBER)[1]["account"] == MEMBER
    (contained,) = [one.body for one in remediating.alerts() if "incident" in one.body]
    assert (contained["subject"]["account"], contained["state"]) == (MEMBER, State.CONTAINED.value)
    assert not allows(grant_of(read_record(iam, NAME)), PAY)
