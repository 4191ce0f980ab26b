"""What the paginated listing of an account says of each role."""

from dataclasses import dataclass

from panorama_guard.case.snapshot import RoleSnapshot


@dataclass(frozen=True, slots=True)
class ListedRole:
    """A role of the listing. What is missing are managed policies of it whose documents the listing does not have."""

    snapshot: RoleSnapshot
    missing: tuple[str, ...] = ()
    missing_boundary: tuple[str, ...] = ()
