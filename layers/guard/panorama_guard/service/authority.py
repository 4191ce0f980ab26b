"""Says whether the guard may act on a finding, in this deployment, on this subject."""

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.member import NO_ROLE, SWITCHED_OFF
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Snapshot
from panorama_guard.profile import Guarded
from panorama_guard.profile.posture import Posture
from panorama_guard.service.settings import Mode, Policy
from panorama_guard.service.subjects import is_confirmed, is_enrolled

OBSERVING = "mode observe: the guard tells and changes nothing"
PLANNED_ALL_THE_SAME = (OBSERVING, SWITCHED_OFF, NO_ROLE)  # it is told what would be done


def why_alert_only(finding: Finding, snapshot: Snapshot, guarded: Guarded, memory: Memory, policy: Policy) -> str:
    """Return why the guard may not act on a finding, or an empty text if it may.

    INVARIANT: only an enrolled subject is ever written to, in every mode and posture; in a member of the organisation
    only where the hub's setting lets it.
    """
    why = _why_here(finding, snapshot, guarded, memory, policy)
    if not policy.kept_off:
        return why
    return f"{why}; {policy.kept_off}" if why and why != OBSERVING else policy.kept_off


def _why_here(finding: Finding, snapshot: Snapshot, guarded: Guarded, memory: Memory, policy: Policy) -> str:
    if finding.kind is Kind.UNDECIDED:
        return "undecided: something is not understood, so nothing is changed"
    if finding.kind is Kind.WEAKNESS:
        return "a setting, which may be meant: the guard tells of it and leaves it to its owner"
    if not is_enrolled(guarded, snapshot):
        return f"not enrolled: the guard never writes to {snapshot.subject.arn}"
    if policy.posture is Posture.ACTIVE and not is_confirmed(finding.kind, guarded, memory):
        return "the profile only infers who may become this role, and the role was never seen with that trust"
    return OBSERVING if policy.modes.of(finding.kind) is Mode.OBSERVE else ""
