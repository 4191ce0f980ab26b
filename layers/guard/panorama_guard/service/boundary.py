"""Reads the boundary that a role was last judged contained under, as its policy is now."""

from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.snapshot import ManagedPolicy
from panorama_guard.service.ports import RoleReader


def read_remembered_boundary(kind: Kind, memory: Memory, reader: RoleReader) -> tuple[ManagedPolicy, ...]:
    """Return the remembered boundary's policy where one is to be put back; nothing if it exists no more."""
    if kind is not Kind.BOUNDARY_ESCAPE:
        return ()
    live = (reader.read_managed_policy(remembered.arn) for remembered in memory.boundary)
    return tuple(policy for policy in live if policy is not None)
