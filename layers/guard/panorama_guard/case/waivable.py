"""The context keys on which a waiver may hang, each with the reason, and whether what escapes can be waived at all."""

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from panorama_guard.case.waiver import Scope

_BOTH = {
    "aws:currenttime": "AWS's own clock",
    "aws:epochtime": "AWS's own clock",
    "aws:principalaccount": "AWS derives it from who calls",
    "aws:principalarn": "AWS derives it from who calls",
    "aws:principalorgid": "AWS derives it from who calls",
    "aws:principalorgpaths": "AWS derives it from who calls",
    "aws:securetransport": "AWS sees it",
}
SAFE_KEYS: Mapping[Scope, Mapping[str, str]] = MappingProxyType(
    {
        Scope.PERMISSIONS: _BOTH
        | {
            "aws:requestedregion": "it says where the request takes effect",
            "aws:resourceaccount": "AWS knows whose the resource is",
            "aws:resourceorgid": "AWS knows whose the resource is",
            "aws:resourceorgpaths": "AWS knows whose the resource is",
            "s3:resourceaccount": "AWS knows whose the resource is",
            "iam:passedtoservice": "it says which service gets the role: with another value it is another request",
            "iam:permissionsboundary": "it says which boundary holds: with another value it is another request",
            "iam:policyarn": "it says which policy is attached: with another value it is another request",
        },
        Scope.TRUST: _BOTH
        | {
            "aws:multifactorauthpresent": "AWS has checked the device",
            "aws:sourceaccount": "the calling service of AWS says it, not its user",
            "aws:sourcearn": "the calling service of AWS says it, and it names the account",
            "aws:sourceorgid": "the calling service of AWS says it, not its user",
            "sts:externalid": "the owner of the other account chose it, for this role; compared exactly",
        },
        Scope.RESOURCE: _BOTH
        | {
            "aws:sourceaccount": "the calling service of AWS says it, not its user",
            "aws:sourcearn": "the calling service of AWS says it, and it names the account",
            "aws:sourceorgid": "the calling service of AWS says it, not its user",
        },
    }
)
# Those that hold only where the key is there, and that compare it: plainly, and with what the waiver says.
_OPERATORS = re.compile(
    r"(String(Equals(IgnoreCase)?|Like)|Arn(Equals|Like)|Bool|(Date|Numeric)(?!Not)\w+)(?<!IfExists)"
)
_EXTERNAL_ID = "sts:externalid"


def may_be_waived(escape: str, scope: Scope) -> bool:
    """Say whether the statements of an escape, as a document, are such that a waiver may say them.

    Who asks for one is answered by `judging.waiver_rules`; this is for telling beforehand what not to ask for.
    """
    statements = json.loads(escape)["Statement"]
    allowed = [statement for statement in statements if statement["Effect"] == "Allow"]
    return not any(problem for statement in allowed for problem in _problems(statement, scope))


def _problems(statement: Mapping[str, Any], scope: Scope) -> Iterator[bool]:
    """Yield for each rule whether a statement breaks it."""
    yield "NotAction" in statement or "NotPrincipal" in statement
    yield "${" in json.dumps(statement)
    yield _names_anybody(statement.get("Principal", {}))
    actions, conditions = _listed(statement.get("Action", [])), statement.get("Condition", {})
    yield scope is Scope.PERMISSIONS and any(_is_in_part(action, statement) for action in actions)
    yield any(not _is_safe(operator, key, scope) for operator, tests in conditions.items() for key in tests)


def _names_anybody(principal: object) -> bool:
    if not isinstance(principal, dict):
        return principal == "*"
    return "Federated" in principal or "*" in _listed(principal.get("AWS", []))


def _is_in_part(action: str, statement: Mapping[str, Any]) -> bool:
    """Say whether a glob takes in actions of every service, and not all that they could do."""
    if action != "*":
        return "*" in action.partition(":")[0]
    return _listed(statement.get("Resource", [])) != ["*"] or bool(statement.get("Condition"))


def _is_safe(operator: str, key: str, scope: Scope) -> bool:
    is_exact = key.lower() != _EXTERNAL_ID or operator == "StringEquals"
    return is_exact and key.lower() in SAFE_KEYS[scope] and _OPERATORS.fullmatch(operator) is not None


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
