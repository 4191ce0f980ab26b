"""A role is judged by its permissions and its trust."""

from dataclasses import replace

from panorama_guard.case.finding import Kind
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import Posture, standard_of
from tests.builders import MEMORY, PAYROLL, SERVICE_ROLE, policy, snapshot_of, trusting, with_policies

STANDARD = standard_of(SERVICE_ROLE, Posture.ACTIVE)
OPENED = policy(trusting("*"))


def test_a_role_has_findings_on_permission_and_on_trust() -> None:
    """Both at once are both told."""
    snapshot = replace(with_policies(snapshot_of(), PAYROLL), trust=OPENED)
    kinds = [finding.kind for finding in judge_role(snapshot, STANDARD, MEMORY).findings]
    assert kinds == [Kind.PERMISSION_ESCAPE, Kind.TRUST_ESCAPE]
