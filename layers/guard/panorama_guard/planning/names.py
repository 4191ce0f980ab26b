"""What the guard calls the policies that are its own, and how it tells them from what somebody else wrote.

A name proves nothing: whoever can write to a role can use it. What only denies is as good as ours, whoever wrote it.
"""

from collections.abc import Iterator
from functools import reduce
from itertools import chain, count

from panorama_guard.case.incident import slot_of
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import OWN_PATH, InlinePolicy, RoleSnapshot, digest
from panorama_guard.planning.situation import Situation
from panorama_guard.planning.widening import only_denies

CONTAINMENT_PREFIX = "panorama-guard-containment-"
QUARANTINE = "panorama-guard-quarantine"
REVOCATION = "panorama-guard-older-sessions"
OWN_BOUNDARIES = 3  # names that are tried for a boundary of the guard's own: others may use the policy of one


def containment_name(situation: Situation) -> str:
    """Return the name of the inline policy that contains one cause on one role: one cause, one name."""
    finding = situation.finding
    slot = slot_of(situation.snapshot.subject.unique_id, finding.kind, finding.source)
    return free_name(CONTAINMENT_PREFIX + digest(slot)[:12], situation.snapshot)


def is_own_name(name: str) -> bool:
    """Say whether the guard may have put an inline policy under this name."""
    return name.startswith((CONTAINMENT_PREFIX, QUARANTINE, REVOCATION))


def free_name(name: str, snapshot: RoleSnapshot) -> str:
    """Return a name for an inline policy of the guard's.

    Who writes something else under that name first does not have it replaced: ours gets the next number.
    """
    numbered = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain((name,), numbered) if _is_ours_to_put(one, snapshot))


def containments(snapshot: RoleSnapshot) -> Iterator[InlinePolicy]:
    """Yield the role's containments, or what is as good: it bears such a name and only denies."""
    named = (policy for policy in snapshot.inline if policy.name.startswith(CONTAINMENT_PREFIX))
    return (policy for policy in named if only_denies(policy.name, policy.text))


def own_in_place(snapshot: Snapshot) -> tuple[str, ...]:
    """Return what of the guard's own stands on a role, or what is as good, in words; it adds nothing to a resource."""
    if not isinstance(snapshot, RoleSnapshot):
        return ()
    denies = (f"the inline policy {policy.name}" for policy in _own_denies(snapshot))
    return (*denies, *(f"the boundary {policy.arn}" for policy in snapshot.boundary if policy.is_guards_own))


def without_own(snapshot: Snapshot, memory: Memory) -> Snapshot:
    """Return a role as it would be if the guard had put nothing in place; its boundary would be the remembered one."""
    if not isinstance(snapshot, RoleSnapshot):
        return snapshot
    own = [policy.name for policy in _own_denies(snapshot)]
    bare = reduce(RoleSnapshot.without_inline, own, snapshot)
    is_bounded = any(policy.is_guards_own for policy in snapshot.boundary)
    return bare.with_boundary(memory.boundary) if is_bounded else bare


def _own_denies(snapshot: RoleSnapshot) -> Iterator[InlinePolicy]:
    named = (policy for policy in snapshot.inline if is_own_name(policy.name))
    return (policy for policy in named if only_denies(policy.name, policy.text))


def own_boundary_arns(snapshot: RoleSnapshot) -> tuple[str, ...]:
    """Return the ARNs of the managed policies that the guard may make for a role, the first one first."""
    _, partition, *_ = snapshot.subject.arn.split(":")
    first = f"arn:{partition}:iam::{snapshot.subject.account}:policy{OWN_PATH}boundary-of-{snapshot.subject.name}"
    return (first, *(f"{first}-{number}" for number in range(2, OWN_BOUNDARIES + 1)))


def _is_ours_to_put(name: str, snapshot: RoleSnapshot) -> bool:
    """Say whether a policy may be put under a name; a name that differs in case only may be the same to IAM."""
    same = (policy for policy in snapshot.inline if policy.name.lower() == name.lower())
    return all(policy.name == name and only_denies(policy.name, policy.text) for policy in same)
