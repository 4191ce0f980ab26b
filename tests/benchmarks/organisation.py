"""How long a sweep of an organisation takes, and what it costs: a simulation call by call, with limits that throttle.

python -m tests.benchmarks.organisation [ACCOUNTS]     prints the tables of docs/scale.md

What is counted is what the code does, and how the queues are set what the template says (tests compare both); what is
assumed stands in `Limits` and `Organisation`.
"""

import heapq
import math
import random
import sys
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from panorama_guard.aws.members import MOST_OPEN

# Calls of AWS, measured by tests/functions/test_scale.py, for roles that have one managed policy each.
LISTS: Final = 82  # of a member's sweep, in the member: the lists of every type
KEPT: Final = 5  # of it, in the hub's ledger, beside one for each role: what is on record, and that it was swept
OWN_MORE: Final = 3  # that a sweep of the hub's own account makes beside: its rules, the report, the canary
# What a look reads: at a role, and around it; one more where the role was found and is on record; and at what the
# profile names and is not there.
OF_A_ROLE, AROUND_A_ROLE, TO_FIND_IT, OF_THE_ABSENT = 6, 7, 1, 3
NAMED, ABSENT = 6, 2
BATCH: Final = 10
LEDGER_OF_A_LOOK: Final = 1  # of a look's calls that one goes to the ledger in the hub
ATTEMPTS, FIRST_PAUSE = 3, 0.5  # of a client, and the seconds before the second one, doubled each time
DAYS, GIGABYTE = 30, 1024.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the two queues, as the template has it: how often it delivers a message, and after how many seconds again.

    `memory` is that of the function that it wakes, in MB.
    """

    name: str
    receives: int
    visibility: float
    memory: int


LISTING = Stage("MembersQueue", 5, 1_800.0, 256)
LOOKING = Stage("LooksQueue", 5, 360.0, 1_769)


def asked(roles: int) -> int:
    """Return for how many looks the sweep of an account asks."""
    return 2 * roles + ABSENT


def sent(roles: int) -> int:
    """Return in how many calls: those of the roles' stretch are sent apart from the others."""
    return math.ceil(asked(roles) / BATCH) + 1


def hub_calls(roles: int) -> int:
    """Return the calls of a member's sweep that are made in the hub: the ledger's, and the messages."""
    return KEPT + roles + sent(roles)


def sweep_calls(roles: int) -> int:
    """Return the calls of a member's sweep itself: lists, one look at each role's record, the messages in batches."""
    return LISTS + hub_calls(roles)


def look_calls(roles: int) -> list[int]:
    """Return the calls of each look that it asks for."""
    more = [0 if number < NAMED else TO_FIND_IT for number in range(roles)]
    return [calls + one for calls in (OF_A_ROLE, AROUND_A_ROLE) for one in more] + [OF_THE_ABSENT] * ABSENT


def account_calls(roles: int) -> int:
    """Return all calls of a quiet sweep of one member, the roles to assume left out."""
    return sweep_calls(roles) + sum(look_calls(roles))


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls a second, above which AWS throttles; a bucket holds as many as a second gives.

    STS and DynamoDB as AWS publishes them (to be verified); of IAM nothing is published: what is assumed is small.
    """

    sts: float = 600.0  # of the hub, for all members: the caller's account is counted
    ledger: float = 4_000.0  # of a new table on demand: strongly consistent reads count twice, and there are 12,000
    account: float = 20.0  # of IAM and the others in one member account


@dataclass(frozen=True, slots=True)
class Organisation:
    """What is swept, by how many workers of each queue, and how long things take, in seconds."""

    accounts: int = 5_000
    roles: int = 12
    unreachable: float = 0.1
    workers: int = 20
    call: float = 0.03
    start: float = 0.02
    session: float = 3_600.0  # for which an assumed role is good
    window: float = 60.0  # SweepWindowSeconds, by which MembersQueue delays each message
    seed: int = 0


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time."""

    rate: float
    tokens: float = field(init=False)
    at: float = 0.0

    def __post_init__(self) -> None:
        """Begin full."""
        self.tokens = self.rate

    def take(self, now: float) -> bool:
        """Say whether there was a token."""
        self.tokens, self.at = min(self.rate, self.tokens + (now - self.at) * self.rate), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Message:
    """One account to list, or one subject to look at: its calls, those of them in the hub, and how many are left."""

    account: int
    calls: int
    of_the_hub: int
    sent: float
    left: int = 0
    receives: int = 0
    failures: int = 0


