"""The messages that the functions send one another."""

import json
from collections.abc import Mapping
from enum import Enum

from panorama_guard.case.record import dump_record, load_record
from panorama_guard.case.resource import fold
from panorama_guard.case.snapshot import digest
from panorama_guard.policy.record import record


@record
class RemediationOrder:
    """Ask `remediate` to act on one incident, once: the attempt tells a repeated order from a repeated escape."""

    account: str
    role_name: str
    slot: str
    incident_id: str
    attempt: int

    @property
    def incident(self) -> str:
        """Return the id of the incident that it is about."""
        return self.incident_id

    @property
    def group(self) -> str:
        """Return the message group: orders on one subject are carried out one after another."""
        return _group(self.account, self.role_name)

    @property
    def deduplication_id(self) -> str:
        """Return what makes a repeated order the same order."""
        return f"{self.incident_id}-{self.attempt}"


@record
class RenewalOrder:
    """Ask `remediate` to end the sessions too that were issued since it repaired a trust, while IAM spread that.

    Or, `is_put_again`, those once more that it ended: somebody has taken away what does.
    """

    account: str
    role_name: str
    slot: str
    renewed_incident: str
    renewed_attempt: int
    requested_at: str
    is_put_again: bool = False

    @property
    def incident(self) -> str:
        """Return the id of the incident that it is about."""
        return self.renewed_incident

    @property
    def group(self) -> str:
        """Return the message group, that of the subject's remediations."""
        return _group(self.account, self.role_name)

    @property
    def deduplication_id(self) -> str:
        """Return what makes a repeated order the same for a second: carried out twice, it only moves the time up."""
        which = "again" if self.is_put_again else "renewal"
        return f"{self.renewed_incident}-{self.renewed_attempt}-{which}-{digest(self.requested_at[:19])[:8]}"


@record
class LiftOrder:
    """Ask `remediate` to take back what it put in place for an incident's attempt: an operator has undone it."""

    account: str
    role_name: str
    slot: str
    undone_incident: str
    undone_attempt: int
    requested_at: str

    @property
    def incident(self) -> str:
        """Return the id of the incident that it is about."""
        return self.undone_incident

    @property
    def group(self) -> str:
        """Return the message group, that of the subject's remediations."""
        return _group(self.account, self.role_name)

    @property
    def deduplication_id(self) -> str:
        """Return what makes a repeated order the same for ten seconds: carried out twice, it does nothing."""
        return f"{self.undone_incident}-{self.undone_attempt}-lift-{digest(self.requested_at[:18])[:8]}"


Order = RemediationOrder | RenewalOrder | LiftOrder


def _group(account: str, role_name: str) -> str:
    return digest(f"{account}#{fold(role_name)}")[:32]


def parse_order(body: str) -> Order:
    """Return the order that a message of the remediations queue holds; raise RecordError if it holds none."""
    # No value can hold these: within one the quotation marks are escaped.
    if '"renewed_incident"' in body:
        return load_record(RenewalOrder, body)
    if '"undone_incident"' in body:
        return load_record(LiftOrder, body)
    return load_record(RemediationOrder, body)


class Origin(Enum):
    """Who asks for a role to be judged that no event named."""

    SWEEP = "sweep"
    RECHECK = "re-check"
    RENEWAL = "re-check after a trust repair"
    OPERATOR = "operator's command"


@record
class InspectionRequest:
    """Ask `inspect` to judge a role that no event named."""

    inspect_role: str
    requested_at: str
    origin: Origin


def address(request: InspectionRequest, account: str) -> str:
    """Return a request as a message; that it is for another account than the guard's own stands beside it."""
    body = dump_record(request)
    return f'{body[:-1]},"account":"{account}"}}' if account else body


def addressed(value: Mapping[str, object]) -> tuple[str, InspectionRequest]:
    """Return the account that a message is for, empty for the guard's own, and its request; or raise RecordError."""
    account = value.get("account", "")
    request = {name: one for name, one in value.items() if name != "account"}
    return str(account), load_record(InspectionRequest, json.dumps(request))
