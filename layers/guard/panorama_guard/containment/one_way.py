"""A comparison of two keys, which says the same whichever of them stands as the variable.

    "StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}
    "StringEquals": {"aws:PrincipalTag/team": "${aws:ResourceTag/team}"}

Each holds where both keys are there with one text; each negation where one is not, or their texts differ.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-no-value
"""

from collections.abc import Container, Iterator, Sequence

from panorama_guard.containment.derived import OF_RESOURCE, SLOTS
from panorama_guard.containment.equal_keys import compared_key
from panorama_guard.containment.keys import TYPES, has_one_value
from panorama_guard.containment.records import Grant
from panorama_guard.containment.traits import document_traits
from panorama_guard.policy.condition import Condition
from panorama_guard.policy.document import Document, Statement
from panorama_guard.policy.glob import Glob, Variable, render, variables_of
from panorama_guard.policy.record import replace

Pair = tuple[str, str]  # the key of a condition, and that of the variable with which it is compared


def asked_of_caller(condition: Condition) -> Condition:
    """Return the condition; one on the account of the resource, compared with a key of the caller, as one on that key.

    Callers can be asked for the account of the resource, and not the other way round.
    """
    key, other = _pair(condition)
    is_of_resource = {Variable(key, None)} == variables_of(OF_RESOURCE)
    return _turned(condition) if is_of_resource and other in SLOTS else condition


def one_way(grants: Sequence[Grant]) -> list[Grant]:
    """Return the grants with two keys that are compared in both ways compared in one."""
    pairs = {_pair(condition) for grant in grants for condition in _conditions(grant)}
    turning = {(key, other) for key, other in pairs if key > other and (other, key) in pairs}
    return [_grant(grant, turning) for grant in grants] if turning else [*grants]


def _conditions(grant: Grant) -> Iterator[Condition]:
    documents = (document for layer in grant.layers for document in layer if document_traits(document).has_variables)
    return (condition for document in documents for item in document.statements for condition in item.conditions)


def _grant(grant: Grant, turning: Container[Pair]) -> Grant:
    policies, *boundaries = [tuple(_document(document, turning) for document in layer) for layer in grant.layers]
    return Grant(policies, tuple(boundaries))


def _document(document: Document, turning: Container[Pair]) -> Document:
    return replace(document, statements=tuple(_statement(item, turning) for item in document.statements))


def _statement(statement: Statement, turning: Container[Pair]) -> Statement:
    conditions = (_turned(item) if _pair(item) in turning else item for item in statement.conditions)
    return replace(statement, conditions=tuple(conditions))


def _turned(condition: Condition) -> Condition:
    key, other = _pair(condition)
    return replace(condition, key=other, values=(_alone(key),), spelled=other)


def _alone(key: str) -> Glob:
    return render((Variable(key, None),))


def _pair(condition: Condition) -> Pair:
    """Return the two keys of a comparison that can be turned; the second is "" where it cannot."""
    other = compared_key(condition) if condition.values else ""
    can_turn = other and _is_one_text(condition.key) and _is_one_text(other)
    return condition.key, other if can_turn else ""


def _is_one_text(key: str) -> bool:
    """Say whether a request has the key at most once, as a text that is written in one way."""
    return key not in TYPES and has_one_value(key)
