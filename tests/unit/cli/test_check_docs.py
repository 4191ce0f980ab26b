"""docs/check.md, the help of its commands and the pre-commit hook: everything that they tell to type can be typed."""

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shtab
import yaml

from panorama_guard.cli import main
from panorama_guard.cli.arguments import make_parser
from panorama_guard.cli.reviewed import CLEAN, FOUND

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", PAGE, re.DOTALL)
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
COMMAND = re.compile(r"(?:^|[ /])panorama-guard ((?:audit|check)[^|>\n]*)", re.MULTILINE)


def parser_of(command: str) -> argparse.ArgumentParser:
    """Return the parser of a subcommand."""
    (commands,) = (action for action in make_parser()._actions if isinstance(action, argparse._SubParsersAction))  # noqa: SLF001
    parser: argparse.ArgumentParser = commands.choices[command]
    return parser


def commands_in(text: str) -> Iterator[str]:
    """Yield what follows the name of the program in each line that has it."""
    yield from (found.strip() for found in COMMAND.findall(text))


TYPED = [
    *(command for _, block in BLOCKS for command in commands_in(block)),
    *commands_in(PAGE.rsplit("Elsewhere: ", maxsplit=1)[1]),
    *(command for name in ("audit", "check") for command in commands_in(str(parser_of(name).epilog))),
]


@pytest.mark.parametrize("command", TYPED)
def test_what_is_told_to_be_typed_is_taken(command: str) -> None:
    """By the command line's own parser."""
    assert make_parser().parse_args(shlex.split(command.strip("`. "))).run


def test_the_page_has_both_commands_many_times() -> None:
    """The pattern above finds them."""
    assert len(TYPED) > 15


@pytest.mark.parametrize("command", ["audit", "check"])
def test_help_has_examples_and_exit_codes(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As one expects of a command line."""
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    told = capsys.readouterr().out
    assert "examples:\n" in told
    assert "exit codes:\n  0  nothing found\n  1  a guarded role escapes, or a resource is open to others" in told


COMMANDS = (
    *("decide", "explain", "audit", "check", "replay", "approve", "retry", "undo", "waive", "approve-waiver"),
    *("end-waiver", "pause", "resume", "sweep", "incidents", "status", "profile check"),
)


def test_every_command_is_among_these(capsys: pytest.CaptureFixture[str]) -> None:
    """A new one is put there too."""
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    listed = re.findall(r"^    (\S+)", capsys.readouterr().out, re.MULTILINE)
    assert {command.split()[0] for command in COMMANDS} == set(listed)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_each_command_has_examples_that_can_be_typed(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each on a line of its own."""
    with pytest.raises(SystemExit, match="0"):
        main([*command.split(), "--help"])
    examples = re.findall(rf"^  .*panorama-guard ({command}\b[^|<>\n]*)", capsys.readouterr().out, re.MULTILINE)
    assert examples
    for example in examples:
        make_parser().parse_args(shlex.split(example))


def test_the_sample_workflows_are_yaml() -> None:
    """And name the hook that there is."""
    hooks, workflow = (yaml.safe_load(text) for kind, text in BLOCKS if kind == "yaml")
    assert hooks["repos"][0]["hooks"][0]["id"] == HOOKS[0]["id"]
    assert [step for step in workflow["jobs"]["check"]["steps"] if "panorama-guard check" in step.get("run", "")]


@pytest.mark.parametrize(("folder", "code"), [("escaping", FOUND), ("clean", CLEAN)])
def test_the_hook_fails_where_a_role_escapes(folder: str, code: int) -> None:
    """With the files that pre-commit would give it, in a process of its own."""
    (hook,) = HOOKS
    files = [str(path) for path in (ROOT / "tests/samples/check" / folder).iterdir()]
    assert all(re.search(hook["files"], name) for name in files)
    command = [str(Path(sys.executable).parent / "panorama-guard"), *hook["entry"].split()[1:]]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (code, "")


SOURCED = """
source "$1" && cd "$2" && shift 2
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_shtab_panorama_guard && printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("typed", "completed"),
    [
        ("aud", ["audit"]),
        ("profile c", ["check"]),
        ("audit --fail", ["--fail-on"]),
        ("audit --output sa", ["sarif"]),
        ("check temp", ["template.yaml"]),
        ("replay even", ["event.json"]),
        ("waive inc-1 --document even", ["event.json"]),
    ],
)
def test_bash_completes_what_is_typed(tmp_path: Path, typed: str, completed: list[str]) -> None:
    """Commands, options, their values, and the names of files: by shtab, as the page says."""
    for name in ("template.yaml", "event.json"):
        (tmp_path / name).touch()
    script = tmp_path / ".completion"
    script.write_text(str(shtab.complete(make_parser(), shell="bash")), encoding="utf-8")  # noqa: S604 - a shell's name
    command = ["bash", "-c", SOURCED, "bash", str(script), str(tmp_path), "panorama-guard", *typed.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == completed


def test_zsh_is_told_where_files_are_wanted() -> None:
    """The page has the command for it, too."""
    made: Any = shtab.complete(make_parser(), shell="zsh")  # noqa: S604 - the name of a shell, none is run
    assert re.search(r"a file, a folder, or .*:_files", made)
    assert re.search(r"--document\[.*:FILE:_files", made)
    assert "shtab --shell=zsh" in PAGE
