"""The operator's half of an undo: put back, compared byte for byte, and gone on with where it stopped."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from panorama_guard.case.record import dump_record
from panorama_guard.case.snapshot import RoleSnapshot
from panorama_guard.case.step import PutTrust, Step, apply_step
from panorama_guard.case.undo import PutBack
from panorama_guard.cli.output import ANSWERED, DIFFERS, WAITING
from panorama_guard.cli.undo import LIFT_TAKES, Patience, Undoing, finish_undo
from tests.builders import ACCOUNT, PAYROLL, snapshot_of
from tests.fakes import FakeRoles, FakeSubjects, OwnHand

REPAIRED = snapshot_of()
OPENED = REPAIRED.with_trust("{ }")
NAME = REPAIRED.subject.name


@dataclass
class Guard:
    """A guard whose incident is in one state after another."""

    states: list[str] = field(default_factory=lambda: ["RESOLVED"])
    refused: str = ""
    status: int = 200
    asked: list[Mapping[str, object]] = field(default_factory=list)

    def ask(self, body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """Return how the incident stands now."""
        self.asked.append(body)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return self.status, {"state": state, "undo": {"refused": self.refused}, "error": "gone"}


@dataclass
class Clock:
    """A time that passes by waiting alone."""

    now: float = 0.0

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


def finish(
    roles: FakeRoles, guard: Guard, *, steps: tuple[Step, ...] = (PutTrust("{ }"),), own: str = ACCOUNT, **more: object
) -> tuple[int, dict[str, Any]]:
    """Finish an undo whose guard lifts something, and whose operator puts back the trust."""
    clock = Clock()
    answer = {
        "incident": "inc-1",
        "account": ACCOUNT,
        "undo": "lifting",
        "by_guard": ["delete the inline policy x"],
        "record": dump_record(PutBack(steps, OPENED)),
        **more,
    }
    return finish_undo(
        answer, Undoing(guard.ask, OwnHand(FakeSubjects(roles), own), Patience(lambda: clock.now, clock.wait))
    )


def holding(role: RoleSnapshot) -> FakeRoles:
    """Return IAM with one role."""
    roles = FakeRoles()
    roles.put(role)
    return roles


def test_what_was_there_is_put_back_and_compared() -> None:
    """Once the guard has lifted its own."""
    roles, guard = holding(REPAIRED), Guard(["CONTAINED", "CONTAINED", "RESOLVED"])
    code, told = finish(roles, guard)
    assert (code, told["undo"], told["compared"]) == (ANSWERED, "done", "byte for byte")
    assert roles.roles[NAME.lower()] == OPENED
    assert guard.asked == [{"action": "explain", "incident": "inc-1", "account": ACCOUNT}] * 3
    assert "record" not in told


def test_run_again_it_writes_nothing() -> None:
    """It says that it is done."""
    roles = holding(OPENED)
    assert finish(roles, Guard())[0] == ANSWERED
    assert roles.writes == []


def test_what_was_put_back_in_part_is_gone_on_with() -> None:
    """Each step by itself."""
    roles = holding(REPAIRED)
    roles.put(apply_step(REPAIRED, PutTrust("{ }")))
    assert finish(roles, Guard(), steps=(PutTrust("{ }"), PutTrust("{ }")))[0] == ANSWERED
    assert roles.writes == []


def test_a_waiver_that_waits_leaves_everything_as_it_is() -> None:
    """The second operator comes first."""
    roles, guard = holding(REPAIRED), Guard()
    assert finish(roles, guard, undo="waiting")[0] == WAITING
    assert (roles.writes, guard.asked) == ([], [])


@pytest.mark.parametrize(
    ("guard", "problem"),
    [
        (Guard(["CONTAINED"]), f"within {LIFT_TAKES:.0f} seconds"),
        (Guard(["CONTAINED"], refused="the role has changed"), "the role has changed"),
        (Guard(status=404), "gone"),
    ],
    ids=["late", "refused", "unknown"],
)
def test_without_the_guards_half_the_operators_is_not_done(guard: Guard, problem: str) -> None:
    """An escape is not put back beside a containment that still stands."""
    roles = holding(REPAIRED)
    code, told = finish(roles, guard)
    assert (code, problem in told["problem"]) == (WAITING, True)
    assert roles.writes == []


def test_where_the_guard_lifts_nothing_nobody_waits_for_it() -> None:
    """The whole undo is the operator's."""
    roles, guard = holding(REPAIRED), Guard(["CONTAINED"])
    assert finish(roles, guard, by_guard=[])[0] == ANSWERED
    assert guard.asked == []


def test_a_role_that_changed_meanwhile_is_told_and_not_written() -> None:
    """Exactly what differs."""
    roles = holding(REPAIRED.with_inline("theirs", PAYROLL))
    code, told = finish(roles, Guard())
    assert (code, told["differs"], roles.writes) == (DIFFERS, ["inline policy theirs has come"], [])


def test_a_lift_that_reads_do_not_show_yet_is_waited_for() -> None:
    """IAM's reads lag behind."""
    roles = holding(REPAIRED)
    roles.stale = [REPAIRED.with_inline("panorama-guard-containment-x", PAYROLL)] * 2
    assert finish(roles, Guard())[0] == ANSWERED


def test_a_step_that_aws_refuses_is_told() -> None:
    """In AWS's words."""
    roles = holding(REPAIRED)
    roles.refusal = "AccessDenied: `iam:UpdateAssumeRolePolicy`"
    code, told = finish(roles, Guard())
    assert code == DIFFERS
    assert "iam:UpdateAssumeRolePolicy" in told["differs"][0]


def test_a_role_that_is_gone_is_told() -> None:
    """There is nothing to put back to."""
    assert finish(FakeRoles(), Guard())[1]["differs"] == ["the role or resource does not exist any more"]


def test_what_bears_the_same_name_in_another_account_is_left_alone() -> None:
    """The operator's credentials are of the hub, and the role is a member's: he is told which he needs."""
    roles = holding(REPAIRED)
    code, told = finish(roles, Guard(), own="222233334444")
    (differs,) = told["differs"]
    assert (code, roles.writes) == (DIFFERS, [])
    assert differs.startswith(
        f"your credentials are of account 222233334444, and what is to be put back is in {ACCOUNT}:"
    )
    assert "--own-profile" in differs
