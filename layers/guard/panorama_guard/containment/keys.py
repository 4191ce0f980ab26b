"""Context keys of which AWS says what values they have; of all other keys any text, and several, must be expected.

A key that is missing from the tables of types and of single values makes the engine stricter, never wrong about
containment. One that is missing among the multivalued ones, and that no set operator asks, is taken to have one value.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from collections.abc import Iterable

from panorama_guard.containment.multivalued import SEVERAL
from panorama_guard.policy.condition import CALLER, Condition, Family, Quantifier

TYPES = {  # key -> the type of its values, as `type_of` names it
    **dict.fromkeys(
        ("aws:securetransport", "aws:multifactorauthpresent", "aws:viaawsservice", "aws:principalisawsservice"), "truth"
    ),
    **dict.fromkeys(("aws:multifactorauthage", "s3:max-keys", "sts:durationseconds"), "number"),
    **dict.fromkeys(("aws:currenttime", "aws:epochtime", "aws:tokenissuetime"), "time"),
    **dict.fromkeys(("aws:sourceip", "aws:vpcsourceip"), "address"),
    CALLER: "caller",
}
_ARNS = """
    acm-pca:templatearn aws:principalarn aws:sourcearn cloudformation:rolearn ec2:sourceinstancearn events:targetarn
    iam:associatedresourcearn iam:permissionsboundary iam:policyarn lambda:codesigningconfigarn lambda:functionarn
    lambda:sourcefunctionarn logs:loggeneratingresourcearns s3:dataaccesspointarn ssm:sourceinstancearn
"""
ARNS = frozenset(_ARNS.split())  # keys of which AWS sets the value, and it is an ARN
_KINDS = {
    Family.NUMERIC: "number",
    Family.DATE: "time",
    Family.ADDRESS: "address",
    Family.CALLER: "caller",
    Family.CALLER_ARN: "caller",
    Family.NULL: "",
    Family.UNKNOWN: "",
}

_ONE = """
    aws:principalaccount aws:principalarn aws:principalorgid aws:principalservicename aws:principaltype aws:referer
    aws:requestedregion aws:resourceaccount aws:resourceorgid aws:sourceaccount aws:sourcearn aws:sourceorgid
    aws:sourcevpc aws:sourcevpce aws:useragent aws:userid aws:username cloudwatch:namespace iam:passedtoservice
    kms:calleraccount s3:delimiter s3:prefix sts:externalid sts:rolesessionname
"""
ONE = frozenset(_ONE.split())
_ONE_OF_A_KIND = (
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "iam:resourcetag/",
    "kms:encryptioncontext:",
)


def kind_of(condition: Condition) -> str:
    """Return the kind of value the condition compares; "" where any kind will do."""
    return _KINDS.get(condition.parsed.family, "text")


def type_of(condition: Condition) -> str:
    """Return the type of value that the condition is made for; "" where any will do."""
    return "truth" if condition.parsed.family is Family.BOOL else kind_of(condition)


def mixed_keys(conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the keys that may have any text: those tested as a type, and of which AWS promises none."""
    found = ((condition.key, kind) for condition in conditions if (kind := type_of(condition)))
    return frozenset(key for key, kind in found if kind != "text" and key not in TYPES)


def several_keys(conditions: Iterable[Condition]) -> frozenset[str]:
    """Return the keys that may have several values in one request: all that a set operator asks, and those known to."""
    return frozenset(
        condition.key
        for condition in conditions
        if not has_one_value(condition.key)
        and (condition.key in SEVERAL or condition.parsed.quantifier is not Quantifier.PLAIN)
    )


def has_one_value(key: str) -> bool:
    """Say whether AWS promises that a request has the lower-case `key` at most once."""
    return key in TYPES or key in ONE or key.startswith(_ONE_OF_A_KIND)
