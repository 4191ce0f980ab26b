"""The story of one cause on one subject, from its detection to its end."""

from enum import Enum

from panorama_guard.case.approval import Approval
from panorama_guard.case.breaker import Breaker
from panorama_guard.case.change import Change
from panorama_guard.case.finding import NO_REACH, Kind, Reach, Severity
from panorama_guard.case.let_in import NOBODY, LetIn
from panorama_guard.case.severities import When, override
from panorama_guard.case.snapshot import Subject, digest
from panorama_guard.policy.record import record, replace


class State(Enum):
    """Where an incident stands. Only a clean re-read leads to CONTAINED or RESOLVED."""

    DETECTED = "DETECTED"
    NEEDS_APPROVAL = "NEEDS APPROVAL"
    CONTAINED = "CONTAINED"
    NOT_FIXED = "NOT FIXED"
    OBSERVED = "OBSERVED"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"


CLOUDFORMATION = "cloudformation.amazonaws.com"
PENDING = frozenset({State.DETECTED, State.REOPENED})  # a remediation is on its way; its outcome is what is told
CLOSED = frozenset({State.CONTAINED, State.RESOLVED})


@record
class Cause:
    """The call after which the finding was seen: who, what, when. Where none is known, the event id is empty.

    Every field but `event_time` may hold text that an attacker chose.
    """

    event_id: str
    event_source: str
    event_name: str
    event_time: str
    region: str
    actor: str
    session_issuer: str
    source_address: str
    user_agent: str
    mfa: str
    invoked_by: str

    @classmethod
    def of(cls, change: Change) -> "Cause":
        """Return what an incident keeps of the call that led to it."""
        actor = change.actor
        return cls(
            change.event_id,
            change.event_source,
            change.event_name,
            change.event_time,
            change.region,
            actor.name,
            actor.session_issuer_arn,
            actor.source_ip,
            actor.user_agent,
            actor.mfa.value,
            actor.invoked_by,
        )

    @classmethod
    def unnamed(cls, what: str, at: str) -> "Cause":
        """Return the cause of a finding that no event announced: it was come upon, by a sweep or a re-check."""
        return cls("", "panorama-guard", what, at, "", f"unknown (found by a {what})", "", "", "", "", "")

    @property
    def through(self) -> str:
        """Return by what means the call was made, as far as CloudTrail tells; it never names CloudFormation's stack."""
        if self.invoked_by:
            return self.invoked_by
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
        if self.session_issuer and self.actor.endswith("/AWSCloudFormation"):
            return CLOUDFORMATION
        return "Terraform, by its own word" if "terraform" in self.user_agent.lower() else ""

    @property
    def by_whom(self) -> str:
        """Return who made the call, and by what means."""
        return f"{self.actor} through {self.through}" if self.through else self.actor

    @property
    def is_named(self) -> bool:
        """Say whether a call is on record."""
        return bool(self.event_id)


@record
class Suspect:
    """Somebody whose call may have led to an incident, by the fields of that call's Cause."""

    actor: str
    session_issuer: str


@record
class Evidence:
    """What proves the finding: a request to replay and the statement that grants it, or the reason of a doubt.

    `document` is the hash of what was read to be so: the finding may reach further behind the same request. `reach`
    says how far, `principal` who makes the request where a resource lets somebody in.
    """

    action: str
    resource: str
    context: tuple[tuple[str, tuple[str, ...]], ...]
    statement: str
    reason: str
    document: str = ""
    reach: Reach = NO_REACH
    principal: str = ""


@record
class Remedy:
    """What was done about an incident, or would be done: the steps, the proof in one line, and how to take it back.

    `plan` is the hash of the steps, by which they are approved, `rung` their kind; empty without steps. `notes` say
    what else there is to know. A remedy that `needs_approval` is in no mode carried out without an operator's word.
    """

    steps: tuple[str, ...] = ()
    proof: str = ""
    undo: tuple[str, ...] = ()
    carried_out: bool = False
    plan: str = ""
    notes: tuple[str, ...] = ()
    needs_approval: bool = False
    rung: str = ""


NO_REMEDY = Remedy()


