"""Compares one role as it is with what its profile lets it be."""

from panorama_guard.case.finding import Judgement
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.permissions import judge_permissions
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.trust import TRUST, judge_trust


def judge_role(snapshot: RoleSnapshot, standard: Standard, memory: Memory) -> Judgement:
    """Return every finding on a role; the same function judges before a plan, on paper, and after it."""
    permissions = judge_permissions(snapshot, standard.permissions, memory)
    return Judgement((*permissions, *judge_trust(snapshot.trust, standard.trust)))


def remember(snapshot: RoleSnapshot, judgement: Judgement, memory: Memory) -> Memory:
    """Return the memory with what was just judged contained: the trust, the boundary, both, or neither."""
    held = memory.held_by(snapshot.subject.unique_id)
    is_trust = [finding.source == TRUST for finding in judgement.findings]
    if not any(is_trust):
        held = held.with_trust_of(snapshot)
    if all(is_trust):
        held = held.with_boundary_of(snapshot)
    return held
