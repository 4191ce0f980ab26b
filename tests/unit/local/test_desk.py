"""local/desk.py: alerts and an environment for a person."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from local.__main__ import main
from local.demo import REAL
from local.demo_watch import Alert
from local.desk import alert_lines, environment_lines
from local.stack_settings import ROOT

PLACES = {"endpoint": "http://localhost:4600", "region": "us-east-1", "operate_url": "http://localhost:4600/a b/"}


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drop the variables of AWS for the time of a test, as `main` does for good."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)


def test_a_shell_finds_the_stack_wherever_it_is() -> None:
    """And nobody's own account; a URL is one word."""
    lines = list(environment_lines(PLACES))
    assert lines[0] == "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN"
    assert "export AWS_ENDPOINT_URL=http://localhost:4600" in lines
    assert "export PANORAMA_GUARD_URL='http://localhost:4600/a b/'" in lines


def test_commands_of_alerts_can_be_typed_as_they_stand() -> None:
    """`aws` and `panorama-guard` are found on the path."""
    assert f"export PATH={ROOT}/.venv/bin:$PATH" in list(environment_lines(PLACES))


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_every_service_is_asked_of_the_stack(shell: str) -> None:
    """Also SQS, for which version 1 of AWS's command line has an address of its own."""
    lines = "\n".join(environment_lines({**PLACES, "endpoint": "http://127.0.0.1:1"}))
    done = subprocess.run(
        [shell, "-c", f"{lines}\naws sqs list-queues"],
        env={"PATH": os.environ["PATH"], "AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert 'Could not connect to the endpoint URL: "http://127.0.0.1:1/"' in done.stderr


def test_a_shell_reaches_nothing_where_no_stack_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever has not started it does not speak to AWS by his next command, and `&&` stops there."""
    assert main(["env", "--folder", str(tmp_path)]) == 1
    told = capsys.readouterr()
    script = 'eval "$1" || echo "$AWS_ENDPOINT_URL $AWS_ACCESS_KEY_ID ${AWS_PROFILE-none}"'
    done = subprocess.run(
        ["/bin/bash", "-c", script, "bash", told.out],
        env={"AWS_PROFILE": "own"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "http://127.0.0.1:1 none none\n"
    assert "no stack is running" in told.err


def test_a_mode_that_is_none_is_refused_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the words of the template."""
    assert main(["vacant", "--folder", str(tmp_path), "--mode", "bogus"]) == 1
    assert "parameter Mode must be observe, approve or enforce" in capsys.readouterr().err
    assert main(["vacant", "--folder", str(tmp_path), "--mode", "enforce"]) == 0


def test_a_port_that_is_taken_is_refused_before_anything_is_built(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its number, and what to type."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["vacant", "--folder", str(tmp_path), "--port", str(port)]) == 1
    assert capsys.readouterr().err.endswith(f"port is already in use, choose another with PORT=: `{port}`\n")


def test_before_anything_was_built_there_is_nothing_to_refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a fresh clone, where `make demo` is the first command."""
    monkeypatch.setattr("local.__main__.TEMPLATE", tmp_path / "template.yaml")
    assert main(["vacant", "--folder", str(tmp_path), "--mode", "enforce"]) == 0


def test_alerts_are_shown_without_the_line_for_machines() -> None:
    """Subject and text; of an alarm, which has no text, its body."""
    lines = list(alert_lines([Alert("[CONTAINED] x", "one\ntwo", {"a": 1}), Alert("ALARM", "", {"AlarmName": "b"})]))
    assert lines[:4] == ["[CONTAINED] x", "-------------", "one\ntwo", ""]
    assert json.loads(lines[6]) == {"AlarmName": "b"}


def test_an_alert_without_a_subject_has_that_of_sns() -> None:
    """A rule that tells past the functions can give none; SNS writes one over the e-mail."""
    assert list(alert_lines([Alert("", "", {"what": "x"})]))[:2] == ["AWS Notification Message", "-" * 24]


def test_no_alert_is_told_as_that() -> None:
    """Silence would look like a failure."""
    assert list(alert_lines([])) == ["no alert is waiting"]


def test_the_readme_says_what_is_real_in_the_words_of_the_demo() -> None:
    """Only the line breaks differ."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert " ".join(REAL.split()) in " ".join(readme.split())
