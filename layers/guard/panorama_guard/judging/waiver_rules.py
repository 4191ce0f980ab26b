"""What a waiver may say: nothing whose meaning an attacker decides. The allow-list of keys is `case/waivable.py`'s.

A waiver widens a ceiling. One that hangs on a value which the role's user chooses (his user agent, his address, a tag)
is worth as much as one without a condition, and reads as if it were worth more.
"""

from collections.abc import Iterator, Mapping
from typing import NoReturn

from panorama_guard.case.errors import CommandError
from panorama_guard.case.waivable import SAFE_KEYS
from panorama_guard.case.waiver import Scope
from panorama_guard.containment.principals import Form, Named, read_principals
from panorama_guard.policy import Document, DocumentError, Effect, Statement, parse_document
from panorama_guard.policy.condition import Condition, Family, Quantifier

NAME = "waiver"
_FIELD = "document"
_EXACT = frozenset({Family.STRING})
_FAMILIES = frozenset(
    {Family.STRING, Family.STRING_CASELESS, Family.LIKE, Family.ARN, Family.BOOL, Family.DATE, Family.NUMERIC}
)
_OPEN_FORMS: Mapping[Form, str] = {
    Form.EVERYBODY: "everybody may become the role: whom it lets in is for an attacker to choose",
    Form.FEDERATED: "an identity provider decides whom it lets in; put it into the profile instead",
    Form.CANONICAL: "no principal of a trust policy",
}


def parse_waiver(text: str, scope: Scope) -> Document:
    """Return a waiver's document; raise CommandError where it is not understood, or says what a waiver may not say."""
    try:
        document = parse_document(text, name=NAME)
    except DocumentError as error:
        _refuse(f"not an IAM document ({error})", text)
    if not document.statements:
        _refuse("empty: it waives nothing", text)
    if "${" in text:
        _refuse("one with a policy variable, whose value the role's user may choose", text)
    for statement in document.statements:
        _check_statement(statement, scope)
    return document


def named_in(statement: Statement) -> tuple[Named, ...]:
    """Return whom a statement of a trust policy names."""
    return read_principals(statement.principals, NAME) if statement.principals else ()


def is_for_all(document: Document) -> bool:
    """Say whether a document allows every action of every service."""
    return any(glob == "*" for statement in document.statements for glob in statement.actions.globs)


def _check_statement(statement: Statement, scope: Scope) -> None:
    if statement.effect is not Effect.ALLOW:
        _refuse("one that denies; a waiver only widens, and a Deny in it would be read as more than it does", "Deny")
    elements = (statement.actions, statement.resources, statement.principals)
    if any(element is not None and element.negated for element in elements):
        _refuse("open at one end (NotAction, NotResource or NotPrincipal)", f"statement {statement.index + 1}")
    for problem in _CHECKS[scope](statement):
        _refuse(problem, f"statement {statement.index + 1}")
    for condition in statement.conditions:
        _check_condition(condition, scope)


def _check_permissions(statement: Statement) -> Iterator[str]:
    if statement.principals is not None or statement.resources is None:
        yield "no document for an identity: it needs Resource, and no Principal"
        return
    for action in statement.actions.globs:
        service = action.partition(":")[0]
        if action == "*" and (statement.resources.globs != ("*",) or statement.conditions):
            # The containment is built from the actions that a ceiling names; a condition on all of them names none.
            yield "one that waives every action in part; name the services, or waive everything"
        elif action != "*" and ("*" in service or "?" in service):
            yield "one with a wildcard in the name of a service"


def _check_trust(statement: Statement) -> Iterator[str]:
    if statement.principals is None or statement.resources is not None:
        yield "no trust policy: it needs Principal, and no Resource"
        return
    try:
        named = named_in(statement)
    except DocumentError as error:
        yield f"no trust policy ({error})"
        return
    yield from (f"one by which {_OPEN_FORMS[one.form]}" for one in named if one.form in _OPEN_FORMS)
    if any(not action.lower().startswith("sts:") for action in statement.actions.globs):
        yield "one that waives more than sts actions"


def _check_resource(statement: Statement) -> Iterator[str]:
    if statement.resources is None:
        yield "no document about a resource: it needs Resource"
        return
    try:
        named = named_in(statement)
    except DocumentError as error:
        yield f"no document about a resource ({error})"
        return
    if any(one.form in (Form.EVERYBODY, Form.FEDERATED) for one in named):
        yield "one by which everybody is let in: whom it means is for an attacker to choose"


_CHECKS = {
    Scope.PERMISSIONS: _check_permissions,
    Scope.TRUST: _check_trust,
    Scope.RESOURCE: _check_resource,
}


def _check_condition(condition: Condition, scope: Scope) -> None:
    operator, key = condition.parsed, condition.spelled or condition.key
    if condition.key not in SAFE_KEYS[scope]:
        _refuse(f"one that hangs on a key which is not on the list of safe ones ({', '.join(SAFE_KEYS[scope])})", key)
    is_open = operator.negated or operator.if_exists or operator.quantifier is not Quantifier.PLAIN
    if is_open or operator.family not in _FAMILIES:
        _refuse("one with an operator that also holds where the key is absent, or is not compared", condition.operator)
    if condition.key == "sts:externalid" and operator.family not in _EXACT:
        _refuse("one that compares sts:ExternalId with anything but StringEquals", condition.operator)


def _refuse(problem: str, value: object) -> NoReturn:
    raise CommandError(_FIELD, problem, value)
