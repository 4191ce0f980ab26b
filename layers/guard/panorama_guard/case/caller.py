"""Who calls `operate`: the identity that AWS has proved to the function's URL, and nothing that the caller wrote.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html has the event: `requestContext.authorizer.iam`.
"""

import re
from collections.abc import Mapping
from enum import Enum

from panorama_guard.case.errors import CallerError
from panorama_guard.case.incident import Suspect
from panorama_guard.policy.record import record

_ARN = re.compile(r"arn:[a-z0-9-]{1,32}:(?:iam|sts)::(?P<account>\d{12}):(?P<rest>[\x21-\x7e]{1,1024})", re.ASCII)
_SESSION = re.compile(r"assumed-role/(?P<role>[^/]+)/(?P<session>[^/]+)")
_ROLE = re.compile(r"role/(?:.*/)?(?P<role>[^/]+)")
# https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html: the user who asks chooses the name.
_FEDERATED = re.compile(r"federated-user/.+")
# IAM Identity Center names the sessions of these roles after the person who signed in; nobody else opens them.
# https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
_SIGNED_IN = "awsreservedsso_"
SIGNED_IN_PATH = "/aws-reserved/sso.amazonaws.com/"  # of these roles; the ARN of a session does not have it


class SessionNames(Enum):
    """What the name of a role's session proves: nothing, so that every session of a role is one principal; or who."""

    PROVE_NOTHING = "role"
    PROVE_WHO = "session"


@record
class Caller:
    """Who signed the request: a user, a role's session, or the account's root."""

    account: str
    arn: str

    @property
    def role_name(self) -> str:
        """Return the name of the role whose session calls, or an empty text."""
        return _role_of(self.arn)

    @property
    def is_signed_in(self) -> bool:
        """Say whether the caller's role has a name such as IAM Identity Center gives."""
        return self.role_name.lower().startswith(_SIGNED_IN)

    @property
    def is_federated(self) -> bool:
        """Say whether the caller goes by a name that some user chose for him, and AWS does not say which user."""
        return _is_federated(self.arn)

    def is_same_as(self, other_arn: str, names: SessionNames) -> bool:
        """Say whether another ARN, of whatever form, is of the same principal."""
        return principal_of(self.arn, names) == principal_of(other_arn, names)

    def is_same_role_as(self, role_arn: str) -> bool:
        """Say whether a session of this very role calls, whatever the session is called."""
        name = _role_of(role_arn).lower()
        return bool(name) and name == self.role_name.lower() and self.account == role_arn.split(":")[4]

    def is_actor_of(self, suspect: Suspect, names: SessionNames) -> bool:
        """Say whether a call that may have led to an incident was made by the same principal."""
        issuer = suspect.session_issuer
        if self.is_same_as(suspect.actor, names) or (_is_federated(suspect.actor) and self.is_same_as(issuer, names)):
            return True
        is_unnamed = not _ARN.fullmatch(suspect.actor)  # of some calls CloudTrail names the session's role only
        return is_unnamed and bool(issuer) and self.is_same_role_as(issuer)


def parse_caller(event: Mapping[str, object]) -> Caller:
    """Return who calls, from the authorizer's block of the event; raise CallerError where AWS has proved nobody."""
    block: object = event
    for key in ("requestContext", "authorizer", "iam"):
        block = block.get(key) if isinstance(block, Mapping) else None
    if not isinstance(block, Mapping):
        message = "the request has no identity that AWS has proved; sign it, and send it to the function's URL"
        raise CallerError(message)
    arn, account = block.get("userArn"), block.get("accountId")
    found = _ARN.fullmatch(arn) if isinstance(arn, str) else None
    if found is None or account != found["account"]:
        message = f"the request's identity is not one of AWS's: `{ascii(arn)[:120]}`"
        raise CallerError(message)
    return Caller(found["account"], found.string)


def principal_of(arn: str, names: SessionNames) -> str:
    """Return what all ARNs of one principal have in common.

    Whoever may assume a role chooses his session's name, so two names are two people only where the operator says so.
    """
    found = _ARN.fullmatch(arn)
    if found is None:
        return arn
    session, role = _SESSION.fullmatch(found["rest"]), _role_of(arn).lower()
    if session is not None and (names is SessionNames.PROVE_WHO or role.startswith(_SIGNED_IN)):
        return f"{found['account']}:{role}:{session['session']}"
    return f"{found['account']}:{role}" if role else arn.lower()


def _is_federated(arn: str) -> bool:
    found = _ARN.fullmatch(arn)
    return found is not None and _FEDERATED.fullmatch(found["rest"]) is not None


def _role_of(arn: str) -> str:
    found = _ARN.fullmatch(arn)
    rest = found["rest"] if found else ""
    named = _SESSION.fullmatch(rest) or _ROLE.fullmatch(rest)
    return named["role"] if named else ""
