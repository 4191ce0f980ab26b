"""`undo --all`: says what the guard has in place before it takes it back, and never calls done what is left."""

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from panorama_guard.case.errors import UnreachableError
from panorama_guard.case.record import dump_record
from panorama_guard.case.undo import PutBack
from panorama_guard.cli import main, undo_all, undo_all_command
from panorama_guard.cli.output import ANSWERED, DIFFERS, FAILED, REFUSED, WAITING
from panorama_guard.cli.undo import Patience, Undoing
from tests.builders import ACCOUNT, snapshot_of

FIRST, SECOND, THIRD = (f"inc-000000000000000{number}" for number in (1, 2, 3))
READS = {"incidents", "explain"}


@dataclass
class Guard:
    """A guard with containments in place: of each incident the role, in the order in which they were put there."""

    in_place: dict[str, str]
    refused: dict[str, str] = field(default_factory=dict)  # why an undo of it is refused
    below: dict[str, str] = field(default_factory=dict)  # which incident's has to be taken back before it
    waiting: set[str] = field(default_factory=set)  # for a second operator
    stuck: set[str] = field(default_factory=set)  # what is undone and is there all the same
    asked: list[tuple[str, str]] = field(default_factory=list)
    silent_after: int = 1000
    silence: type[BaseException] = UnreachableError
    meanwhile: dict[str, str] = field(default_factory=dict)  # what is put in place once an undo was asked for
    known: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Remember every incident."""
        self.known = (*self.in_place, *self.meanwhile, "inc-00000000000000ff")

    def ask(self, body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        """Answer as the function does."""
        if len(self.asked) >= self.silent_after:
            message = "the guard cannot be asked"
            raise self.silence(message)
        action, incident = str(body["action"]), str(body.get("incident", ""))
        self.asked.append((action, incident))
        if action == "incidents":
            return 200, {"account": ACCOUNT, "incidents": [self._in_short(one) for one in self.known]}
        if action == "explain" and body.get("in_place"):
            steps = [f"put the inline policy of {incident}"] if incident in self.in_place else []
            witness = {"action": "s3:GetObject", "resource": "arn:aws:s3:::payroll/x"}
            return 200, {"in_place": {"steps": steps, "changed": []}, "witness": witness}
        if action == "explain":
            return 200, {"state": "RESOLVED", "undo": None}
        return self._undo(incident)

    def _in_short(self, incident: str) -> dict[str, str]:
        return {
            "incident": incident,
            "state": "CONTAINED",
            "severity": "HIGH",
            "role": self.in_place.get(incident, "AWSPanoramaServiceRole"),
            "kind": "permission-escape",
            "source": "inline-0",
            "updated_at": f"2026-11-27T10:00:0{incident[-1]}+00:00",
        }

    def _undo(self, incident: str) -> tuple[int, dict[str, Any]]:
        self.in_place |= self.meanwhile
        answer = {"incident": incident, "account": ACCOUNT, "by_guard": ["x"], "by_operator": [], "notes": []}
        if (why := self.refused.get(incident)) or self.below.get(incident) in self.in_place:
            return 409, {"error": why or "changed since", "details": []}
        waiver = {"waiver": "wvr-1", "state": "in force", "until": "2026-11-28T10:00:00Z"}
        if incident in self.waiting:
            return 200, {**answer, "undo": "waiting", "waiver": {**waiver, "state": "needs a second operator"}}
        if incident not in self.stuck:
            self.in_place.pop(incident, None)
        record = dump_record(PutBack((), snapshot_of()))
        return 200, {**answer, "undo": "lifting", "waiver": waiver, "record": record}


class Subjects:
    """The account as the operator reads it."""

    def account(self) -> str:
        """Return the guard's own."""
        return ACCOUNT

    def read_subject(self, _: object) -> Any:
        """Return the role as it is to be."""
        return snapshot_of()

    def apply(self, subject: object, step: object) -> None:
        """Write nothing."""
        raise AssertionError(subject, step)


