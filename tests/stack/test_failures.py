"""Mode enforce: the guard is killed at work, loses a permission, or finds no room. Nothing is lost, and it says so."""

import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import PENDING, State
from tests.builders import PAYROLL, filler
from tests.stack.account import Account
from tests.stack.claims import MODELS, hold_contained
from tests.stack.test_delivery import ROLE

pytestmark = pytest.mark.stack
INLINE_QUOTA = 10_240
PATIENCE = 20.0
KILLED = "Runtime exited with error: signal: killed"
TRIES = 5  # how often an attack is made before a kill must have hit the work


def workers(account: Account) -> dict[int, int]:
    """Return the processes of the function, not of the emulator above it, and the time that each worked, in ticks."""
    files = (account.stack.folder / "run").glob("RemediateFunction-*-function.pid")
    return {pid: _ticks(pid) for pid in (int(file.read_text(encoding="ascii")) for file in files)}


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[-1].split()
    return int(fields[11]) + int(fields[12])


def at_work(account: Account, before: dict[int, int]) -> int | None:
    """Return the process that has worked since, or None."""
    worked = {pid: ticks - before.get(pid, 0) for pid, ticks in workers(account).items()}
    busiest = max(worked, key=lambda pid: worked[pid])
    return busiest if worked[busiest] else None


def await_that(claim: Callable[[], object]) -> None:
    """Wait until a claim holds."""
    end = time.monotonic() + PATIENCE
    while not claim():
        assert time.monotonic() < end


def kill_at_work(account: Account, name: str, moment: Callable[[Account, str], bool]) -> bool:
    """Attack, freeze `remediate` at the moment, and kill it; say whether it was at work, and not done already."""
    account.invoke("remediate", {"Records": []})  # one that is killed while it is loaded was not at work
    before = workers(account)
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName=name, PolicyDocument=PAYROLL)
    await_that(lambda: moment(account, name) and at_work(account, before))
    worker = at_work(account, before)
    assert worker
    os.kill(worker, signal.SIGSTOP)
    (incident,) = [incident for incident in account.incidents(ROLE) if incident.source == name]
    os.kill(worker, signal.SIGKILL)
    return incident.state in PENDING


def is_ordered(account: Account, name: str) -> bool:
    """Say whether the incident is on record: its order goes out next."""
    return name in [incident.source for incident in account.incidents(ROLE)]


def is_backed_up(account: Account, name: str) -> bool:
    """Say whether the role is backed up, and so is about to be written to."""
    return any(account.backups(incident) for incident in account.incidents(ROLE) if incident.source == name)


def is_written(account: Account, _: str) -> bool:
    """Say whether the containment is on the role, and not yet verified."""
    return any("containment" in name for name in account.iam.list_role_policies(RoleName=ROLE)["PolicyNames"])


@pytest.mark.parametrize("moment", [is_ordered, is_backed_up, is_written], ids=["order", "backup", "write"])
def test_a_worker_killed_at_work_is_replaced_and_the_escape_contained_once(
    enforcing: Account, moment: Callable[[Account, str], bool]
) -> None:
    """After redelivery: one incident, one attempt, one alert, one containment."""
    for number in range(TRIES):
        logged = (enforcing.stack.folder / "stack.log").read_text(encoding="utf-8")
        name = f"killed-{moment.__name__}-{number}"
        if kill_at_work(enforcing, name, moment):
            break
        enforcing.tidy()
    else:
        pytest.fail("the kill never came in time")
    told = hold_contained(enforcing, ROLE, event="PutRolePolicy", kept=MODELS)
    assert KILLED in (enforcing.stack.folder / "stack.log").read_text(encoding="utf-8")[len(logged) :]
    assert told.incident.attempt == 1
    assert len(enforcing.record(ROLE).containments) == 1
    assert enforcing.dead_letters() == []


