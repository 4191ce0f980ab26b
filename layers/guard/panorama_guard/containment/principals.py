"""Principal and NotPrincipal as conditions on the caller.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
"""

import re
from collections.abc import Callable, Iterable, Sequence
from enum import Enum

from panorama_guard.containment.caller import IAM, Kind, everyone
from panorama_guard.policy.condition import CALLER, Condition
from panorama_guard.policy.document import Effect, Principals
from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.glob import Glob, escape
from panorama_guard.policy.record import record

ANYBODY = Glob("*:*:*:*:*")


class Form(Enum):
    """How a principal is named."""

    EVERYBODY = "everybody"
    ACCOUNT = "account"
    USER = "user"
    ROLE = "role"
    ROLE_SESSION = "role session"
    USER_SESSION = "federated user session"
    UNIQUE_ID = "unique id"
    SERVICE = "service"
    FEDERATED = "identity provider"
    CANONICAL = "canonical user"


@record
class Named:
    """One entry of a Principal element: its text, and what of an ARN the form has."""

    form: Form
    text: str
    partition: str = "aws"
    account: str = ""
    name: str = ""
    session: str = ""


@record
class Meant:
    """A condition on callers that surely holds where the policy's own does, and one that holds wherever it may."""

    surely: Condition
    perhaps: Condition


_PARTITION = r"arn:(?P<partition>aws[a-z-]*):"
_ACCOUNT = r"::(?P<account>\d{12}):"
_AWS = [
    (form, re.compile(pattern, re.ASCII))
    for form, pattern in (
        (Form.ACCOUNT, r"(?P<account>\d{12})"),
        (Form.ACCOUNT, f"{_PARTITION}iam{_ACCOUNT}root"),
        (Form.USER, rf"{_PARTITION}iam::(?P<account>\d{{12}}|cloudfront):user/.+"),
        (Form.ROLE, f"{_PARTITION}iam{_ACCOUNT}role/(?:.*/)?(?P<name>[^/]+)"),
        (Form.ROLE_SESSION, f"{_PARTITION}sts{_ACCOUNT}assumed-role/(?P<name>[^/]+)/(?P<session>[^/]+)"),
        (Form.USER_SESSION, f"{_PARTITION}sts{_ACCOUNT}federated-user/.+"),
        (Form.UNIQUE_ID, r"A(?:IDA|ROA)[A-Z0-9]{12,124}"),
    )
]
_KINDS = {"Service": Form.SERVICE, "Federated": Form.FEDERATED, "CanonicalUser": Form.CANONICAL}


def read_principals(principals: Principals, where: str) -> tuple[Named, ...]:
    """Return the entries of a Principal element, or raise DocumentError for one that AWS does not take."""
    return tuple(_read(kind, text, where) for kind, text in dict.fromkeys(principals.entries))


def _read(kind: str, text: str, where: str) -> Named:
    if (kind, text) == ("AWS", "*"):
        return Named(Form.EVERYBODY, text)
    if "*" in text or "?" in text:
        raise DocumentError(where, "wildcard inside a principal", text)
    if kind in _KINDS:
        return Named(_KINDS[kind], text)
    for form, pattern in _AWS:
        if found := pattern.fullmatch(text):
            return Named(form, text, **{key: value for key, value in found.groupdict().items() if value})
    raise DocumentError(where, "not a principal", text)


def names_deleted(kind: str, text: str) -> bool:
    """Say whether an entry of a policy that AWS keeps names a user or role that was deleted.

    AWS shows each other one by its ARN, and takes no new policy with such an entry in it.
    """
    return _read(kind, text, "Principal").form is Form.UNIQUE_ID


def callers_named(entries: Iterable[Named]) -> tuple[Glob, ...]:
    """Return the patterns of all callers that the entries name: an account is everybody of it, a role its sessions."""
    return tuple(dict.fromkeys(glob for entry in entries for glob in _CALLERS[entry.form](entry)))


def _of_account(entry: Named) -> tuple[Glob, ...]:
    """Return everybody of an account, whose number is enough to name it: no account is in two partitions."""
    return tuple(Glob(f"{kind.value}:*:*:*:arn:*:*:*:{entry.account}:*") for kind in IAM)


def _of_user(entry: Named) -> tuple[Glob, ...]:
    return (Glob(f"user:*:*:*:{escape(entry.text)}"),)


def _of_role(entry: Named) -> tuple[Glob, ...]:
    return (Glob(f"role:*:*:*:{escape(entry.text)}"),)


def _of_role_session(entry: Named) -> tuple[Glob, ...]:
    role, session = f"arn:{entry.partition}:iam::{entry.account}:role/", escape(entry.session)
    name = escape(entry.name)
    return (
        Glob(f"role:*:*:{session}:{role}{name}"),
        Glob(f"role:*:*:{session}:{role}*/{name}"),
    )


