"""The member accounts of an organisation, through the real handlers: fan-out, sweep, looks, and who is out of reach."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from panorama_guard.aws.member_queues import ALL_GROUP
from tests.builders import PAYROLL, SERVICE_ROLE
from tests.functions.account import Account, guarded_account
from tests.functions.member import MEMBER, iam_of, make_member
from tests.template.translation import translate

GONE = "333344445555"
SCHEDULED = '{"form": 1, "sweep_members": "schedule"}'  # as the template has it; a test compares them


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    """Give the hub of an organisation with two members, one of which lets nobody in."""
    with guarded_account(mode="enforce", members=f"{MEMBER},{GONE}") as account:
        make_member()
        refuse(monkeypatch, "AccessDenied")
        yield account


def refuse(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Have STS answer with an error whoever would be a role of the member that is out of reach."""
    real = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 - through it every call goes

    def answer(self: Any, operation: str, given: Any) -> Any:
        if operation == "AssumeRole" and GONE in given["RoleArn"]:
            raise ClientError({"Error": {"Code": code, "Message": "not you"}}, operation)
        return real(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", answer)


def alerts(account: Account) -> list[dict[str, Any]]:
    """Return the last line of each alert."""
    account.notify()
    messages = [json.loads(body)["Message"] for body in account.take("alerts")]
    return [json.loads(message.splitlines()[-1]) for message in messages]


def deliver_all(account: Account) -> None:
    """Deliver every request for members until there is none."""
    while bodies := account.take("members"):
        for body in bodies:
            account.sweep(body)
    for body in account.take("looks"):
        assert account.inspect(body)["batchItemFailures"] == []


def test_an_escape_in_a_member_that_no_event_told_of_is_found_by_the_schedule(account: Account) -> None:
    """With the member's account in the incident and the alert; nothing is ordered, though the hub enforces."""
    iam_of(MEMBER).put_role_policy(RoleName=SERVICE_ROLE.name, PolicyName="extra", PolicyDocument=PAYROLL)
    assert account.sweep(SCHEDULED)["accounts"] == [MEMBER, GONE]
    deliver_all(account)
    assert (account.take("orders"), account.take("changes"), account.take("reports")) == ([], [], [])
    told = alerts(account)
    (found,) = [one for one in told if "incident" in one]
    assert (found["subject"]["account"], found["state"]) == (MEMBER, "OBSERVED")
    assert "extra" in iam_of(MEMBER).list_role_policies(RoleName=SERVICE_ROLE.name)["PolicyNames"]


def test_an_escape_in_a_member_is_contained_there_through_the_real_handlers() -> None:
    """Where the hub lets it and the member has the role: the hub's role of the same name keeps what it has."""
    with guarded_account(mode="enforce", members=MEMBER, remediate_members="yes") as account:
        make_member(remediation=True)
        iam_of(MEMBER).put_role_policy(RoleName=SERVICE_ROLE.name, PolicyName="extra", PolicyDocument=PAYROLL)
        account.sweep(SCHEDULED)
        deliver_all(account)
        assert account.remediate() == {"batchItemFailures": []}
        (found,) = [one for one in alerts(account) if "incident" in one]
        assert (found["subject"]["account"], found["state"]) == (MEMBER, "CONTAINED")
        names = iam_of(MEMBER).list_role_policies(RoleName=SERVICE_ROLE.name)["PolicyNames"]
        assert [name for name in names if name.startswith("panorama-guard-")] != []
        assert account.iam.list_role_policies(RoleName=SERVICE_ROLE.name)["PolicyNames"] == []


def test_the_schedule_asks_as_these_tests_do() -> None:
    """Word by word, in the group that asks for all."""
    target = translate()["Resources"]["MembersSchedule"]["Properties"]["Target"]
    assert (target["Input"], target["SqsParameters"]) == (SCHEDULED, {"MessageGroupId": ALL_GROUP})


def test_a_member_out_of_reach_is_told_once_and_is_in_status_and_digest(account: Account) -> None:
    """Its message is done each time: other members are swept, and no dead letter comes of it."""
    for _ in range(2):
        account.sweep(SCHEDULED)
        deliver_all(account)
    (word,) = alerts(account)
    assert "a member account cannot be read" in json.dumps(word)
    status = account.operate("arn:aws:sts::123456789012:assumed-role/Operator/carol", {"action": "status"})[1]
    assert (status["members"]["read"], status["members"]["unreached"]) == (1, 1)
    assert [one["account"] for one in status["members"]["not_read"]] == [GONE]
    account.report("digest")
    (digest,) = alerts(account)
    assert digest["members"]["not_read"] == status["members"]["not_read"]


def test_what_sts_throttles_goes_back_to_the_queue(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told that the account cannot be read, for nobody knows."""
    refuse(monkeypatch, "Throttling")
    account.sweep(SCHEDULED)
    (request,) = [body for body in account.take("members") if GONE in body]
    with pytest.raises(ClientError, match="Throttling"):
        account.sweep(request)
    assert alerts(account) == []
