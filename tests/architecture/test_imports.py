"""Every line is in its room, and a room sees only the rooms that it may."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from itertools import dropwhile
from pathlib import Path

import pytest

from panorama_guard.case.finding import Kind
from panorama_guard.judging.resource_rules import RULES
from panorama_guard.planning.ladder import RUNGS
from panorama_guard.planning.resource_ladder import RESOURCE_RUNGS
from panorama_guard.profile import load_profile

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "layers" / "guard" / "panorama_guard"
PURE = ("policy", "containment", "profile", "case", "judging", "planning", "reporting", "drafts", "posture")
ROOMS = {
    "policy": set(),
    "containment": {"policy"},
    "profile": {"policy", "containment"},
    "case": {"policy", "containment"},
    "judging": {"policy", "containment", "profile", "case"},
    "planning": {"policy", "containment", "profile", "case", "judging"},
    "reporting": {"containment", "case"},
    "drafts": {"policy", "containment", "profile", "case", "judging"},
    # What `audit` and the function `report` make of what they have read, each by its own ways.
    "posture": {"policy", "containment", "profile", "case", "judging", "reporting"},
    "service": {"policy", "containment", "profile", "case", "judging", "planning", "reporting", "posture"},
    "aws": {"policy", "case"},
    # The settings are the environment in the words of service and profile, which the bootstrap hands on.
    "settings": {"service", "profile"},
    "bootstrap": {"service", "aws", "profile", "settings"},
    "loading": set(),
    "counting": {"case", "aws"},
    "cli": {"policy", "containment", "profile", "case", "judging", "reporting", "drafts", "aws", "posture"},
}
FUNCTIONS = ("inspect", "remediate", "notify", "relay", "sweep", "report", "operate")
# What a door may name of the library beside how it is loaded: its one service function, the records
# it parses, and how it counts.
DOORS = {"loading", "bootstrap", "service", "case", "counting"}
# YAML and Jinja2 come with extras of the package; no door reaches the room, or the part of one, that needs them.
OUTSIDE = {
    "counting": {"aws_lambda_powertools"},
    "aws": {"boto3", "botocore"},
    "drafts": {"yaml"},
    "reporting": {"jinja2"},
}
PAGE = LIBRARY / "reporting" / "page"
RENDERING = (LIBRARY / "service" / "report.py",)  # what calls the renderer beside the command line
IMPURE_MODULES = {"boto3", "botocore", "logging", "random", "secrets", "uuid", "os", "time", "socket", "subprocess"}
IMPURE_CALLS = {"now", "utcnow", "today", "getenv", "print", "open", "input", "exec", "eval"}
LONGEST_FILE = 250
LONGEST_FUNCTION = 40
# The command line takes an endpoint as the AWS CLI does, whatever is behind it.
TAKES_AN_ENDPOINT = "layers/guard/panorama_guard/aws/own_account.py"
WORDS_OF_THE_LOCAL_STACK = ("moto", "localhost", "127.0.0.1", "4566", "endpoint_url", ".local")


def modules(*folders: Path) -> list[Path]:
    """Return every module under the folders."""
    return sorted(path for folder in folders for path in folder.rglob("*.py"))


def room_of(path: Path) -> str:
    """Return the room that a module of the library is in."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def named(path: Path) -> str:
    """Return how a module is called in a test's id."""
    return str(path.relative_to(ROOT))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield every module that a module imports, wherever in it."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            module = node.module or ""
            yield from ([f"{module}.{alias.name}" for alias in node.names] if module == "panorama_guard" else [module])


def rooms_imported(path: Path) -> set[str]:
    """Return the rooms that a module imports from."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("panorama_guard.")}


def outside(path: Path) -> set[str]:
    """Return the packages that a module imports beside the standard library and the guard's own."""
    return {name.split(".")[0] for name in imports(path)} - set(sys.stdlib_module_names) - {"panorama_guard"}


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Yield every function of a module."""
    yield from (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def calls(path: Path) -> Iterator[str]:
    """Yield the last word of every name that a module calls."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr


HOUSE = [path for path in modules(LIBRARY) if room_of(path) != "__init__"]
DOORWAYS = [ROOT / "functions" / name / "handler.py" for name in FUNCTIONS]


def test_every_module_is_in_a_room() -> None:
    """There is no place for what belongs nowhere."""
    assert {room_of(path) for path in HOUSE} == set(ROOMS)


def test_a_room_imports_only_the_rooms_that_it_may() -> None:
    """Imports point one way."""
    strange = {named(path): rooms_imported(path) - {room_of(path)} - ROOMS[room_of(path)] for path in HOUSE}
    assert {path: rooms for path, rooms in strange.items() if rooms} == {}


def test_a_room_imports_nothing_from_outside_but_the_standard_library() -> None:
    """AWS's clients are in the one room that speaks to AWS."""
    strange = {named(path): outside(path) - OUTSIDE.get(room_of(path), set()) for path in HOUSE}
    assert {path: names for path, names in strange.items() if names} == {}


