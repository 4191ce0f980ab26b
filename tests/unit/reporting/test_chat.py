"""What a chat shows is in Amazon Q's form, one thread for each incident, and nothing in it calls or leads anybody."""

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from panorama_guard.case.incident import State
from panorama_guard.case.telling import Told
from panorama_guard.reporting.chat import LONGEST_DESCRIPTION, MORE, MOST_STEPS, chat_notification
from tests.builders import INCIDENT, NOW, UNDO, WAIVER
from tests.unit.reporting.test_alert import HOSTILE, INCIDENTS, hostile_incident
from tests.unit.reporting.test_schemas import WORDS, largest_incident
from tests.unit.reporting.test_words import NEEDS, PAUSE

GOLDEN = Path(__file__).parent / "golden"
SHOWN: dict[str, Told] = {**INCIDENTS, "waiver-needs-second": NEEDS, "paused": PAUSE}
NASTY = [
    *HOSTILE,
    "<!channel> <@U024BE7LH> <https://evil.example|the runbook>",
    "@here @channel @SRE-Team @ everyone@",
    "[the runbook](https://evil.example) ![](https://evil.example/x.png)",
    "` *all is well* ` ```",
    "&lt;!channel&gt;",
    "<at>everyone</at>",
]


def texts(record: Told) -> list[str]:
    """Return every text that a chat shows of a notification."""
    content: Any = chat_notification(record)["content"]
    metadata: Any = chat_notification(record)["metadata"]
    return [content["title"], content["description"], *content["nextSteps"], *content["keywords"], metadata["summary"]]


def outside_code(text: str) -> str:
    """Return a text without what stands between backticks."""
    return re.sub(r"`[^`]*`", "", text)


@pytest.mark.parametrize("name", SHOWN)
def test_a_chat_shows_what_the_golden_file_shows(name: str) -> None:
    """The files are read by people when they change."""
    shown = json.dumps(chat_notification(SHOWN[name]), indent=2) + "\n"
    assert shown == (GOLDEN / f"{name}.chat.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("record", [*SHOWN.values(), *WORDS, *map(hostile_incident, NASTY)])
def test_a_notification_is_in_the_form_that_is_not_dropped(record: Told) -> None:
    """Version, source and a description; and no member that the form does not know."""
    told: Any = chat_notification(record)
    assert (told["version"], told["source"], told["content"]["textType"]) == ("1.0", "custom", "client-markdown")
    assert told["content"]["description"]
    assert set(told) == {"version", "source", "id", "content", "metadata"}
    assert set(told["content"]) == {"textType", "title", "description", "nextSteps", "keywords"}
    assert set(told["metadata"]) == {"threadId", "summary", "eventType", "relatedResources"}


@pytest.mark.parametrize("text", NASTY)
def test_what_an_attacker_chose_stays_in_code_and_calls_nobody(text: str) -> None:
    """No link, no image, no formatting, no mention, wherever it stands."""
    nasty = hostile_incident(text)
    for shown in texts(nasty):
        assert shown.count("`") % 2 == 0
        assert not set("<>`[]*~@|!") & set(outside_code(shown))
        assert "evil" not in outside_code(shown)
        assert not re.search(r"[<>]|(?<![A-Za-z0-9._+-])@|@(?![A-Za-z0-9])|&(?!(amp|lt|gt);)", shown)


@given(st.text(max_size=400))
def test_no_text_leaves_the_code_that_it_stands_in(text: str) -> None:
    """A notification has as many lines, and as many pieces of code on each, as with harmless text."""
    plain, nasty = texts(hostile_incident("harmless")), texts(hostile_incident(f"a{text}"))
    assert len(nasty) == len(plain)
    assert all(shown.count("`") % 2 == 0 for shown in nasty)
    for shown in nasty:
        assert all(line.isprintable() for line in shown.split("\n"))


def test_a_command_can_be_copied_or_is_not_shown() -> None:
    """One that escaping would change does other things than it says."""
    harmless, nasty = INCIDENTS["not-fixed"], replace(INCIDENTS["not-fixed"], source="a`b<c")
    steps: Any = chat_notification(harmless)["content"]
    assert any(step.startswith("By hand: `aws iam delete-role-policy ") for step in steps["nextSteps"])
    steps = chat_notification(nasty)["content"]
    assert "By hand: the command is in the alert" in steps["nextSteps"]


@pytest.mark.parametrize("name", INCIDENTS)
def test_every_command_that_is_shown_is_one_that_a_shell_takes(name: str) -> None:
    """Nothing of it was cut."""
    content: Any = chat_notification(INCIDENTS[name])["content"]
    commands = [step.split("`")[1] for step in content["nextSteps"] if not step.startswith("To stop it")]
    assert commands
    assert all(shlex.split(command)[0] in ("aws", "panorama-guard") for command in commands)


def test_of_what_is_too_long_the_first_lines_stay() -> None:
    """What is wrong with whom stays, the rest is where the last line says."""
    content: Any = chat_notification(largest_incident("x"))["content"]
    lines = content["description"].split("\n")
    assert lines[0].startswith("AWSPanoramaServiceRole: permission left the naming pattern. NOT FIXED.")
    assert lines[-1] == MORE
    assert len(content["description"]) <= LONGEST_DESCRIPTION
    assert len(content["title"]) < 100
    assert len(content["nextSteps"]) <= MOST_STEPS


@pytest.mark.parametrize("char", ["x", "&", "<", "`", "\u202e", "\U0001f600"], ids=ascii)
def test_the_largest_notification_is_small(char: str) -> None:
    """Far below what SNS takes."""
    assert len(json.dumps(chat_notification(largest_incident(char)))) < 40_000


def test_all_that_is_told_of_one_incident_is_one_thread() -> None:
    """Its updates, and what operators do about it."""
    later = INCIDENT.moved(State.RESOLVED, now=NOW, reason="gone")
    threads = [chat_notification(record)["metadata"]["threadId"] for record in (INCIDENT, later, UNDO, WAIVER)]  # type: ignore[index]
    assert threads == [INCIDENT.id] * 4
    assert len({chat_notification(record)["id"] for record in (INCIDENT, later)}) == 2
