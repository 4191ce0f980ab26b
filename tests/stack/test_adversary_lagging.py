"""Mode enforce, and IAM's reads lag five seconds behind its writes: the same attacks, each at a role of its own."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from local.seed import seed_roles
from tests.builders import PROFILE
from tests.stack.account import Account
from tests.stack.attacks import ATTACKS
from tests.stack.messages import Message, parse_message
from tests.stack.running import RunningStack, run_local, start_stack
from tests.stack.siege import Siege, has_ended, hold_outcome, why_untrue
from tests.stack.undoing import undo_all

pytestmark = pytest.mark.stack
LAG = 5.0
QUIET = LAG + 0.5  # after so many seconds without a write, what is read is what is
PATIENCE = 150.0  # the last re-check comes after two minutes
ENDLESS = "fast re-adding"  # the breaker is open
# `make test` waits for five attacks, one at each role; `make siege` for all of them.
CHOSEN = (
    "fast re-adding",
    "our Deny deleted at once",
    "two changes at one moment",
    "deleted and created again",
    "a split escape",
)
NAMES: Sequence[str] = tuple(ATTACKS) if os.environ.get("SIEGE") == "all" else CHOSEN
UNDONE = NAMES if NAMES != CHOSEN else ("fast re-adding",)
ROLES = tuple(role.name for role in PROFILE.roles)


@dataclass
class Field:
    """An account whose reads lag, and everything that its operators were told so far."""

    account: Account
    alerts: list[Message] = field(default_factory=list)

    def hear(self) -> list[Message]:
        """Take what there is to hear, and return all that was told."""
        heard = [parse_message(envelope) for envelope in self.account.stack.take_alerts()]
        self.alerts += [one for one in heard if not (one.is_of_the_guard or one.is_of_the_report)]
        return self.alerts

    def attack(self, role: str, name: str) -> None:
        """Attack a role, from a thread of its own."""
        ATTACKS[name](Siege(self.account, role, LAG))

    def await_outcomes(self, besieged: Mapping[str, str]) -> None:
        """Wait until what is read, on record and told of each role agrees, and every attack that can be is ended."""
        end = time.monotonic() + PATIENCE
        while problems := [self._why_not_over(*each) for each in besieged.items()]:
            if not any(problems):
                return
            assert time.monotonic() < end, problems
            time.sleep(0.5)  # a re-check that was hurried would see what is stale

    def _why_not_over(self, role: str, name: str) -> str:
        why = why_untrue(self.account, role, self.hear())
        if why or name == ENDLESS or has_ended(self.account, role):
            return why
        return f"{name} is told as not fixed, and goes on"


def open_field(stack: RunningStack) -> Field:
    """Make the roles, and wait until they are seen."""
    list(seed_roles(stack.client("iam")))
    time.sleep(QUIET)
    field = Field(Account(stack))
    assert field.account.operators
    return field


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[Field, str]]]:
    """Attack every role at once, by one attack each, until all attacks were made; give each one's field and role."""
    done: dict[str, tuple[Field, str]] = {}
    folders = []
    for first in range(0, len(NAMES), len(ROLES)):
        folders.append(tmp_path_factory.mktemp("lagging"))
        stack = start_stack(folders[-1], "--mode", "enforce", "--propagation", str(LAG), "--retry", "0.2", "--cold")
        here, besieged = open_field(stack), dict(zip(ROLES, NAMES[first : first + len(ROLES)], strict=False))
        with ThreadPoolExecutor(len(ROLES)) as attackers:
            list(attackers.map(here.attack, besieged.keys(), besieged.values()))
        time.sleep(QUIET)
        here.await_outcomes(besieged)
        done |= {name: (here, role) for role, name in besieged.items()}
    yield done
    for folder in folders:
        run_local(folder, "down")


@pytest.mark.parametrize("name", NAMES)
def test_the_attack_ends_contained_or_told_as_not_fixed(outcomes: dict[str, tuple[Field, str]], name: str) -> None:
    """Never in silence, never called contained by mistake; and what the role should have, it has."""
    here, role = outcomes[name]
    hold_outcome(here.account, role, here.alerts, name)
    assert here.account.dead_letters() == []


def test_all_that_the_guard_did_while_reads_lagged_is_undone(outcomes: dict[str, tuple[Field, str]]) -> None:
    """Byte for byte, as in every other test; an undo takes half a minute then, so `make test` does it for one role."""
    for here, role in [outcomes[name] for name in UNDONE]:
        undo_all(here.account, (role,))
