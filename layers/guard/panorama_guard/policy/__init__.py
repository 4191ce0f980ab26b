"""Policy reads IAM text into values: ARN, glob, statement, document, condition."""

from panorama_guard.policy.document import (
    Document,
    Effect,
    Patterns,
    Principals,
    Statement,
    parse_document,
    parse_document_value,
)
from panorama_guard.policy.errors import DocumentError, PolicyError

__all__ = [
    "Document",
    "DocumentError",
    "Effect",
    "Patterns",
    "PolicyError",
    "Principals",
    "Statement",
    "parse_document",
    "parse_document_value",
]
