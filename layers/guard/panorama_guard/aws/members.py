"""Opens the accounts of an organisation that have the member's template: as a role there, with the external id.

The read role's session renews itself. That the role can be assumed is asked each time before anything is read: a reader
would take the refusal for one of what it reads. The remediation role is assumed anew for each order, for the shortest
time that STS knows: an account that takes the role away, or its trust, is written to no more from then on.
"""

import contextlib
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Any

import boto3
from botocore.credentials import AssumeRoleCredentialFetcher, Credentials, RefreshableCredentials
from botocore.exceptions import ClientError
from botocore.session import Session as BotocoreSession

from panorama_guard.aws.account import IamAccount
from panorama_guard.aws.clients import CONFIG, client_of
from panorama_guard.aws.errors import DENIED, code_of, message_of
from panorama_guard.aws.readers import Names, Scene, in_each_region
from panorama_guard.aws.roles import IamRoles
from panorama_guard.aws.subjects import Resources, SubjectWriter
from panorama_guard.aws.writers import writer_in
from panorama_guard.case.account import PolicyUsers, PolicyVersion, Quotas
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.member import READ_ROLE, REMEDIATION_ROLE, role_arn
from panorama_guard.case.outline import RoleOutline
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.policy.record import record

MOST_OPEN = 8  # accounts whose clients are kept: one worker may come to hundreds, and each has some megabytes of them
SHORTEST = 900  # seconds of a session
_SESSION_NAME = "panorama-guard"


class RoleThere(Enum):
    """The role of a member account that a function becomes."""

    READ = READ_ROLE
    REMEDIATION = REMEDIATION_ROLE

    @property
    def cannot(self) -> str:
        """Return what cannot be done where it is not assumed."""
        return "cannot be read" if self is RoleThere.READ else "cannot be written to"


class Members:
    """The sessions and clients of member accounts: those of the accounts that were reached last are kept."""

    def __init__(self, session: Any, external_id: str, role: RoleThere = RoleThere.READ) -> None:
        """Take the function's own session, the external id, and the role that it becomes."""
        self._session = session
        self._external_id = external_id
        self._role = role
        self._opened: dict[str, _Opened] = {}

    def reach(self, account: str) -> "MemberEyes":
        """Return what reads an account; raise UnreachableError where its role cannot be assumed.

        That AWS throttles, fails or is not answered says nothing of the account: it is raised as it is.
        """
        opened = self._opened.pop(account, None)
        try:
            if opened is None:
                opened = _Opened(self._open(account), {})
            opened.session.get_credentials().get_frozen_credentials()
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            message = f"account {account} {self._role.cannot}: {message_of(error)}"
            raise UnreachableError(message) from error
        if self._role is RoleThere.READ:
            self._opened[account] = opened  # the last of all
        for longest_ago in list(self._opened)[:-MOST_OPEN]:
            del self._opened[longest_ago]
        return MemberEyes(account, opened)

    def _open(self, account: str) -> Any:
        own = self._session
        partition = own.get_partition_for_region(own.region_name)
        fetcher = AssumeRoleCredentialFetcher(
            lambda service, **keys: own.client(service, config=CONFIG, **keys),
            own.get_credentials(),
            role_arn(partition, account, self._role.value),
            extra_args={"ExternalId": self._external_id, "RoleSessionName": _SESSION_NAME, **self._for_how_long()},
        )
        member: Any = BotocoreSession()
        member._credentials = self._credentials(fetcher.fetch_credentials)  # noqa: SLF001
        member.set_config_variable("region", own.region_name)
        # What AWS's services are like is the same for all: it is read and held once.
        member.register_component("data_loader", own._session.get_component("data_loader"))  # noqa: SLF001
        return boto3.session.Session(botocore_session=member)

    def _credentials(self, fetch: Callable[[], dict[str, str]]) -> Credentials:
        """Return what renews itself, but for an order: botocore would renew what lasts so short at each call."""
        fetched = fetch()
        if self._role is RoleThere.READ:
            renewed: Credentials = RefreshableCredentials.create_from_metadata(fetched, fetch, "assume-role")
            return renewed
        return Credentials(fetched["access_key"], fetched["secret_key"], fetched["token"], "assume-role")

    def _for_how_long(self) -> dict[str, int]:
        return {} if self._role is RoleThere.READ else {"DurationSeconds": SHORTEST}


