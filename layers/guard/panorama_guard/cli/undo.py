"""The operator's half of an undo: what would bring an escape back, put back with his own credentials, and compared.

The guard says what was there, byte for byte, and lifts what it put in place itself. Everything here may be run again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Protocol

from panorama_guard.case.difference import describe_differences
from panorama_guard.case.errors import WriteRefusedError
from panorama_guard.case.record import load_record
from panorama_guard.case.resource import Snapshot
from panorama_guard.case.snapshot import Subject
from panorama_guard.case.step import Step, apply_step
from panorama_guard.case.undo import PutBack, describe_inverse
from panorama_guard.cli.output import ANSWERED, DIFFERS, WAITING

LIFT_TAKES = 60.0  # seconds that the guard is given for its half
RE_READS = (0.0, 0.5, 2.0, 5.0)  # seconds before each reading: IAM's reads may lag behind its writes
_TICK = 0.5

Ask = Callable[[Mapping[str, object]], tuple[int, dict[str, Any]]]


class Subjects(Protocol):
    """Reads a role or a resource, and writes to it with the operator's own credentials."""

    def account(self) -> str:
        """Return the account that the credentials are of."""
        ...

    def read_subject(self, subject: Subject) -> Snapshot | None:
        """Return the role of this name, or the resource of this key, or None if there is none."""
        ...

    def apply(self, subject: Subject, step: Step) -> None:
        """Carry out one step on a role or a resource."""
        ...


@dataclass(frozen=True, slots=True)
class Patience:
    """A clock, and a way to wait."""

    clock: Callable[[], float]
    wait: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Undoing:
    """What finishing an undo needs: the guard, the operator's hand, and patience."""

    ask: Ask
    subjects: Subjects
    patience: Patience


def finish_undo(answer: Mapping[str, Any], undoing: Undoing) -> tuple[int, dict[str, Any]]:
    """Return how an undo ended, and its answer with what was put back and what differs."""
    told = {name: value for name, value in answer.items() if name != "record"}
    if answer["undo"] == "waiting":
        return WAITING, told
    if answer["by_guard"] and (problem := _wait_for_lift(answer, undoing)):
        return WAITING, {**told, "problem": problem}
    back = load_record(PutBack, str(answer["record"]))
    problems = _put_back(back, undoing)
    if problems:
        return DIFFERS, {**told, "differs": list(problems)}
    return ANSWERED, {**told, "undo": "done", "compared": "byte for byte"}


def _wait_for_lift(answer: Mapping[str, Any], undoing: Undoing) -> str:
    """Wait for the guard's half; return why it is not done, or an empty text."""
    patience, asked = undoing.patience, {name: answer[name] for name in ("incident", "account")}
    end = patience.clock() + LIFT_TAKES
    while patience.clock() < end:
        status, incident = undoing.ask({"action": "explain", **asked})
        if status >= 400 or incident["state"] == "RESOLVED":  # noqa: PLR2004 - HTTP's own bound
            return "" if status < 400 else str(incident.get("error"))  # noqa: PLR2004 - as above
        if incident["undo"] and incident["undo"]["refused"]:
            return f"the guard refused its half: {incident['undo']['refused']}"
        patience.wait(_TICK)
    return f"the guard has not lifted it within {LIFT_TAKES:.0f} seconds; run it again to go on"


def _put_back(back: PutBack, undoing: Undoing) -> tuple[str, ...]:
    """Carry out the operator's steps, and return how the subject differs from what it was to be, or nothing."""
    subject = back.target.subject
    # INVARIANT: what bears the same name in another account is neither compared nor written to.
    if (own := undoing.subjects.account()) != subject.account:
        told = f"your credentials are of account {own}, and what is to be put back is in {subject.account}"
        return (f"{told}: run it again with --own-profile and a profile of that account",)
    differences = _differences(back, back.steps, undoing)
    if differences:
        return differences
    for step in back.steps:
        current = undoing.subjects.read_subject(subject)
        if current is None or apply_step(current, step) == current:
            continue  # put back by an earlier run
        try:
            undoing.subjects.apply(subject, step)
        except WriteRefusedError as error:
            return (f"could not {describe_inverse(step)}: {error}",)
    return _differences(back, (), undoing)


def _differences(back: PutBack, to_come: tuple[Step, ...], undoing: Undoing) -> tuple[str, ...]:
    """Return how the subject will differ once these steps are carried out, as it is read; AWS is given time."""
    differences: tuple[str, ...] = ()
    for seconds in RE_READS:
        undoing.patience.wait(seconds)
        current = undoing.subjects.read_subject(back.target.subject)
        if current is None:
            return ("the role or resource does not exist any more",)
        differences = describe_differences(back.target, reduce(apply_step, to_come, current))
        if not differences:
            return ()
    return differences
