"""What the engine must reach: each bar measured, its value beside it.

Each question's time is told twice: asked again, as in the table of `bench`, and of documents that were not seen before,
with new names in every run, so that nothing is remembered of the run before but the ceiling and the lists of
actions, which have the names that AWS gave them.
"""

import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple

from panorama_guard.containment import Contained, Escaped, Grant, Verdict
from panorama_guard.containment.check import check
from panorama_guard.policy import Document, Effect, parse_document_value
from panorama_guard.policy.write import document_value
from panorama_guard.profile import load_profile
from tests.benchmarks.adversarial import FAMILY
from tests.benchmarks.timing import median_time
from tests.evidence.managed import read_policy, shipped_policies

RUNS = 51
INTERPRETERS = 15
SAMPLE = 90  # pairs of managed policies that Z3 is asked about as well
SAMPLE_CAP = 2.0  # seconds of Z3 for one reading; a question that needs longer is counted with this
EVENT_MEGABYTES, SWEEP_MEGABYTES = 128, 256
ENGINE = "panorama_guard.containment"
SERVICE_POLICY = "AWSPanoramaServiceRolePolicy"


class WrongVerdictError(Exception):
    """A bar's question was answered otherwise than is right, so that its time says nothing."""


class Bar(NamedTuple):
    """One measure: its value, its limit and whether the limit is a least or a most."""

    name: str
    value: float
    limit: float
    unit: str
    note: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Say whether the bar is reached."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self) -> str:
        """Return the bar as a line of the table."""
        return (
            f"{self.name:52}{self.value:10.3f}{'>=' if self.at_least else '<=':>4}{self.limit:>7g} {self.unit:4}"
            f"{'met' if self.met else 'MISSED':>7}  {self.note}\n"
        )


@lru_cache(maxsize=1)
def baseline() -> Grant:
    """Return the ceiling of the questions: what AWS's own policy grants AWSPanoramaServiceRole."""
    role = load_profile().role_named("AWSPanoramaServiceRole")
    if role is None:
        raise LookupError
    return role.baseline


def narrowed(number: int) -> Document:
    """Return AWSPanoramaServiceRolePolicy with each resource narrowed, one statement for each action."""
    (whole,) = baseline().policies
    listed = document_value(whole.statements)["Statement"]
    statements = [
        {**item, "Action": action, "Resource": _narrow(item["Resource"], number)}
        for item in listed
        for action in _texts(item["Action"])
    ]
    return parse_document_value({"Version": "2012-10-17", "Statement": statements}, name=f"narrowed {number}")


def _narrow(resources: str | list[str], number: int) -> list[str]:
    return [text if text == "*" else text.replace("*", f"x{number}-*") for text in _texts(resources)]


def _texts(listed: str | list[str]) -> list[str]:
    """Return the members of an element: a single one is written without a list."""
    return [listed] if isinstance(listed, str) else listed


def drift(number: int) -> dict[str, Any]:
    """Return a statement that no ceiling has."""
    return {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": f"arn:aws:lambda:*:*:function:x{number}-*",
    }


def near(number: int) -> dict[str, Any]:
    """Return a statement one character off the pattern."""
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::*aws-panoram*{number}"}