@record
class _Opened:
    """The session of an account, and the clients that were made of it."""

    session: Any
    clients: dict[tuple[str, str], Any]

    def client(self, service: str, region: str = "") -> Any:
        """Return the client of a service, in another region than the hub's where one is named."""
        key = (service, region)
        if key not in self.clients:
            self.clients[key] = client_of(self.session, service, region)
        return self.clients[key]


class RolesThere(IamRoles):
    """The roles of a member account. That they may not be read is its state, and no error.

    Its own administrator decides it, after the role was assumed as well: an error would come back, fill the dead
    letters of all accounts, and tell nobody.
    """

    def __init__(self, iam: Any, account: str) -> None:
        """Take what `IamRoles` does, and the account."""
        super().__init__(iam)
        self._account = account

    def read_role(self, name: str) -> RoleSnapshot | None:
        """Return the role of this name, or None if there is none; raise UnreachableError where it may not be read."""
        with _told(self._account):
            return super().read_role(name)

    def read_managed_policy(self, arn: str) -> ManagedPolicy | None:
        """Return a managed policy, or None if there is none; raise UnreachableError where it may not be read."""
        with _told(self._account):
            return super().read_managed_policy(arn)

    def roles_using(self, policy_arn: str) -> tuple[str, ...]:
        """Return the names of the roles that use a policy; raise UnreachableError where they may not be read."""
        with _told(self._account):
            return super().roles_using(policy_arn)

    def read_outline(self, name: str) -> RoleOutline | None:
        """Return as much of a role as tells whether it is guarded; raise UnreachableError where it may not be read."""
        with _told(self._account):
            return super().read_outline(name)


class AccountThere(IamAccount):
    """What else decides a plan in a member account. That it may not be read is the account's state, as of its roles."""

    def __init__(self, iam: Any, account: str) -> None:
        """Take what `IamAccount` does, and the account."""
        super().__init__(iam)
        self._account = account

    def read_quotas(self) -> Quotas:
        """Return the quotas; raise UnreachableError where they may not be read."""
        with _told(self._account):
            return super().read_quotas()

    def read_users(self, policy_arn: str) -> PolicyUsers:
        """Return who uses a managed policy; raise UnreachableError where that may not be read."""
        with _told(self._account):
            return super().read_users(policy_arn)

    def read_versions(self, policy_arn: str) -> tuple[PolicyVersion, ...]:
        """Return every version of a managed policy; raise UnreachableError where they may not be read."""
        with _told(self._account):
            return super().read_versions(policy_arn)


class ResourcesThere(Resources):
    """The resources of a member account. That one may not be read at all is the account's state, as of its roles."""

    def __init__(self, scene: Scene, client: Callable[..., Any], regions: tuple[str, ...] = ()) -> None:
        """Take the scene in the account, and what `Resources` does."""
        super().__init__(in_each_region(client, scene), regions)
        self._account = scene.account

    def read_resource(self, key: str) -> ResourceSnapshot | None:
        """Return the resource of this key, or None; raise UnreachableError where it may not be read."""
        with _told(self._account):
            return super().read_resource(key)

    def behind(self, key: str) -> tuple[str, ...]:
        """Return the keys of what a call names by something else; raise UnreachableError where it may not be read."""
        with _told(self._account):
            return super().behind(key)


@contextlib.contextmanager
def _told(account: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        message = f"account {account} cannot be read: {message_of(error)}"
        raise UnreachableError(message) from error


@record
class MemberEyes:
    """What reads a member account."""

    name: str
    opened: _Opened

    @property
    def roles(self) -> RolesThere:
        """Return what reads its roles."""
        return RolesThere(self.opened.client("iam"), self.name)

    @property
    def account(self) -> AccountThere:
        """Return what reads what else decides a plan."""
        return AccountThere(self.opened.client("iam"), self.name)

    def resources(self, profile: Names, regions: tuple[str, ...] = ()) -> ResourcesThere:
        """Return what reads its resources, and lists them in these regions beside the home."""
        return ResourcesThere(Scene(self.name, profile), self.opened.client, regions)

    @property
    def writer(self) -> SubjectWriter:
        """Return what writes to it, where the session is of the remediation role."""
        return writer_in(self.opened.client, self.name)
