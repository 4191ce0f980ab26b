"""What was told for long enough to be what is known: a change of a setting is news, and then it is how things are."""

from datetime import datetime, timedelta

from panorama_guard.case.finding import Kind
from panorama_guard.case.memory import Memory
from panorama_guard.case.resource import ResourceSnapshot
from panorama_guard.judging import changing
from panorama_guard.service.look import Look

TOLD_FOR = timedelta(days=30)


def accept_old_changes(look: Look, memory: Memory) -> Memory:
    """Return the memory with those settings as they are now whose change has been told for long enough."""
    if not isinstance(look.snapshot, ResourceSnapshot):
        return memory
    told = (one for one in look.incidents if one.is_open and one.kind is Kind.WEAKNESS)
    old = (one.source for one in told if _since(one.opened_at, look.now) >= TOLD_FOR)
    return changing.accept(look.snapshot, memory, old)


def _since(then: str, now: str) -> timedelta:
    return datetime.fromisoformat(now) - datetime.fromisoformat(then)