@record
class Incident:
    """One cause, one incident. `revision` counts writes, `transition` what is worth telling.

    `attempt` counts every order that went out, `failures` those that failed since one last succeeded, the last of them
    at `failed_at`. `fingerprint` is of the role as it was when last seen to escape, or empty where that is no reason to
    wait for it to change. `seen_at` is when the finding was first seen since it was last gone, `reopenings` the last
    times at which it came back. `in_place` is what of the guard's own was said to stand on the role when the breaker
    opened. `suspects` are all who may have led to it, as that came to light: `cause` is the last call, perhaps another
    one's. `let_in` is of a repaired trust, in state CONTAINED; while that is doubted, or open again, it says who was.
    """

    id: str
    subject: Subject
    kind: Kind
    source: str
    severity: Severity
    state: State
    cause: Cause
    evidence: Evidence
    remedy: Remedy
    reason: str
    fingerprint: str
    opened_at: str
    seen_at: str
    updated_at: str
    attempt: int = 0
    revision: int = 0
    transition: int = 0
    failures: int = 0
    failed_at: str = ""
    reopenings: tuple[str, ...] = ()
    breaker: Breaker = Breaker.CLOSED
    approval: tuple[Approval, ...] = ()
    in_place: tuple[str, ...] = ()
    suspects: tuple[Suspect, ...] = ()
    let_in: LetIn = NOBODY

    @property
    def account(self) -> str:
        """Return the account of the role."""
        return self.subject.account

    @property
    def role_name(self) -> str:
        """Return the name of the role."""
        return self.subject.name

    @property
    def slot(self) -> str:
        """Return the name of the one place in the ledger that incidents of this cause share."""
        return slot_of(self.subject.unique_id, self.kind, self.source)

    @property
    def waits_for_somebody(self) -> bool:
        """Say whether an attempt ended with nothing that the guard may do by itself: no plan, or a last resort."""
        if self.state is State.NEEDS_APPROVAL:
            return self.remedy.needs_approval
        return self.state is State.NOT_FIXED and not self.remedy.steps

    @property
    def is_open(self) -> bool:
        """Say whether the escape, or the doubt, may still stand."""
        return self.state not in CLOSED

    def moved(
        self, state: State, *, now: str, reason: str, remedy: Remedy = NO_REMEDY, let_in: LetIn | None = None
    ) -> "Incident":
        """Return this incident in another state, one transition on. What the guard cannot fix is critical."""
        kept = self.remedy if remedy == NO_REMEDY else remedy
        failures = self._failures_in(state)
        return replace(
            self,
            state=state,
            severity=override(When.UNSOLVED) if _is_open_and_unsolved(state, kept) else self.severity,
            reason=reason,
            remedy=kept,
            updated_at=now,
            revision=self.revision + 1,
            transition=self.transition + 1,
            failures=failures,
            failed_at=now if failures > self.failures else self.failed_at,
            let_in=let_in or (NOBODY if state in CLOSED else LetIn(self.let_in.who)),
        )

    def _failures_in(self, state: State) -> int:
        if state in CLOSED:
            return 0
        return self.failures + (self.state in PENDING and state in (State.NOT_FIXED, State.NEEDS_APPROVAL))


def _is_open_and_unsolved(state: State, remedy: Remedy) -> bool:
    return state is State.NOT_FIXED or (state is State.NEEDS_APPROVAL and remedy.needs_approval)


def slot_of(unique_id: str, kind: Kind, source: str) -> str:
    """Return the key of one cause on one subject, of a bounded length whatever the source is called."""
    # The whole hash: of a part of it an attacker finds two names that have it, and one would pass for the other.
    return f"{unique_id}#{kind.value}#{digest(source)}"


def incident_id(slot: str, opening: str, at: str, revision: int) -> str:
    """Return the id of the incident that `opening`, an event id or a snapshot's fingerprint, opened in a slot.

    `revision` is where the slot stood: an escape that comes back as it was is another incident, with orders, backups,
    and alerts of its own. Once a slot's incident is archived it begins anew, and the time tells them apart. The same
    event delivered twice still opens one: only the first of two writes to an empty slot is taken.
    """
    return "inc-" + digest(f"{slot}#{opening}#{at}#{revision}")[:16]