@dataclass(slots=True)
class Queue:
    """A FIFO queue in groups by account: the first message of a group that is in nobody's hands is the next."""

    stage: Stage
    groups: dict[int, deque[tuple[int, Message]]] = field(default_factory=dict)
    heads: list[tuple[int, int]] = field(default_factory=list)  # of groups that nobody has: number and account
    idle: list[int] = field(default_factory=list)  # workers without work
    number: int = 0

    def send(self, message: Message) -> None:
        """Take a message; it is the head of its group where there is no other."""
        self.number += 1
        group = self.groups.setdefault(message.account, deque())
        group.append((self.number, message))
        if len(group) == 1:
            heapq.heappush(self.heads, (self.number, message.account))

    def receive(self) -> Message | None:
        """Return the next message, whose group is then in somebody's hands."""
        return self.groups[heapq.heappop(self.heads)[1]][0][1] if self.heads else None

    def release(self, account: int) -> None:
        """Let the group's first message be received, once more or for the first time."""
        if group := self.groups[account]:
            heapq.heappush(self.heads, (group[0][0], account))

    def delete(self, account: int) -> None:
        """Delete the group's first message, which is handled."""
        self.groups[account].popleft()
        self.release(account)


@dataclass(slots=True)
class Outcome:
    """What came of it; `busy` has for each queue how long its workers had something in hands."""

    swept: int = 0
    reported: int = 0
    dead: int = 0
    seconds: float = 0.0
    oldest: float = 0.0
    calls: int = 0
    assumed: int = 0
    busy: Counter[str] = field(default_factory=Counter)
    messages: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    peak: int = 0


@dataclass(slots=True)
class Worker:
    """One execution environment: what it is fed from, and until when the sessions of its last accounts are good."""

    queue: Queue
    sessions: OrderedDict[int, float] = field(default_factory=OrderedDict)

    def has_session(self, account: int, now: float) -> bool:
        """Say whether it is a role of the account already."""
        return self.sessions.get(account, -1.0) >= now

    def keep(self, account: int, until: float) -> None:
        """Keep a session, and forget the one that was used longest ago."""
        self.sessions[account] = until
        if len(self.sessions) > MOST_OPEN:
            self.sessions.popitem(last=False)


class Sweep:
    """One sweep of an organisation, from the messages of the fan-out to the last look."""

    def __init__(self, organisation: Organisation, limits: Limits) -> None:
        """Send a message for each account."""
        self.of, self.limits, self.outcome = organisation, limits, Outcome()
        self._chance = random.Random(organisation.seed)  # noqa: S311 - no secret
        number = round(organisation.accounts * organisation.unreachable)
        self._unreachable = set(self._chance.sample(range(organisation.accounts), number))
        self._lists, self._looks = Queue(LISTING), Queue(LOOKING)
        self._workers = [Worker(queue) for queue in (self._lists, self._looks) for _ in range(organisation.workers)]
        # What happens when: a worker goes on with a message or takes one, or a group of a queue is released.
        self._events: list[tuple[float, int, int, Message | None]] = []
        self._number = 0
        self._open = Counter(dict.fromkeys(range(organisation.accounts), 1))
        self._buckets = {"sts": Bucket(limits.sts), "ledger": Bucket(limits.ledger)}
        self._of_account: dict[int, Bucket] = {}
        self._in_second: Counter[int] = Counter()
        hub, calls = hub_calls(organisation.roles), sweep_calls(organisation.roles)
        for account in range(organisation.accounts):
            self._lists.send(Message(account, calls, hub, organisation.window))
        for worker in range(len(self._workers)):
            self._at(organisation.window, worker, None)

    def run(self) -> Outcome:
        """Return what came of it, once every message is handled."""
        while self._events:
            now, _, worker, message = heapq.heappop(self._events)
            if worker < 0 and message is not None:
                queue = (self._lists, self._looks)[worker]
                queue.release(message.account)
                self._wake(queue, now)
            elif message is None:
                self._begin(worker, now)
            else:
                self._step(worker, message, now)
        self.outcome.peak = max(self._in_second.values(), default=0)
        return self.outcome

    def _at(self, when: float, worker: int, message: Message | None) -> None:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, worker, message))

    def _wake(self, queue: Queue, now: float) -> None:
        while queue.idle:
            self._at(now, queue.idle.pop(), None)

    def _begin(self, worker: int, now: float) -> None:
        """Let a worker take the next message."""
        queue = self._workers[worker].queue
        message = queue.receive()
        if message is None:
            queue.idle.append(worker)
            return
        message.left, message.failures = message.calls, 0
        message.receives += 1
        self.outcome.oldest = max(self.outcome.oldest, now - message.sent)
        self.outcome.messages[queue.stage.name] += 1
        self._spend(worker, self.of.start)
        self._at(now + self.of.start, worker, message)

    def _spend(self, worker: int, seconds: float) -> None:
        self.outcome.busy[self._workers[worker].queue.stage.name] += seconds  # type: ignore[assignment]

    def _step(self, worker: int, message: Message, now: float) -> None:
        """Make the next call of a message, or be throttled, or be done."""
        if message.left == 0:
            self._finish(worker, message, now)
            return
        is_new = not self._workers[worker].has_session(message.account, now)
        limit, bucket = self._bucket(message, is_assuming=is_new)
        self.outcome.calls += 1
        self._in_second[int(now)] += 1
        self._spend(worker, self.of.call)
        if not bucket.take(now):
            self._throttle(worker, message, limit, now)
        elif is_new and message.account in self._unreachable:
            self.outcome.reported += 1
            self._done(worker, message, now + self.of.call)
        else:
            self._made(worker, message, now, is_new=is_new)

    def _made(self, worker: int, message: Message, now: float, *, is_new: bool) -> None:
        """Go on after a call that was answered."""
        message.failures = 0
        if is_new:
            self.outcome.assumed += 1
            self._workers[worker].keep(message.account, now + self.of.session)
        else:
            message.left -= 1
        self._at(now + self.of.call, worker, message)

    def _bucket(self, message: Message, *, is_assuming: bool) -> tuple[str, Bucket]:
        if is_assuming:
            return "sts", self._buckets["sts"]
        if message.left <= message.of_the_hub:
            return "ledger", self._buckets["ledger"]
        return "account", self._of_account.setdefault(message.account, Bucket(self.limits.account))

    def _throttle(self, worker: int, message: Message, limit: str, now: float) -> None:
        """Try again after a pause, with chance in it; after the last attempt the message goes back to the queue."""
        self.outcome.throttled[limit] += 1
        message.failures += 1
        if message.failures < ATTEMPTS:
            pause = FIRST_PAUSE * 2 ** (message.failures - 1) * (0.5 + self._chance.random() / 2)
            self._spend(worker, pause)
            self._at(now + pause, worker, message)
            return
        queue = self._workers[worker].queue
        if message.receives < queue.stage.receives:
            self._at(now, worker, None)
            self._at(now + queue.stage.visibility, -2 if queue is self._lists else -1, message)
        else:
            self.outcome.dead += 1
            self._done(worker, message, now)

    def _finish(self, worker: int, message: Message, now: float) -> None:
        """Ask for the looks of a list that is made; nothing comes of a look of a quiet account."""
        if self._workers[worker].queue is self._lists:
            for calls in look_calls(self.of.roles):
                self._looks.send(Message(message.account, calls, LEDGER_OF_A_LOOK, now))
                self._open[message.account] += 1
            self._wake(self._looks, now)
        self._done(worker, message, now)

    def _done(self, worker: int, message: Message, now: float) -> None:
        """Delete a message, and let the worker take another."""
        queue = self._workers[worker].queue
        queue.delete(message.account)
        self._open[message.account] -= 1
        self.outcome.seconds = max(self.outcome.seconds, now)
        if self._open[message.account] == 0 and message.account not in self._unreachable:
            self.outcome.swept += 1
        self._wake(queue, now)
        self._at(now, worker, None)