def _of_user_session(entry: Named) -> tuple[Glob, ...]:
    return (Glob(f"session:*:*:*:{escape(entry.text)}"),)


def _of_unique_id(entry: Named) -> tuple[Glob, ...]:
    kind = Kind.USER if entry.text.startswith("AIDA") else Kind.ROLE
    return (Glob(f"{kind.value}:*:{entry.text}:*:*"),)


def _of_kind(kind: Kind) -> Callable[[Named], tuple[Glob, ...]]:
    return lambda entry: (Glob(f"{kind.value}::::{escape(entry.text)}"),)


_CALLERS: dict[Form, Callable[[Named], tuple[Glob, ...]]] = {
    Form.EVERYBODY: lambda _: (ANYBODY,),
    Form.ACCOUNT: _of_account,
    Form.USER: _of_user,
    Form.ROLE: _of_role,
    Form.ROLE_SESSION: _of_role_session,
    Form.USER_SESSION: _of_user_session,
    Form.UNIQUE_ID: _of_unique_id,
    Form.SERVICE: _of_kind(Kind.SERVICE),
    Form.FEDERATED: _of_kind(Kind.FEDERATED),
    Form.CANONICAL: _of_kind(Kind.CANONICAL),
}
_OTHERS = (Form.SERVICE, Form.FEDERATED, Form.CANONICAL)


def asked_of_callers(entries: Sequence[Named], effect: Effect, *, negated: bool, sessions: bool = False) -> Meant:
    """Return what a Principal or, `negated`, a NotPrincipal element asks of the caller.

    An identity provider may mean the `sessions` of whom it vouched for: AWS does not say who they are then.
    """
    named = callers_named(entries)
    vouched = [everyone(Kind.ROLE)] if sessions and any(entry.form is Form.FEDERATED for entry in entries) else []
    if negated:
        spared = _surely_named(entries) if effect is Effect.ALLOW else _surely_spared(entries)
        return Meant(among((*named, *_aliases(entries), *vouched), negated=True), among(spared, negated=True))
    aliases = _aliases(entries) if effect is Effect.DENY else ()
    return Meant(among(named), among((*named, *aliases, *vouched)))


def among(globs: Iterable[Glob], *, negated: bool = False) -> Condition:
    """Return the condition that the caller matches one of the patterns, or `negated` none of them."""
    return Condition("CallerArnNotLike" if negated else "CallerArnLike", CALLER, tuple(dict.fromkeys(globs)))


def _aliases(entries: Sequence[Named]) -> tuple[Glob, ...]:
    """Return the callers who may be those named, under another name: a canonical user id is an account's, too."""
    forms = {entry.form for entry in entries}
    if Form.EVERYBODY in forms:
        return ()
    others = everyone(Kind.CANONICAL) if forms - set(_OTHERS) else None
    accounts = [everyone(kind) for kind in IAM] if Form.CANONICAL in forms else []
    return (*accounts, *([others] if others else ()))


def _surely_named(entries: Sequence[Named]) -> tuple[Glob, ...]:
    """Return the callers whom an Allow with NotPrincipal surely leaves out: those who are named themselves.

    Whether naming an account leaves out everybody of it, and a role its sessions, AWS does not say.
    """
    each = [entry for entry in entries if entry.form not in (Form.ACCOUNT, Form.ROLE)]
    return (*callers_named(each), *_roots(entries))


def _surely_spared(entries: Sequence[Named]) -> tuple[Glob, ...]:
    """Return the callers whom a Deny with NotPrincipal surely spares: they, their role and their account are named.

    Of a caller whose account is not named AWS says that the Deny might apply.
    """
    accounts = {entry.account for entry in entries if entry.form is Form.ACCOUNT}
    roles = {(entry.account, entry.name): entry.text for entry in entries if entry.form is Form.ROLE}
    alone = [entry for entry in entries if entry.form in (*_OTHERS, Form.EVERYBODY)]
    users = [entry for entry in entries if entry.form in (Form.USER, Form.USER_SESSION) and entry.account in accounts]
    sessions = [
        Glob(f"role:*:*:{escape(entry.session)}:{escape(roles[entry.account, entry.name])}")
        for entry in entries
        if entry.form is Form.ROLE_SESSION and entry.account in accounts and (entry.account, entry.name) in roles
    ]
    return (*callers_named([*alone, *users]), *sessions, *_roots(entries))


def _roots(entries: Iterable[Named]) -> tuple[Glob, ...]:
    accounts = (entry for entry in entries if entry.form is Form.ACCOUNT)
    return tuple(Glob(f"root:*:*:*:arn:{entry.partition}:iam::{entry.account}:root") for entry in accounts)
