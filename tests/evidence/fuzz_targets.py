"""What must hold for any text that is parsed: no error but the rooms' own, and what is read can be written again.

Each target takes bytes. They run under atheris in `make evidence`, and on the seeds and some mutations in `make test`.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from panorama_guard.case.actor import MAXIMUM_TEXT, parse_actor
from panorama_guard.case.change import Change, Failed, NeedsSweep, decode_event, parse_change
from panorama_guard.case.errors import EventError
from panorama_guard.containment import Escaped, Grant
from panorama_guard.containment.check import check
from panorama_guard.containment.cover import covers
from panorama_guard.containment.meaning import condition_holds
from panorama_guard.containment.resource import device_grant, resource_grant
from panorama_guard.containment.trust import trust_grant
from panorama_guard.policy import DocumentError, parse_document
from panorama_guard.policy.arn import Reading, accepts, parse_resource, steps
from panorama_guard.policy.condition import parse_condition
from panorama_guard.policy.glob import escape, literal_text, parse_glob, parse_literal, render, tokens
from panorama_guard.policy.write import write_document

BUDGET = 5_000  # steps of the engine for one document
ROOT = Path(__file__).parents[2]
LONGEST = 4096  # characters of a glob that mutations start from


def document(data: bytes) -> None:
    """Read a document, write it, read it again, and ask whether it is inside itself."""
    refused: object = ""
    try:
        read = parse_document(_text(data), name="fuzz")
    except DocumentError as error:
        refused = error
    assert str(refused).isprintable()
    if refused:
        return
    again = parse_document(write_document(read.statements), name="fuzz")
    assert again.statements == read.statements
    grant = Grant((read,))
    assert not isinstance(check(grant, grant, budget=BUDGET), Escaped)
    for translate in (trust_grant, resource_grant, device_grant):
        with suppress(DocumentError):
            translate(read)


def glob(data: bytes) -> None:
    """Read a text as a glob and as a resource, in both versions: its canonical form is its own."""
    text = _text(data)
    assert accepts(steps(escape(text), Reading.CROSSING), text)
    assert literal_text(escape(text)) == text
    for variables in (True, False):
        for parse in (parse_glob, parse_literal, parse_resource):
            with suppress(DocumentError):
                found = parse(text, variables=variables)
                assert render(tokens(found)) == found
                assert covers(found, found)
                assert all(steps(found, reading) for reading in Reading) or not found


def condition(data: bytes) -> None:
    """Read lines as operator, key, the request's value and the policy's values: the answer is one of three."""
    operator, key, value, *values = [*_text(data).split("\n"), "", "", ""]
    with suppress(DocumentError):
        found = parse_condition(operator, key, tuple(values), variables=True)
        again = parse_condition(operator, key, tuple(found.values), variables=True)
        assert again == found
        for context in ({}, {found.key: (value,)}, {found.key: (value, "a")}):
            assert condition_holds(found, context) in (True, False, None)


def event(data: bytes) -> None:
    """Read an event: what is kept of it is short, can be stored, and is the same when it comes again."""
    refused: object = ""
    try:
        body = decode_event(_text(data))
        parsed = parse_change(body)
    except EventError as error:
        refused = error
    assert str(refused).isprintable()
    if refused:
        return
    assert parse_change(json.loads(json.dumps(body))) == parsed
    match parsed:
        case Change():
            _storable(parsed)
        case NeedsSweep(change) | Failed(change):
            _storable(change)


def actor(data: bytes) -> None:
    """Read a call's identity: no shape of it is an error."""
    try:
        body = decode_event(_text(data))
    except EventError:
        return
    found = parse_actor(body if isinstance(body, Mapping) else {"userIdentity": body})
    assert all(len(text) <= MAXIMUM_TEXT for text in (found.name, found.arn, found.user_agent))
    found.name.encode()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "document": document,
    "glob": glob,
    "condition": condition,
    "event": event,
    "actor": actor,
}


def seeds(target: str) -> Iterator[bytes]:
    """Yield inputs for a target to start from."""
    match target:
        case "event" | "actor":
            for path in sorted((ROOT / "events").rglob("*.json")):
                yield path.read_bytes()
        case "document":
            for body in _documents():
                yield json.dumps(body).encode()
        case "glob":
            yield from (text.encode() for body in _documents() for text in _globs(body))
        case _:
            yield from _conditions()


def dictionary() -> Iterator[str]:
    """Yield words that parsers know."""
    yield from ("Version", "2012-10-17", "Statement", "Effect", "Allow", "Deny", "Action", "NotAction", "Resource")
    yield from (
        "NotResource",
        "Principal",
        "Condition",
        "ForAllValues:",
        "IfExists",
        "StringLike",
        "${*}",
        "${aws:",
        "'}",
    )
    yield from ("arn:aws:s3:::", "detail", "eventSource", "iam.amazonaws.com", "requestParameters", "roleName")
    yield from ("userIdentity", "sessionContext", "errorCode", "\\ud800", "1e999", "::", "2026-05-31T00:00:00Z", "/33")


def _storable(change: Change) -> None:
    repr(change).encode()
    assert all(len(text) <= MAXIMUM_TEXT for text in (change.event_id, change.event_time, change.actor.arn))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _documents() -> Iterator[dict[str, Any]]:
    for path in sorted((ROOT / "tests" / "corpus").glob("*.json")):
        listed = json.loads(path.read_text(encoding="utf-8"))
        for case in listed if isinstance(listed, list) else ():
            yield from (body for body in (*case["policies"], *case.get("ceiling", ())) if isinstance(body, dict))


def _statements(body: dict[str, Any]) -> list[dict[str, Any]]:
    listed = body.get("Statement", [])
    return listed if isinstance(listed, list) else [listed]


def _globs(body: dict[str, Any]) -> Iterator[str]:
    for statement in _statements(body):
        listed = statement.get("Resource", [])
        yield from (text for text in ([listed] if isinstance(listed, str) else listed) if len(text) < LONGEST)


def _conditions() -> Iterator[bytes]:
    for body in _documents():
        for statement in _statements(body):
            for operator, keys in statement.get("Condition", {}).items():
                for key, values in keys.items():
                    listed = values if isinstance(values, list) else [values]
                    yield "\n".join([operator, key, str(listed[0]) if listed else "", *map(str, listed)]).encode()
