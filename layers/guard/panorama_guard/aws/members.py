"""Opens the accounts of an organisation that have the member's template: as the read role there, with the external id.

The session renews itself. That the role can be assumed is asked each time before anything is read: a reader would take
the refusal for one of what it reads.
"""

from collections.abc import Callable
from typing import Any

import boto3
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session as BotocoreSession

from panorama_guard.aws.clients import client_of
from panorama_guard.aws.errors import message_of
from panorama_guard.case.errors import UnreachableError

READ_ROLE = "panorama-guard/member/panorama-guard-read"  # of templates/member.yaml, with its path
_SESSION_NAME = "panorama-guard"


class Members:
    """The clients of member accounts, each made once."""

    def __init__(self, session: Any, partition: str, external_id: str) -> None:
        """Take the function's own session, the partition, and the external id."""
        self._session = session
        self._partition = partition
        self._external_id = external_id
        self._opened: dict[str, Any] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}

    def reach(self, account: str) -> Callable[..., Any]:
        """Return what makes clients of an account; raise UnreachableError where its read role cannot be assumed."""
        session = self._opened.get(account) or self._open(account)
        try:
            session.get_credentials().get_frozen_credentials()
        except ClientError as error:
            message = f"account {account} cannot be read: {message_of(error)}"
            raise UnreachableError(message) from error
        except BotoCoreError as error:
            message = f"account {account} cannot be read: {' '.join(str(error).split())}"
            raise UnreachableError(message) from error
        self._opened[account] = session
        return lambda service, region="": self._client(account, service, region)

    def _client(self, account: str, service: str, region: str) -> Any:
        key = (account, service, region)
        if key not in self._clients:
            self._clients[key] = client_of(self._opened[account], service, region)
        return self._clients[key]

    def _open(self, account: str) -> Any:
        fetcher = AssumeRoleCredentialFetcher(
            self._session.client,
            self._session.get_credentials(),
            f"arn:{self._partition}:iam::{account}:role/{READ_ROLE}",
            extra_args={"ExternalId": self._external_id, "RoleSessionName": _SESSION_NAME},
        )
        member: Any = BotocoreSession()
        member._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")  # noqa: SLF001
        member.set_config_variable("region", self._session.region_name)
        return boto3.session.Session(botocore_session=member)