@contextlib.contextmanager
def without(account: Account, *actions: str) -> Iterator[Account]:
    """Take actions from the function's role as deployed, and give them back."""
    role = account.resource("RemediateRole")
    before = account.iam.get_role_policy(RoleName=role, PolicyName="remediate")["PolicyDocument"]
    statements = [{**each, "Action": _without(each["Action"], actions)} for each in before["Statement"]]
    document = json.dumps({**before, "Statement": statements})
    account.iam.put_role_policy(RoleName=role, PolicyName="remediate", PolicyDocument=document)
    try:
        yield account
    finally:
        account.iam.put_role_policy(RoleName=role, PolicyName="remediate", PolicyDocument=json.dumps(before))


def _without(granted: str | list[str], actions: tuple[str, ...]) -> str | list[str]:
    return granted if isinstance(granted, str) else [each for each in granted if each not in actions]


@pytest.fixture
def without_permission(enforcing: Account) -> Iterator[Account]:
    """Take what any rung of the ladder needs."""
    with without(enforcing, "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary") as account:
        yield account


def test_a_write_that_iam_refuses_is_followed_by_the_next_rung(enforcing: Account) -> None:
    """Somebody has taken the permission for the first one: the escape is contained all the same, and told."""
    with without(enforcing, "iam:PutRolePolicy") as account:
        account.mallory.put_role_policy(RoleName=ROLE, PolicyName="refused-once", PolicyDocument=PAYROLL)
        incident = account.outcome(ROLE)
    assert (incident.state, incident.attempt) == (State.CONTAINED, 1)
    assert len(account.record(ROLE).boundary) == 1
    assert any("AWS refused such a step already" in note for note in incident.remedy.notes)


def test_a_write_that_iam_refuses_is_not_fixed_and_critical(without_permission: Account) -> None:
    """The guard is held to its role as deployed; it says that it failed, and why."""
    account = without_permission
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="refused", PolicyDocument=PAYROLL)
    incident = account.outcome(ROLE)
    (alert,) = account.alerts()
    assert (incident.state, incident.severity) == (State.NOT_FIXED, Severity.CRITICAL)
    assert "AccessDenied" in incident.reason
    assert "iam:PutRolePolicy" in incident.reason
    assert not incident.remedy.carried_out
    assert alert.subject.startswith(f"[NOT FIXED] CRITICAL {ROLE}: ")
    assert "The escape may still be open." in alert.text
    assert account.record(ROLE).containments == ()
    assert account.dead_letters() == []


def test_a_role_without_room_for_any_rung_is_not_fixed_and_critical(without_permission: Account) -> None:
    """The attacker has left no room for a Deny, and no other rung may be taken: the operators hear why."""
    account, room = without_permission, INLINE_QUOTA - len("".join(PAYROLL.split()))
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="filler", PolicyDocument=filler(room))
    assert account.alerts() == []
    account.mallory.put_role_policy(RoleName=ROLE, PolicyName="no-room", PolicyDocument=PAYROLL)
    incident = account.outcome(ROLE)
    (alert,) = account.alerts()
    assert (incident.state, incident.severity) == (State.NOT_FIXED, Severity.CRITICAL)
    assert f"of the {INLINE_QUOTA} that IAM allows" in incident.reason
    assert alert.subject.startswith(f"[NOT FIXED] CRITICAL {ROLE}: ")
    assert account.record(ROLE).containments == ()


def test_what_was_not_fixed_is_tried_again_when_the_role_changes(enforcing: Account) -> None:
    """The guard has its permissions again, and the escape is contained, by the same incident."""
    with without(enforcing, "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"):
        enforcing.mallory.put_role_policy(RoleName=ROLE, PolicyName="not-yet", PolicyDocument=PAYROLL)
        (first,) = enforcing.alerts()
    enforcing.iam.put_role_policy(RoleName=ROLE, PolicyName="harmless", PolicyDocument=filler(200))
    incident = enforcing.outcome(ROLE)
    (second,) = enforcing.alerts()
    assert (incident.state, incident.attempt) == (State.CONTAINED, 2)
    assert first.body["incident"] == second.body["incident"] == incident.id
