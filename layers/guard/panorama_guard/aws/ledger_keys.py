"""Where each record lies in the ledger's table.

    pk                           sk
    ROLE#<account>#<name>        INCIDENT#<slot>      the current incident of a cause (streamed to `notify`)
                                 MEMORY               trust and boundary when last judged contained
                                 WAIVER#<waiver id>   a document added to the role's ceiling for a while (streamed)
                                 UNDO#<incident id>-<attempt>     an operator's word to take it back (streamed)
                                 TOLD#<record's id>   the last transition that operators were told of
                                 RECHECKS             until when re-checks are on their way after a change
                                 LATER                when the role is looked at because a pause or a waiver ends
    GUARD#<account>              PAUSE                who stopped all writes, and until when (streamed)
                                 WORD#<id>            what else operators are told of: who was turned away (streamed)
                                 TOLD#<record's id>   as above
                                 MEMBER#<account>     how a member account stands, and when it was swept
                                 STANDING#<account>#<incident id>     what points to a member's incident that may be
                                                      open: the name of its role, and how urgent it was
                                 RESOURCE#<key>       that there are records of this resource, under its key as a name,
                                                      and when that was put there
    HISTORY#<account>#<name>     <incident id>        an incident that a later one replaced, or that is over
                                 <waiver id>#<time>   a waiver that is over, by when it began; undos likewise
    RELAYED#<account>#<name>     <channel>#<record's id>     the last transition that a channel beside the topic had
    WHOSE#<record's id>          ACCOUNT              account and name of the subject of an incident or a waiver
    ALERTS                       COUNT#<minute>       how many alerts came in this minute
                                 HELD#<urgency>#<account>#<record's id>#<transition>     an alert that waits for others
    BACKUP#<incident id>         <attempt>#<checksum>#<part>     the role before a write, in parts

Records are JSON text under `body`; `revision` guards every write of an incident, a waiver, an undo and the pause.
Only words, the marks that they were told, counts, and what points to an incident that is closed have the attribute by
which the table forgets (`expires_at`).
"""

from datetime import datetime
from typing import Any

from panorama_guard.case.dossier import Archivable
from panorama_guard.case.incident import Incident
from panorama_guard.case.resource import fold
from panorama_guard.case.telling import Tellable, Told, urgency
from panorama_guard.case.undo import Undo
from panorama_guard.case.waiver import Waiver

ALERTS, HELD = "ALERTS", "HELD#"
STANDING = "STANDING#"


def partition(account: str, role_name: str) -> str:
    """Return where the records of a role's name are, or for no name those of the guard itself."""
    return f"ROLE#{account}#{fold(role_name)}" if role_name else f"GUARD#{account}"


def current_key(record: Archivable) -> dict[str, Any]:
    """Return the key of a record while it is current."""
    return _key(partition(record.account, record.role_name), _current_name(record))


def history_key(account: str, role_name: str, name: str) -> dict[str, Any]:
    """Return the key of what is in the history of a role's name."""
    return _key(f"HISTORY#{account}#{fold(role_name)}", name)


def history_name(record: Archivable) -> str:
    """Return what a record is called in the history: an incident by its id; what is asked for anew, by its time too."""
    match record:
        case Incident():
            return record.id
        case Waiver():
            return f"{record.id}#{record.created_at}"
        case Undo():
            return f"{record.id}#{record.at}"


def on_record_key(account: str, key: str) -> dict[str, Any]:
    """Return the key of what says that a resource is on record."""
    return _key(partition(account, ""), f"RESOURCE#{key}")


def member_key(hub: str, account: str) -> dict[str, Any]:
    """Return the key of what is on record of a member account."""
    return _key(partition(hub, ""), f"MEMBER#{account}")


def standing_key(hub: str, incident: Incident) -> dict[str, Any]:
    """Return the key of what points to a member's incident."""
    return _key(partition(hub, ""), f"{STANDING}{incident.account}#{incident.id}")


def whose_key(record_id: str) -> dict[str, Any]:
    """Return the key of what says in which member account a record's subject is."""
    return _key(f"WHOSE#{record_id}", "ACCOUNT")


def expiry(time: str) -> dict[str, Any]:
    """Return the attribute by which the table forgets an item after a time."""
    return {"expires_at": {"N": str(int(datetime.fromisoformat(time).timestamp()))}}


def told_key(account: str, role_name: str, record_id: str) -> dict[str, Any]:
    """Return the key of the mark that operators were told of a record."""
    return _key(partition(account, role_name), f"TOLD#{record_id}")


def told_key_of(record: Tellable, channel: str = "") -> dict[str, Any]:
    """Return the key of the mark that operators were told of this record; or a channel, whose marks no look reads."""
    if not channel:
        return told_key(record.account, record.role_name, record.id)
    return _key(f"RELAYED#{record.account}#{fold(record.role_name)}", f"{channel}#{record.id}")


def count_key(now: str) -> dict[str, Any]:
    """Return the key of what counts the alerts of the minute of this time."""
    return _key(ALERTS, f"COUNT#{now[:16]}")


def held_key(record: Told) -> dict[str, Any]:
    """Return the key of an alert that is held: the most urgent come first, and a later transition takes no place."""
    first = "".join(str(part) for part in urgency(record))
    return _key(ALERTS, f"{HELD}{first}#{record.account}#{record.id}#{record.transition:08}")


def _current_name(record: Archivable) -> str:
    match record:
        case Incident():
            return f"INCIDENT#{record.slot}"
        case Waiver():
            return f"WAIVER#{record.id}"
        case Undo():
            return f"UNDO#{record.id}"


def _key(pk: str, sk: str) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
