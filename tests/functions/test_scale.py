"""The model of docs/scale.md counts the calls that the code makes, no more and no fewer, and its queues are real."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.client import BaseClient

from panorama_guard.case.record import dump_record
from panorama_guard.case.sweeping import BEGINNING, MemberSweep
from tests.benchmarks.organisation import (
    LISTING,
    LISTS,
    LOOKING,
    OWN_MORE,
    account_calls,
    asked,
    hub_calls,
    look_calls,
    sweep_calls,
)
from tests.functions.account import Account, guarded_account
from tests.functions.member import MEMBER, iam_of, make_member
from tests.template.reading import of_type, referred
from tests.template.translation import translate

TRUST = {"Effect": "Allow", "Principal": {"Service": "panorama.amazonaws.com"}, "Action": "sts:AssumeRole"}
OWN = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*"}
NAMED = 6  # roles that the profile names and that are in the account
IN_THE_HUB = {"dynamodb", "sqs"}
OF_THE_MEMBER = dump_record(MemberSweep(MEMBER, BEGINNING, ""))


@pytest.fixture
def account() -> Iterator[Account]:
    """Return the hub of an organisation with one member, with the roles that AWS Panorama made in both."""
    with guarded_account(mode="observe", members=MEMBER) as account:
        make_member()
        yield account


Calls = list[tuple[str, str]]  # the service and the operation of each


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Calls]:
    """Return what counts the calls that are made while something is done."""
    real = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 - through it every call goes

    def count(do: Callable[[], Any]) -> Calls:
        calls: Calls = []

        def counted(self: Any, operation: str, given: Any) -> Any:
            calls.append((self.meta.service_model.service_name, operation))
            return real(self, operation, given)

        with monkeypatch.context() as patched:
            patched.setattr(BaseClient, "_make_api_call", counted)
            do()
        return calls

    return count


def document(statement: object) -> str:
    """Return a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_roles(iam: Any, number: int) -> None:
    """Make application roles, each with a managed policy."""
    arn = iam.create_policy(PolicyName="app", PolicyDocument=document(OWN))["Policy"]["Arn"]
    for one in range(number):
        iam.create_role(RoleName=f"app-{one}", AssumeRolePolicyDocument=document(TRUST))
        iam.attach_role_policy(RoleName=f"app-{one}", PolicyArn=arn)


@pytest.mark.parametrize("roles", [NAMED, 12])
def test_the_model_counts_what_a_quiet_sweep_of_a_member_calls(
    account: Account, counting: Callable[[Callable[[], Any]], Calls], roles: int
) -> None:
    """The sweep and every look that it asks for, of roles with a managed policy each, once they are on record."""
    make_roles(iam_of(MEMBER), roles - NAMED)
    first = counting(lambda: account.sweep(OF_THE_MEMBER))
    account.inspect(*account.take("looks"))
    assert first.count(("sts", "AssumeRole")) == 1
    calls = counting(lambda: account.sweep(OF_THE_MEMBER))
    in_the_hub = [service for service, _ in calls if service in IN_THE_HUB]
    assert (len(in_the_hub), len(calls) - len(in_the_hub)) == (hub_calls(roles), LISTS)
    bodies = account.take("looks")
    each = [len(counting(lambda body=body: account.inspect(body))) for body in bodies]  # type: ignore[misc]
    assert len(bodies) == asked(roles)
    assert sorted(each) == sorted(look_calls(roles))
    assert len(calls) + sum(each) == account_calls(roles)


@pytest.mark.parametrize("roles", [NAMED, 12])
def test_the_sweep_of_the_hub_s_own_account_calls_little_more(
    account: Account, counting: Callable[[Callable[[], Any]], Calls], roles: int
) -> None:
    """And the looks that it asks for call the same."""
    make_roles(account.iam, roles - NAMED)
    account.sweep()
    account.inspect(*account.take("changes"))
    assert len(counting(account.sweep)) == sweep_calls(roles) + OWN_MORE
    bodies = account.take("changes")
    each = [len(counting(lambda body=body: account.inspect(body))) for body in bodies]  # type: ignore[misc]
    assert sorted(each) == sorted(look_calls(roles))


@pytest.mark.parametrize(("stage", "function"), [(LISTING, "SweepFunction"), (LOOKING, "InspectFunction")])
def test_the_model_s_queues_are_the_template_s(stage: Any, function: str) -> None:
    """How often each delivers a message, after how many seconds again, to whom, and to how many at once."""
    template = translate()
    queue = of_type(template, "AWS::SQS::Queue")[stage.name]
    assert (queue["RedrivePolicy"]["maxReceiveCount"], queue["VisibilityTimeout"]) == (stage.receives, stage.visibility)
    assert (queue["FifoQueue"], queue["FifoThroughputLimit"]) == (True, "perMessageGroupId")
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    (mapping,) = [one for one in mappings if referred(one["EventSourceArn"]) == stage.name]
    assert (referred(mapping["FunctionName"]), mapping["BatchSize"]) == (function, 1)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "MemberWorkers"}}
    globals_ = of_type(template, "AWS::Lambda::Function")[function]
    assert globals_["MemorySize"] == stage.memory
