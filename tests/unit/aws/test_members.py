"""A member account is read as its read role, with the external id; where that cannot be assumed, it is said."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from panorama_guard.aws.members import MOST_OPEN, SHORTEST, MemberEyes, Members, RolesThere, RoleThere, _Opened
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.member import READ_ROLE, REMEDIATION_ROLE
from tests.builders import PROFILE

MEMBER = "222233334444"
EXTERNAL_ID = "an-external-id-of-ours"
ARN = f"arn:aws:iam::{MEMBER}:policy/p"


def test_a_client_of_a_member_is_its_read_role() -> None:
    """In the region that is asked for, and made once."""
    with mock_aws():
        session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
        make = Members(session, EXTERNAL_ID).reach(MEMBER).opened.client
        identity = make("sts").get_caller_identity()
        assert identity["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/{READ_ROLE.rpartition('/')[2]}/panorama-guard"
        assert make("iam").meta.region_name == "aws-global"
        assert make("secretsmanager", "eu-west-1").meta.region_name == "eu-west-1"
        assert make("sqs") is make("sqs")


def watched(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, list[dict[str, Any]]]:
    """Return a session, and what it asks of STS."""
    asked: list[dict[str, Any]] = []
    session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    make_client = session.client

    def make(*args: Any, **rest: Any) -> Any:
        client = make_client(*args, **rest)
        assume = client.assume_role

        def noted(**given: Any) -> Any:
            asked.append(given)
            return assume(**given)

        client.assume_role = noted
        return client

    monkeypatch.setattr(session, "client", make)
    return session, asked


def test_a_role_is_assumed_with_the_external_id_and_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the account is reached."""
    with mock_aws():
        session, asked = watched(monkeypatch)
        members = Members(session, EXTERNAL_ID)
        members.reach(MEMBER)
        members.reach(MEMBER)
    ((request),) = asked
    assert request["RoleArn"] == f"arn:aws:iam::{MEMBER}:role/{READ_ROLE}"
    assert (request["ExternalId"], request["RoleSessionName"]) == (EXTERNAL_ID, "panorama-guard")


def answering(
    monkeypatch: pytest.MonkeyPatch, *codes: str, role: RoleThere = RoleThere.READ
) -> tuple[Members, list[dict[str, Any]]]:
    """Return members whose roles STS refuses with these codes, one after another, and how each client was asked for."""
    asked: list[dict[str, Any]] = []
    left = list(codes)

    class Refusing:
        """STS, which refuses."""

        def assume_role(self, **_: Any) -> Any:
            """Refuse."""
            raise ClientError({"Error": {"Code": left.pop(0), "Message": "not you"}}, "AssumeRole")

    def make(*_: Any, **given: Any) -> Refusing:
        asked.append(given)
        return Refusing()

    session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    monkeypatch.setattr(session, "client", make)
    return Members(session, EXTERNAL_ID, role), asked


def test_an_account_that_cannot_be_assumed_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would take the refusal for one of what it reads; and it is asked again the next time."""
    members, _ = answering(monkeypatch, "AccessDenied", "AccessDenied")
    for _ in range(2):
        with pytest.raises(UnreachableError, match=f"^account {MEMBER} cannot be read: AccessDenied: `not you`$"):
            members.reach(MEMBER)


def test_the_remediation_role_is_assumed_for_each_order_and_for_a_short_time() -> None:
    """An account that takes it away is written to no more; the read role's session is kept."""
    with mock_aws():
        session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
        for role, is_kept in ((RoleThere.READ, True), (RoleThere.REMEDIATION, False)):
            members = Members(session, EXTERNAL_ID, role)
            assert (members.reach(MEMBER).opened is members.reach(MEMBER).opened) is is_kept
        own = members.reach(MEMBER).opened.session.get_credentials()
        assert not hasattr(own, "_expiry_time")  # nothing renews it: botocore would at each call, so short as it is


