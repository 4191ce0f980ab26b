"""Reads an IAM document that stands in a file of its own, as a policy of the guarded role that it is for."""

from collections.abc import Sequence
from pathlib import PurePath

from panorama_guard.drafts.node import Node
from panorama_guard.drafts.roles import Draft, Drafted, DraftPolicy

_PRINCIPALS = ("Principal", "NotPrincipal")


def read_document_file(document: Node, role: str, name: str) -> Drafted:
    """Return the role with this one document: its trust policy if statements name principals, else an inline policy."""
    draft = Draft(role, "", "", document.line)
    if is_trust(document):
        return Drafted((draft.joined(Draft(role, "", "", document.line, trust=(_policy("trust policy", document),))),))
    return Drafted((draft.joined(Draft(role, "", "", document.line, inline=(_policy(name, document),))),))


def is_trust(document: Node) -> bool:
    """Say whether a document says who may do something, and not on what."""
    statements = document.get("Statement")
    return any(one.get(name) for one in (statements.items if statements else ()) for name in _PRINCIPALS)


def role_in_path(path: str, guarded: Sequence[str]) -> tuple[str, ...]:
    """Return the guarded role after which a file, or a folder that it is in, is called; the longest name, or none."""
    words = [part.lower() for part in PurePath(path).parts]
    named = [name for name in guarded if any(name.lower() in word for word in words)]
    return tuple(sorted(named, key=len, reverse=True)[:1])


def _policy(name: str, document: Node) -> DraftPolicy:
    return DraftPolicy(name, (document,), document.line)
