"""The model of the protocol, its page and the code name the same things. Needs no spin: `make evidence` runs that."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.evidence.protocol import MODEL, MUTANTS, WORLDS, claims

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "layers" / "guard" / "panorama_guard"
PAGE = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
TEXT = MODEL.read_text(encoding="utf-8")
PLACES = sorted(set(re.findall(r"CODE (\S+\.py) (\w+)", TEXT)) - {("file", "function")})


@cache
def functions(path: Path) -> set[str]:
    """Return the names of a module's functions and methods."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "function"), PLACES)
def test_each_step_of_the_model_is_a_function_of_the_code(file: str, function: str) -> None:
    """Who renames or removes one looks at the model again."""
    assert function in functions((ROOT if file.startswith("functions/") else LIBRARY) / file)


def test_the_page_relates_every_step_and_no_other() -> None:
    """Its table has a row for each place that the model names."""
    assert sorted(re.findall(r"\| `(\S+\.py)` `(\w+)` \|", PAGE)) == PLACES


def test_every_assertion_says_what_it_claims_and_the_page_lists_it() -> None:
    """A claim without words could be any."""
    lines = TEXT.splitlines()
    said = {number for number, line in enumerate(lines, 1) if re.search(r"\bassert\(|^ltl ", line)}
    assert said == set(claims())
    listed = re.findall(r"^- (.*)", PAGE.partition("## Claims")[2].partition("## ")[0], re.MULTILINE)
    assert all(any(line.startswith(claim) for line in listed) for claim in claims().values())
    assert len(listed) == len(set(claims().values()))


def test_every_claim_is_broken_by_a_mutant() -> None:
    """One that nothing can break says nothing."""
    assert {claim for _, claim in MUTANTS.values()} == set(claims().values())


def test_every_safeguard_that_can_be_left_out_is_left_out_once() -> None:
    """In a world that there is, with bounds that the model knows."""
    assert set(re.findall(r"\bWITHOUT_[A-Z_]*[A-Z]\b", TEXT.partition("bounds */")[2])) == set(MUTANTS)
    assert {world for world, _ in MUTANTS.values()} <= set(WORLDS)
    bounds = {bound.partition("=")[0] for world in WORLDS.values() for bound in world.bounds.split()}
    assert bounds <= set(re.findall(r"#if(?:n?def)? ([A-Z_]+)", TEXT))


def test_the_page_names_a_mutant_for_each_thing_that_was_found() -> None:
    """The code as it was must stay detectable."""
    named = re.findall(r"\| `(WITHOUT_\w+)` \|", PAGE)
    assert named
    assert set(named) <= set(MUTANTS)
