"""From a record's change to one alert."""

from collections.abc import Callable

from panorama_guard.case.telling import Told, may_be_held, why_silent
from panorama_guard.policy.record import record
from panorama_guard.reporting.words import told_attributes, told_message, told_subject
from panorama_guard.service.ports import Ledger, Topic
from panorama_guard.service.storm_ports import HeldAlerts, Summaries


@record
class Notifier:
    """What telling needs; `alerts_per_minute` are told one by one, and `clock` returns the time."""

    ledger: Ledger
    topic: Topic
    alerts: HeldAlerts
    summaries: Summaries
    alerts_per_minute: int
    clock: Callable[[], str]


def notify(record: Told, notifier: Notifier) -> str:
    """Tell the operators how an incident stands, or what one of them did, unless they were told; return what was done.

    A remediation that is on its way is not told: its outcome is, in moments. If it never comes, `inspect` and the
    dead-letter alarm say so. A crash between publishing and recording tells twice, never not at all. What comes after
    many others within a minute is held, and told with the others that are (`summary`).
    """
    if silence := why_silent(record):
        return silence
    if notifier.ledger.told(record) >= record.transition:
        return "told already"
    if may_be_held(record) and notifier.alerts.count_alert(notifier.clock()) > notifier.alerts_per_minute:
        return _hold(record, notifier)
    notifier.topic.publish(told_subject(record), told_message(record), told_attributes(record))
    notifier.ledger.put_told(record)
    return "told"


def _hold(record: Told, notifier: Notifier) -> str:
    notifier.alerts.hold(record)
    # INVARIANT: the time is read once the alert is held. The summary that is asked for here, or was by somebody else in
    # the same minute, comes after the end of that minute, so it finds the alert.
    notifier.summaries.ask_for_summary(notifier.clock())
    return "held"
