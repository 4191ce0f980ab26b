"""Every AWS call that the functions make is made to fail; whatever comes of it, the end is the same.

Here a seeded sample of the cells (call x fault) is run; `make evidence KINDS=faults` runs them all.
"""

import random
from collections.abc import Iterable

import pytest

from tests.builders import PAYROLL
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_contained
from tests.stack.faulty import Call, Cell, cells_of, distinct, faults_met, put_faults
from tests.stack.matrix import matrix, run_cell
from tests.stack.matrix_run import Result
from tests.stack.scenarios import ROLE, SCENARIOS, Scenario

pytestmark = pytest.mark.stack
SEED = 4
# The scenarios that `make test` records; `make evidence` records all of them.
SAMPLED = ("permission", "trust", "set-back version", "undo of a boundary")
CELLS_OF_EACH_FAULT = 1
APPROVALS = 2


def sample(cells: Iterable[tuple[str, Cell]], of_each: int) -> list[tuple[str, Cell]]:
    """Return so many cells of each fault, by chance."""
    mixed = list(cells)
    random.Random(SEED).shuffle(mixed)  # noqa: S311 - chance, not secrets
    faults = dict.fromkeys(sorted({cell.fault.value for _, cell in mixed}))
    return [one for fault in faults for one in [each for each in mixed if each[1].fault.value == fault][:of_each]]


def hold_all(account: Account, scenarios: Iterable[Scenario], cells: list[tuple[str, Cell]]) -> Result:
    """Run cells, and assert that each ends in what has to hold and that its call was made."""
    named, result = {scenario.name: scenario for scenario in scenarios}, Result()
    for name, cell in cells:
        result.add(name, cell, run_cell(account, named[name], cell))
    assert result.complaints == []
    assert len(result.unmet) <= len(cells) // 10  # what runs side by side may change places
    return result


def test_one_fault_changes_nothing_of_the_end(enforcing: Account, figures: list[str]) -> None:
    """One incident, told; contained or reported; nothing in the ceiling lost; undone byte for byte."""
    scenarios = [one for one in SCENARIOS if one.name in SAMPLED]
    assert len(scenarios) == len(SAMPLED)
    cells = matrix(enforcing, scenarios, set())
    result = hold_all(enforcing, scenarios, sample(cells, CELLS_OF_EACH_FAULT))
    figures.append(f"fault matrix, a sample of the {len(cells)} cells of {', '.join(SAMPLED)}: {result}")


def test_one_fault_changes_nothing_of_what_is_approved(approving: Account, figures: list[str]) -> None:
    """From the operator's word on."""
    scenarios = [one for one in SCENARIOS if one.mode == "approve"]
    cells = matrix(approving, scenarios, set())
    mixed = random.Random(SEED).sample(cells, APPROVALS)  # noqa: S311 - chance, not secrets
    result = hold_all(approving, scenarios, mixed)
    figures.append(f"fault matrix of approvals, a sample of {len(cells)} cells: {result}")


def test_a_client_that_waits_in_vain_asks_again(enforcing: Account) -> None:
    """SNS takes the connection and says nothing: `notify` gives up in time to ask once more, and tells once."""
    rule = {"fault": "silent", "function": "notify", "operation": "Publish", "attempts": 1}
    put_faults(enforcing.stack, [rule])
    enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="silence", PolicyDocument=PAYROLL)
    enforcing.settle()
    met = faults_met(enforcing.stack)
    put_faults(enforcing.stack)
    hold_contained(enforcing, ROLE, event="PutRolePolicy", kept=MODELS)
    assert met == 1


def test_a_call_that_is_made_anew_is_in_the_matrix_by_itself() -> None:
    """Whatever a function calls becomes cells: each fault that the call can meet, once after the same calls."""
    put = Call("inspect", "dynamodb", "PutItem", 1, writes=True, invocation="a")
    read = Call("inspect", "iam", "GetRole", 1, writes=False, invocation="a")
    new = Call("inspect", "kms", "Decrypt", 1, writes=False, invocation="b")
    again = [Call("inspect", "iam", "GetRole", 2, False, "c"), Call("inspect", "dynamodb", "PutItem", 2, True, "c")]
    more = Call("inspect", "dynamodb", "PutItem", 3, writes=True, invocation="c")
    cells = [str(cell) for cell in cells_of(distinct([read, put, new, *again, more], set()))]
    assert cells == [
        *(f"inspect iam:GetRole #1 {fault}" for fault in (*EVERY, "stale")),
        *(f"inspect dynamodb:PutItem #1 {fault}" for fault in (*EVERY, *WRITES)),
        *(f"inspect kms:Decrypt #1 {fault}" for fault in EVERY),
        *(f"inspect dynamodb:PutItem #3 {fault}" for fault in (*EVERY, *WRITES)),
    ]


EVERY = ("throttled", "failing", "denied", "unreached", "killed before")
WRITES = ("limited", "unanswered", "killed after", "unanswered once")
