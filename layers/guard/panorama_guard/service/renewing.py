"""Asks for older sessions to be ended once more, some time after a trust was repaired.

IAM takes seconds to spread a change: meanwhile the old trust still lets somebody in, and his session is younger than
the Deny. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
"""

from datetime import datetime, timedelta

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, State
from panorama_guard.case.order import InspectionRequest, RenewalOrder
from panorama_guard.service.look import Inspector

FRESH = timedelta(minutes=5)  # after a repair; longer than the last look that is asked for, and than its queue takes


def order_renewals(request: InspectionRequest, inspector: Inspector, *, now: str) -> None:
    """Order the renewal of every trust that was repaired on a role shortly before the request was made."""
    dossier = inspector.ledger.read(inspector.account, request.inspect_role)
    for incident in dossier.incidents:
        if _is_fresh_repair(incident, now=now):
            subject = incident.subject
            inspector.remediations.renew(
                RenewalOrder(subject.account, subject.name, incident.slot, incident.id, incident.attempt, now)
            )


def _is_fresh_repair(incident: Incident, *, now: str) -> bool:
    is_repair = incident.kind is Kind.TRUST_ESCAPE and incident.state is State.CONTAINED and incident.remedy.carried_out
    since = datetime.fromisoformat(now) - datetime.fromisoformat(incident.updated_at)
    return is_repair and since <= FRESH
