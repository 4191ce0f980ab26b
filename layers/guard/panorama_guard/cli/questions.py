"""Reads questions: a grant and its ceiling, from JSON that somebody wrote."""

from collections.abc import Mapping

from panorama_guard.containment import Grant
from panorama_guard.policy import Document, DocumentError, parse_document, parse_document_value
from panorama_guard.policy.text import decode_json

_FIELDS = {"id", "ceiling", "policies", "boundary"}
_NOTES = {"expect", "note", "why"}  # what labelled cases carry beside the question


def decode_line(text: str, where: str) -> object:
    """Return the JSON value of a text that was read with `surrogateescape`; raise DocumentError with what is wrong."""
    for place, char in enumerate(text, start=1):
        if "\udc80" <= char <= "\udcff":  # what surrogateescape makes of other bytes
            raise DocumentError(where, f"not UTF-8 text, character {place} is", f"0x{ord(char) - 0xDC00:02x}")
    return decode_json(text, name=where)


def read_question(question: object, where: str) -> tuple[Grant, Grant]:
    """Return the grant and the ceiling of a question, or raise DocumentError naming field and value."""
    if not isinstance(question, dict):
        raise DocumentError(where, "not an object", question)
    for field in question:
        if field not in _FIELDS | _NOTES:
            raise DocumentError(where, "unknown field", field)
    boundary = question.get("boundary")
    limits = () if boundary is None else ((read_document(boundary, f"{where}: boundary", "boundary"),),)
    grant = Grant(_documents(question, "policies", where), limits)
    return grant, Grant(_documents(question, "ceiling", where))


def read_document(value: object, where: str, name: str) -> Document:
    """Return a document that is a JSON value or its raw text; an error says where it stands."""
    try:
        return parse_document(value, name=name) if isinstance(value, str) else parse_document_value(value, name=name)
    except DocumentError as error:
        place = where + error.field.removeprefix(name)
        raise DocumentError(place, error.problem, error.value) from error


def _documents(question: Mapping[str, object], field: str, where: str) -> tuple[Document, ...]:
    place = f"{where}: {field}"
    if field not in question:
        raise DocumentError(place, "missing in", question.get("id"))
    listed = question[field]
    if not isinstance(listed, list):
        raise DocumentError(place, "not a list of documents", listed)
    names = (f"{field}[{number}]" for number in range(len(listed)))
    return tuple(read_document(item, f"{where}: {name}", name) for item, name in zip(listed, names, strict=True))
