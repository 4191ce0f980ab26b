"""Whether it is told that a resource is gone: of some, what they held is gone with them."""

from datetime import datetime, timedelta

from panorama_guard.case.dossier import Dossier
from panorama_guard.case.incident import Cause
from panorama_guard.case.resource import ResourceSnapshot, kind_of
from panorama_guard.case.snapshot import Subject
from panorama_guard.judging.loss import Loss
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.service.look import Inspector


def remains_of(name: str, dossier: Dossier, cause: Cause, inspector: Inspector, *, now: str) -> ResourceSnapshot | None:
    """Return what is judged in place of a resource that is not there; None where nobody has to hear of that.

    That it is gone is what the guard has read. The call that deleted it says only that there was one, and where.
    """
    rules = RULES.get(kind_of(name))
    if rules is None or rules.loss is None:
        return None
    known = [one.subject for one in dossier.incidents if one.is_open and one.source == rules.loss.part]
    if known:
        return rules.loss.remains(known[0]) if _is_news(rules.loss, dossier, now=now) else None
    if cause.event_name != rules.loss.event:
        return None
    arn = rules.loss.arn(inspector.own_role.split(":")[1], cause.region, inspector.account, name.partition(":")[2])
    return rules.loss.remains(Subject(inspector.account, arn, name, f"{arn}@deleted"))


def _is_news(loss: Loss, dossier: Dossier, *, now: str) -> bool:
    """Say whether it is still told that a resource is gone."""
    opened = min(one.opened_at for one in dossier.incidents if one.is_open and one.source == loss.part)
    age = datetime.fromisoformat(now) - datetime.fromisoformat(opened)
    return not loss.days or age < timedelta(days=loss.days)
