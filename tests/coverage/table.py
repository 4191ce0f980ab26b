"""What is watched, row by row: each event of the routing table with whom it concerns, and what comes of it.

Nothing is listed here by hand. Whom an event concerns its sample says, read as `inspect` reads it; who reads that, the
wiring says; what is found on it, the code that judges its type; what is done about that, the ladder of its kind.
"""

import ast
import contextlib
import inspect
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from unittest import mock

import botocore

from panorama_guard import bootstrap
from panorama_guard.case import role_use
from panorama_guard.case.change import (
    Change,
    NeedsSweep,
    PolicyNamed,
    ResourceNamed,
    ResourcesBehind,
    RoleNamed,
    ServiceNamed,
    Subject,
    parse_change,
)
from panorama_guard.case.finding import Kind
from panorama_guard.case.resource import service_of
from panorama_guard.case.routes import ROUTES, SURROUNDING, event_names
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.planning.ladder import RUNGS
from panorama_guard.planning.resource_ladder import RESOURCE_RUNGS
from panorama_guard.profile import Enrolment, load_profile
from tests.coverage.operations import names_of

ROOT = Path(__file__).resolve().parents[2]
EVENTS, STACK = ROOT / "events", ROOT / "tests/stack"
ROLE = "role"
SWEEP = "everything, by a sweep"
TOLD = "told"
MOST_TESTS = 3  # that the page names of one event
_ENVIRONMENT = {"ACCOUNT_ID": "111122223333", "STACK_NAME": "guard", "AWS_DEFAULT_REGION": "us-east-1"}
_PROFILE = load_profile()


@dataclass(frozen=True)
class Row:
    """One event: a sample of it, whom it concerns, and where it happens on the running stack."""

    source: str
    event: str
    sample: str
    subjects: tuple[str, ...]
    stack_tests: tuple[str, ...]


def rows(source: str) -> list[Row]:
    """Return the rows of one source, in the order of the routing table."""
    return [_row(source, event) for event in event_names(source)]


def sources() -> list[str]:
    """Return the sources of the routing table, in its order."""
    return list(dict.fromkeys(source for source, _ in ROUTES))


def sample_of(source: str, event: str) -> Path:
    """Return the sample of an event."""
    own = EVENTS / f"{source.partition('.')[0]}-{event}.json"
    return own if own.exists() else EVENTS / f"{event}.json"


def _row(source: str, event: str) -> Row:
    path = sample_of(source, event)
    parsed = parse_change(json.loads(path.read_text(encoding="utf-8")))
    return Row(source, event, path.name, _concerned(parsed, source, event), tuple(_happens_in(source, event)))


def _concerned(parsed: object, source: str, event: str) -> tuple[str, ...]:
    if isinstance(parsed, NeedsSweep):
        return (SWEEP,)
    assert isinstance(parsed, Change), f"{source} {event}"
    named = [kind for subject in parsed.subjects for kind in _types_of(subject)]
    around = [role_use.TYPE] if event in SURROUNDING and ROLE in named else []
    return tuple(dict.fromkeys([*named, *around]))


def _types_of(subject: Subject) -> Iterator[str]:
    match subject:
        case RoleNamed() | PolicyNamed() | ServiceNamed():
            yield ROLE
        case ResourceNamed(key):
            yield key.partition(":")[0]
        case ResourcesBehind(key):
            kind = key.partition(":")[0]
            own = [one for one in RULES if service_of(one) == service_of(kind)]
            yield from [kind] if kind in own else own


def _happens_in(source: str, event: str) -> Iterator[str]:
    """Yield the files of the running stack's tests in which somebody makes the call, the first few of them."""
    calls = {botocore.xform_name(name) for name in names_of(source, event)}
    yield from islice((name for name, words in _stack_tests().items() if calls & words), MOST_TESTS)


@cache
def _stack_tests() -> dict[str, set[str]]:
    """Return the words of each file."""
    files = sorted(STACK.glob("test_*.py"))
    return {path.name: set(re.findall(r"\w+", path.read_text(encoding="utf-8"))) for path in files}


# --- who reads what, what is found on it, and what is done about that ---


@cache
def reader_of(kind: str) -> str:
    """Return the adapter that reads subjects of a type, as the functions are wired; empty where there is none."""
    if kind in (ROLE, SWEEP):
        return "IamRoles"
    with _wired():
        try:
            return type(bootstrap._resources()._reader(f"{kind}:x")).__name__  # noqa: SLF001 - the wiring itself
        except KeyError:
            return ""


@contextlib.contextmanager
def _wired() -> Iterator[None]:
    """Wire the functions as in a deployment; nothing is called."""
    cached = (bootstrap._settings, bootstrap._profile)  # noqa: SLF001 - a new environment starts without it
    with mock.patch.dict(os.environ, _ENVIRONMENT):
        for one in cached:
            one.cache_clear()
        yield
    for one in cached:
        one.cache_clear()


def findings_of(kind: str) -> Mapping[Kind, str]:
    """Return what can be found on subjects of a type, and what is done about each kind in mode enforce."""
    if kind == SWEEP:
        return {}
    if kind == ROLE:
        return {each: _words(RUNGS[each]) for each in RUNGS}
    is_enrolled = any(one.type == kind and one.enrolment is Enrolment.ENROLLED for one in _PROFILE.resources)
    return {each: _words(RESOURCE_RUNGS[each]) if is_enrolled else TOLD for each in Kind if each in _kinds(kind)}


@cache
def _kinds(kind: str) -> frozenset[Kind]:
    """Return the kinds that the code names which judges a type; what is not understood is undecided of all."""
    rules = RULES[kind]
    compared = [node for one in (rules.compare, rules.retired) for node in _nodes(str(inspect.getsourcefile(one)))]
    judged = [node for node in _nodes(str(inspect.getsourcefile(rules.rule_of))) if _is_rule(node)]
    found = {each for each in Kind if each.name in set(map(_kind_named, compared))}
    found |= {Kind.RESOURCE_ESCAPE for rule in judged if "WEAKNESS" not in map(_kind_named, ast.walk(rule))}
    return frozenset(found | {Kind.UNDECIDED} | ({Kind.SAFEGUARD_LOST} if rules.safeguards else set()))


@cache
def _nodes(path: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))))


def _is_rule(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PartRule"


def _kind_named(node: ast.AST) -> str:
    is_kind = isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "Kind"
    return node.attr if is_kind and isinstance(node, ast.Attribute) else ""


def _words(rungs: tuple[Callable[..., object], ...]) -> str:
    names = (getattr(rung, "__name__", "").replace("_", " ") for rung in rungs)
    return ", else ".join(names) or TOLD
