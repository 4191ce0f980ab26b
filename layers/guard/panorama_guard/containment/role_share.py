"""What a resource's policy adds to what a role is granted by its own policies, as documents of identity policies.

Within one account an Allow of the resource's policy is enough. One that names the role (or its unique id) is limited by
the role's permissions boundary; one that names a session of it, or everybody, is not, so these are kept apart. One that
names the account leaves it to the role's own policies and adds nothing. Across accounts an Allow of the role's own
policies is needed as well, so that nothing is added at all.

More than the policy gives may be returned, never less: a condition on the caller of which it is not known whether the
role fulfils it stays, and a Deny counts only for whom and on what it surely reaches.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
"""

from collections.abc import Iterator

from panorama_guard.containment.cover import covers
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.containment.principals import Form, Named, read_principals
from panorama_guard.containment.records import Grant
from panorama_guard.containment.resource import below, principals_of
from panorama_guard.policy.condition import Condition, Family
from panorama_guard.policy.document import Document, Effect, Patterns, Statement
from panorama_guard.policy.glob import Glob, escape
from panorama_guard.policy.record import record, replace

# Keys that a session of a role never carries: the last ones are set when a service calls by itself.
_UNSET = ("aws:username", "aws:principalservicename", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid")


@record
class RoleIdentity:
    """A role as policies of resources name it."""

    account: str
    arn: str
    name: str
    unique_id: str

    @property
    def keys(self) -> dict[str, str]:
        """Return what AWS derives from every session of the role, by lower-case key."""
        return {
            "aws:principalarn": self.arn,
            "aws:principalaccount": self.account,
            "kms:calleraccount": self.account,
            "aws:principaltype": "AssumedRole",
            "aws:principalisawsservice": "false",
        }


@record
class RoleShare:
    """What a role gets from the policy of a resource: what its boundary limits, and what nothing limits but a Deny."""

    bounded: Document
    unbounded: Document


def share_of_role(document: Document, role: RoleIdentity, *, resource: str, account: str) -> RoleShare:
    """Return what the policy of the resource with the ARN `resource`, owned by `account`, adds to a role's grant."""
    shares = [_share(statement, document, role, resource) for statement in document.statements]
    if account != role.account:
        shares = []
    denies = [one for share in shares for one in share.denies]
    bounded = [one for share in shares for one in share.bounded]
    unbounded = [one for share in shares for one in share.unbounded]
    return RoleShare(
        replace(document, statements=(*bounded, *denies) if bounded else ()),
        replace(document, statements=(*unbounded, *denies) if unbounded else ()),
    )


def grants_with(own: Grant, share: RoleShare) -> tuple[Grant, Grant]:
    """Return the two parts of a role's grant: its own policies with what its boundary limits, and the rest.

    Every Deny of the role's policies and boundary counts in both.
    """
    denies = (_denies_of(document) for layer in own.layers for document in layer)
    bounded = Grant((*own.policies, share.bounded), own.boundaries)
    return bounded, Grant((share.unbounded, *(document for document in denies if document.statements)))


@record
class _Share:
    """What one statement gives the role or takes from it."""

    bounded: tuple[Statement, ...] = ()
    unbounded: tuple[Statement, ...] = ()
    denies: tuple[Statement, ...] = ()


def _share(statement: Statement, document: Document, role: RoleIdentity, resource: str) -> _Share:
    principals, where = principals_of(statement, document)
    entries = read_principals(principals, where)
    conditions = _left(statement, role)
    if conditions is None:
        return _Share()
    plain = replace(statement, principals=None, conditions=conditions)
    if statement.effect is Effect.DENY:
        kept = _denied_on(plain, resource)
        ways = _spared_by_none(entries, role) if principals.negated else _ways(entries, role, _DENIED)
        return _Share(denies=tuple(_under(kept, way) for way in ways) if kept else ())
    allowed = _allowed_on(plain, resource)
    if principals.negated:
        everybody = any(entry.form is Form.EVERYBODY for entry in entries)
        return _Share(unbounded=() if everybody else (allowed,))
    return _Share(
        bounded=tuple(_under(allowed, way) for way in _ways(entries, role, _BY_ROLE)),
        unbounded=tuple(_under(allowed, way) for way in _ways(entries, role, _DIRECT)),
    )


_BY_ROLE = (Form.ROLE, Form.UNIQUE_ID)
_DENIED = (*_BY_ROLE, Form.ROLE_SESSION, Form.EVERYBODY, Form.ACCOUNT)
_DIRECT = (Form.ROLE_SESSION, Form.EVERYBODY, Form.FEDERATED)  # an identity provider may mean sessions of any role
Way = tuple[Condition, ...]


def _ways(entries: tuple[Named, ...], role: RoleIdentity, forms: tuple[Form, ...]) -> Iterator[Way]:
    """Yield under which conditions entries of these forms name sessions of the role."""
    for entry in entries:
        if entry.form in forms and _names(entry, role):
            yield _of_session(entry, role) if entry.form is Form.ROLE_SESSION else ()


def _spared_by_none(entries: tuple[Named, ...], role: RoleIdentity) -> tuple[Way, ...]:
    """Return the one way in which a Deny with NotPrincipal reaches the role: no entry may be the role."""
    unsure = (Form.CANONICAL, Form.FEDERATED)
    may_be = any(_names(entry, role) or entry.form in unsure for entry in entries)
    return () if may_be else ((),)


def _names(entry: Named, role: RoleIdentity) -> bool:
    match entry.form:
        case Form.EVERYBODY | Form.FEDERATED:
            return True
        case Form.ACCOUNT:
            return entry.account == role.account
        case Form.ROLE_SESSION:
            return (entry.account, entry.name) == (role.account, role.name)
        case _:
            return entry.text in (role.arn, role.unique_id)


def _of_session(entry: Named, role: RoleIdentity) -> Way:
    return (Condition("StringEquals", "aws:userid", (escape(f"{role.unique_id}:{entry.session}"),), "aws:userid"),)


def _under(statement: Statement, conditions: Way) -> Statement:
    return replace(statement, conditions=(*statement.conditions, *conditions))


def _left(statement: Statement, role: RoleIdentity) -> tuple[Condition, ...] | None:
    """Return the conditions that are left of a statement for the role, or None if one never holds for it."""
    truths = [_truth(condition, role) for condition in statement.conditions]
    if False in truths:
        return None
    left = tuple(item for item, truth in zip(statement.conditions, truths, strict=True) if truth is None)
    if statement.effect is Effect.DENY or not any(condition.key == "aws:userid" for condition in left):
        return left
    own = Condition("StringLike", "aws:userid", (Glob(f"{escape(role.unique_id)}:*"),), "aws:userid")
    return (*left, own)


def _truth(condition: Condition, role: RoleIdentity) -> Truth:
    """Return whether a condition on the caller holds for every session of the role; None for any other condition."""
    if condition.key == "aws:userid" and _matches_every_session(condition, role):
        return not condition.parsed.negated
    value = role.keys.get(condition.key)
    if condition.variables or (value is None and condition.key not in _UNSET):
        return None
    return condition_holds(condition, {condition.key: (value,)} if value else {})


def _matches_every_session(condition: Condition, role: RoleIdentity) -> bool:
    """Say whether one of the condition's patterns matches the id of each session of the role; all have one."""
    own = Glob(f"{escape(role.unique_id)}:*")
    return condition.parsed.family is Family.LIKE and any(covers(glob, own) for glob in condition.values)


def _allowed_on(statement: Statement, resource: str) -> Statement:
    """Return an Allow on the resource where it names none; a lone `*` is the resource itself as well."""
    own = Patterns(negated=False, globs=below(resource))
    everything = statement.resources is None or (
        not statement.resources.negated and Glob("*") in statement.resources.globs
    )
    return replace(statement, resources=own) if everything else statement


def _denied_on(statement: Statement, resource: str) -> Statement | None:
    """Return a Deny on what of the resource it surely reaches, or None if that is nothing: it reaches no other."""
    own = below(resource)
    if statement.resources is None:
        return replace(statement, resources=Patterns(negated=False, globs=own))
    if statement.resources.negated:
        return None
    inside = [glob for glob in statement.resources.globs if any(covers(one, glob) for one in own)]
    whole = [one for one in own if any(covers(glob, one) for glob in statement.resources.globs)]
    globs = tuple(dict.fromkeys((*inside, *whole)))
    return replace(statement, resources=Patterns(negated=False, globs=globs)) if globs else None


def _denies_of(document: Document) -> Document:
    return replace(document, statements=tuple(one for one in document.statements if one.effect is Effect.DENY))
