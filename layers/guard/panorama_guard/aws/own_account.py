"""An account, read with the credentials of whoever runs the command line; every error of AWS's is one line."""

from collections.abc import Callable
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from panorama_guard.aws.clients import keep_documents_as_text
from panorama_guard.aws.errors import NO_CREDENTIALS, UNANSWERED, code_of, message_of
from panorama_guard.aws.listing import AccountListing
from panorama_guard.aws.roles import IamRoles
from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.listing import ListedRole
from panorama_guard.case.snapshot import ManagedPolicy

ACTION = "iam:GetAccountAuthorizationDetails"
_HOME_REGION = "us-east-1"  # IAM is one for all regions; the region only says in which partition
# A listing's page may take its time; a closed network is to be told soon.
_CONFIG = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 3})
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_STALE = frozenset({"ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch"})

Result = TypeVar("Result")


class OwnAccount:
    """The account of a profile, region and endpoint, each as the AWS CLI takes it; None is the environment's."""

    def __init__(self, profile: str | None, region: str | None, endpoint: str | None) -> None:
        """Find the credentials; raise UnreachableError where there are none."""
        self._endpoint = endpoint
        self._session: Any = _told(lambda: boto3.session.Session(profile_name=profile, region_name=region))
        if _told(self._session.get_credentials) is None:
            raise UnreachableError(NO_CREDENTIALS)

    def who_asks(self) -> tuple[str, str]:
        """Return the account and the ARN of whoever asks."""
        identity = _told(lambda: self._client("sts").get_caller_identity())
        return str(identity["Account"]), str(identity["Arn"])

    def read_roles(self, progress: Callable[[int], None]) -> tuple[ListedRole, ...]:
        """Return every role, by the paginated listing."""
        return _told(lambda: AccountListing(self._iam()).read_roles(progress))

    def read_managed_policy(self, arn: str) -> ManagedPolicy | None:
        """Return a managed policy, AWS's or the account's own, or None if there is none."""
        return _told(lambda: IamRoles(self._iam()).read_managed_policy(arn))

    def client(self, service: str) -> Any:
        """Return a client of a service; IAM's does not decode documents."""
        return self._iam() if service == "iam" else self._client(service)

    def _iam(self) -> Any:
        iam = self._client("iam")
        keep_documents_as_text(iam)
        return iam

    def _client(self, service: str) -> Any:
        region = self._session.region_name or _HOME_REGION
        return self._session.client(service, region_name=region, endpoint_url=self._endpoint, config=_CONFIG)


def _told(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except ClientError as error:
        raise UnreachableError(_of_aws(error)) from error
    except UNANSWERED as error:
        why = " ".join(str(error).split())
        message = f"AWS cannot be asked: {why}; check the network, the endpoint, and your AWS profile and region"
        raise UnreachableError(message) from error


def _of_aws(error: ClientError) -> str:
    code = code_of(error)
    if code in _DENIED:
        return f"AWS has refused to be read, {message_of(error)}; your identity needs {error.operation_name}"
    if code in _STALE:
        return f"AWS does not take your credentials, {message_of(error)}; sign in again"
    return f"AWS has answered {message_of(error)}; try again"
