"""Makes and weighs waivers of resources: who of others may reach one, or where it may send what it holds."""

from panorama_guard.case.errors import CommandError
from panorama_guard.case.resource import Part, ResourceSnapshot
from panorama_guard.case.waiver import Scope
from panorama_guard.containment import Contained, Grant, Undecided
from panorama_guard.containment.resource import resource_grant
from panorama_guard.judging.decide import Work, decide
from panorama_guard.judging.part_rule import Direction
from panorama_guard.judging.resource import ResourceStandard, escaping_statements, replace_statements
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.judging.waiver_rules import parse_waiver
from panorama_guard.policy import Document, DocumentError
from panorama_guard.policy.write import write_document

_FIELD = "document"
SECOND_BECAUSE = "it opens a resource to others, or lets it send elsewhere what it holds"


def escaping_document(snapshot: ResourceSnapshot, source: str, standard: ResourceStandard) -> str:
    """Return a document of those statements of a part that reach outside the profile; empty where none is found."""
    rule, text = RULES[snapshot.type].rule_of(source), snapshot.text_of(source)
    if rule is None or text is None:
        return ""
    escaping = escaping_statements(Part(source, text), rule, snapshot, standard, Work())
    return write_document(escaping) if escaping else ""


def check_waiver(text: str, snapshot: ResourceSnapshot, standard: ResourceStandard) -> Document:
    """Return the document of a waiver that adds to the standard; raise CommandError for any other."""
    document = parse_waiver(text, Scope.RESOURCE)
    verdicts = []
    for direction in Direction:
        own = [one for one in document.statements if (one.principals is None) is (direction is Direction.FLOW)]
        part = replace_statements(document, tuple(own))
        try:
            grant = Grant((part,)) if direction is Direction.FLOW else resource_grant(part)
        except DocumentError as error:
            raise CommandError(_FIELD, f"not a document about a resource ({error})", text) from error
        verdicts.append(decide(grant, standard.ceiling(direction, snapshot)))
    doubts = [one.reason for one in verdicts if isinstance(one, Undecided)]
    if doubts:
        raise CommandError(_FIELD, f"one that cannot be decided ({doubts[0]})", text)
    if all(isinstance(one, Contained) for one in verdicts):
        raise CommandError(_FIELD, "one that waives nothing: the profile allows all of it already", text)
    return document
