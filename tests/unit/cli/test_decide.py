"""cli/decide.py: JSON lines in, JSON lines out."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from panorama_guard.cli import main

GET = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a*"}
ALLOW = {"Version": "2012-10-17", "Statement": GET}
NARROW = {"Version": "2012-10-17", "Statement": {**GET, "Resource": "arn:aws:s3:::a"}}


def question(name: object = "q", **more: object) -> dict[str, Any]:
    """Return a question whose grant is inside its ceiling but for `more`."""
    return {"id": name, "ceiling": [ALLOW], "policies": [NARROW], "boundary": None, **more}


def decide(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *lines: object
) -> tuple[int, list[dict[str, Any]], list[str]]:
    """Run the command on lines of the standard input; return exit code, answers and error lines."""
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))
    code = main(["decide"])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err.splitlines()


def test_a_number_too_large_for_json_is_answered_as_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Infinity is no JSON."""
    code, answers, errors = decide(monkeypatch, capsys, '{"id": 1e999, "policies": [], "ceiling": []}')
    assert (code, answers[0]["id"], answers[0]["verdict"], len(errors)) == (1, "1e999", "undecided", 1)


def test_a_principal_in_an_identity_policy_decides_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """IAM takes none there, so that nobody knows whom a Deny with one would stop."""
    denied = {"Statement": [GET, {"Effect": "Deny", "Action": "*", "Resource": "*", "Principal": "*"}]}
    _, (answer,), _ = decide(monkeypatch, capsys, question(policies=[denied], ceiling=[]))
    assert (answer["verdict"], "Principal" in answer["reason"]) == ("undecided", True)


