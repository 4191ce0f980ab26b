"""From a record's change to one alert."""

from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.case.telling import Told
from panorama_guard.case.waiver import Waiver
from panorama_guard.policy.record import record
from panorama_guard.reporting.words import told_attributes, told_message, told_subject
from panorama_guard.service.ports import Ledger, Topic


@record
class Notifier:
    """What telling needs."""

    ledger: Ledger
    topic: Topic


def notify(record: Told, notifier: Notifier) -> str:
    """Tell the operators how an incident stands, or what one of them did, unless they were told; return what was done.

    A remediation that is on its way is not told: its outcome is, in moments. If it never comes, `inspect` and the
    dead-letter alarm say so. A crash between publishing and recording tells twice, never not at all.
    """
    if silence := why_silent(record):
        return silence
    if notifier.ledger.told(record) >= record.transition:
        return "told already"
    notifier.topic.publish(told_subject(record), told_message(record), told_attributes(record))
    notifier.ledger.put_told(record)
    return "told"


def why_silent(record: Told) -> str:
    """Return why nobody is told of a record as it stands; empty where it is told."""
    if isinstance(record, Incident) and record.state in PENDING and not record.approval:  # an approval is told
        return "pending: its outcome will be told"
    if isinstance(record, Waiver) and record.is_of_undo and record.revision == 1 and not record.needs_approver:
        return "its undo is told"
    return ""
