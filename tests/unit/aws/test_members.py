"""A member account is read as its read role, with the external id; where that cannot be assumed, it is said."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from panorama_guard.aws.members import READ_ROLE, Members
from panorama_guard.case.errors import UnreachableError

MEMBER = "222233334444"


def test_a_client_of_a_member_is_its_read_role() -> None:
    """In the region that is asked for, and made once."""
    with mock_aws():
        session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
        make = Members(session, "aws", "an-external-id-of-ours").reach(MEMBER)
        identity = make("sts").get_caller_identity()
        assert identity["Arn"] == f"arn:aws:sts::{MEMBER}:assumed-role/{READ_ROLE.rpartition('/')[2]}/panorama-guard"
        assert make("iam").meta.region_name == "aws-global"
        assert make("secretsmanager", "eu-west-1").meta.region_name == "eu-west-1"
        assert make("sqs") is make("sqs")


def test_a_role_is_assumed_with_the_external_id_and_once_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often the account is reached."""
    asked: list[dict[str, Any]] = []
    with mock_aws():
        session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
        make_client = session.client

        def watched(*args: Any, **rest: Any) -> Any:
            client = make_client(*args, **rest)
            assume = client.assume_role

            def noted(**given: Any) -> Any:
                asked.append(given)
                return assume(**given)

            client.assume_role = noted
            return client

        monkeypatch.setattr(session, "client", watched)
        members = Members(session, "aws", "an-external-id-of-ours")
        members.reach(MEMBER)
        members.reach(MEMBER)
    ((request),) = asked
    assert request["RoleArn"] == f"arn:aws:iam::{MEMBER}:role/{READ_ROLE}"
    assert (request["ExternalId"], request["RoleSessionName"]) == ("an-external-id-of-ours", "panorama-guard")


def test_an_account_that_cannot_be_assumed_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would take the refusal for one of what it reads; and it is asked again the next time."""

    class Refusing:
        """STS, which refuses."""

        def assume_role(self, **_: Any) -> Any:
            """Refuse."""
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "AssumeRole")

    session: Any = boto3.session.Session("key", "secret", region_name="us-east-1")
    monkeypatch.setattr(session, "client", lambda *_, **__: Refusing())
    members = Members(session, "aws", "an-external-id-of-ours")
    for _ in range(2):
        with pytest.raises(UnreachableError, match=f"^account {MEMBER} cannot be read: AccessDenied: `not you`$"):
            members.reach(MEMBER)
