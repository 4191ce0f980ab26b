"""As much of a role as tells whether it is guarded: what the listing of an account says of each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoleOutline:
    """A role's name and path, its trust policy as text, and the ARNs of its managed policies."""

    name: str
    path: str
    trust: str
    attached: tuple[str, ...] = ()