@dataclass(frozen=True, slots=True)
class Prices:
    """In US dollars, as in docs/cost.md, and to be verified as there."""

    gigabyte_second: float = 0.0000133334
    run: float = 0.20 / 1_000_000
    message: float = 3 * 0.50 / 1_000_000  # sent, received, deleted, of a FIFO queue
    read: float = 2 * 0.125 / 1_000_000  # strongly consistent, 4 KB
    write: float = 0.625 / 1_000_000


def month(organisation: Organisation, found: Outcome, sweeps_a_day: int, prices: Prices) -> float:
    """Return what the sweeps of a month cost, from what came of one of them."""
    reachable = organisation.accounts * (1 - organisation.unreachable)
    seconds = sum(found.busy[stage.name] * stage.memory / GIGABYTE for stage in (LISTING, LOOKING))
    messages = sum(found.messages.values())
    reads = reachable * (KEPT - 1 + organisation.roles + asked(organisation.roles))
    once = seconds * prices.gigabyte_second + messages * (prices.run + prices.message)
    return (once + reads * prices.read + reachable * prices.write) * sweeps_a_day * DAYS


WORKERS: Final = (5, 10, 50, 200)


def sweeps(accounts: int, workers: tuple[int, ...] = WORKERS) -> Iterator[tuple[Organisation, Outcome]]:
    """Yield an organisation with each number of workers, and what comes of its sweep at the known limits."""
    for number in workers:
        organisation = Organisation(accounts=accounts, workers=number)
        yield organisation, Sweep(organisation, Limits()).run()


def row(organisation: Organisation, found: Outcome) -> str:
    """Return the row of the table in docs/scale.md."""
    throttled = ", ".join(f"{count:,} {name}" for name, count in sorted(found.throttled.items())) or "none"
    lost = found.dead + organisation.accounts - found.swept - found.reported
    return (
        f"| {organisation.workers} | {found.swept:,} | {found.reported:,} | {lost} | {found.seconds / 60:.0f} min | "
        f"{found.oldest / 60:.0f} min | {found.calls:,} | {found.assumed:,} | {found.peak:,} | {throttled} | "
        f"{month(organisation, found, 1, Prices()):.0f} |"
    )


if __name__ == "__main__":
    for swept in sweeps(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000):
        print(row(*swept), flush=True)  # noqa: T201
