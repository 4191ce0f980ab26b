"""A hub that contains escapes in a member of its organisation: the same role in both, and one ledger."""

import json
from dataclasses import replace
from typing import Any

from panorama_guard.case.incident import Incident
from panorama_guard.case.member import REMEDIATION_ROLE, MemberState
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.fleet import note_member
from panorama_guard.service.inspect import inspect_message
from panorama_guard.service.inspector import Inspection, Inspector
from panorama_guard.service.job import Remediator
from panorama_guard.service.member_hands import MemberOperators, MemberRemediators
from panorama_guard.service.members import MemberInspectors
from panorama_guard.service.operate import operate
from panorama_guard.service.operator import Answer, Operator
from panorama_guard.service.settings import InMembers, Mode
from tests.builders import NOW, PROFILE, SERVICE_ROLE, snapshot_of
from tests.unit.service.accounts import MEMBER, Accounts, roll_of
from tests.unit.service.world import OPERATOR, World, event_on
from tests.url_events import url_event

NAME = SERVICE_ROLE.name
_PATH, _, _ROLE = REMEDIATION_ROLE.rpartition("/")


def there(snapshot: RoleSnapshot) -> RoleSnapshot:
    """Return a role as the member has it."""
    arn = snapshot.subject.arn.replace(snapshot.subject.account, MEMBER)
    subject = replace(snapshot.subject, account=MEMBER, arn=arn, unique_id="AROAMEMBERROLE0000001")
    return replace(snapshot, subject=subject)


class Organisation:
    """The hub, the member, and what each function works with; the member's stack makes both of its roles."""

    def __init__(self, mode: Mode = Mode.ENFORCE, in_members: InMembers = InMembers.REMEDIATE) -> None:
        """Make both accounts, with a healthy role of the same name in each."""
        self.hub, self.member, self.in_members = World(mode, is_hub=True), World(mode), in_members
        self.eyes, self.hands = Accounts({MEMBER: self.member}), Accounts({MEMBER: self.member}, what="written to")
        self.hub.roles.put(snapshot_of())
        self.member.roles.put(there(snapshot_of()))
        self.make_remediation_role()
        note_member(MEMBER, MemberState.READ, "", roll_of(self.hub), now=NOW)

    def make_remediation_role(self, path: str = f"/{_PATH}/") -> None:
        """Make the role as which the hub writes, under a path."""
        role = there(snapshot_of(path=path))
        self.member.roles.put(replace(role, subject=replace(role.subject, name=_ROLE)))

    @property
    def inspector(self) -> Inspector:
        """Return what `inspect` works with."""
        own, hub = self.hub.inspector, self.hub
        rest = (lambda _: self.member.rechecks, hub.members, roll_of(hub), self.in_members)
        return replace(own, members=MemberInspectors(own, self.eyes.reach, PROFILE, *rest))

    @property
    def remediator(self) -> Remediator:
        """Return what `remediate` works with."""
        own = self.hub.remediator
        rest = (PROFILE, lambda _: self.member.rechecks, self.in_members)
        return replace(own, members=MemberRemediators(own, self.hands.reach, *rest))

    @property
    def operator(self) -> Operator:
        """Return what `operate` works with."""
        own = self.hub.operator
        rest = (PROFILE, lambda _: self.member.rechecks, self.hub.members, self.in_members)
        return replace(own, elsewhere=MemberOperators(own, self.eyes.reach, *rest))

    def look(self, account: str, *, event_id: str = "event-1", by: str = "") -> Inspection:
        """Deliver the event of a call on the role in an account, by a role's session if one is named."""
        event: dict[str, Any] = {**event_on(NAME, event_id=event_id), "account": account}
        if by:
            event["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] = by
        return inspect_message(json.dumps(event), self.inspector, now=self.hub.now)

    def change(self, snapshot: RoleSnapshot, *, event_id: str = "event-1") -> Incident:
        """Change the member's role as somebody there does, deliver the event, and return its incident."""
        self.member.roles.put(there(snapshot))
        self.look(MEMBER, event_id=event_id)
        return self.incident

    def remediate(self) -> list[str]:
        """Deliver every order."""
        outcomes = []
        for waiting in (self.hub.remediations.orders, self.hub.remediations.renewals, self.hub.remediations.lifts):
            while waiting:
                outcomes.append(carry_out(waiting.pop(0), self.remediator, now=self.hub.now))
        return outcomes

    def operate(self, action: str, *, by: str = OPERATOR, **fields: object) -> Answer:
        """Send an operator's command."""
        return operate(url_event(by, {"action": action, **fields}), self.operator, now=self.hub.now)

    @property
    def incident(self) -> Incident:
        """Return the one incident of the member's role."""
        (incident,) = self.hub.ledger.read(MEMBER, NAME).incidents
        return incident

    @property
    def role(self) -> RoleSnapshot:
        """Return the member's role as it is."""
        return self.member.roles.roles[NAME.lower()]
