"""Thousands of events on a stack whose AWS throttles and whose workers die: a mix that no role may come out of worse.

Nothing is posted faster than it is handled, so that the throughput is the stack's own.
"""

import json
import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from panorama_guard.case.finding import Kind
from panorama_guard.case.incident import PENDING, Incident
from panorama_guard.containment import Contained, Grant
from panorama_guard.containment.check import check
from panorama_guard.judging.standard import Standard, standard_of
from panorama_guard.judging.trust import read_trust
from panorama_guard.profile.posture import Posture
from tests.builders import ADMINISTRATOR_ARN, IN_PATTERN, PROFILE, allow, policy, trusting
from tests.stack.account import Account, grant_of
from tests.stack.cornering import QUEUES_ARN
from tests.stack.faulty import put_faults
from tests.stack.roles import RoleRecord
from tests.stack.test_delivery import EVENTS, event_of

BATCH = 20
BACKLOG = 40  # messages that may wait before more is posted
PATIENCE_SECONDS = 180.0
THROTTLED, KILLED = 0.1, 0.0005  # the share of attempts at a call that meet it; the second, once before and once after
STRANGER = trusting({"AWS": "arn:aws:iam::999999999999:root"})
OWNED = PROFILE.roles[0].name  # gets AdministratorAccess, whose containment holds for whatever escapes after it
GUARD_S = ("panorama-guard-", ":policy/panorama-guard/")
Source = tuple[str, Kind, str]  # a cause: role, kind, and what it comes through


