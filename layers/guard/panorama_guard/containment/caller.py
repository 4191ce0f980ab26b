"""Who calls, as one text, so that a condition can ask for it: KIND:ORGANISATION:ID:SESSION:NAME.

    user:o-a1b2c3:AIDA...::arn:aws:iam::111122223333:user/alice
    role::AROA...:session:arn:aws:iam::111122223333:role/path/App     a session of a role
    root::::arn:aws:iam::111122223333:root
    session::::arn:aws:sts::111122223333:federated-user/bob           of GetFederationToken
    service::::s3.amazonaws.com
    federated::::cognito-identity.amazonaws.com                       whom an identity provider vouches for
    canonical::::79a59df900b949e5...                                  whom S3 knows by a canonical user id
    anonymous::::

What AWS derives from the principal (aws:PrincipalArn, aws:PrincipalAccount and so on) are parts of this text, so that
one automaton decides all of it together and no caller can have another's account.
"""

from enum import Enum
from functools import lru_cache

from panorama_guard.containment.caller_fields import FIELDS, caller_steps
from panorama_guard.containment.plausible import ROLE_ID, ROLE_SESSION, STRANGER, USER_ID
from panorama_guard.containment.records import Context, Witness
from panorama_guard.policy.arn import accepts
from panorama_guard.policy.condition import CALLER, Family
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record


class Kind(Enum):
    """The kinds of callers."""

    USER = "user"
    ROLE = "role"
    ROOT = "root"
    SESSION = "session"
    SERVICE = "service"
    FEDERATED = "federated"
    CANONICAL = "canonical"
    ANONYMOUS = "anonymous"


IAM = (Kind.ROOT, Kind.ROLE, Kind.USER, Kind.SESSION)  # those who have an ARN and an account

ORIGIN_ACCESS = "CloudFront Origin Access Identity "  # AWS's users, one for each identity of a customer
TYPES = {  # aws:PrincipalType
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.ROOT: "Account",
    Kind.SESSION: "FederatedUser",
    Kind.ANONYMOUS: "Anonymous",
}
_ACCOUNT = "?" * 12
_PARTITIONS = ("aws", "aws-cn", "aws-us-gov")  # no request goes from one into another; a policy may be of each
_ARNS = {
    Kind.USER: f"iam::{_ACCOUNT}:user/?*",
    Kind.ROLE: f"iam::{_ACCOUNT}:role/?*",
    Kind.ROOT: f"iam::{_ACCOUNT}:root",
    Kind.SESSION: f"sts::{_ACCOUNT}:federated-user/?*",
}
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
_IDS = {Kind.USER: "AIDA?*", Kind.ROLE: "AROA?*"}
_SHAPES = [
    *(
        f"{kind.value}:{organisation}:{_IDS.get(kind, '')}:{'?*' if kind is Kind.ROLE else ''}:arn:{partition}:{rest}"
        for kind, rest in _ARNS.items()
        for organisation in ("", "o-?*")
        for partition in _PARTITIONS
    ),
    *(f"user::AIDA?*::arn:{partition}:iam::cloudfront:user/{ORIGIN_ACCESS}?*" for partition in _PARTITIONS),
    *(f"{kind.value}::::?*" for kind in (Kind.SERVICE, Kind.FEDERATED, Kind.CANONICAL)),
    "anonymous::::",
]

DELETED = {kind: f"arn:aws:iam::{STRANGER}:{kind}/deleted" for kind in ("role", "user")}  # of whom an id is known
NATURAL = {  # the callers that a witness names first
    Kind.ROOT: f"root::::arn:aws:iam::{STRANGER}:root",
    Kind.ROLE: f"role::{ROLE_ID}:{ROLE_SESSION}:arn:aws:iam::{STRANGER}:role/example",
    Kind.USER: f"user::{USER_ID}::arn:aws:iam::{STRANGER}:user/example",
    Kind.ANONYMOUS: "anonymous::::",
    Kind.SERVICE: "service::::example.amazonaws.com",
    Kind.FEDERATED: "federated::::accounts.google.com",
    Kind.SESSION: f"session::::arn:aws:sts::{STRANGER}:federated-user/example",
    Kind.CANONICAL: "canonical::::example",
}
EXAMPLES = (*NATURAL.values(), f"role:o-example9999:{ROLE_ID}:{ROLE_SESSION}:arn:aws:iam::{STRANGER}:role/example")


