"""Says what of a role is worth going back to. Whoever can change a role can also change what is seen of it."""

from collections.abc import Callable

from panorama_guard.case.finding import Judgement
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import RoleSnapshot, digest
from panorama_guard.containment import Contained, Grant
from panorama_guard.judging.decide import decide
from panorama_guard.judging.part_rule import PartRule
from panorama_guard.judging.permissions import read_permissions
from panorama_guard.judging.standard import Standard
from panorama_guard.judging.trust import TRUST, read_trust
from panorama_guard.policy.record import replace


def remember(snapshot: RoleSnapshot, judgement: Judgement, memory: Memory, standard: Standard) -> Memory:
    """Return the memory with what was just judged contained and may be put back: the trust, the boundary, or both."""
    held = memory.held_by(snapshot.subject.unique_id)
    is_trust = [finding.source == TRUST for finding in judgement.findings]
    learnt = held
    if not any(is_trust) and _is_trust_to_go_back_to(snapshot, held, standard):
        learnt = learnt.with_trust_of(snapshot)
    if all(is_trust) and _is_boundary_to_go_back_to(snapshot, held, standard.permissions):
        learnt = learnt.with_boundary_of(snapshot)
    return replace(learnt, is_acquainted=True)


def remember_parts(
    snapshot: ResourceSnapshot, judgement: Judgement, memory: Memory, rule_of: Callable[[str], PartRule | None]
) -> Memory:
    """Return the memory with those parts, by their hashes, that were just judged contained and have versions.

    Of a resource nothing else is remembered: what it is put back to, the profile says.
    """
    held = memory.held_by(snapshot.subject.unique_id)
    rules = ((part, rule_of(part.name)) for part in snapshot.parts)
    versioned = [part for part, rule in rules if rule is not None and rule.goes_back]
    sources = {finding.source for finding in judgement.findings}
    if not versioned or sources & {part.name for part in versioned}:
        return memory
    return replace(held, contained=tuple(digest(part.text) for part in versioned))


def _is_trust_to_go_back_to(snapshot: RoleSnapshot, held: Memory, standard: Standard) -> bool:
    """Say whether a contained trust lets in everybody whom the profile expects.

    An empty or narrowed one confirms nothing: it would pass for a repair and shut the service out.
    """
    if held.trust_confirmed and snapshot.trust in held.trust:
        return True
    return _is_within(standard.expected_trust, read_trust(snapshot.trust))


def _is_boundary_to_go_back_to(snapshot: RoleSnapshot, held: Memory, ceiling: Grant) -> bool:
    """Say whether the boundary, or its absence, under which the permissions are contained is one to put back.

    The guard's own never is: it contains an escape, and where it is lost, that escape is back, and counted as such.
    One that takes nothing away inside the ceiling always is, none included. One that takes away everything there
    never is: putting it back would be an attacker's work. One between is, if it stood when the role was first seen,
    or if it is what holds an escape back.
    """
    if any(policy.is_guards_own for policy in snapshot.boundary):
        return False
    if snapshot.boundary == held.boundary:
        return True
    bounded = read_permissions(snapshot).grant
    free = Grant(bounded.policies)
    inside = Grant(free.policies, (ceiling.policies, *ceiling.boundaries))
    if _is_within(inside, bounded):
        return True
    if _is_within(Grant(inside.policies, (*inside.boundaries, *bounded.boundaries)), Grant(())):
        return False
    return not held.is_acquainted or not _is_within(free, ceiling)


def _is_within(grant: Grant, ceiling: Grant) -> bool:
    return isinstance(decide(grant, ceiling), Contained)