def run(guard: Guard, *words: str, output: str = "text", **where: str) -> int:
    """Run the command against a guard."""
    arguments = argparse.Namespace(yes="--yes" in words, output=output, **where)
    undoing = Undoing(guard.ask, Subjects(), Patience(lambda: 0.0, lambda _: None))
    return undo_all_command.run_undo_all(arguments, {"action": "undo", "reason": "x", "seconds": 60}, undoing)


def three(**how: Any) -> Guard:
    """Return a guard with three incidents on two roles."""
    return Guard({FIRST: "AWSPanoramaServiceRole", SECOND: "AWSPanoramaServiceRole", THIRD: "Other"}, **how)


def undone(guard: Guard) -> list[str]:
    """Return which undos were asked for."""
    return [incident for action, incident in guard.asked if action == "undo"]


def test_a_dry_run_asks_for_nothing_that_changes_anything(capsys: pytest.CaptureFixture[str]) -> None:
    """It tells what is in place, the last first, what comes back with it, and how to carry it out."""
    guard = three()
    assert run(guard) == ANSWERED
    assert {action for action, _ in guard.asked} == READS
    told = capsys.readouterr().out
    assert [told.index(one) for one in (THIRD, SECOND, FIRST)] == sorted(
        told.index(one) for one in (THIRD, SECOND, FIRST)
    )
    for part in (
        "open again",
        "s3:GetObject on arn:aws:s3:::payroll/x",
        "incidents: 3, on roles and resources: 2",
        "--all --yes",
    ):
        assert part in told
    assert "inc-00000000000000ff" not in told


def test_all_are_undone_the_last_first_and_read_again(capsys: pytest.CaptureFixture[str]) -> None:
    """Of one role the later act lies on top of the earlier one."""
    guard = three()
    assert run(guard, "--yes") == ANSWERED
    assert undone(guard) == [THIRD, SECOND, FIRST]
    told = capsys.readouterr().out
    assert "In all:      3 undone\nRead again:  nothing of it is left\n" in told
    assert run(guard, "--yes") == ANSWERED  # again: there is nothing left
    assert undone(guard) == [THIRD, SECOND, FIRST]


