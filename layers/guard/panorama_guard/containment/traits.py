"""What documents are about, seen once and remembered: whether they ask who calls, have variables, how long they are."""

from functools import lru_cache

from panorama_guard.containment.records import Grant
from panorama_guard.policy.condition import CALLER, Family
from panorama_guard.policy.document import Document, Statement
from panorama_guard.policy.glob import variables_of
from panorama_guard.policy.record import record


@record
class Traits:
    """What the statements of a document, or of some documents, are about."""

    has_principal: bool  # one that was not made a condition: it is a resource's policy, or none
    asks_who_calls: bool
    has_variables: bool
    compares_bytes: bool


def remembered(grant: Grant) -> Grant:
    """Return the grant with the documents that were seen before in the place of those that equal them.

    What is known of a document is then found without comparing all of it again.
    """
    policies, *boundaries = (tuple(map(_first_seen, layer)) for layer in grant.layers)
    return Grant(policies, tuple(boundaries))


@lru_cache(maxsize=1024)
def _first_seen(document: Document) -> Document:
    return document


def traits_of(grant: Grant) -> Traits:
    """Return what any of the grant's documents is about."""
    found = [document_traits(document) for layer in grant.layers for document in layer]
    return Traits(
        any(one.has_principal for one in found),
        any(one.asks_who_calls for one in found),
        any(one.has_variables for one in found),
        any(one.compares_bytes for one in found),
    )


def size_of(grant: Grant) -> int:
    """Return about how many characters the grant has where values are put in."""
    return sum(_size_of_document(document) for layer in grant.layers for document in layer)


@lru_cache(maxsize=1024)
def document_traits(document: Document) -> Traits:
    """Return what a document is about."""
    statements = document.statements
    conditions = [condition for item in statements if item.conditions for condition in item.conditions]
    globs = [glob for item in statements if item.resources for glob in item.resources.globs]
    globs += [glob for condition in conditions for glob in condition.values]
    return Traits(
        any(item.principals is not None and item.written is None for item in statements),
        any(condition.key == CALLER for condition in conditions),
        any("${" in glob and variables_of(glob) for glob in globs),
        any("Binary" in condition.operator and condition.parsed.family is Family.BINARY for condition in conditions),
    )


@lru_cache(maxsize=1024)
def _size_of_document(document: Document) -> int:
    return sum(map(_size, document.statements))


def _size(statement: Statement) -> int:
    resources = sum(map(len, statement.resources.globs)) if statement.resources else 0
    return 8 + len(statement.actions.globs) + 4 * len(statement.conditions) + resources
