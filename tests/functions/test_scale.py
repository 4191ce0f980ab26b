"""The model of docs/scale.md counts the calls that the code makes, no more and no fewer."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient

from tests.benchmarks.organisation import account_calls, asked, look_calls, sweep_calls
from tests.functions.account import Account, guarded_account

TRUST = {"Effect": "Allow", "Principal": {"Service": "panorama.amazonaws.com"}, "Action": "sts:AssumeRole"}
OWN = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"}
NAMED = 6  # roles that the profile names and that are in the account


@pytest.fixture
def account() -> Iterator[Account]:
    """Return an account of its own, with the roles that AWS Panorama made."""
    with guarded_account(mode="observe") as account:
        yield account


def document(statement: object) -> str:
    """Return a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_roles(account: Account, number: int) -> None:
    """Make application roles, each with a managed policy."""
    arn = account.iam.create_policy(PolicyName="app", PolicyDocument=document(OWN))["Policy"]["Arn"]
    for one in range(number):
        account.iam.create_role(RoleName=f"app-{one}", AssumeRolePolicyDocument=document(TRUST))
        account.iam.attach_role_policy(RoleName=f"app-{one}", PolicyArn=arn)


@pytest.mark.parametrize("roles", [NAMED, 12])
def test_the_model_counts_what_a_quiet_sweep_calls(
    account: Account, monkeypatch: pytest.MonkeyPatch, roles: int
) -> None:
    """The sweep and every look that it asks for, of roles with a managed policy each, once they are on record."""
    make_roles(account, roles - NAMED)
    account.sweep()
    account.inspect(*account.take("changes"))
    calls: list[str] = []
    real = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 - through it every call goes

    def counted(self: Any, operation: str, given: Any) -> Any:
        calls.append(operation)
        return real(self, operation, given)

    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    answer = account.sweep()
    assert (len(answer["roles"]), len(calls)) == (asked(roles), sweep_calls(roles))
    monkeypatch.setattr(BaseClient, "_make_api_call", real)
    bodies = account.take("changes")
    calls.clear()
    monkeypatch.setattr(BaseClient, "_make_api_call", counted)
    each = []
    for body in bodies:
        account.inspect(body)
        each.append(len(calls))
        calls.clear()
    assert sorted(each) == sorted(look_calls(roles))
    assert sweep_calls(roles) + sum(each) == account_calls(roles)
