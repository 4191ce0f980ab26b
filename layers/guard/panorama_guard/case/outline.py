"""As much of a role as tells whether it is guarded: what the listing of an account says of each."""

from panorama_guard.policy.record import record


@record
class RoleOutline:
    """A role's name and path, its trust policy as text, and the ARNs of its managed policies."""

    name: str
    path: str
    trust: str
    attached: tuple[str, ...] = ()
