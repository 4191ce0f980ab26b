"""Who a caller is: access key to the identity that CloudTrail would write down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from moto.iam.exceptions import NotFoundException
from moto.sts.models import AssumedRole, sts_backends

from local.emulator import DEFAULT_ACCOUNT, PARTITION, iam_backend
from local.moto_quickening import account_of
from local.wire import Call

OPERATOR: Final = "operator"
_OPERATOR_ID: Final = "AIDAOPERATOREXAMPLE00"
_SESSION_SECONDS: Final = 3600


class Kind(Enum):
    """CloudTrail's words for the kinds of identity that can call the local AWS."""

    USER = "IAMUser"
    SESSION = "AssumedRole"
    ANONYMOUS = "AWSAccount"


@dataclass(frozen=True, slots=True)
class Issuer:
    """The role whose session a caller uses."""

    arn: str
    role_id: str

    @property
    def name(self) -> str:
        """Return the role's name, without its path."""
        return self.arn.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Identity:
    """A caller, as AWS knows it."""

    kind: Kind
    account: str
    arn: str
    principal_id: str
    access_key: str
    name: str = ""
    issuer: Issuer | None = None
    since: datetime | None = None
    has_mfa: bool = False

    def record(self) -> dict[str, Any]:
        """Return CloudTrail's `userIdentity`."""
        if self.kind is Kind.ANONYMOUS:
            return {"type": self.kind.value, "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
        entry: dict[str, Any] = {
            "type": self.kind.value,
            "principalId": self.principal_id,
            "arn": self.arn,
            "accountId": self.account,
            "accessKeyId": self.access_key,
        }
        if self.issuer is None:
            return entry | {"userName": self.name}
        return entry | {"sessionContext": self._session_context(self.issuer)}

    def _session_context(self, issuer: Issuer) -> dict[str, Any]:
        since = self.since or datetime.now(UTC)
        return {
            "sessionIssuer": {
                "type": "Role",
                "principalId": issuer.role_id,
                "arn": issuer.arn,
                "accountId": self.account,
                "userName": issuer.name,
            },
            "attributes": {
                "creationDate": since.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "mfaAuthenticated": "true" if self.has_mfa else "false",
            },
        }


@dataclass(frozen=True, slots=True)
class Credentials:
    """Keys with which a client calls as a role's session."""

    access_key: str
    secret_key: str
    token: str


class Identities:
    """Remembers sessions, so that finding a caller's is a look-up. The caller of every method holds `LOCK`."""

    def __init__(self) -> None:
        """Know no session yet."""
        self._sessions: dict[str, Identity] = {}

    def identify(self, access_key: str | None) -> Identity:
        """Return who calls with the key; a key that nobody issued is the account's administrator."""
        if access_key is None:
            return Identity(Kind.ANONYMOUS, DEFAULT_ACCOUNT, "", "", "")
        known = self._sessions.get(access_key)
        if known is not None:
            return known
        self.remember_session(access_key, has_mfa=False)
        user = _find_user(account_of(access_key), access_key)
        return self._sessions.get(access_key) or user or _operator(access_key)

    def remember_session(self, access_key: str, *, has_mfa: bool) -> None:
        """Note a session that was just opened, and whether its caller proved an MFA device."""
        session = sts_backends[account_of(access_key)][PARTITION].get_assumed_role_from_access_key(access_key)
        if session is not None:
            self._sessions[access_key] = _session_identity(session, has_mfa=has_mfa)

    def open_session(self, role_arn: str, session_name: str, *, region: str) -> Credentials:
        """Return new credentials of the role, as the Lambda service gets them for a function."""
        account = role_arn.split(":")[4]
        session = sts_backends[account][PARTITION].assume_role(
            region_name=region,
            role_session_name=session_name,
            role_arn=role_arn,
            policy="",
            duration=_SESSION_SECONDS,
            external_id="",
        )
        self.remember_session(session.access_key_id, has_mfa=False)
        return Credentials(session.access_key_id, session.secret_access_key, session.session_token)


def remember_opened(identities: Identities, call: Call, parsed: Mapping[str, Any]) -> None:
    """Note the session that a successful AssumeRole call opened."""
    credentials = parsed.get("Credentials", {})
    identities.remember_session(str(credentials.get("AccessKeyId", "")), has_mfa=bool(call.text("SerialNumber")))


def _session_identity(session: AssumedRole, *, has_mfa: bool) -> Identity:
    try:
        role_id = iam_backend(session.account_id).get_role_by_arn(session.role_arn).id
    except NotFoundException:
        role_id = "AROAUNKNOWNROLE000000"  # moto lets callers assume roles that do not exist
    return Identity(
        Kind.SESSION,
        session.account_id,
        session.arn,
        f"{role_id}:{session.session_name}",
        session.access_key_id,
        session.session_name,
        Issuer(session.role_arn, role_id),
        datetime.now(UTC),
        has_mfa,
    )


def _find_user(account: str, access_key: str) -> Identity | None:
    user = iam_backend(account).get_user_from_access_key_id(access_key)
    if user is None:
        return None
    return Identity(Kind.USER, user.account_id, user.arn, user.id, access_key, user.name)


def _operator(access_key: str) -> Identity:
    arn = f"arn:{PARTITION}:iam::{DEFAULT_ACCOUNT}:user/{OPERATOR}"
    return Identity(Kind.USER, DEFAULT_ACCOUNT, arn, _OPERATOR_ID, access_key, OPERATOR)
