"""The hub of an organisation sweeps its members, with no permission but what the two templates give."""

import pytest

from panorama_guard.case.incident import State
from tests.builders import PAYROLL, SERVICE_ROLE
from tests.stack.account import Account
from tests.stack.member import MEMBER, WITHOUT, make_member

pytestmark = pytest.mark.stack
NAME = SERVICE_ROLE.name


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
    with observing.events_lost():
        iam.delete_role_policy(RoleName=NAME, PolicyName="unseen")


def test_a_call_in_a_member_is_judged_in_its_account(observing: Account) -> None:
    """As its event says; what the hub has of the same name is not looked at."""
    iam = make_member(observing)
    iam.put_role_policy(RoleName=NAME, PolicyName="seen", PolicyDocument=PAYROLL)
    (alert,) = observing.alerts()
    assert (alert.body["subject"]["account"], alert.body["state"]) == (MEMBER, State.OBSERVED.value)
    assert observing.incidents(NAME) == ()
    iam.delete_role_policy(RoleName=NAME, PolicyName="seen")
    observing.settle()
