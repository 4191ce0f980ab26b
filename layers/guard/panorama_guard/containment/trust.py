"""Trust documents as grants: who may become a role, decided as any resource-based document is.

A trust document has no Resource: it is about the role that it belongs to.
"""

from panorama_guard.containment.records import Grant
from panorama_guard.containment.resource import place, translated
from panorama_guard.policy.document import Document
from panorama_guard.policy.errors import DocumentError


def trust_grant(document: Document) -> Grant:
    """Return the grant of who may become the role, and by which action."""
    for statement in document.statements:
        if statement.principals is None:
            raise DocumentError(place(document, statement, "Principal"), "missing in trust policy", document.name)
        if statement.resources is not None:
            raise DocumentError(place(document, statement, "Resource"), "not allowed in a trust policy", document.name)
    return Grant((translated(document, is_trust=True),))
