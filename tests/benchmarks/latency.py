"""From the attacker's call to the verified containment, in the stack on this machine.

    python -m tests.benchmarks.latency      (after `sam build`; `make latency` does both)

Prints the median and the 95th percentile over 30 warm escapes of three kinds. Each has a Sid of its own, so that the
functions cannot remember what they decided of another one. CloudTrail's own delay, seconds to
minutes in AWS, is not in it. The calibration figure is the time of the same fixed loop as in `bench`, so that figures
of different machines, and of a busy one, can be compared.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from panorama_guard.case.incident import PENDING, State
from tests.benchmarks.timing import calibration
from tests.builders import ADMINISTRATOR, ONE_CHARACTER_OFF
from tests.stack.account import Account
from tests.stack.running import run_local, start_stack

ESCAPES = 30
WARM_UP = 2  # rounds that are not counted
MEDIAN_SECONDS, P95_SECONDS = 0.5, 1.5  # the bars, of a machine that does nothing else
PATIENCE_SECONDS = 30.0
TICK_SECONDS = 0.005
type_attack = Callable[[Account, str, str], Callable[[], object]]


def put_inline(account: Account, role: str, sid: str) -> Callable[[], object]:
    """Put an inline policy one character off the pattern."""
    document = with_sid(ONE_CHARACTER_OFF, sid)
    return lambda: account.mallory.put_role_policy(RoleName=role, PolicyName="one-off", PolicyDocument=document)


def attach_administrator(account: Account, role: str, sid: str) -> Callable[[], object]:
    """Attach a policy that allows everything."""
    arn = account.create_policy(f"administrator-{sid}", with_sid(ADMINISTRATOR, sid))
    account.settle()
    return lambda: account.mallory.attach_role_policy(RoleName=role, PolicyArn=arn)


def open_trust(account: Account, role: str, sid: str) -> Callable[[], object]:
    """Let everybody become the role."""
    trust = json.loads(account.record(role).trust)
    trust["Statement"][0]["Principal"] = "*"
    document = with_sid(json.dumps(trust), sid)
    return lambda: account.mallory.update_assume_role_policy(RoleName=role, PolicyDocument=document)


def with_sid(document: str, sid: str) -> str:
    """Return the policy with its first statement named so."""
    body = json.loads(document)
    body["Statement"][0]["Sid"] = sid
    return json.dumps(body)


ATTACKS: tuple[tuple[str, str, type_attack], ...] = (
    ("inline policy", "AWSPanoramaSageMakerRole", put_inline),
    ("all allowed", "AWSPanoramaServiceRole", attach_administrator),
    ("trust opened", "AWSPanoramaGreengrassRole", open_trust),
)


def seconds_to_containment(account: Account, role: str, call: Callable[[], object]) -> float:
    """Return the seconds from the call to the incident that says contained; the account is tidied after it."""
    started = time.perf_counter()
    call()
    while not (found := [each for each in account.incidents(role) if each.state not in PENDING]):
        if time.perf_counter() - started > PATIENCE_SECONDS:
            message = f"no outcome within {PATIENCE_SECONDS:.0f} seconds: `{role}`"
            raise TimeoutError(message)
        time.sleep(TICK_SECONDS)
    seconds = time.perf_counter() - started
    if [each.state for each in found] != [State.CONTAINED]:
        message = f"not contained: `{found}`"
        raise RuntimeError(message)
    account.tidy()
    return seconds


def p95_of(times: list[float]) -> float:
    """Return the time that 95 of 100 stay under."""
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def describe(name: str, times: list[float]) -> str:
    """Return one line of the table."""
    median, p95 = statistics.median(times), p95_of(times)
    return f"{name:22}{len(times):4}{median * 1e3:10.0f}{p95 * 1e3:8.0f}{max(times) * 1e3:8.0f}\n"


def main() -> int:
    """Measure and print; a slow machine is no failure."""
    write = sys.stdout.write
    folder = Path(tempfile.mkdtemp(prefix="panorama-guard-latency-"))
    account = Account(start_stack(folder, "--mode", "enforce"))
    try:
        rounds = WARM_UP + ESCAPES // len(ATTACKS)
        measured = {
            name: [
                seconds_to_containment(account, role, attack(account, role, f"round{number}"))
                for number in range(rounds)
            ][WARM_UP:]
            for name, role, attack in ATTACKS
        }
    finally:
        run_local(folder, "down")
    every = [seconds for times in measured.values() for seconds in times]
    write(f"calibration: {calibration() * 1000:.1f} ms for the fixed loop\n")
    write(f"{'from call to containment':22}{'n':>2}{'median ms':>10}{'p95':>8}{'worst':>8}\n")
    for name, times in measured.items():
        write(describe(name, times))
    write(describe("all", every))
    for what, seconds, bar in (
        ("median", statistics.median(every), MEDIAN_SECONDS),
        ("p95", p95_of(every), P95_SECONDS),
    ):
        write(f"bar: {what} under {bar} s: {'met' if seconds < bar else 'MISSED'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
