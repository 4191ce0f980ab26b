"""One attacker at one role, and what has to be true of that role whatever he did: contained, or told as not fixed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from panorama_guard.case.finding import Finding, Kind
from panorama_guard.case.incident import PENDING, Incident, State
from panorama_guard.case.snapshot import InlinePolicy, ManagedPolicy, RoleSnapshot, Subject
from panorama_guard.containment import Contained
from panorama_guard.containment.check import check
from panorama_guard.judging.role import judge_role
from panorama_guard.judging.standard import standard_of
from panorama_guard.planning.names import CONTAINMENT_PREFIX, REVOCATION
from panorama_guard.profile.posture import Posture
from tests.builders import MEMORY, PROFILE
from tests.stack.account import Account, grant_of
from tests.stack.messages import Message

# Attacks by their names: those by which the attacker himself takes from the role what it should have, and those that
# may end as NOT FIXED, because the breaker is open, or the re-check after the last attempt is not due yet.
TAKES_AWAY = frozenset({"deleted and created again", "a split escape"})
MAY_END_OPEN = frozenset({"fast re-adding", "our Deny deleted at once"})
IS_TOLD_OPEN = frozenset({State.NOT_FIXED, State.NEEDS_APPROVAL, State.OBSERVED})


@dataclass(frozen=True, slots=True)
class Siege:
    """An attacker at work: in which account, at which role, and for how long IAM's reads lag behind its writes."""

    account: Account
    role: str
    lag: float = 0.0

    @property
    def iam(self) -> Any:
        """Return the attacker's client."""
        return self.account.mallory

    @property
    def role_id(self) -> str:
        """Return the role's unique id."""
        return str(self.account.iam.get_role(RoleName=self.role)["Role"]["RoleId"])

    def rounds(self, seconds: float, pause: float) -> Iterator[int]:
        """Yield the number of each round, until the time is over."""
        end, number = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            yield number
            number += 1
            time.sleep(pause)

    def take_away(self, name: str) -> bool:
        """Delete an inline policy if it is there, whatever a lagging read says of that."""
        try:
            self.iam.delete_role_policy(RoleName=self.role, PolicyName=name)
        except self.iam.exceptions.NoSuchEntityException:
            return False
        return True

    def take_all_away(self) -> None:
        """Delete what reads show of the guard's own."""
        for name in self.iam.list_role_policies(RoleName=self.role)["PolicyNames"]:
            if name.startswith(CONTAINMENT_PREFIX):
                self.take_away(name)
        if "PermissionsBoundary" in self.iam.get_role(RoleName=self.role)["Role"]:
            self.iam.delete_role_permissions_boundary(RoleName=self.role)


def live_findings(account: Account, role: str) -> tuple[Finding, ...]:
    """Return what the engine finds on a role as IAM holds it, read here, remembered by nobody."""
    record, profile = account.record(role), PROFILE.role_named(role)
    assert profile is not None
    snapshot = RoleSnapshot(
        Subject(account.id, record.arn, role, ""),
        profile.paths[0],
        record.trust,
        tuple(InlinePolicy(*each) for each in record.inline),
        tuple(ManagedPolicy(arn, "", text) for arn, text in record.attached),
        tuple(ManagedPolicy(arn, "", text) for arn, text in record.boundary),
    )
    return judge_role(snapshot, standard_of(profile, Posture.ACTIVE), MEMORY).findings


def why_untrue(account: Account, role: str, alerts: list[Message]) -> str:
    """Return what is not as it must be once the attacker rests, or an empty text.

    What escapes has an open incident; what is called contained does not escape; and whatever stands on record, its last
    state was told.
    """
    findings = live_findings(account, role)
    incidents = account.incidents(role)
    standing = {(one.kind, one.source): one for one in incidents if one.state in IS_TOLD_OPEN}
    unheard = [one.source for one in findings if (one.kind, one.source) not in standing]
    if unheard:
        return f"escapes, and no incident says so: {unheard}"
    causes = {(one.kind, one.source) for one in findings}
    wrong = [one.source for one in incidents if one.state is State.CONTAINED and (one.kind, one.source) in causes]
    if wrong:
        return f"called contained, and escapes: {wrong}"
    return _why_untold(incidents, alerts)


def _why_untold(incidents: tuple[Incident, ...], alerts: list[Message]) -> str:
    if not incidents:
        return "nothing is on record"
    last = {str(alert.body.get("incident")): alert.body["state"] for alert in alerts if "incident" in alert.body}
    for incident in incidents:
        if incident.state in PENDING or last.get(incident.id) != incident.state.value:
            return f"{incident.source} is {incident.state.value}, and was told as {last.get(incident.id)}"
    return ""


def has_ended(account: Account, role: str) -> bool:
    """Say whether nothing escapes any more, as far as the role is understood, and that is what is on record."""
    is_over = {finding.kind for finding in live_findings(account, role)} <= {Kind.UNDECIDED}
    return is_over and states_of(account, role) <= {State.CONTAINED, State.RESOLVED, State.OBSERVED}


def hold_outcome(account: Account, role: str, alerts: list[Message], name: str) -> None:
    """Assert that all is as it must be after an attack, that the guard took nothing, and ended what it can."""
    assert why_untrue(account, role, alerts) == ""
    assert name in MAY_END_OPEN or has_ended(account, role)
    is_doubtful = Kind.UNDECIDED in [finding.kind for finding in live_findings(account, role)]
    assert is_doubtful or name in TAKES_AWAY or keeps_all(account, role)


def keeps_all(account: Account, role: str) -> bool:
    """Say whether the role may do all that it may as AWS makes it; sessions from before a repair do not count."""
    live = account.record(role)
    lasting = replace(live, inline=tuple(each for each in live.inline if each[0] != REVOCATION))
    return check(grant_of(account.healthy(role)), grant_of(lasting)) == Contained()


def states_of(account: Account, role: str) -> set[State]:
    """Return how the incidents of a role stand."""
    return {incident.state for incident in account.incidents(role)}
