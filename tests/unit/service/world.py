"""The whole service on fakes, with the platform's part (queues, stream, events of our own writes) done by hand."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from panorama_guard.case.breaker import BreakerLimit
from panorama_guard.case.incident import Incident
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.profile import Profile
from panorama_guard.profile.posture import Posture
from panorama_guard.service.carry_out import carry_out
from panorama_guard.service.inspect import inspect_event, inspect_message
from panorama_guard.service.inspector import Inspection, Inspector
from panorama_guard.service.job import EFFORT, Effort, Remediator
from panorama_guard.service.notify import Notifier, notify
from panorama_guard.service.operate import operate
from panorama_guard.service.operator import Answer, Operator
from panorama_guard.service.settings import CustomerPolicies, Mode, Modes, OperatorLimits, Policy, SessionNames
from panorama_guard.service.summary import summarize
from panorama_guard.service.sweep import SweepResult, sweep
from panorama_guard.service.sweeper import Ground, Sweeper
from tests.builders import ACCOUNT, HOME_REGION, NOW, PROFILE
from tests.fakes import (
    Calls,
    CrashError,
    FakeAlerts,
    FakeCanary,
    FakeInspections,
    FakeLedger,
    FakeMembers,
    FakeRechecks,
    FakeRemediations,
    FakeReports,
    FakeResources,
    FakeRoles,
    FakeRules,
    FakeSubjects,
    FakeSummaries,
    FakeSweeps,
    FakeTopic,
)
from tests.url_events import url_event

OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/carol"
SECOND = f"arn:aws:sts::{ACCOUNT}:assumed-role/SecurityOfficer/dave"
ACTOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/alice"  # of the sample events
CANARY = "panorama-guard-CanaryRole-1"
OWN_ROLE = f"arn:aws:iam::{ACCOUNT}:role/panorama-guard-remediate"
EVENTS = Path(__file__).parents[3] / "events"


def sample(name: str) -> dict[str, Any]:
    """Return a sample event."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def event_on(role_name: str, *, event_id: str = "event-1") -> dict[str, Any]:
    """Return an event that names a role."""
    event = sample("PutRolePolicy")
    event["detail"] |= {"eventID": event_id, "requestParameters": {"roleName": role_name}}
    return event


def own_event_on(role_name: str, *, event_id: str) -> dict[str, Any]:
    """Return the event of a write that the guard made."""
    event = event_on(role_name, event_id=event_id)
    event["detail"]["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"] = OWN_ROLE
    return event


LIMITS = OperatorLimits(
    approval=timedelta(hours=1),
    waiver=timedelta(days=30),
    pause=timedelta(hours=1),
    names=SessionNames.PROVE_NOTHING,
    other_accounts=(),
)


