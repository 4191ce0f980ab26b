"""Reads the policy documents of a profile: what a role may do, and who may become it."""

import re

from panorama_guard.policy.document import Document, Statement, parse_document_value
from panorama_guard.policy.errors import DocumentError
from panorama_guard.profile.errors import ProfileError
from panorama_guard.profile.fields import Field, shown

_ACTION = re.compile(r"\*|[^:]+:[^:]+")


def permissions_in(field: Field, name: str) -> Document:
    """Return a document that grants something on resources, which is what a baseline or a pattern is."""
    document = _document(field, name)
    if any(statement.resources is None or statement.principals is not None for statement in document.statements):
        field.refuse("is not a policy about resources")
    return document


def trust_in(field: Field) -> Document:
    """Return a document that says who may become a role."""
    document = _document(field, "trust")
    if any(statement.principals is None or statement.resources is not None for statement in document.statements):
        field.refuse("is not a trust policy")
    return document


def _document(field: Field, name: str) -> Document:
    try:
        document = parse_document_value(field.value, name=name)
    except DocumentError as error:
        message = f"{field.path} is not a policy document, {error}"
        raise ProfileError(message) from error
    for statement in document.statements:
        _refuse_incomplete(statement, field)
    return document


def _refuse_incomplete(statement: Statement, field: Field) -> None:
    """Refuse what IAM would not take: in a ceiling it would allow nothing, and all that is granted would escape."""
    where = f"in statement {statement.index + 1}"
    if not statement.actions.globs:
        field.refuse(f"names no action {where}")
    for action in statement.actions.globs:
        if not _ACTION.fullmatch(action):
            field.refuse(f"names {shown(action)} {where}, and an action is a service, a colon and a name")
    if statement.resources is not None and not statement.resources.globs:
        field.refuse(f"names no resource {where}")
    if statement.principals is not None and not statement.principals.entries:
        field.refuse(f"names no principal {where}")


def with_principals(field: Field, services: tuple[str, ...]) -> Field:
    """Return a trust document that lets these services become the role too."""
    if not services:
        return field
    version, statements = field.members("Version", "Statement")
    more = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    combined = [*(item.value for item in statements.items()), more]
    return Field(field.path, {"Version": version.value, "Statement": combined})
