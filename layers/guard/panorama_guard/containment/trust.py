"""Trust documents as grants: principals are written as ARN-shaped resources, so that the same engine decides them.

AWS account or its root   arn:aws:iam::ACCOUNT:root, arn:aws:iam::ACCOUNT:*, arn:aws:sts::ACCOUNT:*
AWS role                  its ARN, and arn:aws:sts::ACCOUNT:assumed-role/NAME/* (its sessions)
AWS user, session         its ARN
Service, Federated, ...   arn:aws:service:::NAME and so on
*                         *

The first of several is the one that a witness should name.
"""

import re

from panorama_guard.containment.records import Grant
from panorama_guard.policy.arn import parse_resource
from panorama_guard.policy.document import Document, Patterns, Principals, Statement
from panorama_guard.policy.errors import DocumentError
from panorama_guard.policy.glob import Glob, escape
from panorama_guard.policy.record import replace

_ACCOUNT = re.compile(r"(?:arn:(?P<partition>aws[a-z-]*):iam::)?(?P<account>\d{12})(?(partition):root)", re.ASCII)
_ROLE = re.compile(r"arn:(?P<partition>aws[a-z-]*):iam::(?P<account>\d{12}):role/(?:.*/)?(?P<name>[^/]+)", re.ASCII)
_UNIQUE = re.compile(r"A[A-Z0-9]{15,127}", re.ASCII)
_KINDS = {"Service": "service", "Federated": "federated", "CanonicalUser": "canonical-user"}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def trust_grant(document: Document) -> Grant:
    """Return the grant whose resources are the principals that the trust document lets in."""
    statements = tuple(_as_grant(statement, document.name) for statement in document.statements)
    return Grant((replace(document, statements=statements),))


def describe_principal(resource: str) -> str:
    """Return the principal that a resource of a trust grant stands for, as a policy would name it."""
    kind, _, name = resource.removeprefix("arn:aws:").partition(":::")
    if resource.startswith("arn:aws:") and kind in _NAMES:
        return f"{_NAMES[kind]} {name}"
    if resource.startswith("arn:aws:unique-id:::"):
        return f"AWS {name}"
    return f"AWS {resource}"


def _as_grant(statement: Statement, name: str) -> Statement:
    where = f"{name}: statement {statement.index}: Principal"
    if statement.principals is None:
        raise DocumentError(where, "missing in trust policy", name)
    if statement.resources is not None:
        raise DocumentError(where.replace("Principal", "Resource"), "not allowed in a trust policy", name)
    return replace(statement, resources=_resources(statement.principals, where), principals=None)


def _resources(principals: Principals, where: str) -> Patterns:
    globs = (glob for kind, text in principals.entries for glob in _globs(kind, text, where))
    return Patterns(principals.negated, tuple(dict.fromkeys(globs)))


def _globs(kind: str, text: str, where: str) -> tuple[Glob, ...]:
    if text == "*":
        return escape("*"), Glob("*")
    if "*" in text or "?" in text:
        raise DocumentError(where, "wildcard inside a principal", text)
    if kind in _KINDS:
        return (escape(f"arn:aws:{_KINDS[kind]}:::{text}"),)
    return _aws_globs(text, where)


def _aws_globs(text: str, where: str) -> tuple[Glob, ...]:
    if account := _ACCOUNT.fullmatch(text):
        fields = f"arn:{account['partition'] or 'aws'}:{{}}::{account['account']}:"
        everyone = (parse_resource(fields.format(service) + "*", variables=False) for service in ("iam", "sts"))
        return escape(fields.format("iam") + "root"), *everyone
    if role := _ROLE.fullmatch(text):
        session = f"arn:{role['partition']}:sts::{role['account']}:assumed-role/{role['name']}/*"
        return escape(text), parse_resource(session, variables=False)
    if _UNIQUE.fullmatch(text):
        return (escape(f"arn:aws:unique-id:::{text}"),)
    if not text.startswith("arn:"):
        raise DocumentError(where, "not a principal", text)
    return (escape(text),)
