"""Asks for older sessions to be ended once more, some time after a trust was repaired.

IAM takes seconds to spread a change: meanwhile the old trust still lets somebody in, and his session is younger than
the Deny. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency
"""

from datetime import datetime, timedelta

from panorama_guard.case.backup import Backup
from panorama_guard.case.ending import is_let_in, tell_let_in
from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import Incident, Remedy, State
from panorama_guard.case.let_in import LONGEST_SESSION, SPREAD, LetIn, Stranger
from panorama_guard.case.order import InspectionRequest, RenewalOrder
from panorama_guard.planning.trusting import told_before
from panorama_guard.service.look import Inspector
from panorama_guard.service.settings import Mode

RENEWALS = (30, 120)  # seconds after a trust is as it should be, at which sessions are ended once more
LATEST = timedelta(minutes=40)  # in which that look comes, tried again as often as its queue does


def order_renewals(request: InspectionRequest, inspector: Inspector, *, now: str) -> None:
    """Order the renewal of every trust that was repaired on a role shortly before the request was made.

    Where who came in meanwhile is told to be let in, the look before this has ordered it, if nothing stands against it.
    """
    dossier = inspector.ledger.read(inspector.account, request.inspect_role)
    for incident in dossier.incidents:
        is_ordered = is_let_in(incident) and not incident.let_in.is_as_it_was  # that is put again as it was
        if is_repair(incident) and not is_ordered and since(incident.updated_at, now) <= LATEST:
            order_renewal(incident, inspector, now=now)


def order_renewal(incident: Incident, inspector: Inspector, *, now: str, is_put_again: bool = False) -> None:
    """Order that older sessions are ended once more: all that were issued until then, or those that were ended."""
    account, name = incident.subject.account, incident.subject.name
    inspector.remediations.renew(
        RenewalOrder(account, name, incident.slot, incident.id, incident.attempt, now, is_put_again)
    )


def not_renewed(order: RenewalOrder, incident: Incident, why: str, *, now: str) -> Incident:
    """Return a repaired trust, of which an order to end older sessions came to nothing, with who is the role still.

    Where it was to be more than put again, whoever came in while IAM spread the repair is to be ended whenever it is.
    """
    is_more = not order.is_put_again and not incident.let_in.is_in_no_plan
    let_in = incident.let_in.joined_by([Stranger.IN_SPREAD] if is_more else [])
    return tell_let_in(incident, let_in, now=now, reason=f"{let_in.describe()}: {why}")


def is_repair(incident: Incident) -> bool:
    """Say whether the guard has repaired a trust, and it was seen to hold."""
    return incident.kind is Kind.TRUST_ESCAPE and incident.state is State.CONTAINED and incident.remedy.carried_out


def keeps_sessions_ended(incident: Incident, *, now: str) -> bool:
    """Say whether a session may last that is ended by what was done about an incident, as long as that stands."""
    return is_repair(incident) and since(incident.updated_at, now) <= LONGEST_SESSION


def remedies_of(attempts: tuple[tuple[Backup, ...], ...]) -> list[Remedy]:
    """Return what was done in each attempt, the last of which comes last."""
    return [backup.remedy for backups in attempts for backup in backups]


def lasting_remedy(attempts: tuple[tuple[Backup, ...], ...], *, now: str) -> Remedy | None:
    """Return the last remedy of an incident that ended sessions of which one may last still, if there is one."""
    told = [one for one in remedies_of(attempts) if told_before(one)]
    lasting = [one for one in told if since(told_before(one), now) <= LONGEST_SESSION]
    return max(lasting, key=told_before, default=None)


def may_end(let_in: LetIn, mode: Mode) -> bool:
    """Say whether the guard ends the sessions of who is let in without another word, in a mode.

    Whoever became the role while its trust could not be judged, or was open again, is in no plan that was approved.
    """
    if let_in.is_operators:
        return False
    return mode is Mode.ENFORCE or (mode is Mode.APPROVE and not let_in.is_in_no_plan)


def by_hand(why_not: str) -> str:
    """Return what an operator is to do because the guard ends no session."""
    return f"the guard ends none of these sessions, {why_not}: revoke the role's sessions in IAM's console"


def moved_up_to(incident: Incident, *, now: str) -> str:
    """Return until when sessions are ended: a look that comes late ends none that was issued when all was well."""
    spread = datetime.fromisoformat(incident.updated_at) + SPREAD
    return min(datetime.fromisoformat(now), spread).isoformat()


def since(then: str, now: str) -> timedelta:
    """Return the time between two times."""
    return datetime.fromisoformat(now) - datetime.fromisoformat(then)
