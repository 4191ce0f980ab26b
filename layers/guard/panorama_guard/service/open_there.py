"""What is open in the member accounts: said by the incidents themselves, not by what points to them."""

from collections import Counter

from panorama_guard.case.ending import is_told_open
from panorama_guard.case.incident import Incident
from panorama_guard.case.pointer import Pointer
from panorama_guard.case.resource import fold
from panorama_guard.case.telling import urgency
from panorama_guard.policy.record import record
from panorama_guard.service.ports import Ledger

MOST_NAMES = 200  # records that are read within a function's time, each in a call; that there are more is told


@record
class OpenThere:
    """Incidents that may stand open, the most urgent first; and of how many more roles and resources none was read."""

    incidents: tuple[Incident, ...] = ()
    left: int = 0


def read_open_there(ledger: Ledger) -> OpenThere:
    """Return what is open in the member accounts; where there is too much of it, the most urgent."""
    names = _names(ledger.pointers())
    dossiers = (ledger.read(account, name) for account, name in names[:MOST_NAMES])
    found = (incident for dossier in dossiers for incident in dossier.incidents if is_told_open(incident))
    return OpenThere(tuple(sorted(found, key=urgency)), len(names[MOST_NAMES:]))


def _names(pointers: tuple[Pointer, ...]) -> list[tuple[str, str]]:
    """Return the accounts and names that are pointed to, the most urgent first.

    Of what is as urgent each account has its turn: one that is full of it hides no other's.
    """
    first: dict[tuple[str, str], str] = {}
    for pointer in sorted(pointers, key=lambda one: one.urgency):
        first.setdefault((pointer.account, fold(pointer.role_name)), pointer.urgency)
    turns: Counter[str] = Counter()
    places = {}
    for (account, name), how_urgent in first.items():
        turns[account] += 1
        places[account, name] = how_urgent, turns[account]
    return sorted(places, key=lambda one: places[one])
