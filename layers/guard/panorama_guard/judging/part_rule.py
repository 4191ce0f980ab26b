"""Reads one part of a resource as an IAM document, whatever form it has, so that one engine decides about all of them.

REACH   who may reach the resource: a document with principals, inside its own account and whom the profile states
FLOW    where the resource sends what it holds: actions on targets, inside what the account owns

A policy is such a document itself. An ACL, a replication, notifications are lists of entries: each becomes a statement.
"""

import json
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any

from panorama_guard.case.finding import Kind
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.containment import Grant
from panorama_guard.containment.resource import device_grant, resource_grant
from panorama_guard.policy import Document, DocumentError, parse_document
from panorama_guard.policy.document import CURRENT
from panorama_guard.policy.record import record

Entry = Mapping[str, Any]
ReadEntry = Callable[[Entry, ResourceSnapshot], "dict[str, object] | None"]


class Direction(Enum):
    """What a part decides."""

    REACH = "who may reach it"
    FLOW = "where it sends what it holds"


@record
class PartRule:
    """How a part is read and judged. `lists` are the members of its structure that hold entries; a policy has none.

    `read_entry` returns an entry's statement, or None for one that opens nothing. Where a part `goes_whole`, it can be
    taken away altogether, and no entry alone. One that is not `on_resource` is about another ARN than the resource's.
    `standing` is what is open in any case, whatever the part says of it. `closed` returns the part as it lets nobody in
    by itself: what an operator may have done to it where it cannot be taken away. `as_sent` returns the part as it lets
    in those requests alone that there are: who is shut out with it. `hands_off` says why nobody here writes it. Of one
    that `goes_back` the facts have earlier versions: one of them is put in its place, and nothing else. What is
    `likely` is asked about first, so that an escape is shown by a request that there is.
    """

    direction: Direction
    kind: Kind = Kind.RESOURCE_ESCAPE
    lists: tuple[str, ...] = ()
    read_entry: ReadEntry | None = None
    goes_whole: bool = False
    on_resource: bool = True
    standing: Callable[[ResourceSnapshot], dict[str, object]] | None = None
    closed: Callable[[str], str] | None = None
    as_sent: Callable[[str], str] | None = None
    hands_off: str = ""
    goes_back: bool = False
    likely: Callable[[ResourceSnapshot], tuple[Document, ...]] | None = None


def read_part(part: Part, rule: PartRule, snapshot: ResourceSnapshot) -> Document:
    """Return what a part opens, as a document; raise DocumentError if it is not understood."""
    if rule.read_entry is None:
        return parse_document(part.text, name=part.name)
    statements = [read_entry(entry, rule, snapshot, part.name) for entry in entries_of(part.text, rule)]
    opened = [one for one in statements if one is not None]
    return parse_document(json.dumps({"Version": CURRENT, "Statement": opened}), name=part.name)


def entries_of(text: str, rule: PartRule) -> list[Entry]:
    """Return the entries of a part that is a structure."""
    body = json.loads(text)
    return [entry for name in rule.lists for entry in body.get(name, [])]


def read_entry(entry: Entry, rule: PartRule, snapshot: ResourceSnapshot, name: str) -> dict[str, object] | None:
    """Return the statement of an entry; raise DocumentError if it is not understood."""
    try:
        return rule.read_entry(entry, snapshot) if rule.read_entry else None
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise DocumentError(name, "not understood", str(error)) from error


def opened_by(document: Document, rule: PartRule, snapshot: ResourceSnapshot) -> Grant:
    """Return what a document opens, as the engine is asked about it."""
    if rule.likely is not None:
        return device_grant(document)
    if rule.direction is Direction.FLOW:
        return Grant((document,))
    return resource_grant(document, resource=snapshot.subject.arn if rule.on_resource else "")
