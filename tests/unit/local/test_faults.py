"""Faults are put in the way of the functions' calls, and of nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

from local.faults import Fault, Rule
from tests.unit.local.cloud import Cloud, policy

ROLE = "arn:aws:iam::123456789012:role/Faulted"


class Function:
    """A function that calls: with its own key, and as often at a call as an SDK usually does."""

    def __init__(self, cloud: Cloud) -> None:
        """Open its session, and note who is killed."""
        cloud.role("Faulted")
        self.cloud = cloud
        self.keys = cloud.session(ROLE)
        self.killed: list[str] = []
        cloud.server.faults.know({ROLE: "remediate"}, self)

    def kill(self, access_key: str) -> None:
        """Be killed."""
        self.killed.append(access_key)

    def invocation_of(self, access_key: str) -> str:
        """Work at one thing only."""
        return f"{access_key}-1"

    def put(self, *rules: Rule) -> None:
        """Put rules in force."""
        self.cloud.server.faults.put(rules)

    def iam(self, attempts: int = 1) -> Any:
        """Return its client, which makes so many attempts at a call."""
        session: Any = boto3.session.Session(self.keys.access_key, self.keys.secret_key, self.keys.token)
        config = Config(retries={"mode": "standard", "total_max_attempts": attempts})
        return session.client("iam", endpoint_url=self.cloud.server.endpoint, region_name="us-east-1", config=config)

    def told(self) -> dict[str, Any]:
        """Return what the stack says of the rules and the calls."""
        return self.cloud.server.faults.as_json()


@pytest.fixture
def function(cloud: Cloud) -> Iterator[Function]:
    """Give a function, and put no rule in anybody's way afterwards."""
    made = Function(cloud)
    yield made
    made.put()
    cloud.server.faults.know({}, made)


def fails_with(call: Callable[[], Any]) -> str:
    """Return the error code that a call ends with."""
    with pytest.raises(ClientError) as caught:
        call()
    return str(caught.value.response["Error"]["Code"])


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.THROTTLED, "Throttling"),
        (Fault.FAILING, "ServiceFailure"),
        (Fault.DENIED, "AccessDenied"),
        (Fault.LIMITED, "LimitExceeded"),
    ],
)
def test_a_fault_is_answered_in_the_service_s_own_words(function: Function, fault: Fault, code: str) -> None:
    """Once: the next call goes through."""
    function.put(Rule(fault, "remediate", "iam", "GetRole"))
    assert fails_with(lambda: function.iam().get_role(RoleName="Faulted")) == code
    assert function.iam().get_role(RoleName="Faulted")["Role"]["Arn"] == ROLE


def test_only_the_named_call_of_the_named_function_meets_it(function: Function) -> None:
    """Another operation, another function, and whoever is no function, do not."""
    function.put(Rule(Fault.FAILING, "inspect", "iam", "GetRole"), Rule(Fault.FAILING, "remediate", "iam", "PutRole"))
    function.iam().get_role(RoleName="Faulted")
    function.put(Rule(Fault.FAILING))
    function.cloud.client("iam").get_role(RoleName="Faulted")
    assert function.told()["rules"] == [{"fault": "failing", "hits": 0}]


def test_the_call_of_the_given_number_meets_it(function: Function) -> None:
    """The second, and as many from there on as the rule says."""
    function.put(Rule(Fault.DENIED, "remediate", "iam", "GetRole", nth=2, times=2))
    iam = function.iam()
    iam.get_role(RoleName="Faulted")
    assert [fails_with(lambda: iam.get_role(RoleName="Faulted")) for _ in range(2)] == ["AccessDenied"] * 2
    iam.get_role(RoleName="Faulted")
    assert function.told()["rules"] == [{"fault": "denied", "hits": 2}]


def test_all_attempts_at_one_call_meet_it_and_are_one_call(function: Function) -> None:
    """Unless the rule is for so many attempts."""
    function.put(Rule(Fault.UNREACHED, "remediate", "iam", "GetRole"))
    with pytest.raises(HTTPClientError):
        function.iam(attempts=2).get_role(RoleName="Faulted")
    assert function.told()["rules"] == [{"fault": "unreached", "hits": 2}]
    function.put(Rule(Fault.UNREACHED, "remediate", "iam", "GetRole", attempts=1))
    function.iam(attempts=2).get_role(RoleName="Faulted")
    (call,) = function.told()["calls"]
    what = {"function": "remediate", "service": "iam", "operation": "GetRole", "nth": 1, "writes": False}
    assert call == {**what, "invocation": f"{function.keys.access_key}-1"}


@pytest.mark.parametrize("fault", [Fault.UNREACHED, Fault.KILLED_BEFORE, Fault.UNANSWERED, Fault.KILLED_AFTER])
def test_a_call_without_an_answer_is_done_or_not_done(function: Function, fault: Fault) -> None:
    """And where it is to die, its process is killed."""
    function.put(Rule(fault, "remediate", "iam", "PutRolePolicy"))
    with pytest.raises(HTTPClientError):
        function.iam().put_role_policy(RoleName="Faulted", PolicyName="p", PolicyDocument=policy("s3:*"))
    is_done = fault in (Fault.UNANSWERED, Fault.KILLED_AFTER)
    names = function.cloud.client("iam").list_role_policies(RoleName="Faulted")["PolicyNames"]
    assert names == (["p"] if is_done else [])
    assert len(function.cloud.details("PutRolePolicy")) == int(is_done)
    assert function.killed == ([function.keys.access_key] if "killed" in fault.value else [])


def test_a_stale_read_answers_as_before_the_last_write(function: Function) -> None:
    """Whoever wrote; the next read sees it."""
    function.put(Rule(Fault.STALE, "remediate", "iam", "ListRolePolicies"))
    admin = function.cloud.client("iam")
    for name in ("first", "second"):
        admin.put_role_policy(RoleName="Faulted", PolicyName=name, PolicyDocument=policy("s3:*"))
    reads = [function.iam().list_role_policies(RoleName="Faulted")["PolicyNames"] for _ in range(2)]
    assert reads == [["first"], ["first", "second"]]


def test_chance_meets_about_as_many_attempts_as_it_says(function: Function) -> None:
    """The same ones for the same seed."""
    runs = []
    for _ in range(2):
        function.put(Rule(Fault.DENIED, times=None, chance=0.5, seed=3))
        iam, run = function.iam(), []
        for _ in range(20):
            try:
                iam.get_role(RoleName="Faulted")
                run.append(0)
            except ClientError:
                run.append(1)
        runs.append(run)
    assert runs[0] == runs[1]
    assert 3 < sum(runs[0]) < 17
