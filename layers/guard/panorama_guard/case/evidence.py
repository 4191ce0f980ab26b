"""What an incident keeps of a finding: the proof, and by which texts it is known again."""

from panorama_guard.case.finding import NO_REACH, Finding, Kind, Reach
from panorama_guard.case.incident import Evidence, Incident
from panorama_guard.case.resource import ResourceSnapshot, Snapshot
from panorama_guard.case.snapshot import digest
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import describe_principal, told_context
from panorama_guard.policy import DocumentError, Effect, parse_document
from panorama_guard.policy.record import replace

LONGEST_REASON = 4_000  # characters; what it names may have any length, and the incident has to fit into one item


def describe_evidence(finding: Finding, snapshot: Snapshot, reach: Reach = NO_REACH, because: str = "") -> Evidence:
    """Return the proof of a finding as it is kept in its incident; `because` says why an escape is one, beside that."""
    verdict, document = finding.verdict, document_of(finding, snapshot)
    if not isinstance(verdict, Escaped):
        return Evidence("", "", (), "", _cut(verdict.reason), document)
    witness, where, principal = verdict.witness, verdict.statement.words, describe_principal(verdict.witness)
    if finding.kind is Kind.TRUST_ESCAPE:
        return Evidence(witness.action, principal, told_context(witness), where, because, document, reach)
    why = "" if finding.kind is Kind.RESOURCE_ESCAPE else because
    return Evidence(witness.action, witness.resource, told_context(witness), where, why, document, reach, principal)


def _cut(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[:LONGEST_REASON]}... ({len(reason)} characters)"


def document_of(found: Finding | Incident, snapshot: Snapshot) -> str:
    """Return the hash by which it is known again through which texts something is found."""
    return digest(repr(_documents(found, snapshot)))


def _documents(finding: Finding | Incident, snapshot: Snapshot) -> tuple[str, ...]:
    """Return the texts that decide how far a finding reaches; where they change, it is told again.

    INVARIANT: an incident that is open and told never covers for a wider escape behind the same witness.
    """
    if isinstance(snapshot, ResourceSnapshot):
        return (snapshot.text_of(finding.source) or "",)
    boundary = [policy.text for policy in snapshot.boundary]
    policies = [(policy.name, policy.text) for policy in snapshot.inline]
    policies += [(policy.arn, policy.text) for policy in snapshot.attached]
    if finding.kind is Kind.BOUNDARY_ESCAPE:
        return tuple(boundary + [text for _, text in policies])  # whatever it held back is free now
    own = [text for name, text in policies if name == finding.source]
    if finding.kind is Kind.UNDECIDED:  # nobody measures how far it reaches: what else holds it back tells as much
        own += filter(None, [_denied_by(*each) for each in policies if own and each[0] != finding.source])
    is_boundary = finding.source in [policy.arn for policy in snapshot.boundary]
    return tuple(own + boundary) if own or is_boundary else (snapshot.trust,)


def _denied_by(name: str, text: str) -> str:
    """Return what of a policy may hold another one back: its Denies, or all of it where it is not understood."""
    try:
        statements = parse_document(text, name=name).statements
    except DocumentError:
        return text
    denies = tuple(replace(one, index=0) for one in statements if one.effect is Effect.DENY)
    return repr(denies) if denies else ""
