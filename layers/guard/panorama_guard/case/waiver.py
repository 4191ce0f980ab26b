"""An owned exception: an IAM document added to what one role may be, until a time."""

from datetime import datetime, timedelta
from enum import Enum

from panorama_guard.case.snapshot import Subject, digest
from panorama_guard.case.times import shown_time
from panorama_guard.policy.record import record, replace


class Scope(Enum):
    """What a waiver widens: what a role may do, who may become it, or who may reach a resource and what it may send."""

    PERMISSIONS = "permissions"
    TRUST = "trust"
    RESOURCE = "resource"


@record
class Waiver:
    """A document that the ceiling of one role, by its RoleId, is widened by; who owns it, why, and until when.

    `revision` counts writes. `approver` is the second operator, `second_because` why one is needed, or empty;
    `ended_by` is who ended it early.
    """

    id: str
    subject: Subject
    scope: Scope
    document: str
    incident_id: str
    owner: str
    reason: str
    created_at: str
    expires_at: str
    second_because: str
    is_of_undo: bool = False
    approver: str = ""
    ended_by: str = ""
    revision: int = 1

    @property
    def account(self) -> str:
        """Return the account of the role."""
        return self.subject.account

    @property
    def role_name(self) -> str:
        """Return the name of the role."""
        return self.subject.name

    @property
    def transition(self) -> int:
        """Return the number of the last write: each is worth telling."""
        return self.revision

    @property
    def lasts(self) -> timedelta:
        """Return for how long it is asked for."""
        return datetime.fromisoformat(self.expires_at) - datetime.fromisoformat(self.created_at)

    @property
    def needs_approver(self) -> bool:
        """Say whether it takes a second operator."""
        return bool(self.second_because)

    def is_in_force(self, *, now: str) -> bool:
        """Say whether the role's ceiling is widened now."""
        return self.is_alive(now=now) and (not self.needs_approver or bool(self.approver))

    def is_alive(self, *, now: str) -> bool:
        """Say whether the waiver is in force, or waits for its second operator."""
        return not self.ended_by and now < self.expires_at

    def approved(self, by: str) -> "Waiver":
        """Return the waiver with its second operator's word."""
        return replace(self, approver=by, revision=self.revision + 1)

    def ended(self, by: str) -> "Waiver":
        """Return the waiver after somebody has ended it."""
        return replace(self, ended_by=by, revision=self.revision + 1)

    def describe(self) -> str:
        """Return the waiver in words, as incidents tell it."""
        return f"waived by {self.owner} until {shown_time(self.expires_at)} ({self.id})"


def waiver_id(incident_id: str, document: str) -> str:
    """Return the id of the waiver of a document for an incident: asked for twice, it is the same one."""
    return "wvr-" + digest(f"{incident_id}#{document}")[:16]
