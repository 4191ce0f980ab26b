"""local/desk.py: alerts and an environment for a person."""

import json

from local.demo import REAL
from local.demo_watch import Alert
from local.desk import alert_lines, environment_lines
from local.stack_settings import ROOT

PLACES = {"endpoint": "http://localhost:4600", "region": "us-east-1", "operate_url": "http://localhost:4600/a b/"}


def test_a_shell_finds_the_stack_wherever_it_is() -> None:
    """And nobody's own account; a URL is one word."""
    lines = list(environment_lines(PLACES))
    assert lines[0] == "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN"
    assert "export AWS_ENDPOINT_URL=http://localhost:4600" in lines
    assert "export PANORAMA_GUARD_URL='http://localhost:4600/a b/'" in lines


def test_alerts_are_shown_without_the_line_for_machines() -> None:
    """Subject and text; of an alarm, which has no text, its body."""
    lines = list(alert_lines([Alert("[CONTAINED] x", "one\ntwo", {"a": 1}), Alert("ALARM", "", {"AlarmName": "b"})]))
    assert lines[:4] == ["[CONTAINED] x", "-------------", "one\ntwo", ""]
    assert json.loads(lines[6]) == {"AlarmName": "b"}


def test_no_alert_is_told_as_that() -> None:
    """Silence would look like a failure."""
    assert list(alert_lines([])) == ["no alert is waiting"]


def test_the_readme_says_what_is_real_in_the_words_of_the_demo() -> None:
    """Only the line breaks differ."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert " ".join(REAL.split()) in " ".join(readme.split())