def contained_drift(number: int) -> Grant:
    """Return the baseline, a statement one character off the pattern, and the Deny that takes away what it adds."""
    deny = {"Effect": "Deny", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::*aws-panorama*"}
    return with_statements(number, near(number), deny)


def conditioned_sides(number: int) -> tuple[Grant, Grant]:
    """Return a grant and a ceiling of conditions."""
    return conditioned(number, ceiling=False), conditioned(number, ceiling=True)


def with_statements(number: int, *statements: dict[str, Any]) -> Grant:
    """Return the baseline, read anew as it is from a role, with a document of these statements."""
    read = [parse_document_value(document_value(item.statements), name=item.name) for item in baseline().policies]
    more = parse_document_value({"Version": "2012-10-17", "Statement": list(statements)}, name=f"drift {number}")
    return Grant((*read, more))


def conditioned(number: int, *, ceiling: bool) -> Grant:
    """Return statements whose conditions ask every family of operators, on eight keys; the ceiling's are weaker."""
    rows = (
        ("aws:PrincipalTag/a", ("StringEquals", [f"a{number}", "ab"]), ("StringLike", ["a*"])),
        ("aws:PrincipalTag/b", ("StringNotLike", ["b*", f"c{number}*"]), ("StringNotEquals", ["b1", f"c{number}"])),
        ("aws:SourceArn", ("ArnLike", [f"arn:aws:s3:::x{number}*"]), ("ArnLike", ["arn:aws:s3:::*"])),
        ("s3:max-keys", ("NumericLessThan", [str(number)]), ("NumericLessThanEquals", [str(number), "1"])),
        ("aws:CurrentTime", ("DateLessThan", ["2026-05-31"]), ("DateLessThan", ["2026-06-01"])),
        ("aws:SourceIp", ("IpAddress", ["10.1.0.0/16"]), ("IpAddress", ["10.0.0.0/8"])),
        ("aws:SecureTransport", ("Bool", ["true"]), ("BoolIfExists", ["true"])),
        ("aws:TagKeys", ("ForAnyValue:StringEquals", ["x", "y"]), ("Null", ["false"])),
    )
    sides = [(key, right if ceiling else left) for key, left, right in rows]
    pairs = [(sides[place], sides[(place + 1) % len(sides)]) for place in range(len(sides))]
    statements = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": _block(pair)} for pair in pairs]
    return Grant((parse_document_value({"Version": "2012-10-17", "Statement": statements}, name=f"{number}"),))


def _block(tests: Iterable[tuple[str, tuple[str, list[str]]]]) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for key, (operator, values) in tests:
        found.setdefault(operator, {})[key] = values
    return found


Make = Callable[[int], tuple[Grant, Grant]]


class Asked(NamedTuple):
    """A question that is timed: its documents, made new for each number, what is right, and the most milliseconds."""

    name: str
    make: Make
    expected: type[Verdict]
    limit: float
    note: str = ""

    def ask(self, number: int) -> float:
        """Return the seconds of the question about new documents; raise WrongVerdictError if the answer is wrong."""
        verdict, seconds = timed(*self.make(number))
        if not isinstance(verdict, self.expected):
            message = f"{self.name}: {self.expected.__name__} is right, the engine says `{verdict}`"
            raise WrongVerdictError(message)
        return seconds

    def bars(self) -> tuple[Bar, Bar]:
        """Return the median of the question asked again, and of documents that are new."""
        first = statistics.median(self.ask(number) for number in range(100, 100 + RUNS))
        again = median_time(partial(check, *self.make(RUNS)), RUNS)
        return (
            Bar(self.name, again * 1e3, self.limit, "ms", self.note),
            Bar("  of documents not seen before", first * 1e3, self.limit, "ms"),
        )


def timed(grant: Grant, ceiling: Grant) -> tuple[Verdict, float]:
    """Return the verdict and its seconds."""
    started = time.perf_counter()
    verdict = check(grant, ceiling)
    return verdict, time.perf_counter() - started


def questions() -> tuple[Asked, ...]:
    """Return the single questions that are timed."""
    limit = baseline()
    allows = sum(len(item.actions.globs) for item in limit.policies[0].statements if item.effect is Effect.ALLOW)
    return (
        Asked(
            f"narrowed {SERVICE_POLICY}",
            lambda number: (Grant((narrowed(number),)), limit),
            Contained,
            1.0,
            f"{allows} action entries",
        ),
        Asked("one drifting statement", lambda number: (with_statements(number, drift(number)), limit), Escaped, 0.6),
        Asked("drift and a containing Deny", lambda number: (contained_drift(number), limit), Contained, 1.7),
        Asked("full condition enumeration", conditioned_sides, Contained, 10.0, "8 statements on 8 keys, each side"),
    )


def managed_bar() -> Bar:
    """Return the time of all managed policies against one ceiling."""
    limit = baseline()
    grants = [Grant((read_policy(name),)) for name in shipped_policies()]
    started = time.perf_counter()
    for grant in grants:
        check(grant, limit)
    spent = time.perf_counter() - started
    return Bar("all managed policies against one ceiling", spent, 1.5, "s", f"{len(grants):,} documents, read before")


def adversarial_bars() -> list[Bar]:
    """Return the worst of the adversarial documents, each asked in an interpreter of its own."""
    found = {name: _in_own_interpreter(name) for name in FAMILY}
    infixes = {name: item for name, item in found.items() if name.startswith("twelve")}
    slow = max(found, key=lambda name: found[name]["seconds"])
    large = max(found, key=lambda name: found[name]["megabytes"])
    twelve = max(infixes, key=lambda name: infixes[name]["seconds"])
    undecided = [name for name, item in found.items() if item["verdict"] == "Undecided"]
    return [
        Bar("12 infixes under NotResource", found[twelve]["seconds"], 1.0, "s", twelve),
        Bar("the worst within IAM's sizes: time", found[slow]["seconds"], 2.0, "s", f"{slow}, of {len(found)}"),
        Bar("the worst within IAM's sizes: memory", found[large]["megabytes"], 256, "MB", large),
        Bar("undecided of these, of which two may be", len(undecided), 2, "", ", ".join(undecided)),
    ]


def _in_own_interpreter(name: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.benchmarks.adversarial", name]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return told


def import_bars() -> list[Bar]:
    """Return what importing the engine costs, and what it imports beside the standard library."""
    nothing, engine = (
        statistics.median(_start_up(code) for _ in range(INTERPRETERS)) for code in ("pass", f"import {ENGINE}")
    )
    foreign = sorted(_modules(f"import {ENGINE}") - _modules("pass") - sys.stdlib_module_names - {"panorama_guard"})
    return [
        Bar(f"import of {ENGINE}", (engine - nothing) * 1e3, 15, "ms", "net of the interpreter's start"),
        Bar("modules it needs beside the standard library", len(foreign), 0, "", ", ".join(foreign)),
    ]


def _modules(code: str) -> set[str]:
    asked = f"{code}; import sys; print(*(name.partition('.')[0] for name in sys.modules))"
    return set(subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split())


def _start_up(code: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - started


def sample_pairs(seed: int = 0) -> list[tuple[str, str]]:
    """Return pairs of managed policies."""
    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    names = list(shipped_policies())
    return [(source.choice(names), source.choice(names)) for _ in range(SAMPLE)]


def peer_bar() -> Bar:
    """Return how many times longer Z3 takes than the engine, by the medians over pairs of managed policies."""
    from tests.benchmarks.z3_conditions import NotEncodedError  # noqa: PLC0415
    from tests.benchmarks.z3_peer import timed_answer  # noqa: PLC0415 - z3 is installed for this measure only

    theirs: list[float] = []
    encoded: list[tuple[str, str]] = []
    left_out = 0
    for pair in sample_pairs():
        try:
            _, spent, _ = timed_answer(*_read_anew(pair), SAMPLE_CAP)
        except NotEncodedError:
            left_out += 1
            continue
        theirs.append(spent)
        encoded.append(pair)
    ours = [timed(*_read_anew(pair))[1] for pair in encoded]  # apart from Z3, which leaves the processor's caches cold
    ratio = statistics.median(theirs) / statistics.median(ours)
    note = (
        f"{len(ours)} pairs of managed policies, medians {statistics.median(theirs):.2f} s and "
        f"{statistics.median(ours) * 1e3:.2f} ms; {left_out} not encoded"
    )
    return Bar("Z3's time in ours", ratio, 300, "x", note, at_least=True)


def _read_anew(names: tuple[str, str]) -> tuple[Grant, Grant]:
    one, other = (Grant((read_policy(name, again=True),)) for name in names)
    return one, other


def sweep_bars() -> list[Bar]:
    """Return what a sweep of a large account costs, and how fast what it asks for is judged."""
    from tests.benchmarks.large_account import BUCKETS, ROLES, judged_per_second, sweep_large_account  # noqa: PLC0415

    told = sweep_large_account()
    calls, iam = sum(told["calls"].values()), told["calls"]["iam:GetAccountAuthorizationDetails"]
    size = f"{ROLES:,} roles, {BUCKETS} buckets"
    return [
        Bar(
            "a sweep's calls of IAM, but for the canary's tag", iam, ROLES / 100 + 1, "", f"{size}; pages of a hundred"
        ),
        Bar("a sweep's calls in all", calls, 1.5 * BUCKETS, "", f"{told['asked']} asked for"),
        Bar("a sweep's time, of the 255 s before it is cut", told["seconds"], 255, "s", "AWS's API here is moto's"),
        Bar("a sweep's memory", told["megabytes"], SWEEP_MEGABYTES, "MB", "the most its process has held"),
        Bar("roles and buckets judged in a second", judged_per_second(), 500, "", "one in ten escapes", at_least=True),
    ]


def event_bars(held: Mapping[str, float]) -> list[Bar]:
    """Return what the functions hold in an ordinary event, given the megabytes of each."""
    return [
        Bar(f"{function}'s memory, an escape contained", most, EVENT_MEGABYTES, "MB", "the most its process has held")
        for function, most in held.items()
    ]


def bars() -> Iterable[Bar]:
    """Yield every bar, measured one after the other; the functions that hold memory are those that were built."""
    from tests.benchmarks.event_memory import event_memory  # noqa: PLC0415 - the engine is measured without the stack

    for question in questions():
        yield from question.bars()
    yield managed_bar()
    yield from adversarial_bars()
    yield from import_bars()
    yield from event_bars(event_memory())
    yield from sweep_bars()
    yield peer_bar()


def tell_bars(listed: Iterable[Bar]) -> bool:
    """Print each bar as soon as it is measured and say whether all are reached; a wrong verdict is told and ends it."""
    met = True
    try:
        for bar in listed:
            sys.stdout.write(bar.line())
            sys.stdout.flush()
            met = met and bar.met
    except WrongVerdictError as error:
        sys.stderr.write(f"bench: {error}\n")
        return False
    return met
