"""The most memory that `inspect` and `remediate` hold in an ordinary event: an escape, found and contained.

The functions run in Lambda's runtime interface client under the stack on this machine, with the layer that was built.
What is told is the most that a function's process has held from its start to the end of the event, as Lambda tells it.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from panorama_guard.case.incident import State
from tests.benchmarks.adversarial import most_memory_of
from tests.benchmarks.power import ROLE, let_escape, workers
from tests.stack.account import Account
from tests.stack.running import run_local, start_stack

FUNCTIONS = ("inspect", "remediate")


@contextmanager
def enforcing() -> Iterator[Account]:
    """Run a stack of its own in mode enforce, whose functions have met no event yet."""
    with tempfile.TemporaryDirectory(prefix="panorama-guard-memory-") as folder:
        account = Account(start_stack(Path(folder), "--mode", "enforce"))
        try:
            yield account
        finally:
            run_local(Path(folder), "down")


def event_memory() -> dict[str, float]:
    """Return the megabytes of each function; raise RuntimeError if no process of it was there, or nothing contained."""
    with enforcing() as account:
        let_escape(account)
        states = [incident.state for incident in account.incidents(ROLE)]
        held = {name: [most_memory_of(each) for each in workers(account.stack.folder, name)] for name in FUNCTIONS}
    if states != [State.CONTAINED] or not all(held.values()):
        message = f"not an escape contained, or no process that did it: `{states}`, `{held}`"
        raise RuntimeError(message)
    return {name: max(found) for name, found in held.items()}
