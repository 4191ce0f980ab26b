"""How long a sweep of an organisation takes, and what it costs: a simulation call by call, with limits that throttle.

python -m tests.benchmarks.organisation [ACCOUNTS]     prints the tables of docs/scale.md

What is counted is what the code does (a test measures it); what is assumed stands in `Limits` and `Organisation`.
"""

import heapq
import math
import random
import sys
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

# Calls of AWS, measured by tests/functions/test_scale.py, for roles that have one managed policy each.
LISTING: Final = 51  # of a sweep, whatever there is: the lists of every type, the orders for report and canary
# What a look reads: at a role, and around it; one more where the role was found and is on record; and at what the
# profile names and is not there.
OF_A_ROLE, AROUND_A_ROLE, TO_FIND_IT, OF_THE_ABSENT = 6, 7, 1, 3
NAMED, ABSENT = 6, 2
BATCH: Final = 10
LEDGER_OF_A_LOOK: Final = 1  # of a look's calls that one goes to the ledger in the hub
ATTEMPTS, FIRST_PAUSE = 3, 0.5  # of a client, and the seconds before the second one, doubled each time
RECEIVES, VISIBILITY = 5, 360.0  # of the changes queue in the template
DAYS, GIGABYTE = 30, 1024.0


def asked(roles: int) -> int:
    """Return for how many looks the sweep of an account asks."""
    return 2 * roles + ABSENT


def sweep_calls(roles: int) -> int:
    """Return the calls of the sweep itself: lists, one look at each role's record, the messages in batches."""
    return LISTING + roles + math.ceil(asked(roles) / BATCH)


def look_calls(roles: int) -> list[int]:
    """Return the calls of each look that it asks for."""
    more = [0 if number < NAMED else TO_FIND_IT for number in range(roles)]
    return [calls + one for calls in (OF_A_ROLE, AROUND_A_ROLE) for one in more] + [OF_THE_ABSENT] * ABSENT


def account_calls(roles: int) -> int:
    """Return all calls of a quiet sweep of one account, its report and the role to assume left out."""
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
    """What is swept, by how many workers, and how long things take, in seconds."""

    accounts: int = 5_000
    roles: int = 12
    unreachable: float = 0.1
    workers: int = 20
    call: float = 0.03
    start: float = 0.02
    session: float = 3_600.0  # for which an assumed role is good, in one worker
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
    """One account to sweep, or one subject to look at, with the calls that are left."""

    account: int
    is_sweep: bool
    calls: int
    sent: float
    left: int = 0
    receives: int = 0
    failures: int = 0


@dataclass(slots=True)
class Outcome:
    """What came of it."""

    swept: int = 0
    reported: int = 0
    dead: int = 0
    seconds: float = 0.0
    oldest: float = 0.0
    calls: int = 0
    busy: float = 0.0
    throttled: Counter[str] = field(default_factory=Counter)
    peak: int = 0


