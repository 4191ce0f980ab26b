"""Faults that are put in the way of the functions' own calls, and a record of every call that they make.

`POST /_local/faults` with `{"rules": [...]}` replaces the rules and begins the record anew; `GET` returns both. A rule:

    fault       one of the words of `Fault`
    function    remediate, inspect, ...; service, operation: iam, PutRolePolicy, ...   all calls where one is left out
    nth         the first call that the rule meets, counted from 1 among the calls with its function, service, operation
    times       how many calls it meets from there on (1; null for no end)
    attempts    how many attempts of each such call it meets: an SDK makes several (null for all)
    chance      the probability with which it meets one attempt, by a source with this `seed` (1)
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any, Final, Protocol

from local import trail_names
from local.front_errors import CallRefusedError, NoAnswerError
from local.identity import Identity
from local.refusals import denial
from local.wire import Call


class Fault(Enum):
    """What goes wrong with a call."""

    THROTTLED = "throttled"
    FAILING = "failing"  # AWS's own error, 500
    DENIED = "denied"
    LIMITED = "limited"  # a quota is full
    STALE = "stale"  # a read of IAM answers as before the last write
    UNREACHED = "unreached"  # no answer, and AWS has not heard of it
    SILENT = "silent"  # as above, but the connection stays: the client waits as long as it will
    UNANSWERED = "unanswered"  # no answer, and AWS has done it
    KILLED_BEFORE = "killed before"  # the process dies before AWS hears of it
    KILLED_AFTER = "killed after"  # the process dies when AWS has done it


class Workers(Protocol):
    """The processes that functions run in, by the access keys that they call with."""

    def kill(self, access_key: str) -> None:
        """Kill the process, as if it had crashed."""

    def invocation_of(self, access_key: str) -> str:
        """Return a name of the invocation that the process works at."""


class RuleError(ValueError):
    """What was posted is no set of rules."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which calls meet which fault."""

    fault: Fault
    function: str = ""
    service: str = ""
    operation: str = ""
    nth: int = 1
    times: int | None = 1
    attempts: int | None = None
    chance: float = 1.0
    seed: int = 0

    def is_about(self, made: Made) -> bool:
        """Say whether the rule is for such calls at all."""
        wanted = (self.function, self.service, self.operation)
        is_named = all(not one or one == other for one, other in zip(wanted, made.what, strict=True))
        return is_named and (self.fault is not Fault.STALE or (made.what[1] == "iam" and not made.writes))


