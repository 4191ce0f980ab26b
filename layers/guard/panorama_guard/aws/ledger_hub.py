"""The ledger as the functions have it: one that an organisation's hub keeps knows where members' incidents are open.

An incident lies in the partition of its own role's name, and nothing lists those of all accounts. So what points to
them lies in the hub's own partition, one for each incident, so that of two writers none loses the other's.
"""

import contextlib
from datetime import datetime, timedelta
from typing import Any

from panorama_guard.aws.ledger import DynamoLedger
from panorama_guard.aws.ledger_keys import STANDING, expiry, partition, standing_key
from panorama_guard.case.ending import is_told_open
from panorama_guard.case.errors import StaleRecordError
from panorama_guard.case.incident import Incident
from panorama_guard.case.pointer import Pointer
from panorama_guard.case.telling import urgency

KEPT = timedelta(days=1)  # a pointer to what is closed: longer than any writer lives that has read it while it was open


class HubLedger(DynamoLedger):
    """The ledger table; without a hub it points to nothing, and makes no call for it."""

    def __init__(self, dynamodb: Any, table: str, hub: str = "") -> None:
        """Take a DynamoDB client, the name of the table, and the account of an organisation's hub."""
        super().__init__(dynamodb, table)
        self._hub = hub

    def put_incident(self, incident: Incident, *, replaced: str = "") -> None:
        """Store an incident as the table does; beside it, what points to it where it is a member's.

        INVARIANT: an open incident of a member has a pointer. Killed between the two writes, a pointer stays that leads
        to nothing open, which only costs whoever follows it a read.
        """
        if is_told_open(incident):
            self.point_to(incident)
        super().put_incident(incident, replaced=replaced)
        if not is_told_open(incident):
            self.point_to(incident)

    def point_to(self, incident: Incident) -> None:
        """Put what points to a member's incident; what was put of a later revision of it stays.

        A slow writer's word that it is closed comes too late for one that is open again. Where it is closed the pointer
        is left to the table to forget, so that whoever puts incidents need not be let delete anything.
        """
        if self._hub in ("", incident.account):
            return
        item = {
            **standing_key(self._hub, incident),
            "role_name": {"S": incident.role_name},
            "urgency": {"S": "".join(map(str, urgency(incident)))},
            "revision": {"N": str(incident.revision)},
            **({} if is_told_open(incident) else _forgotten_after(incident.updated_at)),
        }
        with contextlib.suppress(StaleRecordError):
            self._put(item, "attribute_not_exists(pk) OR revision <= :revision", {":revision": item["revision"]})

    def pointers(self) -> tuple[Pointer, ...]:
        """Return what points to members' incidents that may be open."""
        items = self._query(partition(self._hub, ""), prefix=STANDING) if self._hub else ()
        return tuple(_pointer(item) for item in items if "expires_at" not in item)


def _forgotten_after(updated_at: str) -> dict[str, Any]:
    return expiry((datetime.fromisoformat(updated_at) + KEPT).isoformat())


def _pointer(item: dict[str, Any]) -> Pointer:
    account = item["sk"]["S"].split("#")[1]
    return Pointer(account, item["role_name"]["S"], item["urgency"]["S"])