def test_the_remediation_role_is_assumed_once_for_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a quarter of an hour, however many calls are made with it."""
    with mock_aws():
        session, asked = watched(monkeypatch)
        eyes = Members(session, EXTERNAL_ID, RoleThere.REMEDIATION).reach(MEMBER)
        assert [eyes.roles.read_outline("nobody") for _ in range(3)] == [None] * 3
    assert [request.get("DurationSeconds") for request in asked] == [SHORTEST]


def test_a_role_that_may_not_be_read_is_what_the_account_is_like() -> None:
    """Every other error is the queue's to bring back."""
    iam: Any = boto3.session.Session("key", "secret", region_name="us-east-1").client("iam")
    roles = RolesThere(iam, MEMBER)
    reads: list[tuple[Any, str, str]] = [
        (roles.read_role, "get_role", "x"),
        (roles.read_outline, "get_role", "x"),
        (roles.read_managed_policy, "get_policy", ARN),
        (roles.roles_using, "list_entities_for_policy", ARN),
    ]
    for code, error in (("AccessDenied", UnreachableError), ("Throttling", ClientError)):
        for read, operation, of in reads:
            with Stubber(iam) as stub:
                stub.add_client_error(operation, code)
                with pytest.raises(error):
                    read(of)


def test_a_resource_that_may_not_be_read_is_what_the_account_is_like() -> None:
    """Whatever it is, and what decides a plan likewise: a member's administrator fills no dead letters of the hub's."""
    session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    eyes = MemberEyes(MEMBER, _Opened(session, {}))
    resources, account = eyes.resources(PROFILE), eyes.account
    reads: list[tuple[str, str, Any]] = [
        ("s3", "list_buckets", lambda: resources.read_resource("s3-bucket:my-aws-panorama-models")),
        ("iot", "get_policy", lambda: resources.read_resource("iot-policy:panorama-gate")),
        ("logs", "describe_log_groups", lambda: resources.read_resource("log-group:/aws/panorama/devices/gate")),
        ("iot", "list_things", lambda: resources.behind("iot-account:")),
        ("iam", "get_account_summary", account.read_quotas),
        ("iam", "list_entities_for_policy", lambda: account.read_users(ARN)),
        ("iam", "list_policy_versions", lambda: account.read_versions(ARN)),
    ]
    for code, error in (("AccessDeniedException", UnreachableError), ("ThrottlingException", ClientError)):
        for service, operation, read in reads:
            with Stubber(eyes.opened.client(service)) as stub:
                stub.add_client_error(operation, code)
                with pytest.raises(error):
                    read()


def test_what_writes_to_a_member_is_its_remediation_role(monkeypatch: pytest.MonkeyPatch) -> None:
    """And where that is refused, the account cannot be written to."""
    with mock_aws():
        session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
        make = Members(session, EXTERNAL_ID, RoleThere.REMEDIATION).reach(MEMBER).opened.client
        role = REMEDIATION_ROLE.rpartition("/")[2]
        arn = f"arn:aws:sts::{MEMBER}:assumed-role/{role}/panorama-guard"
        assert make("sts").get_caller_identity()["Arn"] == arn
    members, _ = answering(monkeypatch, "AccessDenied", role=RoleThere.REMEDIATION)
    with pytest.raises(UnreachableError, match=f"^account {MEMBER} cannot be written to: AccessDenied: `not you`$"):
        members.reach(MEMBER)


@pytest.mark.parametrize("code", ["Throttling", "RequestLimitExceeded", "InternalFailure", "ExpiredToken"])
def test_that_sts_does_not_answer_says_nothing_of_the_account(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """It is raised as it is: the message comes back, and nobody is told that the account cannot be read."""
    members, asked = answering(monkeypatch, code)
    with pytest.raises(ClientError, match=code):
        members.reach(MEMBER)
    assert asked[0]["config"].retries == {"mode": "standard"}


def test_the_clients_of_the_accounts_that_were_reached_last_are_kept() -> None:
    """One worker comes to hundreds of accounts, and has no room for the clients of all."""
    with mock_aws():
        members = Members(boto3.session.Session("key", "secret", region_name="us-east-1"), EXTERNAL_ID)
        first = members.reach(MEMBER).opened
        for number in range(MOST_OPEN - 1):
            members.reach(f"{number:012}")
        assert members.reach(MEMBER).opened is first
        for number in range(MOST_OPEN):
            members.reach(f"{number:012}")
        assert members.reach(MEMBER).opened is not first


def test_the_models_of_services_are_held_once_for_all_accounts() -> None:
    """They are read from files of some megabytes."""
    with mock_aws():
        session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
        member: Any = Members(session, EXTERNAL_ID).reach(MEMBER).opened.session
        # boto3 hands out no other way to what a session is made of.
        loaders = [one._session.get_component("data_loader") for one in (session, member)]  # noqa: SLF001
        assert loaders[0] is loaders[1]
