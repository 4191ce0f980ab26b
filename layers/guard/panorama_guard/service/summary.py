"""Tells the alerts that are held in one message."""

from collections.abc import Callable, Iterable
from functools import cache

from panorama_guard.case.dossier import Dossier
from panorama_guard.case.incident import Incident
from panorama_guard.case.telling import Told, urgency, why_silent
from panorama_guard.reporting.summary import has_room_for, summary_attributes, summary_message, summary_subject
from panorama_guard.reporting.words import told_attributes, told_message, told_subject
from panorama_guard.service.notify import Notifier
from panorama_guard.service.ports import Ledger

MOST_HELD = 300  # in one message: with three calls for each, well within the function's time


def summarize(notifier: Notifier) -> int:
    """Tell all that is held and was not told meanwhile, each as it stands now; return how many those were.

    An alert is held until it is on record that it was told. Killed between any two calls, it is told twice at worst.
    Where more are held than one message tells, the rest is asked for.
    """
    held = notifier.alerts.held(MOST_HELD + 1)
    taken = _of_one_message(held[:MOST_HELD])
    untold = _untold(taken, notifier.ledger)
    if untold:
        _tell(untold, notifier)
    for record in untold:
        notifier.ledger.put_told(record)
    for record in taken:
        notifier.alerts.release(record)
    if len(held) > len(taken):
        notifier.summaries.ask_for_summary(notifier.clock())
    return len(untold)


def _of_one_message(held: tuple[Told, ...]) -> tuple[Told, ...]:
    """Return as many of the alerts as one message has room for, the first of them."""
    while len(held) > 1 and not has_room_for(held):
        held = held[: len(held) // 2]
    return held


def _tell(records: tuple[Told, ...], notifier: Notifier) -> None:
    if len(records) == 1:
        (only,) = records
        notifier.topic.publish(told_subject(only), told_message(only), told_attributes(only))
        return
    notifier.topic.publish(summary_subject(records), summary_message(records), summary_attributes(records))


def _untold(held: Iterable[Told], ledger: Ledger) -> tuple[Told, ...]:
    """Return what operators were not told of, each once and as it stands now, the most urgent first."""
    found: dict[tuple[str, str, str], Told] = {}
    # Each record once: whoever makes a storm on one role makes that long, and it is most of what is held.
    read = cache(ledger.read)
    for record in held:
        now, told = _as_it_stands(record, ledger, read)
        place = (now.account, now.role_name, now.id)
        known = found.get(place)
        if told < now.transition and not why_silent(now) and (known is None or known.transition < now.transition):
            found[place] = now
    return tuple(sorted(found.values(), key=urgency))


def _as_it_stands(record: Told, ledger: Ledger, read: Callable[[str, str], Dossier]) -> tuple[Told, int]:
    """Return a record as it stands now, and up to where it was told. One that was archived stands as it was held."""
    if not isinstance(record, Incident):
        return record, ledger.told(record)
    dossier = read(record.account, record.role_name)
    return dossier.incident_named(record.id) or record, dossier.told_transition(record)
