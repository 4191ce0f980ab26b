"""Values of type binary: AWS compares their bytes, and a policy writes them as base64.

The definition compares the texts, which comes to the same as long as nothing else reads the key, and nobody writes the
same bytes in two ways. Where that is not so, what the operator says is not known.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_BinaryEquals
"""

from collections.abc import Iterator

from panorama_guard.containment.records import Grant
from panorama_guard.policy.condition import OF_BYTES, Condition, Family
from panorama_guard.policy.document import Document, Statement
from panorama_guard.policy.glob import Glob, literal_text, variables_of
from panorama_guard.policy.record import replace


def without_bytes(grant: Grant, ceiling: Grant) -> tuple[Grant, Grant]:
    """Return both sides with the binary conditions not understood whose key is read as text too, or is no base64."""
    statements = [*_statements(grant), *_statements(ceiling)]
    conditions = [condition for statement in statements for condition in statement.conditions]
    globs = [glob for statement in statements if statement.resources for glob in statement.resources.globs]
    globs += [glob for condition in conditions for glob in condition.values]
    texts = {item.key for item in conditions if item.parsed.family not in (Family.BINARY, Family.NULL)}
    texts |= {variable.key for glob in globs for variable in variables_of(glob)}
    return _told(grant, texts), _told(ceiling, texts)


def is_base64(value: Glob) -> bool:
    """Say whether the value is base64 as a writer of it would write these bytes, and no other way."""
    from base64 import b64decode, b64encode  # noqa: PLC0415 - as this room is to import fast

    text = literal_text(value) or ""
    try:
        return b64encode(b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


def _statements(grant: Grant) -> Iterator[Statement]:
    return (statement for layer in grant.layers for document in layer for statement in document.statements)


def _told(grant: Grant, texts: set[str]) -> Grant:
    policies, *boundaries = (tuple(_told_document(document, texts) for document in layer) for layer in grant.layers)
    return Grant(policies, tuple(boundaries))


def _told_document(document: Document, texts: set[str]) -> Document:
    statements = (
        replace(item, conditions=tuple(_told_condition(condition, texts) for condition in item.conditions))
        for item in document.statements
    )
    return replace(document, statements=tuple(statements))


def _told_condition(condition: Condition, texts: set[str]) -> Condition:
    if condition.parsed.family is not Family.BINARY:
        return condition
    if condition.key not in texts and all(map(is_base64, condition.values)):
        return condition
    return replace(condition, operator=f"{condition.operator}{OF_BYTES}")
