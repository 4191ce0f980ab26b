"""A statement that is inside the ceiling and reaches farther than its words say."""

from panorama_guard.policy.record import record


@record
class WeakPattern:
    """One statement of a policy: the roles that have it, requests that it lets through, and what would stop them.

    `hardened` is a statement that would take its place: it grants nothing more, and none of the requests but those that
    are `left`. It is empty where none is known that is any better.
    """

    roles: tuple[str, ...]
    source: str
    statement: str
    quote: str
    examples: tuple[str, ...]
    hardened: str
    left: tuple[str, ...] = ()
