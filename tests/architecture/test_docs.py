"""The pages at the top and in docs/ tell to type what can be typed, name what there is, link to what stands there."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from awscli.clidriver import create_clidriver

from panorama_guard.cli.arguments import make_parser
from tests.template.translation import read_source

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
ENDED = re.compile(r"[|>#]|&&| {2,}")  # a pipe, a file, a remark; what is typed after it; what it is for
AWS_STANDS_FOR = {"QUEUE-URL": "https://sqs.us-east-1.amazonaws.com/123456789012/q", "STACK": "guard", "FUNCTION": "f"}
# The alert shows these; what they take was chosen by the incident, and is held by tests of the alert.
SHOWN = ("simulate-principal-policy", "simulate-custom-policy")
TEMPLATE = (ROOT / "template.yaml").read_text(encoding="utf-8")


def commands(page: Path) -> Iterator[str]:
    """Yield each line of a page's blocks that somebody may type, long ones joined."""
    for block in BLOCK.findall(page.read_text(encoding="utf-8")):
        yield from re.sub(r"\s*\\\n\s*", " ", block).splitlines()


def typed(program: str) -> list[tuple[str, str]]:
    """Return every command of a program, with the page that tells to type it."""
    found = [
        (page.name, ENDED.split(line)[0].strip().removeprefix(".venv/bin/"))
        for page in PAGES
        for line in commands(page)
        if re.match(rf"(\.venv/bin/)?{program} (?!PATH)", line)
    ]
    return [(page, line) for page, line in found if "..." not in line and "FILE [" not in line]


@pytest.mark.parametrize(("page", "command"), typed("panorama-guard"))
def test_a_command_of_the_guard_is_taken_by_its_command_line(page: str, command: str) -> None:
    """By the parser that reads it."""
    assert make_parser().parse_args(shlex.split(command)[1:]).run, page


@pytest.mark.parametrize(
    ("page", "command"), [one for one in typed("aws") if not any(word in one[1] for word in SHOWN)]
)
def test_a_command_of_aws_is_taken_by_the_real_command_line(
    page: str, command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It finds nothing wrong with the words, and then nobody at the address that it is given."""
    keys = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none"}
    for name, value in {**keys, "AWS_MAX_ATTEMPTS": "1"}.items():
        monkeypatch.setenv(name, value)
    words = [AWS_STANDS_FOR.get(word, word) for word in shlex.split(command)[1:]]
    create_clidriver().main([*words, "--endpoint-url", "http://127.0.0.1:9"])
    said = capsys.readouterr().err
    assert "Could not connect to the endpoint URL" in said, f"{page}: {said}"


@pytest.mark.parametrize(("page", "command"), typed("make"))
def test_a_target_of_make_is_there(page: str, command: str) -> None:
    """And the variables that it takes."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    _, target, *rest = shlex.split(command)
    assert re.search(rf"^(\.PHONY: .*\b)?{target}\b", makefile, re.MULTILINE), page
    assert [word for word in rest if f"{word.split('=')[0]} ?=" not in makefile] == []


def test_there_are_commands_of_each_program() -> None:
    """The pattern above finds them."""
    assert [len(typed(program)) > least for program, least in (("panorama-guard", 15), ("aws", 5), ("make", 5))] == [
        True
    ] * 3


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_links_to_stands_there(page: Path) -> None:
    """A heading of its own, or a file."""
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    links = re.findall(r"\]\(([^)]+)\)", text)
    inside = [link[1:] for link in links if link.startswith("#")]
    outside = [link for link in links if not link.startswith(("#", "https://"))]
    assert [link for link in inside if link not in headings] == []
    assert [link for link in outside if not (page.parent / link.split("#")[0]).exists()] == []


def test_each_decision_has_a_number_of_its_own() -> None:
    """One after the other, so that a number in a sentence means one of them."""
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_alarm_is_in_the_runbook() -> None:
    """And every one in the runbook is in a template."""
    templates = TEMPLATE + (ROOT / "templates" / "member.yaml").read_text(encoding="utf-8")
    there = set(re.findall(r"^  (\w+):\n    Type: AWS::CloudWatch::Alarm", templates, re.MULTILINE))
    assert (
        set(re.findall(r"^\| `(\w+Alarm)`", (ROOT / "docs/runbook.md").read_text(encoding="utf-8"), re.MULTILINE))
        == there
    )


def test_every_function_is_in_the_security_model() -> None:
    """And every one there is in the template."""
    there = set(re.findall(r"^  (\w+):\n    Type: AWS::Serverless::Function", TEMPLATE, re.MULTILINE))
    assert (
        set(re.findall(r"^\| `(\w+Function)`", (ROOT / "docs/security.md").read_text(encoding="utf-8"), re.MULTILINE))
        == there
    )


def test_every_parameter_is_in_the_readme_with_its_default() -> None:
    """And every one there is in the template."""
    parameters = read_source()["Parameters"]
    rows = dict(
        re.findall(r"^\| `([A-Z]\w+)` \| (.*?) \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert parameters.keys() == rows.keys()
    wrong = {
        name: row for name, row in rows.items() if str(parameters[name]["Default"] or "none") not in row.strip("`")
    }
    assert wrong == {}
