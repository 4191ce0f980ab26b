"""What the functions write into their logs: what was done to whom, and nothing of any policy's text."""

import json
from collections.abc import Iterator

import pytest

from tests.builders import SERVICE_ROLE, allow, policy, trusting
from tests.contract.drivers import MOTO_ACCOUNT
from tests.functions.account import Account, event_on, guarded_account

NAME = SERVICE_ROLE.name
OPERATOR = f"arn:aws:sts::{MOTO_ACCOUNT}:assumed-role/Operator/carol"
OTHERS = "arn:aws:iam::999999999999:root"
MARKER = "qqplanted"  # begins each word that is planted, and nothing else
ESCAPING = policy(
    allow(
        "s3:GetObject",
        f"arn:aws:s3:::{MARKER}-bucket/*",
        Sid=f"{MARKER}Sid",
        Condition={"StringNotEquals": {"aws:PrincipalTag/team": f"{MARKER}-value"}},
    )
)
LETS_IN = policy(
    trusting({"Service": "panorama.amazonaws.com"}),
    trusting({"AWS": OTHERS}, Sid=f"{MARKER}Trust", Condition={"StringEquals": {"sts:ExternalId": f"{MARKER}-id"}}),
)
SAID = {"inspected", "carried out", "notified", "swept", "reported", "operated", "a message could not be inspected"}
WHY = {"reason": "an agreed change", "seconds": 3600}


@pytest.fixture
def account() -> Iterator[Account]:
    """Return an account whose service role has a policy and a trust with planted words, as events told the guard."""
    with guarded_account() as account:
        account.iam.put_role_policy(RoleName=NAME, PolicyName="extra", PolicyDocument=ESCAPING)
        account.iam.update_assume_role_policy(RoleName=NAME, PolicyDocument=LETS_IN)
        yield account


def contain(account: Account) -> None:
    """Let the guard hear of both changes, contain them, look again and tell."""
    put = event_on("PutRolePolicy", roleName=NAME, policyName="extra", policyDocument=ESCAPING)
    update = event_on("UpdateAssumeRolePolicy", roleName=NAME, policyDocument=LETS_IN)
    account.inspect(put, update, put[: put.index(MARKER) + len(MARKER)])
    account.remediate()
    account.inspect(*account.take("rechecks"))
    account.notify()


def sweep(account: Account) -> None:
    """Let the guard look for itself, and report."""
    account.sweep()
    account.inspect(*account.take("changes"))
    account.report("sweep")


def operate(account: Account) -> None:
    """Ask for what is known of each incident, and for its undoing."""
    listed = account.operate(OPERATOR, {"action": "incidents"})[1]["incidents"]
    assert "CONTAINED" in {each["state"] for each in listed}
    for each in listed:
        status, told = account.operate(OPERATOR, {"action": "explain", "incident": each["incident"]})
        assert status == 200
        assert MARKER in json.dumps(told)
        account.operate(OPERATOR, {"action": "undo", "incident": each["incident"], **WHY})
    account.remediate()
    account.notify()


def test_nothing_of_a_policy_is_in_a_log_line(
    account: Account, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Sid, name of a resource, value of a condition, of a policy and of a trust: on the whole way, and in an error."""
    caplog.set_level("INFO")
    for act in (contain, sweep, operate):
        act(account)
    assert {record.getMessage() for record in caplog.records} >= SAID
    assert any(MARKER in alert for alert in account.take("alerts"))
    written = capsys.readouterr()
    lines = [str(vars(record)) for record in caplog.records]
    lines += [line for text in (caplog.text, written.out, written.err) for line in text.splitlines()]
    assert [line for line in lines if MARKER in line] == []