def test_the_posture_page_alone_needs_a_template_engine() -> None:
    """And the command line and the function `report` alone ask for the page, so that the others do without."""
    render = "panorama_guard.reporting.page.render"
    assert {path.parent for path in HOUSE if "jinja2" in imports(path)} == {PAGE}
    asking = [path for path in HOUSE if any(name.startswith(render) for name in imports(path))]
    others = [path for path in asking if path.parent != PAGE and room_of(path) != "cli"]
    assert tuple(others) == RENDERING


def test_the_doors_but_one_never_come_near_the_template_engine() -> None:
    """By any import, of whatever depth: the layer of all functions does not have it."""
    reached = {
        name: {LIBRARY / "bootstrap.py", *_reached(ROOT / "functions" / name / "handler.py")} for name in FUNCTIONS
    }
    assert {name for name, paths in reached.items() if paths & set(RENDERING)} == {"report"}


def _reached(path: Path) -> set[Path]:
    """Return the modules of the service that a door imports, and those that these import."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        names = [name for name in imports(waiting.pop()) if name.startswith("panorama_guard.service.")]
        new = {LIBRARY / "service" / f"{name.split('.')[2]}.py" for name in names} - found
        found |= new
        waiting += new
    return found


def test_a_pure_room_has_no_clock_no_chance_no_environment_and_no_log() -> None:
    """Values in, values out."""
    impure = {named(path): impurities(path) for path in HOUSE if room_of(path) in PURE}
    assert {path: names for path, names in impure.items() if names} == {}


def impurities(path: Path) -> set[str]:
    """Return what a module imports or calls that no value decides."""
    return ({name.split(".")[0] for name in imports(path)} & IMPURE_MODULES) | (set(calls(path)) & IMPURE_CALLS)


@pytest.mark.parametrize("path", DOORWAYS, ids=named)
def test_a_door_opens_on_its_service_alone(path: Path) -> None:
    """Parse, one call, return: nothing of judging, planning or AWS."""
    assert rooms_imported(path) <= DOORS
    assert outside(path) == {"aws_lambda_powertools"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_garbage_is_looked_for_while_a_function_is_loaded(name: str) -> None:
    """What says so is imported first, and what ends it is called behind the last import."""
    _, first, *others = ast.parse((ROOT / "functions" / name / "handler.py").read_text(encoding="utf-8")).body
    assert ast.unparse(first) == "from panorama_guard.loading import loaded"
    behind = dropwhile(lambda one: isinstance(one, ast.Import | ast.ImportFrom), others)
    assert ast.unparse(next(behind)) == "loaded()"


def test_nothing_that_is_deployed_knows_that_it_runs_locally() -> None:
    """The stack on one machine runs what AWS runs."""
    known = {named(path): words_of_the_local_stack(path) for path in (*HOUSE, *DOORWAYS)}
    assert {path: words for path, words in known.items() if words} == {TAKES_AN_ENDPOINT: ["endpoint_url"]}
    assert [path for path in (*HOUSE, *DOORWAYS) if any(name.split(".")[0] == "local" for name in imports(path))] == []


def words_of_the_local_stack(path: Path) -> list[str]:
    """Return the words in a module that say that it runs locally."""
    text = path.read_text(encoding="utf-8").lower()
    return [word for word in WORDS_OF_THE_LOCAL_STACK if word in text]


def test_files_and_functions_are_short() -> None:
    """A file fits in the head, a function on a screen."""
    sizes = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in (*HOUSE, *DOORWAYS)}
    assert {path: size for path, size in sizes.items() if size > LONGEST_FILE} == {}
    long = [
        f"{named(path)} {node.name}: {lines(node)}"
        for path in (*HOUSE, *DOORWAYS)
        for node in functions_of(path)
        if lines(node) > LONGEST_FUNCTION
    ]
    assert long == []


def test_most_functions_are_very_short() -> None:
    """Median under 8 lines, and nearly all under 20, the docstring not counted."""
    sizes = sorted(lines(node) for path in [*HOUSE, *DOORWAYS] for node in functions_of(path))
    assert sizes[len(sizes) // 2] < 8
    assert sum(size < 20 for size in sizes) / len(sizes) > 0.9


def test_every_kind_of_finding_has_rungs_or_is_alert_only() -> None:
    """A kind that is added has to be thought through."""
    rungs = {kind: (*RUNGS.get(kind, ()), *RESOURCE_RUNGS.get(kind, ())) for kind in (*RUNGS, *RESOURCE_RUNGS)}
    assert set(rungs) == set(Kind)
    assert {kind for kind in Kind if not rungs[kind]} == {Kind.UNDECIDED, Kind.WEAKNESS}


def test_every_type_of_resource_in_a_profile_can_be_judged() -> None:
    """A type that is added to a profile needs its rules."""
    assert {resource.type for resource in load_profile().resources} == set(RULES)


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines a function's statements take, its docstring left out."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
