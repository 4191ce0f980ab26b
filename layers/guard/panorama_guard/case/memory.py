"""What the ledger remembers of a role from the last time it was judged to be inside its profile."""

from panorama_guard.case.snapshot import ManagedPolicy, RoleSnapshot
from panorama_guard.policy.record import record, replace


@record
class Memory:
    """A role's trust and boundary when each was last judged contained; what they are put back to.

    The documents hold for one `unique_id` only: what was remembered of a deleted role is never put on its successor.
    That a role of this name was once seen with the trust that the profile infers (`trust_confirmed`) outlives it, and
    so does that one was judged before (`is_acquainted`): what it had at first sight, nobody had reason to plant. Of
    such a boundary `boundary_confirmed` tells; any other may have been set for what it withholds.
    Of a resource, `contained` has the hashes of what was last judged contained and may be put back by its hash.
    `known` has settings of a resource as they were before somebody changed them, by their names.
    """

    unique_id: str
    trust: tuple[str, ...] = ()
    boundary: tuple[ManagedPolicy, ...] = ()
    trust_confirmed: bool = False
    is_acquainted: bool = False
    boundary_confirmed: bool = False
    contained: tuple[str, ...] = ()
    known: tuple[tuple[str, str], ...] = ()

    def held_by(self, unique_id: str) -> "Memory":
        """Return what is remembered of the role with this id: for another role of the name, no document."""
        if self.unique_id == unique_id:
            return self
        return Memory(unique_id, trust_confirmed=self.trust_confirmed, is_acquainted=self.is_acquainted)

    def with_trust_of(self, snapshot: RoleSnapshot) -> "Memory":
        """Return this memory with a trust policy that was just judged contained."""
        return replace(self, trust=(snapshot.trust,), trust_confirmed=True)

    def with_boundary_of(self, snapshot: RoleSnapshot) -> "Memory":
        """Return this memory with the boundary under which the permissions were just judged contained."""
        is_first = self.boundary_confirmed if snapshot.boundary == self.boundary else not self.is_acquainted
        return replace(self, boundary=snapshot.boundary, boundary_confirmed=bool(snapshot.boundary) and is_first)
