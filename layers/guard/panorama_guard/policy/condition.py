"""Conditions: one operator, one key, the values; the operator's name taken apart once."""

from enum import Enum
from functools import lru_cache

from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.glob import Glob, Variable, parse_glob, parse_literal, variables_of
from panorama_guard.policy.record import record
from panorama_guard.policy.text import ascii_lower

CALLER = "principal"  # the key under which the engine asks who calls; a policy asks it by its Principal element


class Family(Enum):
    """What an operator compares."""

    __hash__ = object.__hash__  # members are compared often, and Python would hash their names

    STRING = "String"
    STRING_CASELESS = "StringIgnoreCase"
    LIKE = "StringLike"
    ARN = "Arn"
    NUMERIC = "Numeric"
    DATE = "Date"
    BOOL = "Bool"
    BINARY = "Binary"
    ADDRESS = "IpAddress"
    CALLER = "Caller"
    CALLER_ARN = "CallerArn"
    NULL = "Null"
    UNKNOWN = "unknown"


class Relation(Enum):
    """How numbers and dates are compared."""

    __hash__ = object.__hash__  # members are compared often, and Python would hash their names

    EQUAL = "="
    LESS = "<"
    LESS_EQUAL = "<="
    GREATER = ">"
    GREATER_EQUAL = ">="


class Quantifier(Enum):
    """How many of the request's values must satisfy the comparison."""

    __hash__ = object.__hash__  # members are compared often, and Python would hash their names

    PLAIN = ""
    ANY = "ForAnyValue"
    ALL = "ForAllValues"


@record
class Operator:
    """An operator's name, taken apart."""

    quantifier: Quantifier
    family: Family
    relation: Relation
    negated: bool
    if_exists: bool


_EQUAL = Relation.EQUAL
_BASES: dict[str, tuple[Family, Relation, bool]] = {
    "StringEquals": (Family.STRING, _EQUAL, False),
    "StringNotEquals": (Family.STRING, _EQUAL, True),
    "StringEqualsIgnoreCase": (Family.STRING_CASELESS, _EQUAL, False),
    "StringNotEqualsIgnoreCase": (Family.STRING_CASELESS, _EQUAL, True),
    "StringLike": (Family.LIKE, _EQUAL, False),
    "StringNotLike": (Family.LIKE, _EQUAL, True),
    "ArnEquals": (Family.ARN, _EQUAL, False),
    "ArnLike": (Family.ARN, _EQUAL, False),
    "ArnNotEquals": (Family.ARN, _EQUAL, True),
    "ArnNotLike": (Family.ARN, _EQUAL, True),
    "Bool": (Family.BOOL, _EQUAL, False),
    "BinaryEquals": (Family.BINARY, _EQUAL, False),
    "IpAddress": (Family.ADDRESS, _EQUAL, False),
    "NotIpAddress": (Family.ADDRESS, _EQUAL, True),
    "Null": (Family.NULL, _EQUAL, False),
    # What a Principal element is written as for the engine. No policy has them: `parse_condition` sees to that.
    "CallerLike": (Family.CALLER, _EQUAL, False),
    "CallerNotLike": (Family.CALLER, _EQUAL, True),
    "CallerArnLike": (Family.CALLER_ARN, _EQUAL, False),
    "CallerArnNotLike": (Family.CALLER_ARN, _EQUAL, True),
    **{
        f"{kind.value}{name}": (kind, relation, negated)
        for kind in (Family.NUMERIC, Family.DATE)
        for name, relation, negated in (
            ("Equals", _EQUAL, False),
            ("NotEquals", _EQUAL, True),
            ("LessThan", Relation.LESS, False),
            ("LessThanEquals", Relation.LESS_EQUAL, False),
            ("GreaterThan", Relation.GREATER, False),
            ("GreaterThanEquals", Relation.GREATER_EQUAL, False),
        )
    },
}
_UNKNOWN = (Family.UNKNOWN, _EQUAL, False)
_WILD = (Family.LIKE, Family.ARN)
_WITHOUT_VARIABLES = (Family.NUMERIC, Family.DATE, Family.BINARY, Family.ADDRESS)
NO_VALUE = " of no value"  # behind an operator whose list of values is empty
A_VARIABLE = " of a variable"  # behind an operator that compares no texts, where a value has a variable
OF_BYTES = " of bytes"  # behind an operator for bytes, where it is not known which bytes are the same


@record
class Condition:
    """One line of a Condition element: the request's values of `key` (lower case) are compared with `values`."""

    operator: str
    key: str
    values: tuple[Glob, ...]
    spelled: str = ""  # the key as the policy writes it; conditions that differ in nothing else are equal

    def __eq__(self, other: object) -> bool:
        """Say whether `other` asks the same."""
        if not isinstance(other, Condition):
            return NotImplemented
        return (self.operator, self.key, self.values) == (other.operator, other.key, other.values)

    def __hash__(self) -> int:
        """Return the hash of what is asked."""
        return hash((self.operator, self.key, self.values))

    @property
    def parsed(self) -> Operator:
        """Return the operator taken apart."""
        return parse_operator(self.operator)

    @property
    def variables(self) -> frozenset[Variable]:
        """Return the policy variables in the values."""
        return frozenset().union(*map(variables_of, self.values))


@lru_cache(maxsize=1024)
def parse_operator(name: str) -> Operator:
    """Return what the operator's name means; a name that IAM does not have is of the unknown family."""
    prefix, colon, rest = name.partition(":")
    quantifier = (
        {"ForAnyValue": Quantifier.ANY, "ForAllValues": Quantifier.ALL}.get(prefix) if colon else Quantifier.PLAIN
    )
    base = rest if colon else name
    if_exists = base.endswith("IfExists")
    family, relation, negated = _BASES.get(base.removesuffix("IfExists"), _UNKNOWN)
    if quantifier is None or (family is Family.NULL and (if_exists or colon)):
        family = Family.UNKNOWN
    return Operator(quantifier or Quantifier.PLAIN, family, relation, negated, if_exists)


def unread_operator(name: str) -> Operator | None:
    """Return the operator behind a name that says that its values are not understood, or None if that is no such name.

    What becomes of a request that does not carry the key does not depend on the values.
    """
    for why in (A_VARIABLE, OF_BYTES):
        if name.endswith(why):
            found = parse_operator(name.removesuffix(why))
            return None if found.family is Family.UNKNOWN else found
    return None


def parse_condition(operator: str, key: str, values: tuple[str, ...], *, variables: bool) -> Condition:
    """Return the condition with its values as globs; only Like and Arn operators know wildcards."""
    family = parse_operator(operator).family
    if family in (Family.CALLER, Family.CALLER_ARN) or ascii_lower(key) == CALLER:
        raise DocumentError(operator, "no condition that a policy can have", key)
    parse = parse_glob if family in _WILD else parse_literal
    globs = (parse(value, variables=variables) for value in values)
    found = tuple(dict.fromkeys(globs))
    return Condition(_told_apart(operator, found), ascii_lower(key), found, key)


def _told_apart(operator: str, values: tuple[Glob, ...]) -> str:
    """Return the operator's name, or where nobody knows what it says of these values, a name that IAM has not.

    AWS says of an empty list that "the condition returns true and the policy statement provides no permissions":
    https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
    It takes variables under operators for strings, ARNs and truths only, and does not say what becomes of the others:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    """
    if not values:
        return f"{operator}{NO_VALUE}"
    if parse_operator(operator).family in _WITHOUT_VARIABLES and any(map(variables_of, values)):
        return f"{operator}{A_VARIABLE}"
    return operator