@dataclass
class World:
    """One account with the guard in it."""

    mode: Mode = Mode.ENFORCE
    posture: Posture = Posture.ACTIVE
    profile: Profile = PROFILE
    now: str = NOW
    customer_policies: CustomerPolicies = CustomerPolicies.KEEP
    limits: OperatorLimits = LIMITS
    alerts_per_minute: int = 1000
    is_hub: bool = False
    calls: Calls = field(default_factory=Calls)
    waits: list[float] = field(default_factory=list)
    effort: Effort = EFFORT

    def __post_init__(self) -> None:
        """Make the fakes, all of which count their calls together."""
        self.roles, self.topic = FakeRoles(self.calls), FakeTopic(self.calls)
        self.ledger = FakeLedger(self.calls, ACCOUNT if self.is_hub else "")
        self.remediations, self.sweeps = FakeRemediations(self.calls), FakeSweeps(self.calls)
        self.inspections, self.rechecks = FakeInspections(self.calls), FakeRechecks(self.calls)
        self.resources, self.reports = FakeResources(self.calls), FakeReports(self.calls)
        self.canary, self.rules = FakeCanary(self.calls), FakeRules()
        self.held, self.summaries = FakeAlerts(self.calls), FakeSummaries(self.calls)
        self.members = FakeMembers(self.calls)

    @property
    def policy(self) -> Policy:
        """Return the settings."""
        breaker = BreakerLimit(3, timedelta(minutes=15))
        return Policy(self.profile, Modes(self.mode), self.posture, breaker, self.customer_policies)

    @property
    def inspector(self) -> Inspector:
        """Return what `inspect` works with."""
        return Inspector(
            self.policy,
            ACCOUNT,
            OWN_ROLE,
            self.roles,
            self.roles,
            self.ledger,
            self.remediations,
            self.sweeps,
            self.rechecks,
            self.resources,
            CANARY,
            HOME_REGION,
        )

    @property
    def remediator(self) -> Remediator:
        """Return what `remediate` works with."""
        roles, wait, writer = self.roles, self.waits.append, FakeSubjects(self.roles, self.resources)
        ledger, rechecks, resources = self.ledger, self.rechecks, self.resources
        return Remediator(
            self.policy, ACCOUNT, roles, roles, writer, ledger, rechecks, wait, resources, effort=self.effort
        )

    @property
    def operator(self) -> Operator:
        """Return what `operate` works with."""
        return Operator(
            self.policy,
            self.limits,
            ACCOUNT,
            (OWN_ROLE,),
            self.roles,
            self.ledger,
            self.remediations,
            self.rechecks,
            self.sweeps,
            self.resources,
            self.members,
            self.members if self.is_hub else None,
        )

    def operate(self, caller: str, action: str, **fields: object) -> Answer:
        """Send an operator's command, as somebody whom AWS has proved."""
        event = url_event(caller, {"action": action, **fields})
        return operate(event, self.operator, now=self.now)

    def inspect(self, event: object) -> Inspection:
        """Deliver one event."""
        return inspect_event(event, self.inspector, now=self.now)

    def change(self, snapshot: RoleSnapshot, *, event_id: str = "event-1") -> Inspection:
        """Change a role as somebody does, and deliver the event."""
        self.roles.put(snapshot)
        return self.inspect(event_on(snapshot.subject.name, event_id=event_id))

    def message(self, body: str) -> Inspection:
        """Deliver one message of the changes queue."""
        return inspect_message(body, self.inspector, now=self.now)

    def remediate(self) -> list[str]:
        """Deliver every order, and the events of what was written."""
        outcomes = []
        for waiting in (self.remediations.orders, self.remediations.lifts):
            while waiting:
                written = len(self.roles.writes)
                outcomes.append(carry_out(waiting[0], self.remediator, now=self.now))
                waiting.pop(0)
                for name, _ in self.roles.writes[written:]:
                    self.inspect(own_event_on(name, event_id=f"own-{written}"))
        return outcomes

    @property
    def notifier(self) -> Notifier:
        """Return what `notify` works with."""
        most = self.alerts_per_minute
        return Notifier(self.ledger, self.topic, self.held, self.summaries, most, lambda: self.now)

    def summarize(self) -> list[int]:
        """Deliver each request for a summary."""
        done = []
        while self.summaries.waiting:
            done.append(summarize(self.notifier))
            self.summaries.waiting.pop(0)
        return done

    def notify(self) -> list[str]:
        """Deliver the stream's records in their order."""
        done = []
        while self.ledger.stream:
            done.append(notify(self.ledger.stream[0], self.notifier))
            self.ledger.stream.pop(0)
        return done

    def sweep(self) -> SweepResult:
        """Sweep once."""
        return sweep(self.sweeper, now=self.now)

    @property
    def sweeper(self) -> Sweeper:
        """Return what `sweep` works with."""
        return Sweeper(
            Ground(self.profile, ACCOUNT, self.roles, self.ledger, self.inspections, self.resources),
            self.reports,
            self.canary,
            self.sweeps,
            self.rules,
        )

    @property
    def incidents(self) -> list[Incident]:
        """Return the current incidents of all roles."""
        return list(self.ledger.incidents.values())

    @property
    def incident(self) -> Incident:
        """Return the one incident that there is."""
        (incident,) = self.incidents
        return incident

    @property
    def subjects(self) -> list[str]:
        """Return the subjects of the alerts that were sent."""
        return [subject for subject, _, _ in self.topic.alerts]


def notifier_of(ledger: FakeLedger, topic: FakeTopic) -> Notifier:
    """Return what telling one by one needs."""
    return Notifier(ledger, topic, FakeAlerts(), FakeSummaries(), 1000, lambda: NOW)


def delivered(world: World, event: object) -> World:
    """Deliver an event, the orders that come of it and the alerts, each again until it is done, as queues do."""
    for deliver in (lambda: world.inspect(event), world.remediate, world.notify):
        _until_done(deliver)
    return world


def _until_done(deliver: Any) -> None:
    for _ in range(3):
        try:
            deliver()
        except CrashError:
            continue
        return


def recreated(snapshot: RoleSnapshot, role_id: str) -> RoleSnapshot:
    """Return the role as it is after it was deleted and made again."""
    return replace(snapshot, subject=replace(snapshot.subject, unique_id=role_id))
