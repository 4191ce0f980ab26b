"""How it is told that a resource is gone, of those of which somebody has to hear that."""

from collections.abc import Callable

from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.policy.record import record


@record
class Loss:
    """How it is told that a resource is gone: after which call, by what part, and what is judged in its place.

    After `days` it is over; 0 is never, until there is one again.
    """

    event: str
    part: str
    arn: Callable[[str, str, str, str], str]
    remains: Callable[[Subject], ResourceSnapshot]
    days: int = 0
