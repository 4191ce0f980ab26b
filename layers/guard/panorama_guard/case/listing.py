"""What the paginated listing of an account says of each role."""

from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.policy.record import record


@record
class ListedRole:
    """A role of the listing. What is missing are managed policies of it whose documents the listing does not have."""

    snapshot: RoleSnapshot
    missing: tuple[str, ...] = ()
    missing_boundary: tuple[str, ...] = ()