def test_what_is_refused_until_another_one_is_undone_is_tried_again() -> None:
    """In whatever order the records were written last."""
    guard = three(below={SECOND: FIRST})
    assert run(guard, "--yes") == ANSWERED
    assert undone(guard) == [THIRD, SECOND, FIRST, SECOND]


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ({"refused": {SECOND: "it came after a call of your own"}}, REFUSED, f"{SECOND}: it came after a call"),
        ({"refused": {SECOND: "another would be found"}}, REFUSED, "To go on:    what is refused stays so until"),
        ({"waiting": {SECOND}}, WAITING, "To go on:    run it again to go on where it stopped"),
        ({"waiting": {SECOND}}, WAITING, "panorama-guard approve-waiver wvr-1 (somebody else)"),
        ({"stuck": {SECOND}}, DIFFERS, "Still there: put the inline policy"),
        ({"waiting": {FIRST}, "refused": {SECOND: "no"}}, REFUSED, "In all:      1 undone, 1 waiting, 1 refused"),
    ],
)
def test_one_that_is_not_undone_keeps_no_other_and_the_code_tells(
    how: dict[str, Any], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is called done that is still in place."""
    guard = three(**how)
    assert run(guard, "--yes") == code
    assert {THIRD} <= set(undone(guard)) - set(guard.in_place)
    told = capsys.readouterr().out
    assert said in told
    assert "nothing of it is left" not in told


def test_a_guard_that_falls_silent_leaves_told_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    """And does not end well."""
    guard = three(silent_after=7)  # a list, four incidents, an undo and its wait
    assert run(guard, "--yes", output="json") == FAILED
    shown = capsys.readouterr()
    outcomes = [one.get("outcome") for one in json.loads(shown.out)["incidents"]]
    assert outcomes == ["undone", None, None]
    assert "the guard cannot be asked" in shown.err


def test_whoever_stops_it_learns_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    """By Ctrl-C, in the middle of the second; run again, it goes on where it stopped."""
    guard = three(silent_after=8, silence=KeyboardInterrupt)
    assert run(guard, "--yes") == FAILED
    shown = capsys.readouterr()
    assert f"Undone:      {THIRD} on Other" in shown.out
    assert "Not read:    what is left was not read again: 1 of 3 undone" in shown.out
    assert "stopped; what was asked for last may still be carried out; run it again" in shown.err
    guard.silent_after = 1000
    assert run(guard, "--yes") == ANSWERED
    assert undone(guard).count(THIRD) == 1
    assert guard.in_place == {}


def test_a_reader_that_goes_away_stops_it_and_the_error_output_says_where(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What nobody is told of is not done on and on."""
    guard = three()

    def gone(line: str) -> None:
        if line.startswith("Undone:"):
            raise BrokenPipeError

    monkeypatch.setattr(undo_all_command, "tell_line", gone)
    with pytest.raises(BrokenPipeError):
        run(guard, "--yes")
    assert undone(guard) == [THIRD]
    assert "nobody reads what is told: 1 of 3 undone; run it again" in capsys.readouterr().err


def test_what_is_put_in_place_meanwhile_is_left_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    """It ends with 0 only where nothing of the guard's is there."""
    new = "inc-0000000000000009"
    assert run(three(meanwhile={new: "Other"}), "--yes", output="json") == DIFFERS
    told = {one["incident"]: one for one in json.loads(capsys.readouterr().out)["incidents"]}
    assert {name: one["outcome"] for name, one in told.items()} == {
        THIRD: "undone",
        SECOND: "undone",
        FIRST: "undone",
        new: "differs",
    }
    assert told[new]["left"] == [f"put the inline policy of {new}"]


def test_the_command_that_a_dry_run_tells_is_for_the_same_account(capsys: pytest.CaptureFixture[str]) -> None:
    """Pasted, it undoes what was told of, and not what the guard has in place in its own account."""
    assert run(three(), account="111122223333", own_profile="the member") == ANSWERED
    assert "--for 1d --account 111122223333 --own-profile 'the member'\n" in capsys.readouterr().out


def test_a_guard_that_refuses_to_tell_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever may not ask learns why."""
    undoing = Undoing(lambda _: (403, {"error": "a guarded role"}), Subjects(), Patience(lambda: 0.0, lambda _: None))
    arguments = argparse.Namespace(yes=True, output="text")
    assert undo_all_command.run_undo_all(arguments, {"action": "undo"}, undoing) == REFUSED
    assert "a guarded role" in capsys.readouterr().err


def test_an_incident_of_which_nothing_can_be_told_is_not_passed_over() -> None:
    """It may have something in place."""

    def ask(body: Mapping[str, object]) -> tuple[int, dict[str, Any]]:
        return (502, {"error": "AWS was not reached"}) if body["action"] == "explain" else three().ask(body)

    (one, *_) = undo_all.find_standing(Undoing(ask, Subjects(), Patience(lambda: 0.0, lambda _: None)), "")
    assert one.unknown == "AWS was not reached"


@pytest.mark.parametrize(
    "words",
    [
        [],
        [FIRST, "--all"],
        [FIRST],
        [FIRST, "--yes", "--reason", "x"],
        ["--all", "--yes"],
        ["--all", "--document", "x.json"],
    ],
)
def test_words_that_do_not_fit_together_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is asked."""
    with pytest.raises(SystemExit) as caught:
        main(["undo", *words])
    assert caught.value.code == 2
    assert "panorama-guard undo: error: " in capsys.readouterr().err