# One of each service: the containment of one holds for whatever else escapes in the same service.
ESCAPING = {
    "buckets": policy(allow("s3:*", "arn:aws:s3:::payroll/*")),
    "tables": policy(allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/payroll")),
    "streams": policy(allow("kinesis:*", "arn:aws:kinesis:*:*:stream/payroll")),
    "keys": policy(allow("kms:Decrypt", "arn:aws:kms:*:*:key/*")),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a storm."""

    events: Counter[str]
    faults: dict[str, int]
    seconds: float
    causes: int
    incidents: int
    alerts: int
    complaints: tuple[str, ...]

    def __str__(self) -> str:
        """Return the result in a line."""
        count = self.events.total()
        kinds = ", ".join(f"{number} {kind}" for kind, number in self.events.most_common())
        met = ", ".join(f"{number} {fault}" for fault, number in self.faults.items())
        return (
            f"{count} events ({kinds}) in {self.seconds:.0f} s, {count / self.seconds:.1f} a second; {met}; "
            f"{self.causes} causes, {self.incidents} incidents, {self.alerts} alerts, {self.events['broken']} broken, "
            f"{len(self.complaints)} of the claims do not hold"
        )


@dataclass
class Storm:
    """What has been sent so far, and what has to come of it."""

    account: Account
    source: random.Random
    sent: Counter[str] = field(default_factory=Counter)
    posted: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    late: list[dict[str, Any]] = field(default_factory=list)
    malformed: list[str] = field(default_factory=list)
    causes: set[Source] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """Return how many events there were."""
        return self.sent.total()

    def role(self) -> str:
        """Return one of the guarded roles."""
        return self.source.choice(PROFILE.roles).name

    # --- what happens ---

    def harmless_event(self) -> None:
        """Tell of a call that changed nothing that matters."""
        file = self.source.choice(["TagRole.json", "UpdateRole.json", "PutRolePolicy-inside-the-pattern.json"])
        self._post(event_of(self.account, file, roleName=self.role(), policyName="fine", policyDocument=IN_PATTERN))

    def harmless_change(self) -> None:
        """Make a call that is inside the pattern."""
        role, mallory = self.role(), self.account.mallory
        if self.source.random() < 0.5:
            mallory.put_role_policy(RoleName=role, PolicyName="fine", PolicyDocument=IN_PATTERN)
        else:
            mallory.tag_role(RoleName=role, Tags=[{"Key": "line", "Value": str(self.count)}])

    def escape(self) -> None:
        """Make a call by which permission escapes: for the first time, or once more."""
        self._escape()

    def lost(self) -> None:
        """Escape, and lose the event."""
        with self.account.events_lost():
            self._escape()

    def belated(self) -> None:
        """Escape, and hear of it at the end."""
        with self.account.events_lost():
            role, name = self._put_inline()
        event = event_of(self.account, "PutRolePolicy.json", roleName=role, policyName=name)
        self.late.append(event)

    def duplicate(self) -> None:
        """Tell again what was told before."""
        self.waiting.append(self.source.choice(self.posted) if self.posted else self._fresh())

    def failed(self) -> None:
        """Tell of a call that AWS refused."""
        file = self.source.choice(sorted((EVENTS / "failed").iterdir()))
        self._post(event_of(self.account, f"failed/{file.name}"))

    def unreadable(self) -> None:
        """Tell of a call whose parameters CloudTrail left out: a sweep is asked for."""
        self._post(event_of(self.account, "unreadable/parameters-omitted-for-size.json"))

    def broken(self) -> None:
        """Send what is no event to the queue itself."""
        event = self._fresh()
        del event["detail"][self.source.choice(["eventName", "eventTime", "eventID"])]
        body = self.source.choice([f"no JSON {self.count}", f'["{self.count}"]', json.dumps(event)])
        self.malformed.append(body)
        self.account.sqs.send_message(QueueUrl=self.account.resource("ChangesQueue"), MessageBody=body)

    def _fresh(self) -> dict[str, Any]:
        return event_of(self.account, "TagRole.json", roleName=self.role())

    def _post(self, event: dict[str, Any]) -> None:
        event["id"] = str(uuid.uuid4())
        self.waiting.append(event)
        self.posted.append(event)

    def _escape(self) -> None:
        act = self.source.choice([self._put_inline, self._put_inline, self._attach, self._open_trust])
        act()

    def _put_inline(self) -> tuple[str, str]:
        role, name = self.role(), self.source.choice(list(ESCAPING))
        self.account.mallory.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=ESCAPING[name])
        self.causes.add((role, Kind.PERMISSION_ESCAPE, name))
        return role, name

    def _attach(self) -> None:
        role, arn = self.source.choice([(OWNED, ADMINISTRATOR_ARN), (self.role(), QUEUES_ARN)])
        self.account.mallory.attach_role_policy(RoleName=role, PolicyArn=arn)
        self.causes.add((role, Kind.PERMISSION_ESCAPE, arn))

    def _open_trust(self) -> None:
        """Let a stranger in, once: whoever goes on, meets the breaker."""
        role = self.role()
        if role in self.opened:
            return
        self.opened.add(role)
        trust = json.loads(self.account.record(role).trust)
        trust["Statement"].append(STRANGER)
        self.account.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=json.dumps(trust))
        self.causes.add((role, Kind.TRUST_ESCAPE, "trust policy"))

    # --- in which order ---

    def go_on(self, events: int) -> None:
        """Let so many events happen, in an order of its own."""
        weights = {
            self.harmless_event: 52,
            self.harmless_change: 10,
            self.escape: 8,
            self.duplicate: 18,
            self.failed: 5,
            self.broken: 4,
            self.unreadable: 1,
            self.belated: 1,
            self.lost: 1,
        }
        acts: list[Callable[[], None]] = list(weights)
        while self.count < events:
            for act in self.source.choices(acts, list(weights.values()), k=min(BATCH, events - self.count)):
                act()
                self.sent[act.__name__.replace("_", " ")] += 1
            self._tell()
            self._let_catch_up()

    def _tell(self) -> None:
        self.source.shuffle(self.waiting)
        if self.waiting:
            self.account.post(*self.waiting)
        self.waiting.clear()

    def _let_catch_up(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while self.account.stack.idle()["due"] > BACKLOG:
            if time.monotonic() > end:
                message = f"the stack does not catch up: {self.account.stack.idle()}"
                raise TimeoutError(message)
            time.sleep(0.05)

    def end(self) -> None:
        """Tell what is late, have everything swept, and wait until nothing is left to happen."""
        self.waiting += self.late
        self._tell()
        self.account.ask_for_sweep()
        self._rest()
        while self.account.stack.hurry():
            self._rest()

    def _rest(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.account.stack.idle()["idle"]:
            if time.monotonic() > end:
                message = f"the stack does not come to rest: {self.account.stack.idle()}"
                raise TimeoutError(message)
            time.sleep(0.05)


def rage(account: Account, events: int, seed: int) -> Result:
    """Let so many events happen while calls are throttled and workers killed, and judge what is left."""
    before = {role.name: account.record(role.name) for role in PROFILE.roles}
    account.recheck()
    account.alerts()
    storm = Storm(account, random.Random(seed))  # noqa: S311 - chance, not secrets
    put_faults(account.stack, _rules(seed))
    started = time.monotonic()
    try:
        storm.go_on(events)
        storm.end()
        met = {rule["fault"]: rule["hits"] for rule in account.stack.call("GET", "/_local/faults")[1]["rules"]}
    finally:
        put_faults(account.stack)
    seconds = time.monotonic() - started
    alerts = account.alerts()
    told = Counter(str(alert.body.get("incident", "")) for alert in alerts if not alert.alarm)
    complaints = (
        *_judge_roles(account, before),
        *_judge_incidents(account, storm, told),
        *_judge_letters(account, storm),
    )
    return Result(
        storm.sent, met, seconds, len(storm.causes), len(_incidents(account)), told.total(), tuple(complaints)
    )


def _rules(seed: int) -> Iterator[dict[str, Any]]:
    for number, (fault, chance) in enumerate(
        (("throttled", THROTTLED), ("killed before", KILLED), ("killed after", KILLED))
    ):
        yield {"fault": fault, "chance": chance, "times": None, "seed": seed * 10 + number}


def _incidents(account: Account) -> list[Incident]:
    """Return every incident, in the history or not: of many that are over the ledger puts the oldest away."""
    names = [role.name for role in PROFILE.roles]
    kept = [one for name in names for one in (*account.history(name), *account.incidents(name))]
    return list({one.id: one for one in kept}.values())


def _judge_roles(account: Account, before: dict[str, RoleRecord]) -> Iterator[str]:
    """Yield what the engine says against the roles as they are."""
    for role in PROFILE.roles:
        standard, now = standard_of(role, Posture.ACTIVE), account.record(role.name)
        if check(grant_of(now), standard.permissions) != Contained():
            yield f"{role.name}: permission is outside the ceiling"
        if check(read_trust(now.trust), standard.trust) != Contained():
            yield f"{role.name}: the trust is outside the profile"
        for name, meant in (("before", before[role.name]), ("without the guard", _without_guard(now))):
            if not _keeps(meant, now, standard):
                yield f"{role.name}: of what is granted {name} something inside the ceiling is lost"


def _without_guard(role: RoleRecord) -> RoleRecord:
    inline = tuple(one for one in role.inline if not one[0].startswith(GUARD_S[0]))
    boundary = tuple(one for one in role.boundary if GUARD_S[1] not in one[0])
    return RoleRecord(role.arn, role.trust, role.description, inline, role.attached, boundary, role.tags)


def _keeps(meant: RoleRecord, now: RoleRecord, standard: Standard) -> bool:
    """Say whether what a role was granted inside its ceiling it is granted; that sessions are ended takes nothing."""
    was = grant_of(meant)
    lasting = tuple(one for one in now.inline if one[0] != f"{GUARD_S[0]}older-sessions")
    without = RoleRecord(now.arn, now.trust, now.description, lasting, now.attached, now.boundary, now.tags)
    inside = Grant(was.policies, (*was.boundaries, standard.permissions.policies))
    return check(inside, grant_of(without)) == Contained()


def _judge_incidents(account: Account, storm: Storm, told: Counter[str]) -> Iterator[str]:
    """Yield where it is not one incident for each cause, at an end, and told."""
    found = _incidents(account)
    causes = {(one.role_name, one.kind, one.source) for one in found}
    held = {one for one in storm.causes if one[0] == OWNED and one[1] is Kind.PERMISSION_ESCAPE}
    yield from (f"no incident: {cause}" for cause in sorted(storm.causes - held - causes, key=str))
    slots = Counter(one.slot for one in found)
    for one in (again for again in found if slots[again.slot] > 1):
        yield f"two incidents of one cause: {one.id} of {one.role_name}, {one.source}: {one.state.value}, {one.reason}"
    yield from (f"nobody did this: {cause}" for cause in sorted(causes - storm.causes, key=str))
    yield from (f"{one.id} is still {one.state.value}" for one in found if one.state in PENDING)
    yield from (f"{one.id} was never told" for one in found if not told[one.id])
    others = set(told) - {one.id for one in found} - {""}
    yield from (f"an alert of an incident that is not on record: {one}" for one in sorted(others))


def _judge_letters(account: Account, storm: Storm) -> Iterator[str]:
    """Yield what is a dead letter and well-formed, and what is neither a dead letter nor handled."""
    letters, broken = Counter(account.dead_letters()), Counter(storm.malformed)
    yield from (f"a dead letter that is not malformed: {body[:200]}" for body in letters - broken)
    yield from (f"malformed, and no dead letter: {body[:200]}" for body in broken - letters)
