"""reporting/summary: many alerts in one message, whatever an attacker wrote into them."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from panorama_guard.case.finding import Severity
from panorama_guard.case.incident import Cause, Incident, State
from panorama_guard.case.telling import Told, urgency
from panorama_guard.reporting.plain import SUBJECT_LENGTH
from panorama_guard.reporting.summary import (
    MOST_LINES,
    summary_attributes,
    summary_body,
    summary_message,
    summary_subject,
)
from tests.builders import ACCOUNT, INCIDENT, NOW, WAIVER
from tests.unit.reporting.test_alert import HOSTILE, INCIDENTS, hostile_incident
from tests.unit.reporting.test_words import WORD

GOLDEN = Path(__file__).parent / "golden" / "summaries" / "storm.txt"
ROOT = Path(__file__).resolve().parents[3]
SCHEMA = json.loads((ROOT / "docs/schemas/summary-1.schema.json").read_text(encoding="utf-8"))
SNS_BYTES = 262_144
LONGEST_ARN = f"arn:aws:iam::{ACCOUNT}:role/{'p' * 510}/{'n' * 64}"
STORM: list[Told] = sorted([*INCIDENTS.values(), WORD], key=urgency)


def many(count: int, text: str = "harmless") -> Sequence[Incident]:
    """Return so many incidents, each of a subject of its own with the longest name that there is."""
    one = hostile_incident(text)
    subjects = (
        replace(one.subject, name=f"{number:03}{'n' * 61}", arn=f"{LONGEST_ARN[:-3]}{number:03}")
        for number in range(count)
    )
    return [replace(one, subject=subject) for subject in subjects]


def size_of(records: Sequence[Told]) -> int:
    """Return how many bytes SNS counts."""
    attributes = (name + json.dumps(values) for name, values in summary_attributes(records))
    return len(summary_message(records).encode()) + len("String.Array" * 5) + sum(map(len, attributes))


def test_an_operator_reads_what_the_golden_file_shows() -> None:
    """Every word of it was looked at."""
    assert f"{summary_subject(STORM)}\n\n{summary_message(STORM)}\n" == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_the_last_line_is_as_the_published_schema_says(text: str) -> None:
    """Whatever an attacker wrote."""
    records = [*STORM, hostile_incident(text), WAIVER]
    body = json.loads(summary_message(records).splitlines()[-1])
    assert body == json.loads(json.dumps(summary_body(records)))
    jsonschema.Draft202012Validator(SCHEMA).validate(body)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_create_lines(text: str) -> None:
    """The message has as many lines as with harmless text, and nothing in it acts on a terminal."""
    message = summary_message(many(3, text))
    lines = message.split("\n")
    assert len(lines) == len(summary_message(many(3)).split("\n"))
    assert all(line.isprintable() for line in lines)
    assert lines == message.splitlines()


@pytest.mark.parametrize("text", ["harmless", "\U0001f600" * 3000, "x" * 5000])
def test_the_largest_storm_is_taken_by_sns(text: str) -> None:
    """Three hundred roles of the longest names: message and attributes together."""
    records = many(300, text)
    assert size_of(records) < SNS_BYTES
    body = json.loads(summary_message(records).splitlines()[-1])
    assert body["alerts"] == 300
    jsonschema.Draft202012Validator(SCHEMA).validate(body)


def test_the_worst_have_a_line_each_and_it_says_how_the_others_are_listed() -> None:
    """Never that there are no others."""
    lines = summary_message(many(MOST_LINES + 7)).splitlines()
    assert sum("[NOT FIXED]" in line for line in lines[:-1]) == MOST_LINES
    assert "and 7 more: panorama-guard incidents" in lines


def test_a_line_says_which_incident_how_it_stands_and_who_led_to_it() -> None:
    """Without opening anything else."""
    other = replace(INCIDENT, id="inc-other")
    line = next(line for line in summary_message([INCIDENT, other]).splitlines() if INCIDENT.id in line)
    for word in (INCIDENT.state.value, INCIDENT.severity.value, INCIDENT.subject.name, INCIDENT.account):
        assert word in line
    assert f"{INCIDENT.cause.event_name} by {INCIDENT.cause.actor}" in line


def test_that_nobody_knows_who_it_was_is_said() -> None:
    """What a sweep came upon has no call."""
    found = replace(INCIDENT, cause=Cause.unnamed("sweep", NOW))
    assert "no event told of it" in summary_message([found, INCIDENT])


def test_the_subject_says_how_many_how_bad_and_in_which_state() -> None:
    """As on a phone."""
    contained = replace(INCIDENT, state=State.CONTAINED, severity=Severity.LOW)
    not_fixed = replace(INCIDENT, state=State.NOT_FIXED, severity=Severity.CRITICAL)
    records = [not_fixed] * 3 + [contained] * 40
    assert summary_subject(records) == "[43 ALERTS] worst CRITICAL: NOT FIXED 3, CONTAINED 40"


@pytest.mark.parametrize("text", HOSTILE)
def test_the_subject_fits_whatever_there_is(text: str) -> None:
    """ASCII, under 100 characters, and it says where it leaves something out."""
    everything = [replace(hostile_incident(text), state=state) for _ in range(300) for state in State]
    subject = summary_subject([*everything, WORD, WAIVER])
    assert len(subject) <= SUBJECT_LENGTH
    assert subject.isascii()
    assert subject.endswith(", ...")


def test_whoever_filters_by_one_value_gets_the_message_that_has_it_among_others() -> None:
    """The attributes are those of an alert, each with the values of all."""
    attributes = dict(summary_attributes(STORM))
    assert set(attributes) == {"severity", "kind", "state", "subject", "role"}
    assert {"NOT FIXED", "CONTAINED", "OPERATOR"} <= set(attributes["state"])
    assert len(set(attributes["severity"])) == len(attributes["severity"])
    assert "operator" in attributes["kind"]
