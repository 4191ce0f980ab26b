"""Faults in the way of the functions' calls: put by a test, and every (call x fault) made of a recorded run."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from local.faults import Fault
from tests.stack.running import RunningStack


@dataclass(frozen=True, slots=True)
class Call:
    """A call that a function makes in a run: the `nth` of its function, service and operation."""

    function: str
    service: str
    operation: str
    nth: int
    writes: bool
    invocation: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One call and one fault that it meets; where `attempts` is given, only so many attempts of the SDK at it."""

    call: Call
    fault: Fault
    attempts: int | None = None

    def __str__(self) -> str:
        """Return the cell in a line."""
        call, once = self.call, " once" if self.attempts else ""
        return f"{call.function} {call.service}:{call.operation} #{call.nth} {self.fault.value}{once}"

    @property
    def rule(self) -> dict[str, Any]:
        """Return the rule that puts the fault in the call's way."""
        named = {name: value for name, value in asdict(self.call).items() if name not in ("writes", "invocation")}
        return {**named, "fault": self.fault.value, "attempts": self.attempts}

    @property
    def may_tell_twice(self) -> bool:
        """Say whether an alert may be told twice: it is published by then, and that is not on record."""
        call = self.call
        is_unrecorded = call.operation == "PutItem" and self.fault not in (Fault.UNANSWERED, Fault.KILLED_AFTER)
        is_unheard = call.operation == "Publish" and self.fault in (Fault.UNANSWERED, Fault.KILLED_AFTER)
        return call.function == "notify" and (is_unrecorded or is_unheard)


def put_faults(stack: RunningStack, rules: Iterable[dict[str, Any]] = ()) -> None:
    """Put these faults in the place of all others, and begin to record calls anew."""
    status, answer = stack.call("POST", "/_local/faults", json.dumps({"rules": list(rules)}).encode())
    assert status == 200, answer


def faults_met(stack: RunningStack) -> int:
    """Return how many attempts have met a fault."""
    return sum(rule["hits"] for rule in stack.call("GET", "/_local/faults")[1]["rules"])


def calls_made(stack: RunningStack) -> list[Call]:
    """Return every call of a function since faults were put."""
    return [Call(**call) for call in stack.call("GET", "/_local/faults")[1]["calls"]]


def distinct(calls: Iterable[Call], seen: set[tuple[str, ...]]) -> Iterator[Call]:
    """Yield the calls that are the first at their place: in a function, after just these other calls.

    Two invocations of a function are one path until the first call in which they differ, and two from there on.
    """
    before: dict[str, tuple[str, ...]] = {}
    for call in calls:
        path = (*before.get(call.invocation, (call.function,)), call.operation)
        before[call.invocation] = path
        if path not in seen:
            seen.add(path)
            yield call


def cells_of(calls: Iterable[Call]) -> Iterator[Cell]:
    """Yield every fault that a call can meet, of every call.

    Whether AWS has done it before the answer is lost makes no difference to a read. Strongly consistent reads are never
    stale: only IAM's are.
    """
    for call in calls:
        yield from (Cell(call, fault) for fault in _EVERY)
        if call.writes:
            yield from (Cell(call, fault) for fault in _WRITES)
            yield Cell(call, Fault.UNANSWERED, attempts=1)
        elif call.service == "iam":
            yield Cell(call, Fault.STALE)


_EVERY = (Fault.THROTTLED, Fault.FAILING, Fault.DENIED, Fault.UNREACHED, Fault.KILLED_BEFORE)
_WRITES = (Fault.LIMITED, Fault.UNANSWERED, Fault.KILLED_AFTER)