@dataclass(slots=True)
class Made:
    """A call that a function made: function, service, operation; which one of those it is; its attempts so far."""

    what: tuple[str, str, str]
    nth: int
    writes: bool
    invocation: str
    attempts: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return the call as it is told."""
        function, service, operation = self.what
        what = {"function": function, "service": service, "operation": operation}
        return {**what, "nth": self.nth, "writes": self.writes, "invocation": self.invocation}


@dataclass(slots=True)
class _Armed:
    """A rule, which of the calls it is about each one was, and how often it was met."""

    rule: Rule
    places: dict[int, int] = field(default_factory=dict)  # by the identity of a call, kept alive by the record
    hits: int = 0
    source: random.Random = field(default_factory=random.Random)

    def meets(self, made: Made) -> bool:
        """Say whether this attempt of the call meets the fault."""
        rule = self.rule
        if not rule.is_about(made):
            return False
        place = self.places.setdefault(id(made), len(self.places) + 1)
        is_meant = place >= rule.nth and (rule.times is None or place < rule.nth + rule.times)
        is_early = rule.attempts is None or made.attempts <= rule.attempts
        is_hit = is_meant and is_early and (rule.chance >= 1 or self.source.random() < rule.chance)
        self.hits += is_hit
        return is_hit


@dataclass(frozen=True, slots=True)
class Met:
    """What one attempt of a call meets; nothing, nearly always."""

    fault: Fault | None = None
    kill: Callable[[], None] = lambda: None

    def arrive(self, call: Call) -> None:
        """Raise the error that the caller gets instead of an answer, or NoAnswerError."""
        if self.fault is Fault.KILLED_BEFORE:
            self.kill()
        if self.fault is Fault.SILENT:
            time.sleep(_SILENCE_SECONDS)
        if self.fault in (Fault.KILLED_BEFORE, Fault.UNREACHED, Fault.SILENT):
            raise NoAnswerError(call.operation)
        if self.fault in _ANSWERS:
            raise _ANSWERS[self.fault](call)

    def leave(self, call: Call) -> None:
        """Raise NoAnswerError where the caller never hears what AWS has done."""
        if self.fault is Fault.KILLED_AFTER:
            self.kill()
        if self.fault in (Fault.KILLED_AFTER, Fault.UNANSWERED):
            raise NoAnswerError(call.operation)


_NOTHING: Final = Met()
_SILENCE_SECONDS: Final = 60.0  # longer than any client of the functions waits


class Faults:
    """The rules in force, and the calls since they were put."""

    def __init__(self) -> None:
        """Begin without rules; nobody is a function yet."""
        self._lock = threading.Lock()
        self._functions: Mapping[str, str] = {}
        self._workers: Workers | None = None
        self._forget()

    def _forget(self) -> None:
        self._armed: list[_Armed] = []
        self._made: list[Made] = []
        self._by_id: dict[str, Made] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def know(self, functions: Mapping[str, str], workers: Workers) -> None:
        """Learn the functions' names by their roles' ARNs, and the processes that they run in."""
        self._functions, self._workers = functions, workers

    def put(self, rules: tuple[Rule, ...]) -> None:
        """Put these rules in the place of all others, and begin the record anew."""
        with self._lock:
            self._forget()
            self._armed = [_Armed(rule, source=random.Random(rule.seed)) for rule in rules]  # noqa: S311 - chance

    def as_json(self) -> dict[str, Any]:
        """Return how often each rule was met, and the calls."""
        with self._lock:
            rules = [{"fault": each.rule.fault.value, "hits": each.hits} for each in self._armed]
            return {"rules": rules, "calls": [made.as_json() for made in self._made]}

    @property
    def needs_the_past(self) -> bool:
        """Say whether somebody will read IAM as it was before its last write."""
        return any(each.rule.fault is Fault.STALE for each in self._armed)

    def meet(self, call: Call, identity: Identity) -> Met:
        """Record an attempt of a call, if a function makes it, and return what it meets."""
        function = self._functions.get(identity.issuer.arn) if identity.issuer else None
        if function is None or self._workers is None:
            return _NOTHING
        workers, key = self._workers, identity.access_key
        with self._lock:
            made = self._record(call, (function, call.service, call.operation), workers.invocation_of(key))
            met = [each.rule.fault for each in self._armed if each.meets(made)]
        return Met(met[0], lambda: workers.kill(key)) if met else _NOTHING

    def _record(self, call: Call, what: tuple[str, str, str], invocation: str) -> Made:
        made = self._by_id.get(call.caller.sdk_call)
        if made is None:
            self._counts[what] += 1
            made = Made(what, self._counts[what], not trail_names.is_read(call), invocation)
            self._made.append(made)
            if call.caller.sdk_call:
                self._by_id[call.caller.sdk_call] = made
        made.attempts += 1
        return made


def parse_rules(body: bytes) -> tuple[Rule, ...]:
    """Return the rules of a posted body, or raise `RuleError` naming what is wrong."""
    try:
        given = json.loads(body)["rules"]
        return tuple(_parse_rule(each) for each in given)
    except (ValueError, TypeError, KeyError) as error:
        message = f'body must be {{"rules": [...]}} ({error}): `{body[:200].decode(errors="replace")}`'
        raise RuleError(message) from None


def _parse_rule(value: Mapping[str, Any]) -> Rule:
    unknown = value.keys() - {each.name for each in fields(Rule)}
    if unknown:
        message = f"no field of a rule: {', '.join(sorted(unknown))}"
        raise RuleError(message)
    return Rule(**{**value, "fault": Fault(value["fault"])})


# How each service words it.
_THROTTLED: Final = {
    "iam": ("Throttling", 400),
    "dynamodb": ("ProvisionedThroughputExceededException", 400),
    "sqs": ("RequestThrottled", 403),
    "sns": ("Throttled", 429),
}
_FAILING: Final = {
    "iam": ("ServiceFailure", 500),
    "dynamodb": ("InternalServerError", 500),
    "sqs": ("InternalFailure", 500),
    "sns": ("InternalError", 500),
}
_LIMITED: Final = {
    "iam": ("LimitExceeded", 409),
    "dynamodb": ("ItemCollectionSizeLimitExceededException", 400),
    "sqs": ("OverLimit", 403),
    "sns": ("InvalidParameter", 400),  # the message is too long, which is the one limit of a publication
}


def _as_worded(words: Mapping[str, tuple[str, int]], otherwise: tuple[str, int]) -> Callable[[Call], CallRefusedError]:
    def refusal(call: Call) -> CallRefusedError:
        code, status = words.get(call.service, otherwise)
        return CallRefusedError(code, f"put in the way of {call.operation} by the stack", status)

    return refusal


_ANSWERS: Final[Mapping[Fault | None, Callable[[Call], CallRefusedError]]] = {
    Fault.THROTTLED: _as_worded(_THROTTLED, ("TooManyRequestsException", 429)),
    Fault.FAILING: _as_worded(_FAILING, ("InternalFailure", 500)),
    Fault.LIMITED: _as_worded(_LIMITED, ("LimitExceededException", 400)),
    Fault.DENIED: lambda call: denial(call, f"put in the way of {call.operation} by the stack", of_key=False),
}
