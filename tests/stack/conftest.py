"""The running stack that whole-path tests share: started once, on a free port, from what `sam build` made."""

from collections.abc import Generator, Iterator

import pytest

from tests.stack.account import Account
from tests.stack.member import OF_ORGANISATION, REMEDIATED
from tests.stack.running import RunningStack, run_local, start_stack
from tests.stack.undoing import undo_all

LOG_LINES = 12
# What fails comes back soon; a function is loaded when it is first called, which not every worker's tests do.
HURRIED = ("--param", "SweepWindowSeconds=1", "--retry", "0.2", "--cold")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show, under a test that failed, what the stacks and their functions have printed lately."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for name, value in item.funcargs.items():
            stack = value.stack if isinstance(value, Account) else value
            if isinstance(stack, RunningStack):
                report.sections += [(f"{name}: {file}", tail) for file, tail in stack.tails(LOG_LINES)]
    return report


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """Run the stack in mode enforce."""
    folder = tmp_path_factory.mktemp("stack")
    yield start_stack(folder, "--mode", "enforce", "--param", "CustomerPolicies=revert", *HURRIED)
    run_local(folder, "down")


@pytest.fixture
def settled(stack: RunningStack) -> RunningStack:
    """Give the stack when it is idle, with no alert waiting."""
    stack.settle()
    stack.take_alerts()
    return stack


@pytest.fixture(scope="session")
def enforcing_account(stack: RunningStack) -> Account:
    """Give the account of the stack in mode enforce, with the six roles in it."""
    return Account(stack)


@pytest.fixture
def enforcing(enforcing_account: Account) -> Iterator[Account]:
    """Give the account of mode enforce as it was made, undo what the guard did to it, and make it so again."""
    yield from _lend(enforcing_account)


@pytest.fixture(scope="session")
def observing_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Give the account of a second stack, in mode observe, which is the hub of an organisation."""
    folder = tmp_path_factory.mktemp("observing")
    yield Account(start_stack(folder, "--mode", "observe", *HURRIED, *OF_ORGANISATION))
    run_local(folder, "down")


@pytest.fixture
def observing(observing_account: Account) -> Iterator[Account]:
    """Give the account of mode observe as it was made, and make it so again."""
    yield from _lend(observing_account)


@pytest.fixture(scope="session")
def approving_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Give the account of a third stack, in mode approve."""
    folder = tmp_path_factory.mktemp("approving")
    yield Account(start_stack(folder, "--mode", "approve", *HURRIED))
    run_local(folder, "down")


@pytest.fixture
def approving(approving_account: Account) -> Iterator[Account]:
    """Give the account of mode approve as it was made, undo what the guard did to it, and make it so again."""
    yield from _lend(approving_account)


@pytest.fixture(scope="session")
def remediating_account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """Give the account of a fourth stack, the hub of an organisation, whose mode holds in its members too."""
    folder = tmp_path_factory.mktemp("remediating")
    yield Account(start_stack(folder, "--mode", "enforce,trust-escape=approve", *HURRIED, *REMEDIATED))
    run_local(folder, "down")


@pytest.fixture
def remediating(remediating_account: Account) -> Iterator[Account]:
    """Give the hub that contains escapes in its members, and make its own account as it was again."""
    yield from _lend(remediating_account)


def _lend(account: Account) -> Iterator[Account]:
    account.alerts()
    yield account
    account.settle()
    try:
        undo_all(account)
    finally:
        account.tidy()
