"""Who made a call, as far as CloudTrail says.

Everything here is text that the caller may have chosen. It is told to operators and never decides anything; so no shape
of `userIdentity` is an error, absent text is the empty string, and no text is longer than `MAXIMUM_TEXT`.
"""

import json
from collections.abc import Mapping
from enum import Enum

from panorama_guard.policy.record import record

# A user's ARN with the longest path (512) and name (64) fits whole: an actor is known again by it.
MAXIMUM_TEXT = 640


class Mfa(Enum):
    """Whether the caller had shown a second factor."""

    USED = "used"
    NOT_USED = "not used"
    NOT_SAID = "not said"


@record
class Actor:
    """Who made a call, and from where."""

    type: str
    arn: str
    principal_id: str
    user_name: str
    account: str
    session_issuer_arn: str
    invoked_by: str
    source_ip: str
    user_agent: str
    mfa: Mfa

    @property
    def name(self) -> str:
        """Return the most telling of the names that CloudTrail gave."""
        names = (self.arn, self.user_name, self.principal_id, self.invoked_by, self.account, self.type)
        return next((name for name in names if name), "unknown")


def parse_actor(detail: Mapping[str, object]) -> Actor:
    """Return who made the call of a CloudTrail record; what is absent or misshapen is empty."""
    identity = _mapping(detail, "userIdentity")
    session = _mapping(identity, "sessionContext")
    return Actor(
        type=_text(identity, "type"),
        arn=_text(identity, "arn"),
        principal_id=_text(identity, "principalId"),
        user_name=_text(identity, "userName"),
        account=_text(identity, "accountId"),
        session_issuer_arn=_text(_mapping(session, "sessionIssuer"), "arn"),
        invoked_by=_text(identity, "invokedBy"),
        source_ip=_text(detail, "sourceIPAddress"),
        user_agent=_text(detail, "userAgent"),
        mfa=_mfa(_mapping(session, "attributes")),
    )


def clip(text: str) -> str:
    """Return `text` in a form that every store takes: encodable, and of `MAXIMUM_TEXT` characters, as JSON, at most.

    Records are ASCII, in which one character may take twelve: fifty suspects would fill more than an item may hold.
    """
    # A lone surrogate is valid in JSON (`"\ud800"`) and cannot be written as UTF-8 by SQS, SNS or DynamoDB.
    kept = text[:MAXIMUM_TEXT].encode("utf-8", "replace").decode("utf-8")
    while len(json.dumps(kept)) - 2 > MAXIMUM_TEXT:  # without the quotation marks
        kept = kept[: len(kept) * 7 // 8]
    return kept


def _mapping(parent: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = parent.get(key)
    return value if isinstance(value, Mapping) else {}


def _text(parent: Mapping[str, object], key: str) -> str:
    value = parent.get(key)
    return clip(value) if isinstance(value, str) else ""


def _mfa(attributes: Mapping[str, object]) -> Mfa:
    """Return what the session says; CloudTrail writes the text `true`, some emulators the boolean."""
    match attributes.get("mfaAuthenticated"):
        case "true" | True:
            return Mfa.USED
        case "false" | False:
            return Mfa.NOT_USED
        case _:
            return Mfa.NOT_SAID
