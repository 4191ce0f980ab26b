"""Says what is open in the member accounts of an organisation: how much, how it stands, and in which of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from panorama_guard.case.ending import told_state
from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Incident
from panorama_guard.case.telling import urgency
from panorama_guard.reporting.plain import plain

MOST_LISTED = 50


def open_there_body(incidents: Sequence[Incident], left: int, most: int = MOST_LISTED) -> dict[str, object]:
    """Return it for machines, with so many accounts at most, the most urgent first.

    `left` is of how many more roles and resources what may be open was not read.
    """
    accounts = _by_account(incidents)
    return {
        "all": len(incidents),
        "not_read": left,
        "states": _states(incidents),
        "accounts": {
            "all": len(accounts),
            "listed": [
                {"account": plain(account), "open": len(own), "states": _states(own), "severity": _worst(own)}
                for account, own in list(accounts.items())[:most]
            ],
        },
    }


def left_line(left: int) -> str:
    """Return that there is more than was read; empty where there is not."""
    what = f"{left} more role or resource" if left == 1 else f"{left} more roles and resources"
    told = "`panorama-guard incidents --account ACCOUNT` tells it"
    return f"of {what} in member accounts what may be open was not read: {told}" if left else ""


def _by_account(incidents: Sequence[Incident]) -> Mapping[str, Sequence[Incident]]:
    """Return the incidents of each account, that first which has the most urgent one, then that which has most."""
    found: dict[str, list[Incident]] = defaultdict(list)
    for incident in incidents:
        found[incident.account].append(incident)
    return dict(sorted(found.items(), key=lambda one: (min(map(urgency, one[1])), -len(one[1]), one[0])))


def _states(incidents: Sequence[Incident]) -> dict[str, int]:
    counts = Counter(told_state(incident) for incident in sorted(incidents, key=urgency))
    return {state.value: count for state, count in counts.items()}


def _worst(incidents: Sequence[Incident]) -> str:
    severities = list(Severity)
    return max((one.severity for one in incidents), key=severities.index).value