def test_answers_carry_verdict_witness_statement_and_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line of output for each line of input, in order."""
    odd = {"Statement": {**GET, "Condition": {"StringSounds": {"k": "a"}}}}
    asked = [question(1), question(2, ceiling=[NARROW], policies=[ALLOW]), question(3, policies=[odd], ceiling=[])]
    code, answers, errors = decide(monkeypatch, capsys, *asked)
    assert (code, errors) == (0, [])
    assert answers[0] == {"id": 1, "verdict": "contained", "witness": None, "statement": None, "reason": None}
    assert answers[1]["verdict"] == "escaped"
    assert answers[1]["witness"] == {"action": "s3:GetObject", "resource": "arn:aws:s3:::a-example", "context": {}}
    assert answers[1]["statement"] == {"policy": "policies[0]", "sid": None, "index": 0}
    assert (answers[2]["verdict"], answers[2]["witness"]) == ("undecided", None)
    assert answers[2]["reason"] == "policies[0], statement 1: the operator StringSounds (on k) is not understood"


def test_a_boundary_limits_the_policies(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A document under `boundary` intersects."""
    code, answers, _ = decide(monkeypatch, capsys, question(policies=[ALLOW], ceiling=[NARROW], boundary=NARROW))
    assert (code, answers[0]["verdict"]) == (0, "contained")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "standard input: line 2: not JSON"),
        ("[]", "standard input: line 2: not an object `[]`"),
        (question(boundry=ALLOW), "standard input: line 2: unknown field `boundry`"),
        ({"id": 7, "ceiling": []}, "standard input: line 2: policies: missing in `7`"),
        (question(policies={}), "standard input: line 2: policies: not a list of documents `{}`"),
        (question(policies=[NARROW, 5]), "standard input: line 2: policies[1]: not an object `5`"),
        (
            question(ceiling=[{"Statement": {"Effect": "Maybe", "Action": "*", "Resource": "*"}}]),
            "standard input: line 2: ceiling[0]: statement 1: Effect: neither Allow nor Deny `Maybe`",
        ),
        (question(boundary="{"), "standard input: line 2: boundary: not JSON"),
        ('{"id": 1, "id": 2}', "standard input: line 2: duplicate key `id`"),
        ("[" * 100_000, "standard input: line 2: not JSON that can be read"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_answered(
    line: object, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on the error stream names line, field and value; the exit code is not zero."""
    code, answers, errors = decide(monkeypatch, capsys, question(1), line, "", question(3))
    assert (code, len(errors), [answer["id"] for answer in (answers[0], answers[2])]) == (1, 1, [1, 3])
    assert errors[0].startswith(f"panorama-guard: {message}")
    assert errors[0] == f"panorama-guard: {answers[1]['reason']}"


@pytest.mark.parametrize("line", ["{", "[]", "7", '{"policies": 5, "ceiling": []}', '{"id": 1'])
def test_a_line_without_an_id_is_answered_as_an_error_under_its_number(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """So that the lines that go out are those that came in."""
    code, answers, _ = decide(monkeypatch, capsys, question(1), line, question(3))
    assert (code, len(answers)) == (1, 3)
    told = answers[1]
    assert (told.pop("reason") != "", told) == (
        True,
        {"id": None, "line": 2, "verdict": "error", "witness": None, "statement": None},
    )


@pytest.mark.parametrize("part", ['{"Effect": 1, "Effect": 2}', "NaN", "1" * 5000])
def test_a_question_that_is_no_plain_json_is_undecided_under_its_id(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    """A key that stands twice, a word that is no JSON, a number without end: the id is found nevertheless."""
    line = f'{{"id": 7, "ceiling": [], "policies": [{part}], "boundary": null}}'
    code, answers, errors = decide(monkeypatch, capsys, line)
    assert (code, len(errors)) == (1, 1)
    assert [(answer["id"], answer["verdict"]) for answer in answers] == [(7, "undecided")]


def test_a_question_that_cannot_be_read_is_undecided_under_its_id(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads the answers finds one for each id, with the error as its reason."""
    code, answers, errors = decide(monkeypatch, capsys, question("odd", policies=[5]))
    assert (code, len(errors)) == (1, 1)
    assert answers == [
        {
            "id": "odd",
            "verdict": "undecided",
            "witness": None,
            "statement": None,
            "reason": "standard input: line 1: policies[0]: not an object `5`",
        }
    ]


def test_a_deeply_nested_document_is_one_line_of_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Saying what is wrong does not need the depth."""
    nested = '{"id": 1, "ceiling": [], "policies": [' + "[" * 900 + "]" * 900 + "]}"
    code, _, errors = decide(monkeypatch, capsys, nested)
    assert (code, len(errors)) == (1, 1)
    assert "policies[0]: not an object" in errors[0]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They are not replaced by something that looks like text."""
    (tmp_path / "bytes.jsonl").write_bytes(b'{"id": "\xff", "ceiling": [], "policies": []}\n')
    assert main(["decide", str(tmp_path / "bytes.jsonl")]) == 1
    out, err = capsys.readouterr()
    assert (json.loads(out)["verdict"], "bytes.jsonl: line 1: not UTF-8" in err) == ("error", True)


def test_files_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that cannot be opened is told, the next one is read."""
    (tmp_path / "questions.jsonl").write_text(json.dumps(question("from a file")) + "\n", encoding="utf-8")
    code = main(["decide", str(tmp_path / "missing.jsonl"), str(tmp_path / "questions.jsonl")])
    out, err = capsys.readouterr()
    assert (code, json.loads(out)["id"]) == (1, "from a file")
    assert err == f"panorama-guard: {tmp_path / 'missing.jsonl'}: cannot be read `No such file or directory`\n"


def test_a_document_may_be_its_raw_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """As IAM returns it; a duplicate key inside is then seen."""
    code, answers, _ = decide(monkeypatch, capsys, question(policies=[json.dumps(NARROW)]))
    assert (code, answers[0]["verdict"]) == (0, "contained")
    code, _, errors = decide(monkeypatch, capsys, question(policies=['{"Statement": [], "Statement": []}']))
    assert (code, errors) == (1, ["panorama-guard: standard input: line 1: policies[0]: duplicate key `Statement`"])


def test_no_command_is_an_error_of_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """The parser says what is missing."""
    with pytest.raises(SystemExit, match="2"):
        main([])
    assert "COMMAND" in capsys.readouterr().err


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """As people look for it."""
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert re.fullmatch(r"panorama-guard \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_a_wrong_argument_acts_on_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline may have it from somebody else."""
    with pytest.raises(SystemExit, match="2"):
        main(["decide", "--\x1b[2Jx"])
    (line,) = capsys.readouterr().err.splitlines()
    assert "\\x1b[2Jx" in line


def test_the_help_says_what_may_be_left_out_and_what_the_codes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    """An escape is an answer, and no failure."""
    with pytest.raises(SystemExit, match="0"):
        main(["decide", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "one JSON object a line" in told
    assert "id and boundary may be left out" in told
    assert "Exit codes: 0 every line was answered, whatever its verdict; 1 a line or file could not be read" in told
