"""Mutation testing of `policy/` and `containment/`: a seeded sample of small changes, each of which a test should see.

The changes are cosmic-ray's. They are made in a copy of the tree, and tried until the time is over.
"""

import ast
import difflib
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.evidence.outcome import FOLDER, Options, Outcome, spread
from tests.evidence.survivors import explanation

ROOMS = ("layers/guard/panorama_guard/policy", "layers/guard/panorama_guard/containment")
COPIED = ("layers/guard/panorama_guard", "tests", "pyproject.toml")
TESTS = ("tests/unit/policy", "tests/unit/containment", "tests/corpus", "tests/properties/test_engine.py")
PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", *TESTS)
WORK = FOLDER / "mutation"
PATIENCE = 6  # times what the tests take on the unchanged tree, after which a change counts as seen
KILLED, SURVIVED, SKIPPED, LATE = "killed", "survived", "the same program", "not tried"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the operator's n-th place in a module."""

    module: str
    operator: str
    occurrence: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a change, and the line before and after it."""

    outcome: str
    module: str = ""
    line: int = 0
    before: str = ""
    after: str = ""


def sample(seed: int) -> list[Mutant]:
    """Return one change for each place of the two rooms that has one, in random order."""
    from cosmic_ray.ast import ast_nodes, get_ast_from_path  # noqa: PLC0415 - installed for this kind only
    from cosmic_ray.plugins import get_operator, operator_names  # noqa: PLC0415

    source = random.Random(seed)  # noqa: S311 - chance, not secrets
    places: dict[object, list[Mutant]] = defaultdict(list)
    operators = [(name, get_operator(name)) for name in sorted(operator_names())]
    for path in (path for room in ROOMS for path in sorted(Path(room).glob("*.py"))):
        nodes = list(ast_nodes(get_ast_from_path(path)))
        for name, operator in operators:
            if operator.arguments():
                continue
            made = operator()
            spots = [spot for node in nodes for spot in made.mutation_positions(node)]
            for number, spot in enumerate(spots):
                places[str(path), spot].append(Mutant(str(path), name, number))
    chosen = [source.choice(mutants) for _, mutants in sorted(places.items())]
    source.shuffle(chosen)
    return chosen


def try_mutant(deadline: float, patience: float, mutant: Mutant) -> Trial:
    """Make the change in this process's copy of the tree and run the tests, unless the time is over."""
    from cosmic_ray.mutating import mutate_code  # noqa: PLC0415
    from cosmic_ray.plugins import get_operator  # noqa: PLC0415

    if time.time() > deadline:
        return Trial(LATE)
    folder = _copy(WORK / f"copy-{os.getpid()}")
    path = folder / mutant.module
    original = path.read_text(encoding="utf-8")
    changed = mutate_code(original, get_operator(mutant.operator)(), mutant.occurrence)
    if changed is None or _meaning(changed) == _meaning(original):
        return Trial(SKIPPED)
    path.write_text(changed, encoding="utf-8")
    try:
        outcome = SURVIVED if _tests_pass(folder, patience) else KILLED
    finally:
        path.write_text(original, encoding="utf-8")
    line, before, after = _difference(original, changed)
    return Trial(outcome, mutant.module, line, before, after)


def _copy(folder: Path) -> Path:
    if not folder.exists():
        for name in COPIED:
            if Path(name).is_dir():
                shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(name, folder / name)
    return folder


def _tests_pass(folder: Path, patience: float) -> bool:
    environment = {
        **os.environ,
        "PYTHONPATH": str((folder / "layers/guard").resolve()),
        "PYTHONDONTWRITEBYTECODE": "1",  # two changes within a second would look alike
        "HYPOTHESIS_STORAGE_DIRECTORY": str((folder / "hypothesis").resolve()),
    }
    command = [sys.executable, "-m", "pytest", *PYTEST]
    try:
        run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, timeout=patience, check=False)
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


class _WithoutTypes(ast.NodeTransformer):
    """Leaves out what says nothing at run time: annotations, docstrings, what is remembered between calls."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign:
        node.annotation = ast.Constant(None)
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        node.returns = None
        node.decorator_list = [item for item in node.decorator_list if "lru_cache" not in ast.dump(item)]
        self.generic_visit(node)
        return node


def _meaning(code: str) -> str:
    try:
        return ast.dump(_WithoutTypes().visit(ast.parse(code)))
    except SyntaxError:
        return code


def _difference(original: str, changed: str) -> tuple[int, str, str]:
    before, after = original.splitlines(), changed.splitlines()
    for tag, first, last, start, end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            return (
                first + 1,
                " ".join(" ".join(before[first:last]).split()),
                " ".join(" ".join(after[start:end]).split()),
            )
    return 0, "", ""


def run_mutation(options: Options) -> Outcome:
    """Try changes until the time is over."""
    shutil.rmtree(WORK, ignore_errors=True)
    started = time.time()
    if not _tests_pass(_copy(WORK / "unchanged"), 600):
        message = "the tests do not pass on the unchanged tree"
        raise RuntimeError(message)
    patience = PATIENCE * (time.time() - started)
    mutants = sample(options.seed)
    work = partial(try_mutant, time.time() + options.mutation_minutes * 60, patience)
    trials = list(spread(work, mutants, options.processes, "changes tried"))
    shutil.rmtree(WORK, ignore_errors=True)
    counts = Counter(trial.outcome for trial in trials)
    tried = counts[KILLED] + counts[SURVIVED]
    survivors = sorted({_told(trial) for trial in trials if trial.outcome == SURVIVED})
    open_ones = sum("not explained" in line for line in survivors)
    return Outcome(
        asked=f"{tried:,} of {len(mutants):,} changes, within {options.mutation_minutes:g} minutes",
        result=f"{counts[KILLED] / max(1, tried):.1%} killed; {counts[SURVIVED]} survive, {open_ones} not explained",
        seed=str(options.seed),
        command=f"make evidence KINDS=mutation MUTATION_MINUTES={options.mutation_minutes:g} SEED={options.seed}",
        details=_details(counts, survivors, len(mutants)),
    )


def _told(trial: Trial) -> str:
    module = trial.module.removeprefix("layers/guard/panorama_guard/")
    why = explanation(module, trial.before, trial.after) or "not explained"
    return f"- `{module}`: `{_code(trial.before)}` → `{_code(trial.after)}`: {why}\n"


def _code(text: str) -> str:
    return text.replace("`", "'").replace("|", "\\|")


def _details(counts: Counter[str], survivors: list[str], total: int) -> str:
    return (
        f"One change for each of the {total:,} places that have one, in an order that the seed says. "
        f"{counts[SKIPPED]:,} that come to the same program (types, `lru_cache`) were left out. "
        f"Tests: {', '.join(f'`{name}`' for name in TESTS)}.\n\nSurvivors:\n\n{''.join(survivors)}"
    )