FORMS = tuple(caller_steps(Glob(shape), Family.CALLER_ARN) for shape in _SHAPES)  # what every caller looks like


@lru_cache(maxsize=4096)
def is_caller(text: str) -> bool:
    """Say whether the text is one of a caller."""
    return any(accepts(form, text) for form in FORMS)


def everyone(kind: Kind) -> Glob:
    """Return the pattern of all callers of a kind."""
    return Glob(f"{kind.value}:*:*:*:*")


@record
class Caller:
    """One caller: `name` is an ARN, or the name of a service or identity provider, or a canonical user id."""

    kind: Kind
    organisation: str
    unique_id: str
    session: str
    name: str

    @property
    def account(self) -> str:
        """Return the account of a caller that has one, else an empty text."""
        return self.name.split(":")[4] if self.kind in IAM else ""

    @property
    def keys(self) -> dict[str, str]:
        """Return what AWS derives from the caller, as far as it says, by lower-case key."""
        kind, account = self.kind, self.account
        of_service = kind is Kind.SERVICE
        ids = {Kind.ROLE: f"{self.unique_id}:{self.session}", Kind.USER: self.unique_id, Kind.ROOT: account}
        ids[Kind.SESSION] = f"{account}:{self.name.split('/')[-1]}"
        found = {
            "aws:principalarn": self.name if account else "",
            "aws:principalaccount": account,
            "kms:calleraccount": account,
            "aws:principalorgid": self.organisation,
            "aws:principaltype": TYPES.get(kind, ""),
            "aws:userid": "anonymous" if kind is Kind.ANONYMOUS else ids.get(kind, ""),
            "aws:username": self.name.split("/")[-1] if kind is Kind.USER else "",
            "aws:principalisawsservice": "true" if of_service else "false" if account else "",
            "aws:principalservicename": self.name if of_service else "",
        }
        return {key: value for key, value in found.items() if value}

    @property
    def principal(self) -> str:
        """Return the caller as a policy names it, behind the type of principal."""
        match self.kind:
            case Kind.SERVICE:
                return f"Service {self.name}"
            case Kind.FEDERATED:
                return f"Federated {self.name}"
            case Kind.CANONICAL:
                return f"CanonicalUser {self.name}"
            case Kind.ANONYMOUS:
                return "AWS * (anonymous)"
            case _:
                return f"AWS {self._arn}"

    @property
    def _arn(self) -> str:
        if self.name in DELETED.values():
            return self.unique_id
        if self.kind is not Kind.ROLE or self.session == ROLE_SESSION:
            return self.name
        partition, role = self.name.split(":")[1], self.name.split("/")[-1]
        return f"arn:{partition}:sts::{self.account}:assumed-role/{role}/{self.session}"


def read_caller(text: str) -> Caller:
    """Return the caller that a text of one stands for."""
    kind, organisation, unique_id, session, name = text.split(":", FIELDS)
    return Caller(Kind(kind), organisation, unique_id, session, name)


def caller_of(witness: Witness) -> Caller | None:
    """Return who makes the witness's request, or None where the grant does not ask who calls."""
    texts = dict(witness.context).get(CALLER, ())
    return read_caller(texts[0]) if texts else None


def describe_principal(witness: Witness) -> str:
    """Return who makes the witness's request, as a policy would name it, or an empty text where nobody asks."""
    caller = caller_of(witness)
    return caller.principal if caller else ""


def told_context(witness: Witness) -> Context:
    """Return the context of a request without the engine's own key for who calls."""
    return tuple((key, values) for key, values in witness.context if key != CALLER)