class Sweep:
    """One sweep of an organisation, from the messages of the fan-out to the last look."""

    def __init__(self, organisation: Organisation, limits: Limits) -> None:
        """Send a message for each account."""
        self.of, self.limits, self.outcome = organisation, limits, Outcome()
        chance = random.Random(organisation.seed)  # noqa: S311 - no secret
        self._chance = chance
        number = round(organisation.accounts * organisation.unreachable)
        self._unreachable = set(chance.sample(range(organisation.accounts), number))
        self._queue = deque(
            Message(one, True, sweep_calls(organisation.roles), 0.0) for one in range(organisation.accounts)
        )
        self._events: list[tuple[float, int, int, Message | None]] = [
            (0.0, n, n, None) for n in range(organisation.workers)
        ]
        self._number = organisation.workers
        self._open = Counter(dict.fromkeys(range(organisation.accounts), 1))
        self._sessions: dict[tuple[int, int], float] = {}
        self._buckets = {"sts": Bucket(limits.sts), "ledger": Bucket(limits.ledger)}
        self._of_account: dict[int, Bucket] = {}
        self._idle: list[int] = []
        self._in_second: Counter[int] = Counter()

    def run(self) -> Outcome:
        """Return what came of it, once every message is handled."""
        while self._events:
            now, _, worker, message = heapq.heappop(self._events)
            if message is None:
                self._begin(worker, now)
            elif worker < 0:
                self._queue.append(message)
                self._wake(now)
            else:
                self._step(worker, message, now)
        self.outcome.peak = max(self._in_second.values(), default=0)
        return self.outcome

    def _at(self, when: float, worker: int, message: Message | None) -> None:
        self._number += 1
        heapq.heappush(self._events, (when, self._number, worker, message))

    def _wake(self, now: float) -> None:
        while self._idle:
            self._at(now, self._idle.pop(), None)

    def _begin(self, worker: int, now: float) -> None:
        """Let a worker take the next message, with the role to assume first where its session is over."""
        if not self._queue:
            self._idle.append(worker)
            return
        message = self._queue.popleft()
        message.left, message.failures = message.calls, 0
        message.receives += 1
        self.outcome.oldest = max(self.outcome.oldest, now - message.sent)
        self._at(now + self.of.start, worker, message)

    def _step(self, worker: int, message: Message, now: float) -> None:
        """Make the next call of a message, or be throttled, or be done."""
        if message.left == 0:
            self._finish(worker, message, now)
            return
        is_new = self._sessions.get((worker, message.account), -1.0) < now
        limit, bucket = self._bucket(message, is_assuming=is_new)
        self.outcome.calls += 1
        self._in_second[int(now)] += 1
        self.outcome.busy += self.of.call
        if not bucket.take(now):
            self._throttle(worker, message, limit, now)
        elif is_new and message.account in self._unreachable:
            self._report(worker, message, now)
        else:
            message.failures = 0
            if is_new:
                self._sessions[worker, message.account] = now + self.of.session
            else:
                message.left -= 1
            self._at(now + self.of.call, worker, message)

    def _bucket(self, message: Message, *, is_assuming: bool) -> tuple[str, Bucket]:
        if is_assuming:
            return "sts", self._buckets["sts"]
        if message.left <= LEDGER_OF_A_LOOK or (message.is_sweep and message.left <= self.of.roles):
            return "ledger", self._buckets["ledger"]
        return "account", self._of_account.setdefault(message.account, Bucket(self.limits.account))

    def _throttle(self, worker: int, message: Message, limit: str, now: float) -> None:
        """Try again after a pause, with chance in it; after the last attempt the message goes back to the queue."""
        self.outcome.throttled[limit] += 1
        message.failures += 1
        if message.failures < ATTEMPTS:
            pause = FIRST_PAUSE * 2 ** (message.failures - 1) * (0.5 + self._chance.random() / 2)
            self.outcome.busy += pause
            self._at(now + pause, worker, message)
            return
        self._at(now, worker, None)
        if message.receives < RECEIVES:
            self._at(now + VISIBILITY, -1, message)
        else:
            self.outcome.dead += 1
            self._close(message, now)

    def _report(self, worker: int, message: Message, now: float) -> None:
        """Tell of an account whose role cannot be assumed: it is asked for once, and nothing else there."""
        self.outcome.reported += 1
        self._close(message, now)
        self._at(now + self.of.call, worker, None)

    def _finish(self, worker: int, message: Message, now: float) -> None:
        if message.is_sweep:
            looks = [Message(message.account, False, calls, now) for calls in look_calls(self.of.roles)]
            self._queue.extend(looks)
            self._open[message.account] += len(looks)
            self._wake(now)
        self._close(message, now)
        self._at(now, worker, None)

    def _close(self, message: Message, now: float) -> None:
        self._open[message.account] -= 1
        self.outcome.seconds = max(self.outcome.seconds, now)
        if self._open[message.account] == 0 and message.account not in self._unreachable:
            self.outcome.swept += 1


@dataclass(frozen=True, slots=True)
class Prices:
    """In US dollars, as in docs/cost.md, and to be verified as there."""

    gigabyte_second: float = 0.0000133334
    run: float = 0.20 / 1_000_000
    message: float = 3 * 0.40 / 1_000_000  # sent, received, deleted
    read: float = 2 * 0.125 / 1_000_000  # strongly consistent, 4 KB


def month(organisation: Organisation, busy: float, sweeps_a_day: int, prices: Prices) -> float:
    """Return what the sweeps of a month cost, from how long workers were busy in one of them."""
    reachable = organisation.accounts * (1 - organisation.unreachable)
    messages = organisation.accounts + reachable * asked(organisation.roles)
    reads = reachable * (organisation.roles + asked(organisation.roles))
    memory = 1_769 / GIGABYTE  # InspectFunction's, which does most of it
    seconds = busy + messages * organisation.start
    once = seconds * memory * prices.gigabyte_second + messages * (prices.run + prices.message) + reads * prices.read
    return once * sweeps_a_day * DAYS


def rows(accounts: int, workers: tuple[int, ...] = (5, 20, 50, 200)) -> list[str]:
    """Return the rows of the table in docs/scale.md."""
    made = []
    for number in workers:
        organisation = Organisation(accounts=accounts, workers=number)
        found = Sweep(organisation, Limits()).run()
        throttled = ", ".join(f"{count:,} {name}" for name, count in sorted(found.throttled.items())) or "none"
        lost = found.dead + accounts - found.swept - found.reported
        made.append(
            f"| {number} | {found.swept:,} | {found.reported:,} | {lost} | {found.seconds / 60:.0f} min | "
            f"{found.oldest / 60:.0f} min | {found.calls:,} | {found.peak:,} | {throttled} | "
            f"{month(organisation, found.busy, 1, Prices()):.0f} |"
        )
    return made


if __name__ == "__main__":
    print("\n".join(rows(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)))  # noqa: T201
