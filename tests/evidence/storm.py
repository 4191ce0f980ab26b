"""Thousands of events in the stack on this machine, while its AWS throttles and its workers die."""

from tests.evidence.outcome import Options, Outcome
from tests.stack.matrix_run import matrix_account
from tests.stack.storm import KILLED, THROTTLED, rage


def run_storm(options: Options) -> Outcome:
    """Let `events` events happen."""
    with matrix_account("enforce") as account:
        result = rage(account, options.events, options.seed)
    return Outcome(
        asked=f"{options.events} events; {THROTTLED:.0%} of calls throttled, {2 * KILLED:.1%} of them deadly",
        result=str(result),
        seed=str(options.seed),
        command=f"make evidence KINDS=storm SEED={options.seed} EVENTS={options.events}",
        failures=result.complaints,
    )
