"""From an incident's change of state to one alert."""

from dataclasses import dataclass

from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.reporting.alert import alert_attributes, alert_message, alert_subject
from panorama_guard.service.ports import Ledger, Topic


@dataclass(frozen=True, slots=True)
class Notifier:
    """What telling needs."""

    ledger: Ledger
    topic: Topic


def notify(incident: Incident, notifier: Notifier) -> str:
    """Tell the operators of an incident's state unless they were told already; return what was done.

    A remediation that is on its way is not told: its outcome is, in moments. If it never comes, `inspect` and the
    dead-letter alarm say so. A crash between publishing and recording tells twice, never not at all.
    """
    if incident.state in PENDING:
        return "pending: its outcome will be told"
    if notifier.ledger.told(incident) >= incident.transition:
        return "told already"
    notifier.topic.publish(alert_subject(incident), alert_message(incident), alert_attributes(incident))
    notifier.ledger.put_told(incident)
    return "told"
