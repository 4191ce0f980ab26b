"""Says whether a change can give a role anything, or let anybody in."""

from collections.abc import Iterator

from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.trust import read_trust
from panorama_guard.policy import Document, DocumentError, Effect, parse_document


def is_deny_only(document: Document) -> bool:
    """Say whether a document allows nothing, so that who loses it loses no permission, and who gets it gets none."""
    return all(statement.effect is Effect.DENY for statement in document.statements)


def only_denies(name: str, text: str) -> bool:
    """Say whether a text is understood, and allows nothing."""
    try:
        return is_deny_only(parse_document(text, name=name))
    except DocumentError:
        return False


def is_no_wider(before: RoleSnapshot, after: RoleSnapshot) -> bool:
    """Say whether nothing is proved to be granted after that was not before, and nobody to be let in."""
    return _grants_no_more(before, after) and _trusts_no_more(before, after)


def _grants_no_more(before: RoleSnapshot, after: RoleSnapshot) -> bool:
    if _adds_denies_only(before, after):
        return True
    was, then = read_permissions(before), read_permissions(after)
    # What is not understood may be all that held something back: then a Deny or a boundary that goes tells nothing.
    is_understood = not was.doubts and not then.doubts
    return is_understood and isinstance(decide(then.grant, was.grant), Contained)


def _adds_denies_only(before: RoleSnapshot, after: RoleSnapshot) -> bool:
    """Say whether every document but some that deny is there as it was, whatever the others mean."""
    was, then = set(_documents(before)), set(_documents(after))
    return was <= then and all(only_denies(name, text) for name, text in then - was)


def _documents(snapshot: RoleSnapshot) -> Iterator[tuple[str, str]]:
    yield from (("inline " + policy.name, policy.text) for policy in snapshot.inline)
    yield from (("attached " + policy.arn, policy.text) for policy in snapshot.attached)
    yield from (("boundary " + policy.arn, policy.text) for policy in snapshot.boundary)


def _trusts_no_more(before: RoleSnapshot, after: RoleSnapshot) -> bool:
    if before.trust == after.trust:
        return True
    then = read_trust(after.trust)
    if isinstance(decide(then, Grant(())), Contained):
        return True  # nobody is let in, whoever was
    try:
        return isinstance(decide(then, read_trust(before.trust)), Contained)
    except DocumentError:
        return False
