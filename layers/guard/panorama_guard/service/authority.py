"""Says whether the guard may act on a finding, in this deployment, on this role."""

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.profile import Certainty, RoleProfile
from panorama_guard.service.settings import Mode, Policy

OBSERVING = "mode observe: the guard tells and changes nothing"


def why_alert_only(finding: Finding, snapshot: RoleSnapshot, role: RoleProfile, memory: Memory, policy: Policy) -> str:
    """Return why the guard may not act on a finding, or an empty text if it may.

    INVARIANT: only an enrolled role, by exact name and path, is ever written to, in every mode and posture.
    """
    if finding.kind is Kind.UNDECIDED:
        return "undecided: something is not understood, so nothing is changed"
    if not role.is_enrolled(snapshot.subject.name, snapshot.path):
        return f"not enrolled: the guard never writes to {snapshot.subject.arn}"
    if finding.kind is Kind.TRUST_ESCAPE and not _is_trust_known(role, memory):
        return "the profile only infers who may become this role, and the role was never seen with that trust"
    return OBSERVING if policy.modes.of(finding.kind) is Mode.OBSERVE else ""


def _is_trust_known(role: RoleProfile, memory: Memory) -> bool:
    return role.trust_certainty is Certainty.DOCUMENTED or memory.trust_confirmed
