"""Conditions on what AWS derives from the caller, as conditions on the caller.

Each key has, for each kind of caller, the values that AWS documents. Where it documents none, or leaves open whether
the key is there at all, a condition holds surely only if it does for all that is possible.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principal-properties
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
"""

import re
from collections.abc import Iterable
from enum import Enum

from panorama_guard.containment.caller import IAM, TYPES, Kind, everyone
from panorama_guard.containment.kleene import Truth
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.containment.parts import TEXTS, Reach, own_part
from panorama_guard.containment.principals import Meant
from panorama_guard.policy.condition import CALLER, Condition, Family
from panorama_guard.policy.glob import Glob
from panorama_guard.policy.record import record, replace


class Held(Enum):
    """What a key is for some callers, where that is not one text."""

    OWN = "a part of the caller's text"
    ABSENT = "not there"
    FOREIGN = "a text that is no customer's account, ARN or id"
    ANYTHING = "any text, or not there"


@record
class Slot:
    """Callers of one kind, and each value that a key may have for them."""

    kind: Kind
    callers: Glob
    values: tuple[Held | str, ...]


def _slots(known: dict[Kind, Held | str], others: tuple[Held | str, ...] = (Held.ANYTHING,)) -> tuple[Slot, ...]:
    return tuple(Slot(kind, everyone(kind), (known[kind],) if kind in known else others) for kind in Kind)


_OWN: dict[Kind, Held | str] = dict.fromkeys(IAM, Held.OWN)
_ANY: dict[Kind, Held | str] = {Kind.CANONICAL: Held.ANYTHING}
_NEVER_A_CUSTOMER = (Held.ABSENT, Held.FOREIGN)  # services, and whom an identity provider vouches for
_ARN = _slots({**_OWN, **_ANY, Kind.ANONYMOUS: Held.ABSENT}, _NEVER_A_CUSTOMER)
_ACCOUNT = _slots({**_OWN, **_ANY, Kind.ANONYMOUS: "anonymous"}, _NEVER_A_CUSTOMER)
_TYPES: dict[Kind, Held | str] = {**TYPES}
_NAMELESS: dict[Kind, Held | str] = dict.fromkeys((Kind.ROLE, Kind.ROOT, Kind.SESSION, Kind.ANONYMOUS), Held.ABSENT)
_IS_SERVICE: dict[Kind, Held | str] = {Kind.SERVICE: "true", Kind.ANONYMOUS: Held.ABSENT, **dict.fromkeys(IAM, "false")}
_SERVICE_NAME: dict[Kind, Held | str] = {**dict.fromkeys(Kind, Held.ABSENT), **_ANY, Kind.SERVICE: Held.OWN}
_ORGANISATION = (
    *(Slot(kind, Glob(f"{kind.value}::*:*:*"), (Held.ABSENT,)) for kind in IAM),
    *(Slot(kind, Glob(f"{kind.value}:?*:*:*:*"), (Held.OWN,)) for kind in IAM),
    *(Slot(kind, everyone(kind), (Held.ABSENT,)) for kind in (Kind.SERVICE, Kind.FEDERATED, Kind.ANONYMOUS)),
    Slot(Kind.CANONICAL, everyone(Kind.CANONICAL), (Held.ANYTHING,)),
)
SLOTS: dict[str, tuple[Slot, ...]] = {  # lower-case key -> all callers, by what it is for them
    "aws:principalarn": _ARN,
    "aws:principalaccount": _ACCOUNT,
    "kms:calleraccount": _ACCOUNT,
    "aws:principalorgid": _ORGANISATION,
    "aws:principaltype": _slots(_TYPES),
    "aws:userid": _slots({**_OWN, **_ANY, Kind.ANONYMOUS: "anonymous"}, _NEVER_A_CUSTOMER),
    "aws:username": _slots({**_NAMELESS, Kind.USER: Held.OWN}),
    "aws:principalisawsservice": _slots({**_IS_SERVICE, **_ANY}, (Held.ABSENT, "false")),
    "aws:principalservicename": _slots(_SERVICE_NAME),
}
_CUSTOMERS = re.compile(
    r"\d{12}(?::.*)?|(?:AROA|AIDA)[A-Z0-9]{12,}(?::.*)?|arn:aws[a-z-]*:(?:iam|sts):\*?:\d{12}:.*", re.ASCII | re.DOTALL
)
OF_RESOURCE = Glob("${aws:resourceaccount}")  # a customer's account, which no text is that AWS has for others
_ACCOUNT_OF_RESOURCE = "0" * 12  # some account
_IN_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:.*", re.ASCII | re.DOTALL)


def on_callers(condition: Condition, *, aliases: bool) -> Meant:
    """Return what a condition on a key of `SLOTS` asks of the caller.

    Without `aliases` those are left out whom S3 knows by a canonical user id alone: they have another name as well.
    """
    slots = [slot for slot in SLOTS[condition.key] if aliases or slot.kind is not Kind.CANONICAL]
    reach = [_reach(condition, slot) for slot in slots]
    surely = [glob for one in reach for glob in one.surely]
    perhaps = [glob for one in reach for glob in one.perhaps]
    if not condition.parsed.negated:
        return Meant(_asked(condition, surely, negated=False), _asked(condition, perhaps, negated=False))
    never = [] if aliases else [everyone(Kind.CANONICAL)]
    return Meant(
        _asked(condition, [*perhaps, *never], negated=True), _asked(condition, [*surely, *never], negated=True)
    )


def _asked(condition: Condition, globs: Iterable[Glob], *, negated: bool) -> Condition:
    """Return the condition on callers; where the policy compares an ARN as text, wildcards cross its colons."""
    as_text = condition.key == "aws:principalarn" and condition.parsed.family in TEXTS
    operator = f"Caller{'' if as_text else 'Arn'}{'Not' if negated else ''}Like"
    return Condition(operator, CALLER, tuple(dict.fromkeys(globs)))


def _reach(condition: Condition, slot: Slot) -> Reach:
    """Return the callers of a slot who match: those for whom the condition holds, or of a negated one does not."""
    if slot.values == (Held.OWN,) and condition.parsed.family not in (Family.NULL, Family.UNKNOWN):
        return own_part(condition, slot.kind, slot.callers)
    truths = {_truth(condition, value) for value in slot.values}
    matched = {None if truth is None else truth is not condition.parsed.negated for truth in truths}
    surely, never = matched == {True}, matched == {False}
    return Reach((slot.callers,) if surely else (), () if never else (slot.callers,))


def _truth(condition: Condition, value: Held | str) -> Truth:
    """Return whether the condition holds for a value of its key."""
    match value:
        case Held.ABSENT:
            return condition_holds(condition, {})
        case Held.FOREIGN if condition.parsed.family is not Family.NULL:
            matched = (
                None if any(_may_be_foreign(glob, condition.parsed.family) for glob in condition.values) else False
            )
            return None if matched is None else condition.parsed.negated
        case Held.ANYTHING:
            return None
        case _:
            text = value if isinstance(value, str) else "present"
            left = replace(condition, values=tuple(glob for glob in condition.values if glob != OF_RESOURCE))
            return None if left.variables else condition_holds(left, {left.key: (text,)})


def _may_be_foreign(glob: Glob, family: Family) -> bool:
    """Say whether the value may be one that no customer's account, ARN or id is."""
    text = glob.replace(OF_RESOURCE, _ACCOUNT_OF_RESOURCE)
    if family is Family.ARN and _IN_ACCOUNT.fullmatch(text):
        return False  # an ARN whose account is compared by itself
    return _CUSTOMERS.fullmatch(text) is None
