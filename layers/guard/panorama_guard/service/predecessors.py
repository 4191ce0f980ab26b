"""Tells that a role is not the one that had its name before: what goes by its name takes it for that."""

from datetime import datetime, timedelta

from panorama_guard.case import role_use
from panorama_guard.case.dossier import Dossier
from panorama_guard.case.resource import ResourceSnapshot, Snapshot

TOLD_FOR = timedelta(days=30)


def with_predecessor(snapshot: Snapshot, dossier: Dossier, *, now: str) -> Snapshot:
    """Return what is around a role with the id of the one before it, for as long as that is news."""
    if not isinstance(snapshot, ResourceSnapshot) or snapshot.type != role_use.TYPE:
        return snapshot
    unique_id = snapshot.subject.unique_id
    own = (one for one in dossier.incidents if one.subject.unique_id == unique_id)
    told = [one for one in own if one.source == role_use.MADE_AGAIN]
    before = next((one.unique_id for one in dossier.memories if one.unique_id != unique_id), "")
    is_news = all(one.is_open and _since(one.opened_at, now) < TOLD_FOR for one in told)
    return snapshot.with_part(role_use.MADE_AGAIN, before) if before and is_news else snapshot


def _since(then: str, now: str) -> timedelta:
    return datetime.fromisoformat(now) - datetime.fromisoformat(then)
