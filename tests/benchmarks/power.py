"""What each memory setting of a function takes and costs: a model, from the processor time that was measured.

    python -m tests.benchmarks.power      (after `sam build`; `make power` does both)

Lambda gives a function a share of a processor that grows with its memory, a whole one at 1,769 MB; more is of no use to
code that has one thread. There is no Lambda here: the functions run in Lambda's runtime interface client on this
machine's processor, and what is measured is processor time, to which neither a busy machine nor the emulated AWS adds
much. A duration is that time at the share, and a wait for each call.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.builders import IN_PATTERN, PAYROLL
from tests.stack.account import Account
from tests.stack.faulty import calls_made, put_faults
from tests.stack.running import run_local, start_stack

MEMORIES = (128, 256, 512, 1024, 1769)  # megabytes
WHOLE = 1769  # of which Lambda gives a whole processor
CALL_SECONDS = 0.02  # that a call of AWS is waited for: supposed, and not measured here
GB_SECOND, REQUESTS = 0.0000133334, 0.20  # USD, of arm64 and of a million: docs/cost.md has where they are from
ROLE = "AWSPanoramaSageMakerRole"
ROUNDS, WARM_UP = 10, 3
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Work:
    """What one run of a function needs: seconds of a processor, and calls of AWS."""

    name: str
    cpu_seconds: float
    calls: float

    def seconds(self, memory: int) -> float:
        """Return how long a run takes with so many megabytes."""
        return self.cpu_seconds / min(1.0, memory / WHOLE) + self.calls * CALL_SECONDS

    def dollars(self, memory: int) -> float:
        """Return what a million runs cost."""
        return self.seconds(memory) * (memory / 1024) * GB_SECOND * 1e6 + REQUESTS

    def row(self) -> str:
        """Return the row of the table: for each setting the seconds, and the dollars of a million."""
        cells = [f"{self.seconds(memory):.2f} s, {self.dollars(memory):.2f}" for memory in MEMORIES]
        return f"| {' | '.join((self.name, f'{self.cpu_seconds:.3f} s', f'{self.calls:.1f}', *cells))} |"


def workers(folder: Path, function: str) -> Iterator[Path]:
    """Yield the folders in /proc of the processes in which a function of the stack runs now."""
    for kept in (folder / "run").glob(f"{function.title()}Function-*-function.pid"):
        process = Path("/proc") / kept.read_text(encoding="ascii").strip()
        if process.exists():
            yield process


def cpu_seconds(folder: Path, function: str) -> float:
    """Return the processor time that a function's processes have had."""
    stats = [(process / "stat").read_text(encoding="ascii").rpartition(")")[2] for process in workers(folder, function)]
    return sum(sum(map(int, stat.split()[11:13])) for stat in stats) / TICKS


def change_harmlessly(account: Account) -> None:
    """Put a policy on a guarded role that is inside its ceiling, and take it away: two looks."""
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="harmless", PolicyDocument=IN_PATTERN)
    account.settle()
    account.mallory.delete_role_policy(RoleName=ROLE, PolicyName="harmless")
    account.settle()


def let_escape(account: Account) -> None:
    """Put a policy on it that is not, and wait until it is contained."""
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="escape", PolicyDocument=PAYROLL)
    account.settle()


def sweep(account: Account) -> None:
    """Sweep the account, quiet as it is."""
    account.invoke("sweep", {"Records": [{"body": "{}"}]})


EVENTS: tuple[tuple[str, str, Callable[[Account], None]], ...] = (
    ("`inspect`, a harmless change of a role", "inspect", change_harmlessly),
    ("`remediate`, an escape contained", "remediate", let_escape),
    ("`sweep`, six roles", "sweep", sweep),
)


def measure(account: Account, name: str, function: str, happen: Callable[[Account], None]) -> Work:
    """Return what a run of a function needs on the average, once it is warm."""
    spent, runs, calls = 0.0, 0, 0
    for number in range(WARM_UP + ROUNDS):
        put_faults(account.stack)
        before = cpu_seconds(account.stack.folder, function)
        happen(account)
        if number >= WARM_UP:
            made = [call for call in calls_made(account.stack) if call.function == function]
            spent += cpu_seconds(account.stack.folder, function) - before
            runs += len(Counter(call.invocation for call in made))
            calls += len(made)
        account.tidy()
    return Work(name, round(spent / runs, 3), round(calls / runs, 1))  # as the row tells them, which so adds up


def main() -> int:
    """Measure and print the rows of the table in docs/cost.md."""
    folder = Path(tempfile.mkdtemp(prefix="panorama-guard-power-"))
    account = Account(start_stack(folder, "--mode", "enforce"))
    try:
        measured = [measure(account, *event) for event in EVENTS]
    finally:
        run_local(folder, "down")
    sys.stdout.write("".join(f"{work.row()}\n" for work in measured))
    return 0


if __name__ == "__main__":
    sys.exit(main())
