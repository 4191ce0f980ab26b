"""Compares one role as it is with what its profile lets it be."""

from panorama_guard.case.finding import Judgement
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.judging.permissions import judge_permissions
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.trust import judge_trust


def judge_role(snapshot: RoleSnapshot, standard: Standard, memory: Memory) -> Judgement:
    """Return every finding on a role; the same function judges before a plan, on paper, and after it."""
    permissions = judge_permissions(snapshot, standard.permissions, memory)
    return Judgement((*permissions, *judge_trust(snapshot.trust, standard.trust)))
