"""What proves a finding, as an incident keeps it, and what makes it another one."""

from panorama_guard.case.finding import NO_REACH, Finding, Kind, Reach
from panorama_guard.case.incident import Evidence
from panorama_guard.case.snapshot import RoleSnapshot, digest
from panorama_guard.containment import Escaped
from panorama_guard.containment.caller import describe_principal, told_context


def describe_evidence(finding: Finding, snapshot: RoleSnapshot, reach: Reach = NO_REACH) -> Evidence:
    """Return the proof of a finding as it is kept in its incident."""
    verdict, document = finding.verdict, digest(repr(_documents(finding, snapshot)))
    if not isinstance(verdict, Escaped):
        return Evidence("", "", (), "", verdict.reason, document)
    witness, where = verdict.witness, verdict.statement.words
    resource = describe_principal(witness) if finding.kind is Kind.TRUST_ESCAPE else witness.resource
    return Evidence(witness.action, resource, told_context(witness), where, "", document, reach)


def _documents(finding: Finding, snapshot: RoleSnapshot) -> tuple[str, ...]:
    """Return the texts that decide how far a finding reaches; where they change, it is told again.

    INVARIANT: an incident that is open and told never covers for a wider escape behind the same witness.
    """
    boundary = [policy.text for policy in snapshot.boundary]
    policies = [(policy.name, policy.text) for policy in snapshot.inline]
    policies += [(policy.arn, policy.text) for policy in snapshot.attached]
    if finding.kind is Kind.BOUNDARY_ESCAPE:
        return tuple(boundary + [text for _, text in policies])  # whatever it held back is free now
    own = [text for name, text in policies if name == finding.source]
    is_boundary = finding.source in [policy.arn for policy in snapshot.boundary]
    return tuple(own + boundary) if own or is_boundary else (snapshot.trust,)
